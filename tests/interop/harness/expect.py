"""Says what is being tried, and stops at the first thing that is not as expected."""

from collections.abc import Callable
from typing import Any


class Unexpected(AssertionError):
    """What was expected and what was found."""


def step(text: str) -> None:
    print(f"  {text}", flush=True)


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
