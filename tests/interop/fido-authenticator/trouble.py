"""Late touches, none, interrupts, other programs, and keys that are pulled out."""

import time
from pathlib import Path

from bench import Key, Tenant, play
from expect import equal, holds

ASKED = "touch_needed"
# How it may end for a program whose request another one's INIT has ended.
BUSY = {"key_busy", "key_silent"}


def late_touch(folder: Path) -> None:
    """a touch that comes late is asked for, and is enough"""
    key, tenant = Key(folder, "--touch", "1500").with_pin(), Tenant(folder)
    enrolled = tenant.enroll(key, "BG1-A").exits(0)
    touches = sum(event["event"] == ASKED for event in enrolled.events)
    equal("touches asked for", 2, touches)
    holds("seconds", enrolled.seconds >= 3, enrolled.seconds)


def no_touch(folder: Path) -> None:
    """a touch that is denied or does not come ends the enrolment, and nothing remains"""
    key, tenant = Key(folder).with_pin(), Tenant(folder)
    for touch in (("--touch", "deny"), ("--touch", "never", "--touch-timeout", "2000")):
        key.plug_in(*touch)
        tenant.enroll(key, "BG1-A").exits(3, "touch_missing")
        nothing_remains(key, tenant)
    key.plug_in()
    tenant.enroll(key, "BG1-A").exits(0)


def interrupted(folder: Path) -> None:
    """Ctrl-C while a touch is awaited reaches the key, which is free at once, and nothing remains"""
    key, tenant = Key(folder, "--touch", "never").with_pin(), Tenant(folder)
    enrolling = tenant.begin_enroll(key, "BG1-A").wait_for(ASKED)
    started = time.monotonic()
    enrolling.interrupt().end().exits(7, "cancelled")
    holds("seconds from Ctrl-C to the end", time.monotonic() - started < 2, time.monotonic() - started)
    identified = key.begin("key", "identify").wait_for(ASKED).interrupt().end()
    identified.exits(7, "cancelled")
    key.run("key", "info").exits(0)
    nothing_remains(key, tenant)
    key.plug_in()
    tenant.enroll(key, "BG1-A").exits(0)


def second_program(folder: Path) -> None:
    """a second program makes this firmware drop the request at hand, which is not taken for done"""
    key, tenant = Key(folder, "--touch", "never").with_pin(), Tenant(folder)
    enrolling = tenant.begin_enroll(key, "BG1-A").wait_for(ASKED)
    # Its INIT is taken for the other channel's too (usbd-ctaphid 0.5), so it is served at once.
    key.run("key", "info").exits(0)
    stopped = enrolling.end().exits(7, "stopped").document
    holds("cause", "silent" in stopped["error"]["message"], stopped)
    key.plug_in()
    equal("credentials", [], key.credentials())
    tenant.enroll(key, "BG1-A").exits(7, "ceremony_open")
    tenant.resume(key, "BG1-A").exits(0)


def side_by_side(folder: Path) -> None:
    """programs that use the key in turn do not take each other's answers for theirs"""
    key = Key(folder).with_pin()
    for _ in range(5):
        both = [key.begin("key", "info"), key.begin("key", "pin", "retries")]
        for done in [command.end() for command in both]:
            holds("end", done.status == 0 or done.document["error"]["code"] in BUSY, done)


def unplugged(folder: Path) -> None:
    """a key that is pulled out while a touch is awaited leaves an open ceremony, which is resumed with it"""
    key, tenant = Key(folder, "--touch", "never").with_pin(), Tenant(folder)
    enrolling = tenant.begin_enroll(key, "BG1-A").wait_for(ASKED)
    key.server.kill()
    stopped = enrolling.end().exits(7, "stopped").document
    # Over UDP a key that is gone is a key that is silent.
    holds("cause", "silent" in stopped["error"]["message"], stopped)
    key.plug_in()
    equal("credentials", [], key.credentials())
    tenant.enroll(key, "BG1-A").exits(7, "ceremony_open")
    tenant.resume(key, "BG1-A").exits(0)
    tenant.check(key).exits(0)


def power_cut(folder: Path) -> None:
    """a key whose power is cut for a moment forgets the request, which is not taken for done"""
    key, tenant = Key(folder, "--touch", "never").with_pin(), Tenant(folder)
    enrolling = tenant.begin_enroll(key, "BG1-A").wait_for(ASKED)
    key.power_cycle()
    enrolling.end().exits(7, "stopped")
    equal("credentials", [], key.credentials())


def nothing_remains(key: Key, tenant: Tenant) -> None:
    equal("credentials", [], key.credentials())
    equal("methods", [], tenant.state()["fido2Methods"])
    equal("last entry", "ceremony.undone", tenant.ledger()[-1])


if __name__ == "__main__":
    play([late_touch, no_touch, interrupted, second_program, side_by_side, unplugged, power_cut])
