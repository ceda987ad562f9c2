"""An authenticator behind UDP, one 64-byte report per datagram, for python-fido2's own CTAPHID code and client."""

import socket
import time

from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.ctap import CtapDevice
from fido2.ctap2.extensions import (
    CredBlobExtension,
    CredPropsExtension,
    CredProtectExtension,
    HmacSecretExtension,
    LargeBlobExtension,
    MinPinLengthExtension,
)
from fido2.hid import CtapHidDevice
from fido2.hid.base import CtapHidConnection, HidDescriptor

REPORT_BYTES = 64
# A busy authenticator sends a keep-alive every 100 ms; this is room for a slow machine.
ANSWER_SECONDS = 5
POWER_CYCLE = bytes.fromhex(
    "ac1052ca95e569de69e02ebff333485f13f9b2da34c5a8a340526697a9ab2e0b"
    "394d8d04973c134005be1a0140bff6045bb26eb77a73eaa47813f6b49a7250dc"
)
POWER_CYCLE_SECONDS = 0.25


class UdpConnection(CtapHidConnection):
    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(ANSWER_SECONDS)
        # Connected: datagrams of others are not taken for answers, and a closed port is an error, not a time-out.
        self._socket.connect(("127.0.0.1", port))

    def write_packet(self, data: bytes) -> None:
        self._socket.send(data)

    def read_packet(self) -> bytes:
        packet = self._socket.recv(REPORT_BYTES + 1)
        if len(packet) != REPORT_BYTES:
            raise OSError(f"a datagram of {len(packet)} bytes, where a report has {REPORT_BYTES}")
        return packet

    def power_cycle(self) -> None:
        """As if the key were pulled out and put in again; it answers nothing to that."""
        self._socket.send(POWER_CYCLE)
        time.sleep(POWER_CYCLE_SECONDS)

    def close(self) -> None:
        self._socket.close()


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(port: int) -> tuple[CtapHidDevice, UdpConnection]:
    connection = UdpConnection(port)
    descriptor = HidDescriptor(f"udp:127.0.0.1:{port}", 0x1209, 0xBEEE, REPORT_BYTES, REPORT_BYTES, "halligan", None)
    return CtapHidDevice(descriptor, connection), connection


class Pin(UserInteraction):
    """A user who knows the PIN, and shows a finger if the key asks for one."""

    def __init__(self, pin: str) -> None:
        self._pin = pin

    def request_pin(self, permissions, rp_id):
        return self._pin


def client(device: CtapDevice, rp_id: str, pin: str) -> Fido2Client:
    """A browser at the RP's origin, with every extension that is standardized, whose user knows the PIN."""
    extensions = [
        HmacSecretExtension(allow_hmac_secret=True),
        LargeBlobExtension(),
        CredBlobExtension(),
        CredProtectExtension(),
        MinPinLengthExtension(),
        CredPropsExtension(),
    ]
    return Fido2Client(device, DefaultClientDataCollector(f"https://{rp_id}"), Pin(pin), extensions)
