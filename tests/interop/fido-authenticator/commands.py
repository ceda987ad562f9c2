"""The commands for one key, without tenant and ledger."""

import time
from pathlib import Path

from bench import PIN, RESET, Command, Host, Key, play
from expect import equal, holds

OTHER_PIN = "654321"
NOT_ALLOWED = 0x30

# What usbd-ctaphid 0.5 does against CTAP 2.1 §11.2: INIT on a channel answers a new one, a message on channel 0 is taken, and
# the code of a refusal as busy is 0.
DEVIATIONS = ["hid-resynchronization", "hid-wrong-channel", "hid-busy"]


def look(folder: Path) -> None:
    """a key is described, and found by its touch"""
    equal("USB keys", [], Command("key", "list").end().exits(0).document["keys"])
    key = Key(folder)
    info = key.run("key", "info").exits(0).document
    equal("versions", ["U2F_V2", "FIDO_2_0", "FIDO_2_1", "FIDO_2_3"], info["versions"])
    equal("protocols", [2, 1], info["pin_uv_auth_protocols"])
    equal("PIN", False, info["options"]["clientPin"])
    # The firmware announces that it winks, and refuses it.
    equal("found by", "was touched", key.run("key", "identify").exits(0).document["identified_by"])
    key.plug_in("--touch", "1500")
    found = key.run("key", "identify").exits(0)
    holds("touch asked for", found.happened("touch_needed") and found.seconds >= 1.5, found)


def pins(folder: Path) -> None:
    """PINs are set, changed, refused and counted"""
    key = Key(folder)
    key.run("key", "pin", "set", pins=("123",)).exits(4, "pin_unfit")
    key.with_pin()
    key.run("key", "pin", "set", pins=(PIN,)).exits(2, "usage")
    wrong = key.run("key", "credentials", "list", pins=(OTHER_PIN,)).exits(4, "pin_wrong").document
    equal("tries left", 7, wrong["error"]["tries_left"])
    equal("retries", 7, key.retries())
    key.run("key", "pin", "change", pins=(OTHER_PIN, "new-pin")).exits(4, "pin_wrong")
    key.run("key", "pin", "change", pins=(PIN, "123")).exits(4, "pin_unfit")
    key.run("key", "pin", "change", pins=(PIN, OTHER_PIN)).exits(0)
    equal("retries after the right PIN", 8, key.retries())
    key.run("key", "credentials", "list", pins=(PIN,)).exits(4, "pin_wrong")
    key.run("key", "credentials", "list", pins=(OTHER_PIN,)).exits(0)


def lock_out(folder: Path) -> None:
    """three wrong PINs lock the key until its power is cut"""
    key = Key(folder).with_pin()
    for left in (7, 6, 5):
        done = key.run("key", "credentials", "list", pins=(OTHER_PIN,))
        error = done.exits(4, "pin_wrong" if left > 5 else "pin_auth_blocked").document["error"]
        equal("tries left", left, error["tries_left"])
        equal("power cycle needed", left == 5, error["power_cycle_needed"])
    key.run("key", "credentials", "list", pins=(PIN,)).exits(4, "pin_auth_blocked")
    key.power_cycle()
    equal("tries left", 5, key.retries())
    equal("credentials", [], key.credentials())
    equal("tries left", 8, key.retries())


def last_tries(folder: Path) -> None:
    """the last three tries are spent only on demand, and eight wrong PINs block the key for good"""
    key = Key(folder).with_pin()
    listing = ("key", "credentials", "list")
    for left in (7, 6, 5, 4, 3):
        error = key.run(*listing, pins=(OTHER_PIN,)).document["error"]
        equal("tries left", left, error["tries_left"])
        if left == 5:
            key.power_cycle()
    key.run(*listing, pins=(PIN,)).exits(4, "too_few_pin_tries")
    key.run(*listing, "--spend-last-pin-tries", pins=(OTHER_PIN,)).exits(4, "pin_auth_blocked")
    key.power_cycle()
    for left in (1, 0):
        error = key.run(*listing, "--spend-last-pin-tries", pins=(OTHER_PIN,)).document["error"]
        equal("tries left", left, error["tries_left"])
    key.power_cycle()
    key.run(*listing, "--spend-last-pin-tries", pins=(PIN,)).exits(4, "pin_blocked")


def reset_window(folder: Path) -> None:
    """a reset is taken for ten seconds after power-up, and described as what it is"""
    key = Key(folder).with_pin()
    equal("reset at once", 0, Host(key).status(RESET))
    equal("PIN", False, key.run("key", "info").exits(0).document["options"]["clientPin"])
    key.with_pin()
    key.power_cycle()
    host = Host(key)
    time.sleep(11.5)
    equal("reset later", NOT_ALLOWED, host.status(RESET))
    equal("PIN", True, key.run("key", "info").exits(0).document["options"]["clientPin"])


def tested(folder: Path) -> None:
    """the test bench finds what is known to be wrong and raises no false alarm"""
    key = Key(folder)
    fresh = key.run("key", "test", "--skip", "attestation").exits(1).document
    equal("failed without a PIN", DEVIATIONS, with_verdict(fresh, "fail"))
    equal("unknown without a PIN", [], with_verdict(fresh, "unknown"))
    key.with_pin()
    whole = key.run("key", "test", pins=(PIN,)).exits(1).document
    equal("failed", DEVIATIONS, with_verdict(whole, "fail"))
    # It attests its credentials by themselves, which proves nothing about the model.
    equal("unknown", ["attestation"], with_verdict(whole, "unknown"))
    equal("credentials left", [], key.credentials())
    skip = [word for check in (*DEVIATIONS, "attestation") for word in ("--skip", check)]
    key.plug_in("--touch", "700")
    touched = key.run("key", "test", *skip, pins=(PIN,)).exits(0)
    passed = with_verdict(touched.document, "pass")
    holds("cancelled and kept alive", {"touch-cancelled", "keep-alives"} <= set(passed), passed)
    key.plug_in("--touch", "never")
    key.run("key", "test", "--only", "touch-timeout").exits(0)


def tested_while_fresh(folder: Path) -> None:
    """PIN and reset rules are found right, and the key is as it left the factory afterwards"""
    key = Key(folder)
    skip = [word for check in (*DEVIATIONS, "attestation") for word in ("--skip", check)]
    options = ("--destructive", "--slow", "--confirm", key.address, "--skip", "touch-timeout", *skip)
    document = key.begin("key", "test", *options).attended("reinsert_key", key.power_cycle).exits(0).document
    passed = with_verdict(document, "pass")
    holds("locked and blocked", {"pin-lockout", "pin-lockout-ends", "pin-blocked"} <= set(passed), passed)
    equal("left behind", None, document["left_behind"])
    equal("PIN", False, key.run("key", "info").exits(0).document["options"]["clientPin"])


def with_verdict(document: dict, verdict: str) -> list[str]:
    """The checks that answered so."""
    return [check["id"] for check in document["checks"] if check["verdict"] == verdict]


if __name__ == "__main__":
    play([look, pins, lock_out, last_tries, reset_window, tested, tested_while_fresh])
