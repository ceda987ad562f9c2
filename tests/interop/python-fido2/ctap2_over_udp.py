"""Ctap2, python-fido2's single commands: options, lists, several assertions, touch, cancel, what is refused."""

import os
import threading
import time
from typing import Any

from fido2 import cbor
from fido2.client import ClientError
from fido2.ctap import CtapError
from fido2.ctap2 import AssertionResponse, AttestationResponse, ClientPin, Ctap2
from fido2.hid import CTAPHID
from fido2.utils import sha256

import expect
from key import PIN, RP_ID, Key, groups

ERR = CtapError.ERR
HASH = sha256(b"client data")
RP = {"id": RP_ID, "name": "Relying party"}
ES256 = {"type": "public-key", "alg": -7}
EDDSA = {"type": "public-key", "alg": -8}
UNKNOWN = {"type": "public-key", "alg": -999}
TOUCH_SECONDS = 1.0
UP_NEEDED = 2


def refused(what: str, code: CtapError.ERR, action: Any) -> None:
    expect.refused(what, CtapError, action, code=code)


def authorized(key: Key, permission: ClientPin.PERMISSION) -> dict[str, Any]:
    protocol = key.protocol()
    token = key.token(permission, RP_ID)
    return {"pin_uv_param": protocol.authenticate(token, HASH), "pin_uv_protocol": protocol.VERSION}


def make(key: Key, *, user: bytes = b"bg1", algorithms: Any = (ES256,), **parameters: Any) -> AttestationResponse:
    account = {"id": user, "name": user.decode(), "displayName": f"Account {user.decode()}"}
    return key.ctap().make_credential(HASH, RP, account, list(algorithms), **parameters)


def make_discoverable(key: Key, user: bytes) -> AttestationResponse:
    parameters = authorized(key, ClientPin.PERMISSION.MAKE_CREDENTIAL)
    return make(key, user=user, options={"rk": True}, **parameters)


def descriptor(response: AttestationResponse) -> dict[str, Any]:
    return {"type": "public-key", "id": response.auth_data.credential_data.credential_id}


def verify(response: AssertionResponse, made: AttestationResponse) -> None:
    response.verify(HASH, made.auth_data.credential_data.public_key)


def check_algorithms(key: Key) -> None:
    expect.step("pubKeyCredParams: the first one that the key has")
    offered = [parameters["alg"] for parameters in key.ctap().info.algorithms]
    expect.equal("algorithms", [-7, -8], offered)
    for algorithms, chosen in (((UNKNOWN, EDDSA, ES256), -8), ((ES256, EDDSA), -7), ((EDDSA,), -8)):
        made = make(key, algorithms=algorithms)
        expect.equal("algorithm", chosen, made.auth_data.credential_data.public_key[3])
        verify(key.ctap().get_assertion(RP_ID, HASH, [descriptor(made)]), made)
    refused("an unknown one only", ERR.UNSUPPORTED_ALGORITHM, lambda: make(key, algorithms=(UNKNOWN,)))
    refused("none", ERR.UNSUPPORTED_ALGORITHM, lambda: make(key, algorithms=()))


def check_options(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    made = make(key)
    allow_list = [descriptor(made)]
    get = key.ctap().get_assertion

    expect.step("up: with and without touch")
    for up, flags in ((True, 0x01), (False, 0x00)):
        response = get(RP_ID, HASH, allow_list, options={"up": up})
        expect.equal("flags", flags, int(response.auth_data.flags))
        verify(response, made)
    refused("makeCredential without touch", ERR.INVALID_OPTION, lambda: make(key, options={"up": False}))

    expect.step("uv and rk: refused where they make no sense")
    refused("uv without a sensor", ERR.INVALID_OPTION, lambda: make(key, options={"uv": True}))
    refused("uv without a sensor", ERR.INVALID_OPTION, lambda: get(RP_ID, HASH, allow_list, options={"uv": True}))
    refused("rk of an assertion", ERR.UNSUPPORTED_OPTION, lambda: get(RP_ID, HASH, allow_list, options={"rk": True}))
    refused("rk without PIN", ERR.PUAT_REQUIRED, lambda: make(key, options={"rk": True}))

    expect.step("pinUvAuthParam: empty asks for a touch, anything else must be right")
    protocol = key.protocol.VERSION
    refused("empty", ERR.PIN_INVALID, lambda: make(key, pin_uv_param=b"", pin_uv_protocol=protocol))
    refused("empty", ERR.PIN_INVALID, lambda: get(RP_ID, HASH, pin_uv_param=b"", pin_uv_protocol=protocol))
    wrong = os.urandom({1: 16, 2: 32}[protocol])
    refused("wrong", ERR.PIN_AUTH_INVALID, lambda: make(key, pin_uv_param=wrong, pin_uv_protocol=protocol))
    refused("without protocol", ERR.MISSING_PARAMETER, lambda: make(key, pin_uv_param=wrong))
    refused("protocol 9", ERR.INVALID_PARAMETER, lambda: make(key, pin_uv_param=wrong, pin_uv_protocol=9))
    made = make(key, **authorized(key, ClientPin.PERMISSION.MAKE_CREDENTIAL))
    expect.equal("flags", 0x45, int(made.auth_data.flags))


def check_lists(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    made = {user: make_discoverable(key, user) for user in (b"one", b"two", b"three")}
    parameters = authorized(key, ClientPin.PERMISSION.GET_ASSERTION)

    expect.step("getNextAssertion: every credential of the RP, the newest first")
    assertions = key.ctap().get_assertions(RP_ID, HASH, **parameters)
    users = [assertion.user["id"] for assertion in assertions]
    expect.equal("users", [b"three", b"two", b"one"], users)
    expect.equal("names", "Account three", assertions[0].user.get("displayName"))
    expect.equal("number of credentials", 3, assertions[0].number_of_credentials)
    for assertion, user in zip(assertions, users, strict=True):
        verify(assertion, made[user])
    refused("one more", ERR.NOT_ALLOWED, key.ctap().get_next_assertion)

    expect.step("without PIN the account's name stays secret")
    unverified = key.ctap().get_assertions(RP_ID, HASH)
    expect.equal("users", [{"id": user} for user in (b"three", b"two", b"one")], [each.user for each in unverified])

    expect.step("allow list: one assertion; of foreign credentials none")
    foreign = {"type": "public-key", "id": os.urandom(96)}
    chosen = key.ctap().get_assertion(RP_ID, HASH, [foreign, descriptor(made[b"two"])])
    expect.equal("credential", descriptor(made[b"two"])["id"], chosen.credential["id"])
    verify(chosen, made[b"two"])
    refused("foreign", ERR.NO_CREDENTIALS, lambda: key.ctap().get_assertion(RP_ID, HASH, [foreign]))
    other_rp = [descriptor(made[b"two"])]
    refused("another RP", ERR.NO_CREDENTIALS, lambda: key.ctap().get_assertion("example.org", HASH, other_rp))

    expect.step("exclude list: only credentials of this RP on this key count")
    excluding = [foreign, descriptor(made[b"one"])]
    refused("excluded", ERR.CREDENTIAL_EXCLUDED, lambda: make(key, exclude_list=excluding))
    make(key, exclude_list=[foreign])

    expect.step("an allow list longer than the key takes, which the client cuts")
    known = [made[b"one"].auth_data.credential_data]
    options, state = key.rp().server.authenticate_begin(user_verification="discouraged")
    credentials = [foreign | {"id": os.urandom(96)} for _ in range(20)] + [descriptor(made[b"one"])]
    wanted = {**dict(options.public_key), "allowCredentials": credentials}
    response = expect.succeeds("the assertion", lambda: key.client().get_assertion(wanted)).get_response(0)
    key.rp().accept_assertion(response, state, known[0])

    expect.step("a second credential for the same account replaces the first")
    make_discoverable(key, b"two")
    refused("the first", ERR.NO_CREDENTIALS, lambda: key.ctap().get_assertion(RP_ID, HASH, other_rp))


def check_refused(key: Key) -> None:
    expect.step("requests that are not canonical, not complete, or of another type")
    device = key.device

    def send(command: int, parameters: bytes) -> Any:
        status = device.call(CTAPHID.CBOR, bytes([command]) + parameters)
        if status[0]:
            raise CtapError(status[0])
        return status

    user = {"id": b"bg1", "name": "bg1"}
    complete = {1: HASH, 2: RP, 3: user, 4: [ES256]}
    send(Ctap2.CMD.MAKE_CREDENTIAL, cbor.encode(complete))
    refused("trailing bytes", ERR.INVALID_CBOR, lambda: send(Ctap2.CMD.MAKE_CREDENTIAL, cbor.encode(complete) + b"\0"))
    unordered = b"\xa2" + b"".join(cbor.encode(key) + cbor.encode(complete[key]) for key in (2, 1))
    refused("keys out of order", ERR.INVALID_CBOR, lambda: send(Ctap2.CMD.MAKE_CREDENTIAL, unordered))
    for member in complete:
        less = cbor.encode({name: value for name, value in complete.items() if name != member})
        refused(f"without member {member}", ERR.MISSING_PARAMETER, lambda: send(Ctap2.CMD.MAKE_CREDENTIAL, less))
        other = cbor.encode({**complete, member: 1})
        what = f"member {member} of another type"
        refused(what, ERR.CBOR_UNEXPECTED_TYPE, lambda: send(Ctap2.CMD.MAKE_CREDENTIAL, other))
    refused("an unknown command", ERR.INVALID_COMMAND, lambda: send(0x3F, b""))
    expect.equal("getInfo afterwards", True, "FIDO_2_1" in key.ctap().info.versions)


def check_touch(key: Key) -> None:
    expect.step("a touch is waited for, with keep-alives")
    for what, action in (
        ("selection", lambda seen: key.ctap().selection(on_keepalive=seen)),
        ("makeCredential", lambda seen: make(key, on_keepalive=seen)),
        ("reset", lambda seen: key.ctap().reset(on_keepalive=seen)),
    ):
        seen, began = [], time.monotonic()
        action(seen.append)
        expect.equal(f"status in keep-alives of {what}", [UP_NEEDED], seen)
        expect.holds(f"seconds until {what}", time.monotonic() - began >= TOUCH_SECONDS, time.monotonic() - began)

    expect.step("cancelled while it waits")
    for what, action in (
        ("selection", lambda event: key.ctap().selection(event=event)),
        ("makeCredential", lambda event: make(key, event=event)),
        ("reset", lambda event: key.ctap().reset(event=event)),
    ):
        event = threading.Event()
        threading.Timer(TOUCH_SECONDS / 3, event.set).start()
        refused(what, ERR.KEEPALIVE_CANCEL, lambda action=action, event=event: action(event))
    event = threading.Event()
    threading.Timer(TOUCH_SECONDS / 3, event.set).start()
    options, _ = key.rp().server.register_begin({"id": b"bg1", "name": "bg1"}, user_verification="discouraged")
    expect.refused(
        "a client's registration",
        ClientError,
        lambda: key.client().make_credential(options.public_key, event=event),
        code=ClientError.ERR.TIMEOUT,
    )


def check_declined(key: Key) -> None:
    expect.step("a touch that is declined")
    refused("selection", ERR.OPERATION_DENIED, key.ctap().selection)
    refused("makeCredential", ERR.OPERATION_DENIED, lambda: make(key))
    refused("reset", ERR.OPERATION_DENIED, key.ctap().reset)


if __name__ == "__main__":
    groups(check_algorithms, check_options, check_lists, check_refused)
    groups(check_touch, options=("--touch", f"{TOUCH_SECONDS * 1000:.0f}ms"))
    groups(check_declined, options=("--touch", "deny"))
    expect.summary()
