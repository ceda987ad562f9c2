"""The emulator as python-fido2 sees it: CTAPHID, PIN, credentials, attestation, hmac-secret, management, reset.

One life of a key, from its first PIN to its reset, with each PIN/UV auth protocol.
"""

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from fido2.attestation import UntrustedAttestation
from fido2.client import ClientError
from fido2.ctap import CtapError
from fido2.ctap2 import ClientPin, CredentialManagement
from fido2.server import Fido2Server
from fido2.utils import sha256
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

import expect
from foreign_root import foreign_root
from key import PIN, RP_ID, Key, groups
from relying_party import RelyingParty, verify_certificates

OTHER_RP_ID = "example.org"
USER_HANDLE = b"user handle of break glass 1"
OTHER_USER_HANDLE = b"user handle of break glass 2"
FIRST_PIN = "first-pin-1"
WRONG_PIN = "third-pin-3"
PIN_RETRIES = 8

CM = CredentialManagement.RESULT


def check_channel(key: Key) -> None:
    expect.step("CTAPHID: ping, wink")
    for size in (0, 1, 57, 58, 1000):
        message = bytes(n % 251 for n in range(size))
        expect.equal(f"ping of {size} bytes", message, key.device.ping(message))
    if key.device.capabilities & 0x01:
        key.device.wink()


def check_fresh(key: Key) -> None:
    expect.step("getInfo of a key without PIN")
    info = key.ctap().info
    expect.holds("versions", "FIDO_2_0" in info.versions or "FIDO_2_1" in info.versions, info.versions)
    expect.equal("PIN/UV auth protocols", {1, 2}, set(info.pin_uv_protocols))
    expect.holds("extensions", "hmac-secret" in info.extensions, info.extensions)
    expect.equal("option rk", True, info.options.get("rk"))
    expect.equal("option clientPin", False, info.options.get("clientPin"))
    expect.different("AAGUID", bytes(16), bytes(info.aaguid))


def check_set_and_change_pin(key: Key) -> None:
    expect.step("set and change the PIN")
    key.client_pin().set_pin(FIRST_PIN)
    expect.equal("option clientPin", True, key.ctap().info.options.get("clientPin"))
    expect.refused(
        "second setPIN", CtapError, lambda: key.client_pin().set_pin(PIN), code=CtapError.ERR.PIN_AUTH_INVALID
    )
    key.client_pin().change_pin(FIRST_PIN, PIN)
    expect.refused(
        "the PIN before the change",
        CtapError,
        lambda: key.client_pin().get_pin_token(FIRST_PIN),
        code=CtapError.ERR.PIN_INVALID,
    )
    key.client_pin().get_pin_token(PIN)


def check_registration(key: Key, rp: RelyingParty, root: x509.Certificate) -> AttestedCredentialData:
    expect.step("register: packed attestation up to the emulator's root")
    response, state = rp.register(key.client(), USER_HANDLE, extensions={"prf": {}})
    data = rp.accept_registration(response, state)
    attestation = response.response.attestation_object
    expect.equal("format", "packed", attestation.fmt)
    verify_certificates(attestation.att_stmt["x5c"], root)
    expect.equal("AAGUID", bytes(key.ctap().info.aaguid), bytes(data.credential_data.aaguid))
    expect.holds("flags", data.is_user_present() and data.is_user_verified(), data.flags)
    expect.equal("prf enabled", True, response.client_extension_results["prf"]["enabled"])

    distrustful = RelyingParty(RP_ID, foreign_root())
    expect.refused("another root", UntrustedAttestation, lambda: distrustful.server.register_complete(state, response))
    expect.refused(
        "a registration for another RP",
        ValueError,
        lambda: Fido2Server({"id": OTHER_RP_ID, "name": ""}, verify_origin=lambda _: True).register_complete(
            state, response
        ),
    )
    excluded = expect.refused(
        "a second credential for the same user",
        ClientError,
        lambda: rp.register(key.client(), USER_HANDLE, exclude=[data.credential_data]),
        code=ClientError.ERR.DEVICE_INELIGIBLE,
    )
    expect.equal("status", CtapError.ERR.CREDENTIAL_EXCLUDED, excluded.cause.code)
    return data.credential_data


def check_assertion(key: Key, rp: RelyingParty, credential: AttestedCredentialData) -> None:
    expect.step("assert: discovered and from an allow list")
    counters = []
    for discover in (True, False):
        response, state = rp.authenticate(key.client(), credential, discover)
        rp.accept_assertion(response, state, credential)
        data = response.response.authenticator_data
        expect.equal("user verified", True, data.is_user_verified())
        counters.append(data.counter)
        if discover:
            expect.equal("user handle", USER_HANDLE, response.response.user_handle)
    expect.holds("sign count", counters[0] < counters[1] or counters == [0, 0], counters)

    spoilt = bytearray(data)
    spoilt[32] ^= AuthenticatorData.FLAG.UV
    expect.refused(
        "a signature over other authenticator data",
        InvalidSignature,
        lambda: credential.public_key.verify(
            bytes(spoilt) + response.response.client_data.hash, response.response.signature
        ),
    )


def check_prf(key: Key, rp: RelyingParty, credential: AttestedCredentialData, other: AttestedCredentialData) -> None:
    expect.step("hmac-secret: prf outputs are equal and different as they should be")

    def prf(of: AttestedCredentialData, first: bytes, second: bytes, user_verification: str = "required"):
        inputs = {"prf": {"eval": {"first": first, "second": second}}}
        response, state = rp.authenticate(key.client(), of, user_verification=user_verification, extensions=inputs)
        rp.accept_assertion(response, state, of)
        results = response.client_extension_results.prf.results
        return results.first, results.second

    one, two = prf(credential, b"salt one", b"salt two")
    expect.equal("lengths", (32, 32), (len(one), len(two)))
    expect.different("outputs of two salts", one, two)
    expect.equal("outputs of the same salts, changed about", (two, one), prf(credential, b"salt two", b"salt one"))
    expect.different("outputs of two credentials", one, prf(other, b"salt one", b"salt two")[0])
    unverified = prf(credential, b"salt one", b"salt two", user_verification="discouraged")[0]
    expect.different("outputs with and without user verification", one, unverified)

    raw = {"hmacGetSecret": {"salt1": sha256(b"WebAuthn PRF\0salt one")}}
    response, _ = rp.authenticate(key.client(), credential, extensions=raw)
    expect.equal("hmac-secret with the prf's salt", one, response.client_extension_results.hmac_get_secret.output1)


def check_wrong_pins(key: Key, rp: RelyingParty, credential: AttestedCredentialData) -> None:
    expect.step("wrong PINs: retries, lock-out, power cycle")
    pin = key.client_pin()

    def wrong(status: CtapError.ERR, left: int) -> None:
        expect.refused(f"wrong PIN, {left} left", CtapError, lambda: pin.get_pin_token(WRONG_PIN), code=status)
        expect.equal("retries", left, pin.get_pin_retries()[0])

    expect.equal("retries", PIN_RETRIES, pin.get_pin_retries()[0])
    wrong(CtapError.ERR.PIN_INVALID, PIN_RETRIES - 1)
    pin.get_pin_token(PIN, ClientPin.PERMISSION.GET_ASSERTION, RP_ID)
    expect.equal("retries after the right PIN", PIN_RETRIES, pin.get_pin_retries()[0])

    wrong(CtapError.ERR.PIN_INVALID, PIN_RETRIES - 1)
    wrong(CtapError.ERR.PIN_INVALID, PIN_RETRIES - 2)
    wrong(CtapError.ERR.PIN_AUTH_BLOCKED, PIN_RETRIES - 3)
    expect.refused(
        "the right PIN after three wrong ones",
        CtapError,
        lambda: pin.get_pin_token(PIN),
        code=CtapError.ERR.PIN_AUTH_BLOCKED,
    )
    retries, power_cycle_needed = pin.get_pin_retries()
    expect.equal("retries while locked out", PIN_RETRIES - 3, retries)
    expect.holds("powerCycleState (optional)", power_cycle_needed in (None, True), power_cycle_needed)

    # The channel is not allocated anew: test harnesses go on with the one they have.
    key.connection.power_cycle()
    expect.equal("retries after the power cycle", PIN_RETRIES - 3, pin.get_pin_retries()[0])
    expect.succeeds("the right PIN after the power cycle", lambda: pin.get_pin_token(PIN))
    expect.equal("retries after the right PIN", PIN_RETRIES, pin.get_pin_retries()[0])
    response, state = rp.authenticate(key.client(), credential)
    rp.accept_assertion(response, state, credential)


def check_management(key: Key, rp: RelyingParty, other_rp: RelyingParty, credential: AttestedCredentialData) -> None:
    expect.step("credential management: count, enumerate, rename, delete")
    response, state = other_rp.register(key.client(OTHER_RP_ID), OTHER_USER_HANDLE)
    elsewhere = other_rp.accept_registration(response, state).credential_data
    management = key.management()

    def ids(party: RelyingParty) -> set[bytes]:
        return {entry[CM.CREDENTIAL_ID]["id"] for entry in management.enumerate_creds(party.rp_id_hash)}

    before = management.get_metadata()
    expect.equal("credentials", 3, before[CM.EXISTING_CRED_COUNT])
    found = {entry[CM.RP]["id"]: entry[CM.RP_ID_HASH] for entry in management.enumerate_rps()}
    expect.equal("RPs", {RP_ID: rp.rp_id_hash, OTHER_RP_ID: other_rp.rp_id_hash}, found)
    expect.equal("credentials of the other RP", {elsewhere.credential_id}, ids(other_rp))
    expect.equal("number of credentials of the RP", 2, len(ids(rp)))
    listed = {entry[CM.CREDENTIAL_ID]["id"]: entry for entry in management.enumerate_creds(rp.rp_id_hash)}
    entry = listed[credential.credential_id]
    expect.equal("user handle", USER_HANDLE, entry[CM.USER]["id"])
    expect.equal("public key", dict(credential.public_key), dict(entry[CM.PUBLIC_KEY]))

    descriptor = {"type": "public-key", "id": credential.credential_id}
    management.update_user_info(descriptor, {"id": USER_HANDLE, "name": "renamed", "displayName": "Renamed"})
    names = {entry[CM.CREDENTIAL_ID]["id"]: entry[CM.USER] for entry in management.enumerate_creds(rp.rp_id_hash)}
    expect.equal("name", "renamed", names[credential.credential_id]["name"])

    management.delete_cred(descriptor)
    expect.equal("credentials after the deletion", 2, management.get_metadata()[CM.EXISTING_CRED_COUNT])
    expect.equal("the deleted credential is listed", False, credential.credential_id in ids(rp))
    expect.refused(
        "an assertion by the deleted credential",
        ClientError,
        lambda: rp.authenticate(key.client(), credential),
        code=ClientError.ERR.DEVICE_INELIGIBLE,
    )
    expect.refused(
        "management with a token for assertions",
        CtapError,
        lambda: wrong_permission(key).get_metadata(),
        code=CtapError.ERR.PIN_AUTH_INVALID,
    )


def wrong_permission(key: Key) -> CredentialManagement:
    client_pin = key.client_pin()
    token = client_pin.get_pin_token(PIN, ClientPin.PERMISSION.GET_ASSERTION, RP_ID)
    return CredentialManagement(client_pin.ctap, client_pin.protocol, token)


def check_reset(key: Key, rp: RelyingParty) -> None:
    expect.step("reset: no PIN, no credential")
    key.ctap().reset()
    expect.equal("option clientPin", False, key.ctap().info.options.get("clientPin"))
    options, _ = rp.server.authenticate_begin(user_verification="discouraged")
    gone = expect.refused(
        "an assertion after the reset",
        ClientError,
        lambda: key.client().get_assertion(options.public_key),
        code=ClientError.ERR.DEVICE_INELIGIBLE,
    )
    expect.equal("status", CtapError.ERR.NO_CREDENTIALS, gone.cause.code)


def check_key(key: Key) -> None:
    rp, other_rp = key.rp(), key.rp(OTHER_RP_ID)
    check_channel(key)
    check_fresh(key)
    check_set_and_change_pin(key)
    credential = check_registration(key, rp, key.root)
    check_assertion(key, rp, credential)
    response, state = rp.register(key.client(), OTHER_USER_HANDLE, extensions={"prf": {}})
    other = rp.accept_registration(response, state).credential_data
    check_prf(key, rp, credential, other)
    check_wrong_pins(key, rp, credential)
    check_management(key, rp, other_rp, credential)
    check_reset(key, rp)


if __name__ == "__main__":
    groups(check_key)
    expect.summary()
