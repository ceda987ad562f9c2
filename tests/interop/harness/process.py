"""Foreign programs: one to its end, with a terminal on which it may ask, or a server for as long as a block lasts."""

import fcntl
import os
import pty
import re
import selectors
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

START_SECONDS = 30
COMMAND_SECONDS = 60
STOP_SECONDS = 10

# `timeout` ends this process by SIGTERM; as an exception it passes through the blocks that stop the servers.
signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped by SIGTERM"))


class ProcessFailed(Exception):
    """A program did not start, did not end, or asked what nobody answers."""


@dataclass(frozen=True)
class Done:
    """A program that has ended."""

    command: Sequence[str]
    status: int
    stdout: str
    stderr: str
    terminal: str

    def __str__(self) -> str:
        said = "".join(
            f"\n--- {name}:\n{text.rstrip()}"
            for name, text in (("stdout", self.stdout), ("stderr", self.stderr), ("terminal", self.terminal))
            if text.strip()
        )
        return f"`{' '.join(self.command)}`, status {self.status}{said}"


def run(
    command: Sequence[str],
    answers: Sequence[str] = (),
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
    seconds: float = COMMAND_SECONDS,
) -> Done:
    """Runs a program on a terminal of its own; what it asks there, a text that ends in a colon or a question mark, gets
    these answers in turn. As many questions as answers are expected. Its other streams are pipes.
    """
    ours, theirs = pty.openpty()
    try:
        program = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),
        )
        try:
            said = _converse(program, ours, list(answers), stdin.encode(), time.monotonic() + seconds)
        finally:
            _stop(program)
    finally:
        os.close(ours)
        os.close(theirs)
    return Done(command, program.returncode, *said)


def _converse(
    program: subprocess.Popen[bytes], terminal: int, answers: list[str], stdin: bytes, deadline: float
) -> list[str]:
    with program.stdin as pipe:
        pipe.write(stdin)
    streams = (program.stdout.fileno(), program.stderr.fileno(), terminal)
    said = dict.fromkeys(streams, b"")

    def failed(why: str) -> ProcessFailed:
        return ProcessFailed(f"`{' '.join(program.args)}` {why}, having said {_texts(said)}")

    answered = 0
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        # The terminal has no end: we hold its other side.
        while len(selector.get_map()) > 1:
            ready = selector.select(timeout=max(0, deadline - time.monotonic()))
            if not ready:
                raise failed("has not ended in time")
            for key, _ in ready:
                text = os.read(key.fd, 4096)
                said[key.fd] += text
                if not text:
                    selector.unregister(key.fd)
            if re.search(rb"[:?] ?$", said[terminal][answered:]):
                if not answers:
                    raise failed("asks what nobody answers")
                answered = len(said[terminal])
                os.write(terminal, answers.pop(0).encode() + b"\n")
    program.wait(timeout=STOP_SECONDS)
    if answers:
        raise failed(f"asked {len(answers)} questions fewer than expected")
    return _texts(said)


def _texts(said: Mapping[int, bytes]) -> list[str]:
    return [text.decode(errors="replace").replace("\r\n", "\n") for text in said.values()]


@contextmanager
def serving(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """A server; gives the line with which it says that it listens. Its diagnostics are shown if the block fails."""
    with log.open("wb") as diagnostics:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=diagnostics,
            text=True,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        yield _first_line(server)
    except BaseException:
        print(f"--- {' '.join(command)} said:\n{log.read_text(errors='replace')[-8000:]}---", file=sys.stderr)
        raise
    finally:
        _stop(server)


def _first_line(server: subprocess.Popen[str]) -> str:
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
        raise ProcessFailed(f"{server.args}: not a line on stdout in {START_SECONDS} s") from None
    if not line:
        raise ProcessFailed(f"{server.args}: ended with status {server.wait()} before it listened")
    return line.rstrip("\n")


def _stop(program: subprocess.Popen) -> None:
    # The whole group: a session of its own was made for it.
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if program.poll() is not None:
            return
        try:
            os.killpg(program.pid, kind)
            program.wait(timeout=STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
