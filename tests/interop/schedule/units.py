"""The systemd units of docs/systemd, judged by systemd; and that the commands in them exist."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import expect
import tool

UNITS = tool.ROOT / "docs/systemd"
PROGRAM = "/usr/bin/halligan"
# 0 is the best and 10 the worst; systemd calls 2 and less OK.
EXPOSURE = 20


def run(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=60, check=False
    )


def verified(folder: Path) -> None:
    shutil.copytree(UNITS, folder, dirs_exist_ok=True)
    # verify insists on programs that are there.
    for path in folder.glob("*.service"):
        path.write_text(path.read_text().replace(PROGRAM, tool.BINARY))
    units = sorted(str(path) for path in folder.iterdir() if path.suffix in (".service", ".timer"))
    search = {"SYSTEMD_UNIT_PATH": f"{folder}:"}
    expect.step(f"{len(units)} units are as systemd wants them")
    done = run(["systemd-analyze", "verify", "--man=no", *units], search)
    expect.equal("what it says", (0, ""), (done.returncode, done.stdout + done.stderr))
    for path in sorted(folder.glob("halligan-*.service")):
        expect.step(f"{path.name} may do little")
        done = run(["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE}", str(path)], search)
        expect.equal("status", 0, done.returncode)
        said = done.stdout + done.stderr
        for setting in ("NoNewPrivileges=", "ProtectSystem=", "PrivateDevices=", "CapabilityBoundingSet=~CAP_SYS_ADMIN"):
            expect.holds(setting, re.search(rf"✓ {re.escape(setting)}", said), said)


def commands() -> None:
    for path in sorted(UNITS.glob("*.service")):
        for line in re.findall(rf"^ExecStart={PROGRAM} (.*)$", path.read_text(), re.MULTILINE):
            expect.step(f"halligan {line}")
            words = shlex.split(line)
            options = [word for word in words if word.startswith("--")]
            names = words[: words.index(options[0])] if options else words
            done = run([tool.BINARY, *names, "--help"])
            expect.equal("status", 0, done.returncode)
            for option in options:
                expect.holds(option, re.search(rf"^ .*{option}\b", done.stdout, re.MULTILINE), done.stdout)


def timers() -> None:
    for path in sorted(UNITS.glob("*.timer")):
        expect.step(f"{path.name} has its service, and a time that comes again")
        expect.holds("service", path.with_suffix(".service").exists(), path)
        [when] = re.findall(r"^OnCalendar=(.*)$", path.read_text(), re.MULTILINE)
        done = run(["systemd-analyze", "calendar", when])
        expect.holds(when, done.returncode == 0 and "Next elapse: never" not in done.stdout, done.stdout + done.stderr)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        expect.group("Units", verified, Path(folder))
    expect.group("Commands", commands)
    expect.group("Timers", timers)
    expect.summary()


main()
