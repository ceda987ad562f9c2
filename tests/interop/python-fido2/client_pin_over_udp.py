"""ClientPin and Config: PINs and their rules, tokens and their permissions, authenticatorConfig."""

import os
from collections.abc import Callable
from typing import Any

from fido2.ctap import CtapError
from fido2.ctap2 import ClientPin
from fido2.ctap2.config import Config
from fido2.ctap2.pin import PinProtocolV1

import expect
from key import PIN, RP_ID, Key, groups

ERR = CtapError.ERR
PERMISSION = ClientPin.PERMISSION
PIN_RETRIES = 8
WRONG_PIN = "third-pin-3"
OTHER_PIN = "fourth-pin-4"
POWER_CYCLES = ((ERR.PIN_INVALID, ERR.PIN_INVALID, ERR.PIN_AUTH_BLOCKED),) * 2 + ((ERR.PIN_INVALID, ERR.PIN_BLOCKED),)


def refused(what: str, code: CtapError.ERR, action: Callable[[], Any]) -> None:
    expect.refused(what, CtapError, action, code=code)


def make(key: Key, token: bytes | None, rp_id: str = RP_ID, rk: bool = True) -> Any:
    """makeCredential without a client that would help."""
    hash, protocol = os.urandom(32), key.protocol()
    return key.ctap().make_credential(
        hash,
        {"id": rp_id, "name": rp_id},
        {"id": b"bg1", "name": "bg1"},
        [{"type": "public-key", "alg": -7}],
        options={"rk": rk},
        pin_uv_param=None if token is None else protocol.authenticate(token, hash),
        pin_uv_protocol=None if token is None else protocol.VERSION,
    )


def check_rules(key: Key) -> None:
    expect.step("PINs of every allowed length in code points, and no other")
    pin = key.client_pin()
    refused("a token without PIN", ERR.PIN_NOT_SET, lambda: pin.get_pin_token(PIN, PERMISSION.CREDENTIAL_MGMT))
    refused("a change without PIN", ERR.PIN_NOT_SET, lambda: pin.change_pin(PIN, OTHER_PIN))
    expect.refused("three characters, by the client", ValueError, lambda: pin.set_pin("123"))
    longest = "z" * 63
    pin.set_pin("äöüß")
    pin.change_pin("äöüß", longest)
    pin.get_pin_token(longest, PERMISSION.CREDENTIAL_MGMT)
    refused("a PIN of 64 bytes", ERR.PIN_POLICY_VIOLATION, lambda: pin.change_pin(longest, "z" * 64))
    expect.refused("a change to three characters", ValueError, lambda: pin.change_pin(longest, "123"))
    pin.get_pin_token(longest, PERMISSION.CREDENTIAL_MGMT)


def check_blocked(key: Key) -> None:
    expect.step("eight wrong PINs over three power cycles: blocked for ever, but for a reset")
    key.client_pin().set_pin(PIN)
    left = PIN_RETRIES
    for cycle in POWER_CYCLES:
        for code in cycle:
            refused("a wrong PIN", code, lambda: key.token(PERMISSION.CREDENTIAL_MGMT, pin=WRONG_PIN))
            left -= 1
            expect.equal("retries", left, key.client_pin().get_pin_retries()[0])
        key.connection.power_cycle()
    refused("the right PIN", ERR.PIN_BLOCKED, lambda: key.token(PERMISSION.CREDENTIAL_MGMT))
    refused("a change", ERR.PIN_BLOCKED, lambda: key.client_pin().change_pin(PIN, OTHER_PIN))
    key.ctap().reset()
    expect.equal("retries", PIN_RETRIES, key.client_pin().get_pin_retries()[0])
    key.client_pin().set_pin(PIN)
    key.token(PERMISSION.CREDENTIAL_MGMT)


def check_permissions(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    expect.step("a token is good for its permission and its RP only")
    make(key, key.token(PERMISSION.MAKE_CREDENTIAL, RP_ID))
    # Each token ends the one before it.
    other_permission = key.token(PERMISSION.GET_ASSERTION, RP_ID)
    refused("with another permission", ERR.PIN_AUTH_INVALID, lambda: make(key, other_permission))
    other_rp = key.token(PERMISSION.MAKE_CREDENTIAL, "example.org")
    refused("with another RP", ERR.PIN_AUTH_INVALID, lambda: make(key, other_rp))
    refused("with an invented token", ERR.PIN_AUTH_INVALID, lambda: make(key, os.urandom(32)))

    expect.step("permissions that make no sense are refused")
    refused("none", ERR.INVALID_PARAMETER, lambda: key.token(PERMISSION(0)))
    refused("be without a sensor", ERR.UNAUTHORIZED_PERMISSION, lambda: key.token(PERMISSION.BIO_ENROLL))

    expect.step("a token is used up by a touch, and ended by the next one, a change of PIN, and a power cycle")
    spent = key.token(PERMISSION.MAKE_CREDENTIAL, RP_ID)
    make(key, spent)
    refused("a second credential", ERR.PIN_AUTH_INVALID, lambda: make(key, spent))
    first = key.token(PERMISSION.MAKE_CREDENTIAL, RP_ID)
    key.token(PERMISSION.MAKE_CREDENTIAL, RP_ID)
    refused("the token before", ERR.PIN_AUTH_INVALID, lambda: make(key, first))
    before = key.token(PERMISSION.MAKE_CREDENTIAL, RP_ID)
    key.client_pin().change_pin(PIN, OTHER_PIN)
    refused("the token before the change", ERR.PIN_AUTH_INVALID, lambda: make(key, before))
    unplugged = key.token(PERMISSION.MAKE_CREDENTIAL, RP_ID, OTHER_PIN)
    key.connection.power_cycle()
    refused("the token before the power cycle", ERR.PIN_AUTH_INVALID, lambda: make(key, unplugged))
    legacy = key.client_pin().get_pin_token(OTHER_PIN)
    make(key, legacy, "example.org")


def check_configuration(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    expect.step("toggleAlwaysUv")
    expect.equal("alwaysUv", False, key.options()["alwaysUv"])
    key.config().toggle_always_uv()
    expect.equal("alwaysUv", True, key.options()["alwaysUv"])
    expect.equal("makeCredUvNotRqd", False, key.options().get("makeCredUvNotRqd", False))
    refused("a credential without PIN", ERR.PUAT_REQUIRED, lambda: make(key, None, rk=False))
    make(key, key.token(PERMISSION.MAKE_CREDENTIAL, RP_ID), rk=False)
    key.config().toggle_always_uv()
    make(key, None, rk=False)

    expect.step("enableEnterpriseAttestation")
    expect.equal("ep", False, key.options()["ep"])
    key.config().enable_enterprise_attestation()
    key.config().enable_enterprise_attestation()
    expect.equal("ep", True, key.options()["ep"])

    expect.step("setMinPINLength: longer only, and then the PIN must be changed")
    length = len(PIN) + 1
    key.config().set_min_pin_length(length)
    info = key.ctap().info
    expect.equal("minPINLength, forcePINChange", (length, True), (info.min_pin_length, info.force_pin_change))
    refused("a token", ERR.PIN_INVALID, lambda: key.token(PERMISSION.AUTHENTICATOR_CFG))
    refused("the PIN again", ERR.PIN_POLICY_VIOLATION, lambda: key.client_pin().change_pin(PIN, PIN))
    # python-fido2 knows four characters only; the key knows what was configured.
    refused("a PIN that is too short", ERR.PIN_POLICY_VIOLATION, lambda: key.client_pin().change_pin(PIN, "12345"))
    longer = PIN + "4"
    key.client_pin().change_pin(PIN, longer)
    expect.equal("forcePINChange", False, key.ctap().info.force_pin_change)
    refused("a shorter one", ERR.PIN_POLICY_VIOLATION, lambda: key.config(longer).set_min_pin_length(4))

    expect.step("setMinPINLength: a change is forced")
    key.config(longer).set_min_pin_length(force_change_pin=True)
    expect.equal("forcePINChange", True, key.ctap().info.force_pin_change)
    refused("the same PIN", ERR.PIN_POLICY_VIOLATION, lambda: key.client_pin().change_pin(longer, longer))
    key.client_pin().change_pin(longer, longer + "5")
    key.token(PERMISSION.AUTHENTICATOR_CFG, pin=longer + "5")

    expect.step("without the permission, or with too many RPs, nothing is configured")
    pin = key.client_pin()
    token = pin.get_pin_token(longer + "5", PERMISSION.CREDENTIAL_MGMT)
    refused("a token for cm", ERR.PIN_AUTH_INVALID, Config(pin.ctap, pin.protocol, token).toggle_always_uv)
    refused("no token", ERR.PUAT_REQUIRED, Config(pin.ctap).toggle_always_uv)
    rp_ids = [f"{n}.example.com" for n in range(key.ctap().info.max_rpids_for_min_pin + 1)]
    refused("RPs", ERR.KEY_STORE_FULL, lambda: key.config(longer + "5").set_min_pin_length(rp_ids=rp_ids))

    expect.step("a reset brings back what left the factory")
    key.ctap().reset()
    info = key.ctap().info
    expect.equal("minPINLength, forcePINChange", (4, False), (info.min_pin_length, info.force_pin_change))
    expect.equal("ep, alwaysUv", (False, False), (info.options["ep"], info.options["alwaysUv"]))


def check_preview(key: Key) -> None:
    expect.step("before CTAP 2.1: one protocol, tokens for everything, no configuration")
    info = key.ctap().info
    expect.equal("PIN/UV auth protocols", [1], info.pin_uv_protocols)
    supported = (ClientPin.is_token_supported(info), Config.is_supported(info))
    expect.equal("tokens with permissions, configuration", (False, False), supported)
    key.client_pin().set_pin(PIN)
    make(key, key.token(PERMISSION.MAKE_CREDENTIAL, RP_ID))
    rps = key.management().enumerate_rps()
    expect.equal("RPs", [RP_ID], [rp[3]["id"] for rp in rps])
    credential = key.management().enumerate_creds(rps[0][4])[0][7]
    key.management().delete_cred(credential)
    expect.equal("credentials", 0, key.management().get_metadata()[1])


if __name__ == "__main__":
    groups(check_rules, check_blocked, check_permissions, check_configuration)
    groups(check_preview, options=("--profile", "preview"), protocols=(PinProtocolV1,))
    expect.summary()
