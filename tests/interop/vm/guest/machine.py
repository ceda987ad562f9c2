"""What the checks do in the virtual machine: run programs as one user or another, serve a key, replug it, drive udev."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

ROOT = Path(__file__).resolve().parents[4]
HALLIGAN = os.environ["HALLIGAN"]
# Emulated processors are slow, and slower when the real ones are busy.
COMMAND_SECONDS = 60
OPERATOR = 4321
# CTAPHID over UDP: "pull the key out and put it back in", see docs/emulator.md.
POWER_CYCLE = bytes.fromhex(
    "ac1052ca95e569de69e02ebff333485f13f9b2da34c5a8a340526697a9ab2e0b"
    "394d8d04973c134005be1a0140bff6045bb26eb77a73eaa47813f6b49a7250dc"
)


class Unexpected(Exception):
    """Something is not as it should be."""


def equal(what: str, wanted: Any, found: Any) -> None:
    if found != wanted:
        raise Unexpected(f"{what}: expected {shown(wanted)}, found {shown(found)}")


def shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 300 else f"{text[:300]}… ({len(text)} characters)"


def contains(what: str, wanted: str, found: str) -> None:
    if wanted not in found:
        raise Unexpected(f"{what}: expected {wanted!r} in\n{found}")


def as_operator(*groups: str) -> tuple[str, ...]:
    """A command prefix: an ordinary user, in these groups only."""
    membership = ("--groups", ",".join(groups)) if groups else ("--clear-groups",)
    return ("setpriv", f"--reuid={OPERATOR}", f"--regid={OPERATOR}", *membership)


def run(*command: str, status: int = 0, stdin: str = "") -> str:
    """A program to its end; what it says on both outputs."""
    done = subprocess.run(
        command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=COMMAND_SECONDS, check=False,
    )
    if done.returncode != status:
        raise Unexpected(f"{' '.join(command)}: expected status {status}, found {done.returncode}\n{done.stdout}")
    return done.stdout


def halligan(*arguments: str, user: tuple[str, ...] = (), status: int = 0, stdin: str = "") -> dict[str, Any]:
    """The tool's one JSON document."""
    said = run(*user, HALLIGAN, "--json", *arguments, status=status, stdin=stdin)
    try:
        return json.loads(said.splitlines()[-1])
    except (IndexError, ValueError):
        raise Unexpected(f"halligan {' '.join(arguments)}: not a JSON document\n{said}") from None


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """A server of the tool's, and the document with which it says that it listens."""
    server = subprocess.Popen([HALLIGAN, "--json", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    lines: Queue[str] = Queue()
    threading.Thread(target=lambda: lines.put(server.stdout.readline()), daemon=True).start()
    try:
        try:
            line = lines.get(timeout=COMMAND_SECONDS)
        except Empty:
            raise Unexpected(f"{' '.join(arguments)}: not a line in {COMMAND_SECONDS} s") from None
        yield json.loads(line), server
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


class Key:
    """An emulated key as a HID device, with a door beside it by which it is pulled out and put back."""

    def __init__(self, announced: dict[str, Any], server: subprocess.Popen[str]) -> None:
        uhid, udp = announced["listening"]
        found = re.fullmatch(r"uhid:(/dev/hidraw\d+)", uhid)
        if found is None:
            raise Unexpected(f"no node is announced: {uhid}")
        self.node = Path(found[1])
        self.server = server
        self.port = int(udp.rsplit(":", 1)[1])
        self.root = announced["attestation_root"]

    def replug(self) -> None:
        """Pulls it out and puts it back, and waits until it is there."""
        before = device_of(self.node)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(POWER_CYCLE, ("127.0.0.1", self.port))
        wait_until("the node is another device's", lambda: device_of(self.node) not in (None, before))
        run("udevadm", "settle", "--timeout=20")


@contextmanager
def key(directory: Path, *arguments: str) -> Iterator[Key]:
    """A key, plugged in for as long as the block lasts."""
    doors = ("--listen", "uhid", "--listen", "udp:127.0.0.1:0")
    with serving("emulator", "serve", "--state", str(directory), *doors, *arguments) as (announced, server):
        yield Key(announced, server)


@contextmanager
def tenant(directory: Path, attestation_root: str) -> Iterator[dict[str, Any]]:
    """A simulated tenant that trusts this key's maker."""
    arguments = ("--state", str(directory), "--listen", "127.0.0.1:0", "--attestation-root", attestation_root)
    with serving("simulator", "serve", *arguments) as (announced, _):
        yield announced


def device_of(node: Path) -> str | None:
    """The HID device behind a node, by its name in sysfs, which no other device gets."""
    try:
        return os.readlink(f"/sys/class/hidraw/{node.name}/device").rsplit("/", 1)[1] if node.exists() else None
    except FileNotFoundError:
        return None


def wait_until(what: str, holds: Any) -> None:
    """Waits for something that happens by itself."""
    done = threading.Event()
    for _ in range(COMMAND_SECONDS * 20):
        if holds():
            return
        done.wait(0.05)
    raise Unexpected(f"not in {COMMAND_SECONDS} s: {what}")


def load_modules() -> None:
    """As `modprobe uhid` would; their files are beside this machine's only other ones, in /run."""
    for name in ("uhid", "hid-generic"):
        for module in Path("/run/modules", name).read_text().split():
            if not Path("/sys/module", Path(module).stem.replace("-", "_")).exists():
                run("/run/busybox", "insmod", f"/run/modules/{module}")
    wait_until("/dev/uhid", Path("/dev/uhid").exists)


def start_udev() -> None:
    run("/lib/systemd/systemd-udevd", "--daemon")
    run("udevadm", "control", "--ping")


def install_rules() -> None:
    """The three commands of udev/README.md, without sudo."""
    shutil.copy(ROOT / "udev/70-halligan.rules", "/etc/udev/rules.d/")
    run("udevadm", "control", "--reload")
    run("udevadm", "trigger", "--subsystem-match=hidraw")
    run("udevadm", "settle", "--timeout=20")
