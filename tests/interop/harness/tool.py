"""Runs the tool under test: one command to its end, or a server for as long as a block lasts."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
BINARY = os.environ.get("HALLIGAN", str(ROOT / "target/debug/halligan"))

START_SECONDS = 30
COMMAND_SECONDS = 120
STOP_SECONDS = 10


class ToolFailed(Exception):
    """The tool did not start, did not end, or ended with another status than 0."""


# `timeout` ends this process by SIGTERM; as an exception it passes through the blocks that stop the servers.
signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped by SIGTERM"))


@contextmanager
def serving(*arguments: str, log: Path) -> Iterator[str]:
    """A server; gives the line with which it says that it listens. Its diagnostics are shown if the block fails."""
    with log.open("wb") as diagnostics:
        server = subprocess.Popen(
            [BINARY, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=diagnostics,
            text=True,
            start_new_session=True,
        )
    try:
        yield _first_line(server, arguments)
    except BaseException:
        print(f"--- {' '.join(arguments)} said:\n{log.read_text(errors='replace')[-8000:]}---", file=sys.stderr)
        raise
    finally:
        _stop(server)


def _first_line(server: subprocess.Popen[str], arguments: tuple[str, ...]) -> str:
    lines: Queue[str] = Queue()

    def drain() -> None:
        # To the end, so that the server never waits for a reader.
        for line in server.stdout:
            lines.put(line)
        lines.put("")

    threading.Thread(target=drain, daemon=True).start()
    try:
        line = lines.get(timeout=START_SECONDS)
    except Empty:
        raise ToolFailed(f"{' '.join(arguments)}: not a line on stdout in {START_SECONDS} s") from None
    if not line:
        raise ToolFailed(f"{' '.join(arguments)}: ended with status {server.wait()} before it listened")
    return line.rstrip("\n")


def _stop(server: subprocess.Popen[str]) -> None:
    # The whole group: a session of its own was made for it.
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, kind)
        except ProcessLookupError:
            return
        try:
            server.wait(timeout=STOP_SECONDS)
            return
        except subprocess.TimeoutExpired:
            continue


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
