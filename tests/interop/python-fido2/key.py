"""A connection to the emulator with one PIN/UV auth protocol, and everything of python-fido2 that works through it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from fido2.client import Fido2Client
from fido2.ctap2 import ClientPin, Ctap2, CredentialManagement
from fido2.ctap2.config import Config
from fido2.ctap2.pin import PinProtocolV1, PinProtocolV2

import expect
import tool
import udp_key
from relying_party import RelyingParty, read_root

RP_ID = "example.com"
PIN = "second-pin-2"
PROTOCOLS = (PinProtocolV1, PinProtocolV2)


class Key:
    def __init__(self, port: int, protocol: type[PinProtocolV1], root: x509.Certificate) -> None:
        self.device, self.connection = udp_key.connect(port)
        self.protocol = protocol
        self.root = root
        # The list from which python-fido2's client takes its protocol; here there is no choice.
        ClientPin.PROTOCOLS = [protocol]

    def ctap(self) -> Ctap2:
        """With getInfo as it is now; python-fido2 keeps the first answer."""
        return Ctap2(self.device)

    def options(self) -> dict[str, bool]:
        return self.ctap().info.options

    def client_pin(self) -> ClientPin:
        return ClientPin(self.ctap(), self.protocol())

    def token(self, permissions: ClientPin.PERMISSION, rp_id: str | None = None, pin: str = PIN) -> bytes:
        return self.client_pin().get_pin_token(pin, permissions, rp_id)

    def client(self, rp_id: str = RP_ID) -> Fido2Client:
        return udp_key.client(self.device, rp_id, PIN)

    def rp(self, rp_id: str = RP_ID) -> RelyingParty:
        return RelyingParty(rp_id, self.root)

    def management(self) -> CredentialManagement:
        client_pin = self.client_pin()
        token = client_pin.get_pin_token(PIN, ClientPin.PERMISSION.CREDENTIAL_MGMT)
        return CredentialManagement(client_pin.ctap, client_pin.protocol, token)

    def config(self, pin: str = PIN) -> Config:
        client_pin = self.client_pin()
        token = client_pin.get_pin_token(pin, ClientPin.PERMISSION.AUTHENTICATOR_CFG)
        return Config(client_pin.ctap, client_pin.protocol, token)


@contextmanager
def new_key(protocol: type[PinProtocolV1], *options: str) -> Iterator[Key]:
    """A fresh key, served with these options."""
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as folder:
        state, port = Path(folder) / "key", udp_key.free_port()
        command = ("emulator", "serve", "--state", str(state), "--listen", f"udp:127.0.0.1:{port}", *options)
        with tool.serving(*command, log=Path(folder) / "log"):
            key = Key(port, protocol, read_root(state / "attestation-root.pem"))
            try:
                yield key
            finally:
                key.device.close()


def groups(*checks: Callable[[Key], None], options: tuple[str, ...] = (), protocols: Any = PROTOCOLS) -> None:
    """Each check on a fresh key, once with each protocol."""

    def on_a_new_key(check: Callable[[Key], None], protocol: type[PinProtocolV1]) -> None:
        with new_key(protocol, *options) as key:
            check(key)

    for protocol in protocols:
        for check in checks:
            title = check.__name__.removeprefix("check_").replace("_", " ")
            expect.group(f"{title}, PIN/UV auth protocol {protocol.VERSION}", on_a_new_key, check, protocol)
