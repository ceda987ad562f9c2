"""Says what is being tried, counts it, and leaves at the first thing that is not as expected."""

import sys
import traceback
from collections.abc import Callable
from typing import Any

import process


class Unexpected(AssertionError):
    """What was expected and what was found."""


class _Tally:
    """A step has gone well when the next one begins or when its group ends."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.open = False

    def close(self) -> None:
        self.passed += self.open
        self.open = False


_tally = _Tally()


def step(text: str) -> None:
    _tally.close()
    _tally.open = True
    print(f"  {text}", flush=True)


def group(title: str, action: Callable[..., None], *arguments: Any) -> None:
    """Steps that build on each other. When one fails, the rest of its group is left out; other groups are not."""
    print(title, flush=True)
    try:
        action(*arguments)
    except Exception as raised:
        # A failure before the first step counts too.
        _tally.open = False
        _tally.failed += 1
        print(f"  FAILED: {raised}", flush=True)
        if not isinstance(raised, (Unexpected, process.ProcessFailed)):
            traceback.print_exc()
    else:
        _tally.close()


def summary() -> None:
    """Ends the program: the count as the last line, and a status that says whether anything failed."""
    print(f"{_tally.passed} passed, {_tally.failed} failed", flush=True)
    sys.exit(1 if _tally.failed or not _tally.passed else 0)


def equal(what: str, expected: Any, found: Any) -> None:
    if expected != found:
        raise Unexpected(f"{what}: expected {expected!r}, found {found!r}")


def different(what: str, one: Any, other: Any) -> None:
    if one == other:
        raise Unexpected(f"{what}: expected two values that differ, found {one!r} twice")


def holds(what: str, condition: Any, found: Any) -> None:
    if not condition:
        raise Unexpected(f"{what}: found {found!r}")


def succeeds(what: str, action: Callable[[], Any]) -> Any:
    try:
        return action()
    except Exception as raised:
        raise Unexpected(f"{what}: expected success, found {raised!r}") from raised


def refused(what: str, error: type[Exception], action: Callable[[], Any], **facts: Any) -> Exception:
    """`action` must raise `error`, with these values in the error's attributes."""
    try:
        result = action()
    except error as raised:
        for name, expected in facts.items():
            equal(f"{what}: {name} of {raised!r}", expected, getattr(raised, name))
        return raised
    except Exception as raised:
        raise Unexpected(f"{what}: expected {error.__name__}, found {raised!r}") from raised
    raise Unexpected(f"{what}: expected {error.__name__}, found success: {result!r}")
