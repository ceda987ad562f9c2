"""Runs the tool under test: one command to its end, or a server for as long as a block lasts."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import process

ROOT = Path(__file__).resolve().parents[3]
BINARY = os.environ.get("HALLIGAN", str(ROOT / "target/debug/halligan"))

COMMAND_SECONDS = 120


class ToolFailed(Exception):
    """The tool ended with another status than 0, or said what is not one JSON document."""


def serving(*arguments: str, log: Path) -> AbstractContextManager[str]:
    """A server of the tool; gives its first line."""
    return process.serving([BINARY, *arguments], log)


@contextmanager
def emulator(folder: Path, profile: str = "default") -> Iterator[str]:
    """An emulated key, kept in `folder`; gives the path of its pseudo-terminal."""
    options = ("--state", str(folder / "key"), "--profile", profile, "--listen", "pty")
    with serving("--json", "emulator", "serve", *options, log=folder / "key.log") as line:
        said = json.loads(line)
        if not said["ok"]:
            raise ToolFailed(f"emulator serve {' '.join(options)}: {line}")
        yield said["listening"][0]


def run(*arguments: str, stdin: str = "") -> dict[str, Any]:
    """A command with `--json`: its one document."""
    command = [BINARY, "--json", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
    said = f"{' '.join(arguments)}\n--- stdout:\n{done.stdout}\n--- stderr:\n{done.stderr}\n---"
    if done.returncode != 0:
        raise ToolFailed(f"status {done.returncode}: {said}")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise ToolFailed(f"stdout is not one JSON document ({error}): {said}") from error
