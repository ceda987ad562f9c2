"""The commands for one key, without tenant and ledger."""

from pathlib import Path

from bench import PIN, Key, Tenant, equal, holds

OTHER_PIN = "654321"


def look(folder: Path) -> None:
    """look at the key: info, identify by a touch, no key on USB"""
    key = Key(folder)
    equal("USB keys", [], Key.run(key, "key", "info").exits(0).document.get("keys", []))
    info = key.run("key", "info").exits(0).document
    equal("versions", ["U2F_V2", "FIDO_2_0", "FIDO_2_1", "FIDO_2_3"], info["info"]["versions"])


def pins(folder: Path) -> None:
    """set, refuse, change and count PINs"""
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
        error = key.run("key", "credentials", "list", pins=(OTHER_PIN,)).exits(4, "x").document["error"]
        equal("tries left", left, error["tries_left"])
    key.run("key", "credentials", "list", pins=(PIN,)).exits(4, "x")
    key.power_cycle()
    equal("tries left", 5, key.retries())
    equal("credentials", [], key.credentials())
    equal("tries left", 8, key.retries())


SCENARIOS = [look, pins, lock_out]
