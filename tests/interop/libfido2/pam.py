"""pamu2fcfg: registrations for pam_u2f. It looks for devices itself, so it is shown the emulator's terminal."""

import base64

import expect
import process
import tool
from fido2 import PIN, Key
from management import on_a_new_key

ONE_DEVICE = tool.ROOT / "target/interop/libfido2/one_device.so"
APPLICATION = "pam://workstation"
P256_POINT_BYTES = 64


def pamu2fcfg(key: Key, *options: str, answers: tuple[str, ...] = ()) -> process.Done:
    command = ("pamu2fcfg", "-o", APPLICATION, "-i", APPLICATION, *options)
    return process.run(command, answers, environment={"LD_PRELOAD": str(ONE_DEVICE), "FIDO_DEVICE": key.path})


def registration(key: Key, *options: str, answers: tuple[str, ...] = ()) -> list[str]:
    """User, key handle, public key, type, attributes. pamu2fcfg itself has verified the attestation."""
    done = pamu2fcfg(key, *options, answers=answers)
    expect.equal(f"status of {done}", 0, done.status)
    user, _, rest = done.stdout.partition(":")
    fields = [user, *rest.split(",")]
    expect.equal("number of fields", 5, len(fields))
    return fields


def check_registrations(key: Key) -> None:
    expect.step("without PIN")
    user, handle, public_key, kind, attributes = registration(key, "-u", "bg1")
    expect.equal("user, type, attributes", ("bg1", "es256", "+presence"), (user, kind, attributes))
    expect.equal("length of the public key", P256_POINT_BYTES, len(base64.b64decode(public_key)))
    expect.holds("key handle", len(base64.b64decode(handle)) >= 16, handle)

    expect.step("-n leaves out the user, -P does without touch")
    user, *_, attributes = registration(key, "-n", "-P")
    expect.equal("user, attributes", ("", ""), (user, attributes))

    expect.step("-N and -V want the PIN or another verification at each sign-in")
    key.set_pin()
    for option, attribute in (("-N", "+pin"), ("-V", "+verification")):
        *_, attributes = registration(key, "-u", "bg1", option)
        expect.equal("attributes", "+presence" + attribute, attributes)

    expect.step("-r stores the credential in the key")
    _, handle, *_ = registration(key, "-u", "bg1", "-r", answers=(PIN,))
    expect.equal("key handle", "*", handle)
    listed = key.token("-L", "-k", APPLICATION, answers=(PIN,))
    expect.holds("credentials", "bg1" in listed, listed)

    expect.step("RS256, which the key has not, is refused")
    refused = pamu2fcfg(key, "-t", "RS256")
    expect.different(f"status of {refused}", 0, refused.status)
    expect.holds("reason", "FIDO_ERR_UNSUPPORTED_ALGORITHM" in refused.stderr, refused)


def check_pin_required(key: Key) -> None:
    expect.step("a key that wants the PIN for every registration")
    key.set_pin()
    *_, kind, attributes = registration(key, "-u", "bg1", "-N", answers=(PIN,))
    expect.equal("type, attributes", ("es256", "+presence+pin"), (kind, attributes))


if __name__ == "__main__":
    expect.group("pamu2fcfg", on_a_new_key, "default", check_registrations)
    expect.group("pamu2fcfg, PIN/UV auth protocol one", on_a_new_key, "preview", check_pin_required)
    expect.summary()
