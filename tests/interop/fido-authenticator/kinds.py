"""Lesser keys: what the tool makes of what a key announces."""

import re
from pathlib import Path

from bench import PIN, Key, Tenant, play
from expect import equal, holds


def life(folder: Path, kind: str, protocol: int, subcommands: set[int]) -> None:
    """PIN, enrolment, check, deletion; the firmware notes by which protocol and subcommands it was asked."""
    key, tenant = Key(folder, "--kind", kind).with_pin(), Tenant(folder)
    key.run("key", "pin", "change", pins=(PIN, "654321")).exits(0)
    key.run("key", "pin", "change", pins=("654321", PIN)).exits(0)
    tenant.enroll(key, "BG1-A").exits(0)
    tenant.check(key, "--full", pins=(PIN,)).exits(0)
    tenant.enroll(key, "BG1-B").exits(3, "already_enrolled")
    wrong = key.run("key", "pin", "change", pins=("000000", PIN)).exits(4, "pin_wrong").document
    equal("tries left", 7, wrong["error"]["tries_left"])
    asked = re.findall(r"clientPIN protocol Some\((\d)\) subcommand Some\((\d)\)", key.server.said())
    equal("protocols", {str(protocol)}, {used for used, _ in asked})
    equal("subcommands", subcommands, {int(subcommand) for _, subcommand in asked})


def protocol_two(folder: Path) -> None:
    """PIN/UV auth protocol two, as the firmware prefers it"""
    life(folder, "whole", 2, {1, 2, 3, 4, 9})


def protocol_one_first(folder: Path) -> None:
    """PIN/UV auth protocol one, where the key names it first"""
    life(folder, "one-first", 1, {1, 2, 3, 4, 9})


def protocol_one_only(folder: Path) -> None:
    """PIN/UV auth protocol one, where the key has no other"""
    life(folder, "one-only", 1, {1, 2, 3, 4, 9})


def before_21(folder: Path) -> None:
    """a key from before CTAP 2.1: tokens without permissions, found by its touch without a command for that"""
    life(folder, "pre-2.1", 1, {1, 2, 3, 4, 5})
    (folder / "slow").mkdir()
    key = Key(folder / "slow", "--kind", "pre-2.1", "--touch", "1000")
    for _ in range(2):
        found = key.run("key", "identify").exits(0)
        holds("touch asked for", found.happened("touch_needed") and found.seconds >= 1, found)
        key.run("key", "pin", "set", pins=(PIN,))
    key.run("key", "credentials", "list", pins=(PIN,)).exits(3, "key_unsupported")


if __name__ == "__main__":
    play([protocol_two, protocol_one_first, protocol_one_only, before_21])
