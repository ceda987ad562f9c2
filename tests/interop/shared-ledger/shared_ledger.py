"""One ledger in many hands: processes that race for entries, two stations that enrol and check, in a directory and in object
stores that are not ours. Both verifiers read what they leave, and every way in which a store fails has its own message.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import expect
import stand_ins
import tool
from stand_ins import free_port

RACER = tool.ROOT / "target/debug/examples/racer"
VERIFIER = tool.ROOT / "tests/ledger_verifier.py"
PROCESSES = 8
ENTRIES = int(os.environ.get("HALLIGAN_RACE_ENTRIES", "25"))
PIN = "shared-pin-1"

# A store in Python answers some hundred requests a second, and everything is read several times.
tool.COMMAND_SECONDS = 120 + ENTRIES


def verifier(ledger: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(VERIFIER), str(ledger), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=tool.COMMAND_SECONDS, check=False)


def fails(status: int, code: str, *arguments: str, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """A command with `--json` that must fail; its error."""
    done = subprocess.run(
        [tool.BINARY, "--json", *arguments],
        capture_output=True,
        text=True,
        timeout=tool.COMMAND_SECONDS,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    said = f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
    expect.equal(f"status of {said}", status, done.returncode)
    error = json.loads(done.stdout)["error"]
    expect.equal(f"code of {said}", code, error["code"])
    expect.holds("a hint", error["hint"], said)
    return error


def race(location: str, scratch: Path) -> None:
    expect.step(f"{PROCESSES} processes append {ENTRIES} entries each to {location}")
    started = time.monotonic()
    racers = [
        subprocess.Popen(
            [str(RACER), location, f"racer-{number}", str(ENTRIES)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    try:
        for racer in racers:
            said = racer.communicate()
            expect.equal(f"status of a racer: {said}", 0, racer.returncode)
    finally:
        for racer in racers:
            racer.kill()
    seconds = time.monotonic() - started
    total = PROCESSES * (ENTRIES + 1)
    print(f"  {total} entries in {seconds:.1f} s, {total / seconds:.0f} a second", flush=True)

    expect.step("none is lost, and they are one chain")
    started = time.monotonic()
    verified = tool.run("ledger", "verify", "--ledger", location)
    print(f"  verified in {time.monotonic() - started:.1f} s", flush=True)
    expect.equal("entries", total, verified["entries"])
    export = scratch / "race.jsonl"
    tool.run("ledger", "export", "--ledger", location, "--output", str(export))
    kinds: Counter[tuple[str, str]] = Counter()
    for line in export.read_text().splitlines():
        entry = json.loads(line)
        kinds[entry["station"], entry["kind"]] += 1
    for number in range(PROCESSES):
        expect.equal(f"racer-{number} joined", 1, kinds[f"racer-{number}", "station.joined"])
        expect.equal(f"entries of racer-{number}", ENTRIES, kinds[f"racer-{number}", "race.run"])
    agree(location, verified, scratch)


def agree(location: str, verified: dict[str, Any], scratch: Path) -> None:
    expect.step("the verifier in another language says the same of an export")
    head = verified["head"]
    noted = f"{head['index']}:{head['hash']}"
    expect.equal("ledger head", noted, tool.run("ledger", "head", "--ledger", location)["noted"])
    export = scratch / "export.jsonl"
    tool.run("ledger", "export", "--ledger", location, "--output", str(export))
    accepted = verifier(export, "--expect-head", noted)
    said = f"{verified['entries']} entries, head {head['hash']}\n"
    expect.equal(f"what it says, {accepted.stderr}", said, accepted.stdout)
    again = tool.run("ledger", "verify", "--ledger", f"jsonl:{export}", "--expect-head", noted)
    expect.equal("head of the export", head, again["head"])

    expect.step("both miss the last entry of a shorter export, by the noted head")
    lines = export.read_bytes().splitlines(keepends=True)
    export.write_bytes(b"".join(lines[:-1]))
    expect.equal("its verdict", f"entry {head['index']}: truncated\n", verifier(export, "--expect-head", noted).stdout)
    command = [tool.BINARY, "--json", "ledger", "verify", "--ledger", f"jsonl:{export}", "--expect-head", noted]
    ours = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    found = (ours["ok"], ours["failure"]["index"], ours["failure"]["defect"])
    expect.equal("our verdict", (False, head["index"], "truncated"), found)


class Station:
    """A machine with a configuration of its own, and the same ledger and tenant as the others."""

    def __init__(self, folder: Path, name: str, tenant: dict[str, Any], location: str) -> None:
        self.config = folder / name / "halligan.toml"
        shutil.copytree(Path(tenant["config"]).parent, self.config.parent)
        text = Path(tenant["config"]).read_text()
        text = re.sub(r"(?m)^(station|ledger|station_directory) *=.*\n", "", text)
        here = f'station = "{name}"\nledger = "{location}"\n'
        self.config.write_text(here + text)

    def run(self, *arguments: str, stdin: str = "") -> dict[str, Any]:
        return tool.run("--config", str(self.config), *arguments, stdin=stdin)


def ceremonies(location: str, scratch: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as name:
        folder, port = Path(name), free_port(socket.SOCK_DGRAM)
        simulated = ("--json", "simulator", "serve", "--state", str(folder / "tenant"), "--listen", "127.0.0.1:0")
        emulated = ("emulator", "serve", "--state", str(folder / "key"), "--listen", f"udp:127.0.0.1:{port}")
        for made in ("tenant", "key"):
            (folder / made).mkdir()
        with (
            tool.serving(*emulated, log=folder / "key.log"),
            tool.serving(*simulated, log=folder / "tenant.log") as line,
        ):
            two_stations(folder, json.loads(line), f"udp:127.0.0.1:{port}", location, scratch)


def two_stations(folder: Path, tenant: dict[str, Any], key: str, location: str, scratch: Path) -> None:
    first, second = (Station(folder, name, tenant, location) for name in ("vault-1", "vault-2"))
    account = next(upn for upn in tenant["accounts"] if upn.startswith("bg1@"))

    expect.step(f"one station enrols a key, with its ledger at {location}")
    enroll = ("enroll", "--device", key, "--account", account, "--label", "BG1-A", "--pin-stdin")
    expect.equal("ok", True, first.run(*enroll, stdin=f"{PIN}\n")["ok"])

    expect.step("another one knows the key and checks it")
    expect.equal("ok", True, second.run("check", "--device", key, "--key", "BG1-A")["ok"])
    expect.equal("ok", True, first.run("check", "--device", key, "--key", "BG1-A")["ok"])
    stations = first.run("ledger", "stations")["stations"]
    expect.equal("stations", ["vault-1", "vault-2"], [station["name"] for station in stations])

    expect.step("a station whose key was stolen is revoked by the other, and writes no more")
    first.run("ledger", "revoke", "vault-2", "--reason", "the machine was stolen", "--confirm", "vault-2")
    fails(6, "station_revoked", "--config", str(second.config), "check", "--device", key, "--key", "BG1-A")
    expect.equal("ok", True, first.run("check", "--device", key, "--key", "BG1-A")["ok"])
    agree(location, first.run("ledger", "verify"), scratch)


def troubles(
    location: str, absent: str, environment: dict[str, str], secret: str, endpoint: str, nowhere: str
) -> None:
    expect.step("a container or bucket that is not there")
    fails(6, "ledger_bucket_absent", "ledger", "verify", "--ledger", absent)
    expect.step("a wrong secret")
    wrong = {secret: "d3Jvbmc="}
    if secret.startswith("AZURE"):
        fails(6, "ledger_sign_in", "ledger", "verify", "--ledger", location, environment=wrong)
    else:
        print("  left out: moto asks for no signature", flush=True)
    expect.step("nobody answers")
    fails(6, "ledger_unreachable", "ledger", "verify", "--ledger", location, environment={endpoint: nowhere})
    expect.step("http beyond loopback is refused, before anything is sent")
    elsewhere = {endpoint: "http://192.0.2.1:1/x"}
    started = time.monotonic()
    done = subprocess.run(
        [tool.BINARY, "ledger", "verify", "--ledger", location],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment, **elsewhere},
    )
    expect.different(f"status, {done.stderr}", 0, done.returncode)
    expect.holds("seconds", time.monotonic() - started < 5, done.stderr)


def in_a_directory() -> None:
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as folder:
        race(str(Path(folder) / "ledger"), Path(folder))


def in_azure() -> None:
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as folder:
        scratch = Path(folder)
        with stand_ins.azurite(scratch) as environment:
            stand_ins.create_container(environment, "halligan")
            stand_ins.settings_only(environment)
            race("az://halligan/race", scratch)
            ceremonies("az://halligan", scratch)
            nowhere = f"http://127.0.0.1:{free_port()}/{stand_ins.ACCOUNT}"
            troubles(
                *("az://halligan/race", "az://absent", environment),
                *("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ENDPOINT", nowhere),
            )


def in_s3() -> None:
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as folder:
        scratch = Path(folder)
        with stand_ins.s3(scratch) as environment:
            stand_ins.create_bucket(environment, "halligan")
            stand_ins.settings_only(environment)
            race("s3://halligan/race", scratch)
            ceremonies("s3://halligan/keys", scratch)
            troubles(
                *("s3://halligan/race", "s3://absent", environment),
                *("AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT", f"http://127.0.0.1:{free_port()}"),
            )


def main() -> None:
    stand_ins.settings_only({})
    groups: list[tuple[str, Callable[[], None]]] = [("in a directory", in_a_directory)]
    # The `run` beside this fails where it could not install it, unless it was told to do without.
    if stand_ins.AZURITE.exists():
        groups.append(("in Azure Blob Storage (Azurite)", in_azure))
    groups.append(("in S3 (moto)", in_s3))
    for title, action in groups:
        expect.group(title, action)
    expect.summary()


if __name__ == "__main__":
    main()
