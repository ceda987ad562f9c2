"""Extensions through python-fido2's client: credProtect, credBlob, credProps, minPinLength, prf and hmac-secret."""

import os
from typing import Any

from fido2.client import ClientError
from fido2.ctap import CtapError
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData

import expect
from key import PIN, RP_ID, Key, groups

USER_HANDLE = b"user handle of break glass 1"
POLICIES = ("userVerificationOptional", "userVerificationOptionalWithCredentialIDList", "userVerificationRequired")
CRED_BLOB_BYTES = 32
NAMES = {"credBlob", "credProtect", "hmac-secret", "minPinLength"}


def registered(key: Key, user: bytes = USER_HANDLE, **requested: Any) -> tuple[AttestedCredentialData, Any, Any]:
    """The credential, the authenticator's extension outputs and the client's."""
    rp = key.rp()
    extensions = requested.pop("extensions", None)
    response, state = rp.register(key.client(), user, extensions=extensions, **requested)
    data = rp.accept_registration(response, state)
    return data.credential_data, data.extensions or {}, response.client_extension_results


def asserted(key: Key, credential: AttestedCredentialData, **requested: Any) -> tuple[Any, Any]:
    """The authenticator's extension outputs and the client's."""
    rp = key.rp()
    response, state = rp.authenticate(key.client(), credential, **requested)
    rp.accept_assertion(response, state, credential)
    return response.response.authenticator_data.extensions or {}, response.client_extension_results


def check_announced(key: Key) -> None:
    expect.step("getInfo announces them")
    announced = set(key.ctap().info.extensions)
    expect.holds(f"extensions, at least {NAMES}", NAMES <= announced, announced)


def check_cred_protect(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    for level, policy in enumerate(POLICIES, start=1):
        expect.step(f"credProtect: {policy}")
        wanted = {"credentialProtectionPolicy": policy, "enforceCredentialProtectionPolicy": True}
        credential, outputs, _ = registered(key, extensions=wanted)
        expect.equal("credProtect in authenticator data", level, outputs.get("credProtect"))
        for discover in (True, False):
            asserted(key, credential, discover=discover)
            without_pin = level == 1 or (level == 2 and not discover)

            def unverified(discover: bool = discover, credential: AttestedCredentialData = credential) -> None:
                asserted(key, credential, discover=discover, user_verification="discouraged")

            if without_pin:
                unverified()
            else:
                refused = expect.refused("an assertion without PIN", ClientError, unverified)
                expect.equal("status", CtapError.ERR.NO_CREDENTIALS, getattr(refused.cause, "code", None))
        descriptor = {"type": "public-key", "id": credential.credential_id}
        key.management().delete_cred(descriptor)


def check_cred_blob(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    expect.step("credBlob: stored with the credential, and read again")
    expect.equal("maxCredBlobLength", CRED_BLOB_BYTES, key.ctap().info.max_cred_blob_length)
    for length in (1, CRED_BLOB_BYTES):
        blob = os.urandom(length)
        credential, outputs, _ = registered(key, extensions={"credBlob": blob})
        expect.equal("credBlob in authenticator data", True, outputs.get("credBlob"))
        for discover in (True, False):
            read, _ = asserted(key, credential, discover=discover, extensions={"getCredBlob": True})
            expect.equal("credBlob", blob, read.get("credBlob"))
        unasked, _ = asserted(key, credential)
        expect.equal("outputs where nothing was asked for", {}, dict(unasked))

    expect.step("credBlob: none was stored")
    credential, outputs, _ = registered(key)
    expect.equal("outputs", {}, dict(outputs))
    read, _ = asserted(key, credential, extensions={"getCredBlob": True})
    expect.equal("credBlob", b"", read.get("credBlob"))

    expect.step("credBlob: one byte too many is not stored, and said so")
    ctap, protocol = key.ctap(), key.protocol()
    token = key.token(key.client_pin().PERMISSION.MAKE_CREDENTIAL, RP_ID)
    client_data_hash = os.urandom(32)
    response = ctap.make_credential(
        client_data_hash,
        {"id": RP_ID, "name": RP_ID},
        {"id": b"another", "name": "another"},
        [{"type": "public-key", "alg": -7}],
        extensions={"credBlob": bytes(CRED_BLOB_BYTES + 1)},
        options={"rk": True},
        pin_uv_param=protocol.authenticate(token, client_data_hash),
        pin_uv_protocol=protocol.VERSION,
    )
    expect.equal("credBlob", False, response.auth_data.extensions["credBlob"])


def check_cred_props(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    for resident_key, rk in (("required", True), ("preferred", True), ("discouraged", False)):
        expect.step(f"credProps: discoverable credential {resident_key}")
        before = key.ctap().info.remaining_disc_creds
        user = resident_key.encode()
        _, _, results = registered(key, user, extensions={"credProps": True}, resident_key=resident_key)
        expect.equal("credProps.rk", rk, results["credProps"]["rk"])
        expect.equal("places taken", int(rk), before - key.ctap().info.remaining_disc_creds)


def check_min_pin_length(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    expect.step("minPinLength: nobody is told at first")
    _, outputs, _ = registered(key, extensions={"minPinLength": True})
    expect.equal("outputs", {}, dict(outputs))

    expect.step("minPinLength: the RP that may know it")
    key.config().set_min_pin_length(rp_ids=["example.org", RP_ID])
    _, outputs, _ = registered(key, extensions={"minPinLength": True})
    expect.equal("outputs", {"minPinLength": 4}, dict(outputs))
    key.config().set_min_pin_length(len(PIN))
    _, outputs, _ = registered(key, extensions={"minPinLength": True})
    expect.equal("outputs", {"minPinLength": len(PIN)}, dict(outputs))


def check_prf(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    expect.step("prf: enabled at registration")
    one, outputs, results = registered(key, b"one", extensions={"prf": {}})
    expect.equal("hmac-secret", True, outputs.get("hmac-secret"))
    expect.equal("prf.enabled", True, results["prf"]["enabled"])
    other, _, results = registered(key, b"other", extensions={"hmacCreateSecret": True})
    expect.equal("hmacCreateSecret", True, results["hmacCreateSecret"])

    expect.step("prf: evalByCredential chooses the salt of the credential")
    first, second = b"first input", b"second input"
    by_credential = {
        "prf": {"eval": {"first": first}, "evalByCredential": {key_id(one): {"first": second}}},
    }

    def prf(credential: AttestedCredentialData, inputs: dict[str, Any]) -> bytes:
        return asserted(key, credential, extensions=inputs)[1].prf.results.first

    plain = {"prf": {"eval": {"first": second}}}
    expect.equal("output", prf(one, plain), prf(one, by_credential))
    expect.different("output of eval", prf(one, {"prf": {"eval": {"first": first}}}), prf(one, by_credential))
    expect.different("outputs of two credentials", prf(one, plain), prf(other, plain))

    expect.step("prf: the same output where the key finds the credential, encrypted as the protocol says")
    outputs, _ = asserted(key, one, extensions=plain)
    expect.equal("length of the encrypted output", {1: 32, 2: 48}[key.protocol.VERSION], len(outputs["hmac-secret"]))
    key.management().delete_cred({"type": "public-key", "id": other.credential_id})
    _, results = asserted(key, one, discover=True, extensions=plain)
    expect.equal("output", prf(one, plain), results.prf.results.first)

    expect.step("hmac-secret: a wrong salt authentication is refused")
    ctap, protocol = key.ctap(), key.protocol()
    key_agreement, shared_secret = key.client_pin()._get_shared_secret()
    salt = protocol.encrypt(shared_secret, bytes(32))
    wrong = bytes(len(protocol.authenticate(shared_secret, salt)))
    inputs = {1: key_agreement, 2: salt, 3: wrong, 4: protocol.VERSION}
    expect.refused(
        "an assertion",
        CtapError,
        lambda: ctap.get_assertion(RP_ID, bytes(32), extensions={"hmac-secret": inputs}),
        code=CtapError.ERR.PIN_AUTH_INVALID,
    )


def key_id(credential: AttestedCredentialData) -> str:
    return websafe_encode(credential.credential_id)


if __name__ == "__main__":
    groups(check_announced, check_cred_protect, check_cred_blob, check_cred_props, check_min_pin_length, check_prf)
    expect.summary()
