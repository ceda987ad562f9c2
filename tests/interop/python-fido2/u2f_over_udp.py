"""U2F as python-fido2 sees it: raw messages, attestation, a WebAuthn client that knows nothing but U2F, and credentials
that are made by one protocol and used by the other.
"""

import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from fido2.attestation import InvalidSignature
from fido2.attestation.u2f import FidoU2FAttestation
from fido2.cose import ES256
from fido2.ctap import CtapError
from fido2.ctap1 import APDU, ApduError, Ctap1, RegistrationData
from fido2.ctap2 import Config, Ctap2
from fido2.hid import CAPABILITY, CTAPHID, CtapHidDevice
from fido2.utils import sha256
from fido2.webauthn import AttestationObject, AttestedCredentialData, Aaguid

import expect
import tool
import udp_key
from relying_party import RelyingParty, read_root, verify_certificates

RP_ID = "example.com"
APPLICATION = sha256(RP_ID.encode())
OTHER_APPLICATION = sha256(b"example.org")
CHALLENGE = sha256(b"client data of a registration")
OTHER_CHALLENGE = sha256(b"client data of an authentication")
DONT_ENFORCE_USER_PRESENCE = 0x08
# Status words that python-fido2 has no name for.
COMMAND_NOT_ALLOWED = 0x6986
WRONG_LENGTH = 0x6700
CLA_NOT_SUPPORTED = 0x6E00
INS_NOT_SUPPORTED = 0x6D00
TRANSPORTS = x509.ObjectIdentifier("1.3.6.1.4.1.45724.2.1.1")
# DER of a BIT STRING in which only bit 2, USB, is set.
USB_ONLY = bytes.fromhex("03020520")
LOCK_SECONDS = 1
TOUCH_SECONDS = 1

# It warns each time that it finds the key busy, which is what is tried here.
logging.getLogger("fido2.hid").setLevel(logging.ERROR)


def check_hid(device: CtapHidDevice, other: CtapHidDevice) -> None:
    expect.step("CTAPHID: capabilities, ping, wink, lock, what is refused")
    expect.equal("CTAPHID version", 2, device.version)
    expect.equal("capabilities", CAPABILITY.WINK | CAPABILITY.CBOR, device.capabilities)
    for size in (0, 57, 58, 116, 117, 7608, 7609):
        message = bytes(n % 251 for n in range(size))
        expect.equal(f"ping of {size} bytes", message, device.ping(message))
    device.wink()
    for what, command, payload, code in (
        ("a vendor command", CTAPHID.VENDOR_FIRST, b"", CtapError.ERR.INVALID_COMMAND),
        ("an empty MSG", CTAPHID.MSG, b"", CtapError.ERR.INVALID_LENGTH),
        ("an empty CBOR", CTAPHID.CBOR, b"", CtapError.ERR.INVALID_LENGTH),
        ("a lock of 11 seconds", CTAPHID.LOCK, b"\x0b", CtapError.ERR.INVALID_PARAMETER),
    ):
        expect.refused(what, CtapError, lambda: device.call(command, payload), code=code)
    began = time.monotonic()
    device.lock(LOCK_SECONDS)
    expect.equal("ping of the channel that has the lock", b"mine", device.ping(b"mine"))
    # python-fido2 tries again for as long as the key is busy.
    expect.equal("ping of another channel", b"other", other.ping(b"other"))
    waited = time.monotonic() - began
    expect.holds("seconds until the lock ended", waited >= LOCK_SECONDS, waited)


def check_registration(ctap1: Ctap1, root: x509.Certificate) -> RegistrationData:
    expect.step("version and registration: attestation up to the emulator's root")
    expect.equal("version", "U2F_V2", ctap1.get_version())
    registration = ctap1.register(CHALLENGE, APPLICATION)
    expect.succeeds("the attestation", lambda: registration.verify(APPLICATION, CHALLENGE))
    for what, application, challenge in (
        ("application", OTHER_APPLICATION, CHALLENGE),
        ("challenge", APPLICATION, OTHER_CHALLENGE),
    ):
        expect.refused(f"another {what}", InvalidSignature, lambda: registration.verify(application, challenge))
    verify_certificates([registration.certificate], root)
    extensions = x509.load_der_x509_certificate(registration.certificate).extensions
    expect.equal("transports", USB_ONLY, extensions.get_extension_for_oid(TRANSPORTS).value.value)

    attestation = AttestationObject.from_ctap1(APPLICATION, registration)
    expect.equal("AAGUID", Aaguid.NONE, attestation.auth_data.credential_data.aaguid)
    result = FidoU2FAttestation().verify(attestation.att_stmt, attestation.auth_data, CHALLENGE)
    expect.equal("trust path", [registration.certificate], result.trust_path)
    return registration


def check_authentication(ctap1: Ctap1, registration: RegistrationData) -> None:
    expect.step("authentication: control bytes, counter, strange key handles")
    handle, public_key = registration.key_handle, registration.public_key

    def refused(what: str, code: int, application: bytes, key_handle: bytes, check_only: bool) -> None:
        authenticate = ctap1.authenticate
        expect.refused(
            what, ApduError, lambda: authenticate(OTHER_CHALLENGE, application, key_handle, check_only), code=code
        )

    refused("check-only", APDU.USE_NOT_SATISFIED, APPLICATION, handle, True)
    first = ctap1.authenticate(OTHER_CHALLENGE, APPLICATION, handle)
    expect.succeeds("the signature", lambda: first.verify(APPLICATION, OTHER_CHALLENGE, public_key))
    expect.equal("user presence", 1, first.user_presence)
    second = ctap1.authenticate(OTHER_CHALLENGE, APPLICATION, handle)
    expect.holds("counter", second.counter > first.counter, (first.counter, second.counter))
    data = OTHER_CHALLENGE + APPLICATION + bytes([len(handle)]) + handle
    unasked = ctap1.send_apdu(ins=Ctap1.INS.AUTHENTICATE, p1=DONT_ENFORCE_USER_PRESENCE, data=data)
    expect.equal("user presence that was not asked for", 0, unasked[0])

    strange = bytearray(handle)
    strange[-1] ^= 1
    for check_only in (True, False):
        refused("another application", APDU.WRONG_DATA, OTHER_APPLICATION, handle, check_only)
        refused("a key handle that is not ours", APDU.WRONG_DATA, APPLICATION, bytes(strange), check_only)
    for what, code, apdu in (
        ("a short registration", WRONG_LENGTH, {"ins": 1, "data": bytes(63)}),
        ("a version with data", WRONG_LENGTH, {"ins": 3, "data": b"x"}),
        ("another class", CLA_NOT_SUPPORTED, {"cla": 0x80, "ins": 3}),
        ("another instruction", INS_NOT_SUPPORTED, {"ins": 0x10}),
    ):
        expect.refused(what, ApduError, lambda: ctap1.send_apdu(**apdu), code=code)


def check_both_protocols(ctap1: Ctap1, ctap2: Ctap2, registration: RegistrationData) -> None:
    expect.step("a credential made by U2F and used by CTAP2, and the other way about")
    allow = [{"type": "public-key", "id": registration.key_handle}]
    assertion = ctap2.get_assertion(RP_ID, OTHER_CHALLENGE, allow)
    public_key = ES256.from_ctap1(registration.public_key)
    expect.succeeds("the assertion", lambda: assertion.verify(OTHER_CHALLENGE, public_key))
    expect.refused(
        "the key handle at another RP",
        CtapError,
        lambda: ctap2.get_assertion("example.org", OTHER_CHALLENGE, allow),
        code=CtapError.ERR.NO_CREDENTIALS,
    )

    def make(alg: int, extensions: dict | None = None) -> AttestedCredentialData:
        rp, user = {"id": RP_ID, "name": RP_ID}, {"id": b"user", "name": "bg1@example.com"}
        params = [{"type": "public-key", "alg": alg}]
        return ctap2.make_credential(CHALLENGE, rp, user, params, extensions=extensions).auth_data.credential_data

    made = make(-7)
    point = b"\x04" + made.public_key[-2] + made.public_key[-3]
    signed = ctap1.authenticate(OTHER_CHALLENGE, APPLICATION, made.credential_id)
    expect.succeeds("the signature", lambda: signed.verify(APPLICATION, OTHER_CHALLENGE, point))
    expect.holds("one counter for both", signed.counter > assertion.auth_data.counter, signed.counter)
    for what, credential in (("EdDSA", make(-8)), ("credProtect level 3", make(-7, {"credProtect": 3}))):
        expect.refused(
            f"{what} by U2F",
            ApduError,
            lambda: ctap1.authenticate(OTHER_CHALLENGE, APPLICATION, credential.credential_id),
            code=APDU.WRONG_DATA,
        )


def check_always_uv(ctap1: Ctap1, ctap2: Ctap2, registration: RegistrationData) -> None:
    expect.step("always-UV switches U2F off, a reset erases")
    expect.equal("versions", ["U2F_V2", "FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1"], ctap2.get_info().versions)
    Config(ctap2).toggle_always_uv()
    expect.equal("versions with always-UV", ["FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1"], ctap2.get_info().versions)
    for what, use in (
        ("registration", lambda: ctap1.register(CHALLENGE, APPLICATION)),
        ("authentication", lambda: ctap1.authenticate(CHALLENGE, APPLICATION, registration.key_handle)),
    ):
        expect.refused(f"{what} with always-UV", ApduError, use, code=COMMAND_NOT_ALLOWED)
    ctap2.reset()
    expect.refused(
        "a key handle from before the reset",
        ApduError,
        lambda: ctap1.authenticate(CHALLENGE, APPLICATION, registration.key_handle),
        code=APDU.WRONG_DATA,
    )


def check_webauthn_by_u2f(port: int, root: x509.Certificate) -> None:
    expect.step("a WebAuthn client without CTAP2 polls until the touch comes")
    device, _ = udp_key.connect(port)
    # From this the client learns which protocol to speak.
    device._capabilities &= ~CAPABILITY.CBOR
    rp, client = RelyingParty(RP_ID, root), udp_key.client(device, RP_ID, "no PIN in U2F")
    began = time.monotonic()
    expect.refused(
        "a registration that nobody has touched yet",
        ApduError,
        lambda: Ctap1(device).register(CHALLENGE, APPLICATION),
        code=APDU.USE_NOT_SATISFIED,
    )
    options, state = rp.server.register_begin(
        {"id": b"user", "name": "bg1@example.com", "displayName": "Break glass 1"}, user_verification="discouraged"
    )
    response = client.make_credential(options.public_key)
    waited = time.monotonic() - began
    expect.holds("seconds until the touch", waited >= TOUCH_SECONDS, waited)
    expect.equal("format", "fido-u2f", response.response.attestation_object.fmt)
    credential = rp.accept_registration(response, state).credential_data
    response, state = rp.authenticate(client, credential, user_verification="discouraged")
    rp.accept_assertion(response, state, credential)
    device.close()


@contextmanager
def emulator(folder: Path, touch: str) -> Iterator[tuple[int, x509.Certificate]]:
    state, port = folder / touch, udp_key.free_port()
    arguments = ("--state", str(state), "--listen", f"udp:127.0.0.1:{port}", "--touch", touch)
    with tool.serving("emulator", "serve", *arguments, log=folder / f"{touch}.log"):
        yield port, read_root(state / "attestation-root.pem")


def check_u2f(folder: Path) -> None:
    with emulator(folder, "auto") as (port, root):
        (device, _), (other, _) = udp_key.connect(port), udp_key.connect(port)
        ctap1, ctap2 = Ctap1(device), Ctap2(device)
        check_hid(device, other)
        registration = check_registration(ctap1, root)
        check_authentication(ctap1, registration)
        check_both_protocols(ctap1, ctap2, registration)
        check_always_uv(ctap1, ctap2, registration)
        device.close()
        other.close()


def check_polling(folder: Path) -> None:
    with emulator(folder, f"{TOUCH_SECONDS}s") as (port, root):
        check_webauthn_by_u2f(port, root)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as temporary:
        for check in (check_u2f, check_polling):
            expect.group(check.__name__.removeprefix("check_"), check, Path(temporary))
    expect.summary()
