"""fido2-token: information, PIN, credential management, configuration, reset."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import expect
import tool
from fido2 import PIN, RP_ID, Key, base64_of

OTHER_PIN = "another pin 2"
WRONG_PIN = "wrong pin 3"
PIN_RETRIES = 8
PROTOCOLS = {"default": "2, 1", "preview": "1"}


def check_pin(key: Key, profile: str) -> None:
    expect.step("-I of a key without PIN")
    information = key.information()
    expect.equal("PIN protocols", PROTOCOLS[profile], information["pin protocols"])
    expect.holds("options", "noclientPin" in key.options(), key.options())

    expect.step("-S sets the PIN, but no short one")
    # That one byte less than four code points can hold is refused by the program, before it asks the key.
    key.token_refused("invalid PIN length", "-S", answers=("123", "123"))
    key.token_refused("FIDO_ERR_PIN_POLICY_VIOLATION", "-S", answers=("äöü", "äöü"))
    key.set_pin()
    expect.holds("options", "clientPin" in key.options(), key.options())
    expect.equal("retries", str(PIN_RETRIES), key.information()["pin retries"])

    expect.step("a wrong PIN costs a try, the right one brings it back")
    key.token_refused("FIDO_ERR_PIN_INVALID", "-I", "-c", answers=(WRONG_PIN,))
    expect.equal("retries", str(PIN_RETRIES - 1), key.information()["pin retries"])
    key.information("-c", answers=(PIN,))
    expect.equal("retries", str(PIN_RETRIES), key.information()["pin retries"])

    expect.step("-C changes the PIN")
    key.token_refused("FIDO_ERR_PIN_INVALID", "-C", answers=(WRONG_PIN, OTHER_PIN, OTHER_PIN))
    key.token("-C", answers=(PIN, OTHER_PIN, OTHER_PIN))
    key.token_refused("FIDO_ERR_PIN_INVALID", "-I", "-c", answers=(PIN,))
    key.information("-c", answers=(OTHER_PIN,))

    expect.step("three wrong PINs in a row lock the key until it is pulled out")
    for reason in ("FIDO_ERR_PIN_INVALID", "FIDO_ERR_PIN_INVALID", "FIDO_ERR_PIN_AUTH_BLOCKED"):
        key.token_refused(reason, "-I", "-c", answers=(WRONG_PIN,))
    key.token_refused("FIDO_ERR_PIN_AUTH_BLOCKED", "-I", "-c", answers=(OTHER_PIN,))


def check_credentials(key: Key, profile: str) -> None:
    key.set_pin()
    one = key.make("-r", answers=(PIN,))
    two = key.make("-r", user="bg2", answers=(PIN,))
    elsewhere = key.make("-r", rp_id="example.org", user="bg3", type="eddsa", answers=(PIN,))

    def listed(rp_id: str = RP_ID) -> dict[str, list[str]]:
        lines = [line.split() for line in key.token("-L", "-k", rp_id, answers=(PIN,)).splitlines()]
        return {line[1]: line for line in lines}

    expect.step("-I -c counts, -L -r and -L -k list")
    expect.equal("credentials", "3", key.information("-c", answers=(PIN,))["existing rk(s)"])
    rps = {line.split()[2] for line in key.token("-L", "-r", answers=(PIN,)).splitlines()}
    expect.equal("RPs", {RP_ID, "example.org"}, rps)
    expect.equal("credentials", {one.id, two.id}, set(listed()))
    expect.equal("type", "eddsa", listed("example.org")[elsewhere.id][4])

    expect.step("-I -k -i prints the public key")
    for credential, rp_id in ((one, RP_ID), (elsewhere, "example.org")):
        printed = key.token("-I", "-k", rp_id, "-i", credential.id, answers=(PIN,))
        expect.equal("credential", credential.verified, printed)

    if profile == "default":
        expect.step("-S -c renames")
        renaming = ("-i", one.id, "-k", base64_of(b"bg1"), "-n", "renamed", "-p", "Renamed")
        key.token("-S", "-c", *renaming, answers=(PIN,))
        expect.holds("name", "Renamed" in listed()[one.id], listed()[one.id])

    expect.step("-D -i deletes")
    key.token("-D", "-i", two.id, answers=(PIN,))
    expect.equal("credentials", {one.id}, set(listed()))
    key.token_refused("FIDO_ERR_NO_CREDENTIALS", "-D", "-i", two.id, answers=(PIN,))
    key.get_refused("FIDO_ERR_NO_CREDENTIALS", two, "-p")


def check_configuration(key: Key) -> None:
    key.set_pin()
    credential = key.make()

    expect.step("-S -u and -D -u: always verify the user")
    key.token("-S", "-u", answers=(PIN,))
    expect.holds("options", "alwaysUv" in key.options(), key.options())
    key.get_refused("FIDO_ERR_PIN_REQUIRED", credential, "-p")
    key.get(credential, "-p", "-v", answers=(PIN,), verify=("-p", "-v"))
    key.token("-D", "-u", answers=(PIN,))
    expect.holds("options", "noalwaysUv" in key.options(), key.options())
    key.get(credential, "-p", verify=("-p",))

    expect.step("-S -a: enterprise attestation")
    expect.holds("options", "noep" in key.options(), key.options())
    key.token("-S", "-a", answers=(PIN,))
    expect.holds("options", "ep" in key.options(), key.options())

    expect.step("-S -m: who is told the minimum PIN length")
    key.token("-S", "-m", f"{RP_ID},example.org", answers=(PIN,))

    expect.step("-S -f: the PIN must be changed")
    key.token("-S", "-f", answers=(PIN,))
    expect.equal("PIN change required", "true", key.information()["pin change required"])
    key.get_refused("FIDO_ERR_PIN_", credential, "-p", "-v", answers=(PIN,))
    key.token_refused("FIDO_ERR_PIN_POLICY_VIOLATION", "-C", answers=(PIN, PIN, PIN))
    key.token("-C", answers=(PIN, OTHER_PIN, OTHER_PIN))
    expect.equal("PIN change required", "false", key.information()["pin change required"])

    expect.step("-S -l: a longer PIN, which must then be chosen")
    length = len(OTHER_PIN) + 1
    key.token("-S", "-l", str(length), answers=(OTHER_PIN,))
    expect.equal("minimum", str(length), key.information()["minpinlen"])
    expect.equal("PIN change required", "true", key.information()["pin change required"])
    key.token("-C", answers=(OTHER_PIN, OTHER_PIN + "3", OTHER_PIN + "3"))
    key.token_refused("FIDO_ERR_PIN_POLICY_VIOLATION", "-S", "-l", "4", answers=(OTHER_PIN + "3",))


def check_no_configuration(key: Key) -> None:
    expect.step("a key from before authenticatorConfig refuses it")
    key.set_pin()
    key.token_refused("option not found", "-S", "-u")
    for options in (("-S", "-a"), ("-S", "-f"), ("-S", "-l", "6")):
        key.token_refused("FIDO_ERR_INVALID_COMMAND", *options)


def check_reset(key: Key, profile: str) -> None:
    key.set_pin()
    credential = key.make("-r", answers=(PIN,))
    unlisted = key.make(answers=() if profile == "default" else (PIN,))
    expect.step("-R: no PIN, no credential")
    key.token("-R")
    expect.holds("options", "noclientPin" in key.options(), key.options())
    for discover in (True, False):
        key.get_refused("FIDO_ERR_NO_CREDENTIALS", credential, "-p", discover=discover)
    key.get_refused("FIDO_ERR_NO_CREDENTIALS", unlisted, "-p")


def on_a_new_key(profile: str, check: Callable[..., None], *arguments: str) -> None:
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as name, tool.emulator(Path(name), profile) as path:
        check(Key(path, Path(name)), *arguments)


if __name__ == "__main__":
    for profile in PROTOCOLS:
        expect.group(f"PIN, profile {profile}", on_a_new_key, profile, check_pin, profile)
        expect.group(f"credential management, profile {profile}", on_a_new_key, profile, check_credentials, profile)
        expect.group(f"reset, profile {profile}", on_a_new_key, profile, check_reset, profile)
    expect.group("configuration", on_a_new_key, "default", check_configuration)
    expect.group("no configuration", on_a_new_key, "preview", check_no_configuration)
    expect.summary()
