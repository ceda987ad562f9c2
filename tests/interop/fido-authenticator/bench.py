"""The firmware, a tenant, and the tool that is run on them."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import expect
from expect import Unexpected
from tool import BINARY

FIRMWARE = os.environ["FOREIGN_AUTHENTICATOR"]
PIN = "123456"

START_SECONDS = 30
COMMAND_SECONDS = 60
STOP_SECONDS = 10
# The command byte of authenticatorReset.
RESET = 0x07
POWER_CYCLE = bytes.fromhex(
    "ac1052ca95e569de69e02ebff333485f13f9b2da34c5a8a340526697a9ab2e0b"
    "394d8d04973c134005be1a0140bff6045bb26eb77a73eaa47813f6b49a7250dc"
)


_running: list["Server"] = []


def play(scenarios: list[Callable[[Path], None]]) -> None:
    """Plays each in a folder of its own, and ends the program with the count of the steps."""
    for scenario in scenarios:
        with tempfile.TemporaryDirectory(prefix="halligan-interop-") as folder:
            expect.group(scenario.__doc__, _play, scenario, Path(folder))
    expect.summary()


def _play(scenario: Callable[[Path], None], folder: Path) -> None:
    try:
        scenario(folder)
    except Exception:
        for log in sorted(folder.glob("*.log")):
            print(f"--- {log.name}:\n{log.read_text(errors='replace')[-4000:]}---", flush=True)
        raise
    finally:
        while _running:
            _running.pop().stop()


class Server:
    """A process that says where it listens on its first line."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.log = log
        with log.open("ab") as diagnostics:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=diagnostics, text=True
            )
        _running.append(self)
        if not select.select([self.process.stdout], [], [], START_SECONDS)[0]:
            self.stop()
            raise Unexpected(f"{command}: not a line in {START_SECONDS} s")
        self.line = self.process.stdout.readline().rstrip("\n")
        if not self.line:
            raise Unexpected(f"{command} did not start: {self.said()}")

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Done:
    """How a command of the tool ended."""

    arguments: tuple[str, ...]
    status: int
    document: dict[str, Any]
    events: list[dict[str, Any]]
    stderr: str
    seconds: float

    def exits(self, status: int, code: str | None = None) -> "Done":
        """Checks the exit status, and the error's code: a step."""
        expect.step(f"{_shortened(self.arguments)}: {code or 'done'}")
        found = (self.status, self.document.get("error", {}).get("code"))
        if found != (status, code):
            raise Unexpected(
                f"expected {(status, code)}, found {found}\n"
                f"--- stdout:\n{json.dumps(self.document)}\n--- stderr:\n{self.stderr}---"
            )
        return self

    def happened(self, event: str) -> bool:
        return any(found["event"] == event for found in self.events)


class Command:
    """A command of the tool that is running."""

    def __init__(self, *arguments: str, pins: tuple[str, ...] = ()) -> None:
        self.arguments, self.started = arguments, time.monotonic()
        with_pins = ("--pin-stdin",) if pins else ()
        self.process = subprocess.Popen(
            [BINARY, "--json", "--events", *arguments, *with_pins],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.seen = ""
        self.process.stdin.write("".join(f"{pin}\n" for pin in pins))
        self.process.stdin.close()
        self.process.stdin = None

    def wait_for(self, event: str) -> "Command":
        """Until the tool says that something has happened."""
        while f'"{event}"' not in self.seen:
            line = self.process.stderr.readline()
            if not line:
                self.end().exits(0)
                raise Unexpected(f"{' '.join(self.arguments)}: ended without {event}")
            self.seen += line
        return self

    def attended(self, event: str, act: Callable[[], None]) -> Done:
        """To its end; somebody acts each time it says that something has happened."""
        for line in self.process.stderr:
            self.seen += line
            if f'"{event}"' in line:
                act()
        return self.end()

    def interrupt(self) -> "Command":
        self.process.send_signal(signal.SIGINT)
        return self

    def end(self) -> Done:
        try:
            stdout, rest = self.process.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Unexpected(f"{' '.join(self.arguments)}: not ended after {COMMAND_SECONDS} s") from None
        stderr = self.seen + rest
        try:
            document = json.loads(stdout)
        except ValueError as error:
            said = f"stdout is not one document ({error}): {stdout}{stderr}"
            raise Unexpected(f"{' '.join(self.arguments)}: {said}") from error
        events = [json.loads(line) for line in stderr.splitlines() if line.startswith('{"event"')]
        seconds = time.monotonic() - self.started
        return Done(self.arguments, self.process.returncode, document, events, stderr, seconds)


class Key:
    """The firmware. Its memory is a file, so that it survives being killed."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.port = folder, _free_port()
        self.plug_in(*options)

    def plug_in(self, *options: str) -> None:
        """Starts the firmware, in place of one that runs."""
        if running := getattr(self, "server", None):
            running.kill()
        listen = ("--listen", f"127.0.0.1:{self.port}", "--state", str(self.folder / "flash"))
        self.server = Server([FIRMWARE, *listen, *options], self.folder / "firmware.log")

    @property
    def address(self) -> str:
        return f"udp:127.0.0.1:{self.port}"

    def power_cycle(self) -> None:
        before = self.server.said().count("power cycle")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as host:
            host.sendto(POWER_CYCLE, ("127.0.0.1", self.port))
        until(lambda: self.server.said().count("power cycle") > before, "a power cycle")

    def begin(self, *command: str, pins: tuple[str, ...] = ()) -> Command:
        return Command(*command, "--device", self.address, pins=pins)

    def run(self, *command: str, pins: tuple[str, ...] = ()) -> Done:
        return self.begin(*command, pins=pins).end()

    def with_pin(self) -> "Key":
        self.run("key", "pin", "set", pins=(PIN,)).exits(0)
        return self

    def credentials(self) -> list[dict[str, Any]]:
        return self.run("key", "credentials", "list", pins=(PIN,)).exits(0).document["credentials"]

    def retries(self) -> int:
        return self.run("key", "pin", "retries").exits(0).document["retries"]


class Tenant:
    """The simulator, with the ledger and the configuration that it makes."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.options = folder / "tenant", options
        self.start()

    def start(self) -> None:
        command = [BINARY, "--json", "simulator", "serve", "--state", str(self.folder), "--listen", "127.0.0.1:0"]
        self.server = Server([*command, *self.options], self.folder.parent / "tenant.log")
        document = json.loads(self.server.line)
        self.config, self.accounts = document["config"], document["accounts"]

    def change(self, change: Any) -> None:
        """Edits what the tenant knows, while it is stopped."""
        self.server.stop()
        path = self.folder / "tenant.json"
        state = json.loads(path.read_text())
        change(state)
        path.write_text(json.dumps(state))
        self.start()

    def forget_roots(self) -> None:
        """Takes the roots of attestation out of the tool's configuration, until the tenant is started again."""
        config = Path(self.config)
        text = config.read_text()
        without = re.sub(r"^\[attestation\]\nroots = .*\n", "", text, flags=re.MULTILINE)
        expect.holds("roots in the configuration", without != text, text)
        config.write_text(without)

    def state(self) -> dict[str, Any]:
        return json.loads((self.folder / "tenant.json").read_text())

    def ledger(self) -> list[str]:
        entries = sorted((self.folder / "ledger" / "entries").glob("*.json"))
        return [json.loads(entry.read_text())["kind"] for entry in entries]

    def begin_enroll(self, key: Key, label: str, *options: str, account: int = 0) -> Command:
        account = ("--account", self.accounts[account], "--label", label)
        return key.begin("--config", self.config, "enroll", *account, *options, pins=(PIN,))

    def enroll(self, key: Key, label: str, *options: str, account: int = 0) -> Done:
        return self.begin_enroll(key, label, *options, account=account).end()

    def resume(self, key: Key, label: str) -> Done:
        return key.run("--config", self.config, "resume", label, pins=(PIN,))

    def check(self, key: Key, *options: str, pins: tuple[str, ...] = ()) -> Done:
        return key.run("--config", self.config, "check", *options, pins=pins)


class Host:
    """A host that sends what the tool has no command for."""

    def __init__(self, key: Key) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", key.port))
        self.socket.settimeout(START_SECONDS)
        nonce = os.urandom(8)
        self.socket.send((b"\xff\xff\xff\xff\x86\x00\x08" + nonce).ljust(64, b"\0"))
        answer = self.socket.recv(64)
        expect.equal("INIT", b"\xff\xff\xff\xff\x86\x00\x11" + nonce, answer[:15])
        self.channel = answer[15:19]

    def status(self, command: int) -> int:
        """The status byte that answers a command without parameters."""
        self.socket.send((self.channel + b"\x90\x00\x01" + bytes([command])).ljust(64, b"\0"))
        while True:
            answer = self.socket.recv(64)
            if answer[:4] == self.channel and answer[4] != 0xBB:
                return answer[7]


def until(condition: Any, what: str) -> None:
    for _ in range(START_SECONDS * 100):
        if condition():
            return
        time.sleep(0.01)
    raise Unexpected(f"{what} did not come")


def _shortened(arguments: tuple[str, ...]) -> str:
    """A command without what is the same or random everywhere."""
    words = re.sub("--(config|device|account|id) [^ ]+ ?", "", " ".join(arguments))
    return re.sub("/[^ ]*/", "", words).strip()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

