"""FPBioEnrollment and built-in user verification, on a sensor whose finger is always the right one, or never."""

from typing import Any

from fido2.client import ClientError
from fido2.ctap import CtapError
from fido2.ctap2 import ClientPin, FPBioEnrollment
from fido2.ctap2.bio import BioEnrollment, CaptureError

import expect
from key import PIN, RP_ID, Key, groups

ERR = CtapError.ERR
RESULT = BioEnrollment.RESULT
TOUCH_SENSOR = 1
FLAGS_UP_UV = 0x05


def enrollment(key: Key) -> FPBioEnrollment:
    client_pin = key.client_pin()
    token = client_pin.get_pin_token(PIN, ClientPin.PERMISSION.BIO_ENROLL)
    return FPBioEnrollment(client_pin.ctap, client_pin.protocol, token)


def enroll(key: Key) -> bytes:
    """A new finger; each good sample must leave fewer to be taken."""
    context = enrollment(key).enroll()
    remaining = []
    while (template_id := context.capture()) is None:
        remaining.append(context.remaining)
    expect.equal("remaining samples", sorted(set(remaining), reverse=True), remaining)
    return template_id


def refused(what: str, code: CtapError.ERR, action: Any) -> None:
    expect.refused(what, CtapError, action, code=code)


def check_enrollment(key: Key) -> None:
    expect.step("getInfo and the sensor")
    expect.equal("bioEnroll, uv", (False, False), (key.options()["bioEnroll"], key.options()["uv"]))
    refused("a token by finger", ERR.NOT_ALLOWED, lambda: key.client_pin().get_uv_token(ClientPin.PERMISSION(1), RP_ID))
    key.client_pin().set_pin(PIN)
    sensor = enrollment(key).get_fingerprint_sensor_info()
    samples = sensor[RESULT.MAX_SAMPLES_REQUIRED]
    expect.equal("kind", TOUCH_SENSOR, sensor[RESULT.FINGERPRINT_KIND])
    expect.equal("fingers", {}, dict(enrollment(key).enumerate_enrollments()))

    expect.step("a finger takes as many samples as the sensor says")
    context = enrollment(key).enroll()
    taken = 1
    while context.capture() is None:
        taken += 1
    expect.equal("samples", samples, taken)
    first = context.template_id
    expect.equal("bioEnroll, uv", (True, True), (key.options()["bioEnroll"], key.options()["uv"]))

    expect.step("an enrollment that is cancelled leaves nothing")
    context = enrollment(key).enroll()
    expect.equal("finished", None, context.capture())
    context.cancel()
    expect.equal("fingers", {first}, set(enrollment(key).enumerate_enrollments()))

    expect.step("another finger, names, removal")
    second = enroll(key)
    enrollment(key).set_name(first, "thumb")
    enrollment(key).set_name(second, "index")
    expect.equal("names", {first: "thumb", second: "index"}, dict(enrollment(key).enumerate_enrollments()))
    refused("a long name", ERR.INVALID_LENGTH, lambda: enrollment(key).set_name(first, "x" * 65))
    enrollment(key).remove_enrollment(first)
    expect.equal("names", {second: "index"}, dict(enrollment(key).enumerate_enrollments()))
    refused("the removed one", ERR.INVALID_OPTION, lambda: enrollment(key).remove_enrollment(first))

    expect.step("only a token for enrollment will do")
    client_pin = key.client_pin()
    token = client_pin.get_pin_token(PIN, ClientPin.PERMISSION.CREDENTIAL_MGMT)
    other = FPBioEnrollment(client_pin.ctap, client_pin.protocol, token)
    refused("a token for cm", ERR.PIN_AUTH_INVALID, other.enumerate_enrollments)

    expect.step("a reset leaves no finger")
    key.ctap().reset()
    expect.equal("bioEnroll, uv", (False, False), (key.options()["bioEnroll"], key.options()["uv"]))


def check_verification(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    enroll(key)
    rp = key.rp()
    # A user who has forgotten the PIN: what needs it fails.
    client = key.client()
    client._backend.user_interaction._pin = "not the PIN"

    expect.step("a client registers and asserts with the finger, without the PIN")
    response, state = rp.register(client, b"bg1")
    data = rp.accept_registration(response, state)
    expect.equal("flags", FLAGS_UP_UV, int(data.flags) & FLAGS_UP_UV)
    for discover in (True, False):
        assertion, state = rp.authenticate(client, data.credential_data, discover=discover)
        rp.accept_assertion(assertion, state, data.credential_data)
        expect.equal("flags", FLAGS_UP_UV, int(assertion.response.authenticator_data.flags) & FLAGS_UP_UV)

    expect.step("option uv, without a token")
    allow_list = [{"type": "public-key", "id": data.credential_data.credential_id}]
    response = key.ctap().get_assertion(RP_ID, bytes(32), allow_list, options={"uv": True})
    expect.equal("flags", FLAGS_UP_UV, int(response.auth_data.flags) & FLAGS_UP_UV)

    expect.step("tokens by finger, with their permissions")
    client_pin = key.client_pin()
    tries = client_pin.get_uv_retries()
    client_pin.get_uv_token(ClientPin.PERMISSION.CREDENTIAL_MGMT)
    expect.equal("tries", tries, client_pin.get_uv_retries())


def check_wrong_finger(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    expect.step("a sample of a wrong finger is not good, and counts for nothing")
    context = enrollment(key).enroll()
    expect.refused("a capture", CaptureError, context.capture)
    context.cancel()
    expect.equal("fingers", {}, dict(enrollment(key).enumerate_enrollments()))


def check_client_without_finger(key: Key) -> None:
    expect.step("without an enrolled finger the PIN is asked for")
    key.client_pin().set_pin(PIN)
    rp = key.rp()
    response, state = rp.register(key.client(), b"bg1")
    data = rp.accept_registration(response, state)
    client = key.client()
    client._backend.user_interaction._pin = "not the PIN"
    expect.refused("a wrong PIN", ClientError, lambda: rp.authenticate(client, data.credential_data))


if __name__ == "__main__":
    sensor = ("--profile", "bio")
    groups(check_enrollment, check_verification, check_client_without_finger, options=sensor)
    groups(check_wrong_finger, options=(*sensor, "--finger", "wrong"))
    expect.summary()
