"""`halligan tenant audit`, `export`, `plan` and `what-if` on a small and on a large simulated tenant, and a naive audit beside them.

usage: measure.py HALLIGAN [--users N] [--groups N] [--policies N]

Requests are counted by the simulator's own log: exchanges (what crosses the network) and questions (what a batch asks counts one by
one). The sign-in is among them.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import seed

here = Path(__file__).parent

CONFIGURATION = """
[emergency]
regular_users = ["user0"]
group = { name = "Emergency access accounts" }
[[emergency.account]]
name = "bg1"
[[emergency.account]]
name = "bg2"
"""

# A policy that blocks everybody but one group of the large tenant, for what-if.
CHANGE = {
    "displayName": "Block",
    "state": "enabled",
    "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]}, "users": {"includeUsers": ["All"]}},
    "grantControls": {"operator": "OR", "builtInControls": ["block"]},
}


class Simulator:
    """A simulated tenant, with every request that it gets."""

    def __init__(self, halligan, folder, document):
        self.state = folder / "tenant"
        (folder / "seed.json").write_text(json.dumps(document))
        self.log = folder / "log"
        self.read = 0
        command = [halligan, "--json", "-v", "simulator", "serve", "--state", self.state, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [*command, "--seed", folder / "seed.json"], stdout=subprocess.PIPE, stderr=open(self.log, "wb")
        )
        announced = json.loads(self.process.stdout.readline() or sys.exit(self.log.read_text()))
        config = Path(announced["config"])
        text = re.sub("(?m)^pace = .*\n", "", config.read_text()).replace("[tenant]", "[tenant]\npace = true")
        # Beside the one that the simulator wrote, because of the files that it names.
        self.config = self.state / "measured.toml"
        self.config.write_text(text + CONFIGURATION)

    def requests(self):
        """Those since this was asked before."""
        lines = self.log.read_text().splitlines()
        found = [Request(line) for line in lines[self.read :] if "halligan::simulator::access" in line]
        self.read = len(lines)
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Request:
    """A line of the simulator's log."""

    UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}

    def __init__(self, line):
        line = re.sub("\x1b\\[[0-9;]*m", "", line)
        fields = dict(re.findall(r"(\w+)=\"?([^\s\"]+)", line))
        number, unit = re.fullmatch(r"([\d.]+)(\D+)", fields["elapsed"]).groups()
        answered = datetime.datetime.fromisoformat(line.split()[0].replace("Z", "+00:00"))
        self.arrived = answered.timestamp() - float(number) * self.UNITS[unit]
        self.path = fields["path"]
        self.status = int(fields["status"])
        self.in_batch = fields["in_batch"] == "true"

    @property
    def is_paced(self):
        return "/identity/conditionalAccess/" in self.path


def run(command, folder):
    """Wall time, processor time and peak memory of a process; seconds and MB."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    peak = Peak(process.pid)
    out, err = process.communicate()
    wall = time.perf_counter() - begin
    # Exit status 1 says that the tenant is not safe, or that something is to be done.
    if process.returncode not in (0, 1):
        sys.exit(f"{command}: {process.returncode}\n{err.decode()}")
    return wall, peak.stop(), out.decode()


class Peak(threading.Thread):
    """Looks at a process's memory and processor time until it ends. What `wait4` tells of memory begins with that of this process."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.folder = Path(f"/proc/{pid}")
        self.megabytes = self.seconds = 0.0
        self.start()

    def run(self):
        ticks = os.sysconf("SC_CLK_TCK")
        while True:
            try:
                status = (self.folder / "status").read_text()
                fields = (self.folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                return
            peak = re.search(r"VmHWM:\s+(\d+)", status)
            if peak:
                self.megabytes = int(peak[1]) / 1024
            self.seconds = (int(fields[11]) + int(fields[12])) / ticks
            time.sleep(0.003)

    def stop(self):
        self.join()
        return self.seconds, self.megabytes


def measure(halligan, folder, size):
    """Every command once on one tenant."""
    begin = time.perf_counter()
    with Simulator(halligan, folder, seed.tenant(*size)) as simulator:
        # The first look-ups make the simulator's indexes, which is not what is measured.
        run([halligan, "--config", simulator.config, "tenant", "export", "--output", "first.json"], folder)
        simulator.requests()
        users, groups, policies = size
        ready = time.perf_counter() - begin
        print(f"{users} users, {groups} groups nested {seed.DEPTH} deep, {policies} policies; ready after {ready:.0f} s")
        (folder / "change.json").write_text(json.dumps(CHANGE))
        tenant = [halligan, "--config", simulator.config, "--json", "tenant"]
        commands = {
            "tenant audit": [*tenant, "audit"],
            "tenant export": [*tenant, "export", "--output", "tenant.json"],
            "tenant plan": [*tenant, "plan"],
            "audit --snapshot": [*tenant, "audit", "--snapshot", "tenant.json"],
            "what-if --snapshot": [*tenant, "what-if", "--snapshot", "tenant.json", "--change", "change.json"],
            "naive audit": [sys.executable, here / "naive.py", simulator.state],
        }
        figures = {name: line(name, command, simulator, folder) for name, command in commands.items()}
        print(f"{'':20} export is {(folder / 'tenant.json').stat().st_size / 1e6:.2f} MB\n")
        return figures


def line(name, command, simulator, folder):
    # Each process paces itself alone; the tenant counts all of them.
    time.sleep(1.2)
    wall, (cpu, memory), out = run(command, folder)
    requests = simulator.requests()
    outer = [one for one in requests if not one.in_batch]
    asked = [one for one in requests if not one.path.endswith("$batch")]
    paced = sorted(one.arrived for one in requests if one.is_paced)
    gaps = [later - earlier for earlier, later in zip(paced, paced[1:])]
    refused = sum(one.status == 429 for one in requests)
    print(
        f"{name:20} {wall:8.2f} s  {cpu:7.2f} s CPU {memory:8.1f} MB {len(outer):6} exchanges {len(asked):6} questions"
        f"  {refused} times 429, Conditional Access {len(paced)}"
        + (f" at least {min(gaps):.3f} s apart" if gaps else "")
    )
    if name == "naive audit":
        print(f"{'':20} {out.strip()}")
    return {"wall": wall, "memory": memory, "exchanges": len(outer), "questions": len(asked)}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("halligan")
    arguments.add_argument("--users", type=int, default=200_000)
    arguments.add_argument("--groups", type=int, default=5_000)
    arguments.add_argument("--policies", type=int, default=240)
    options = arguments.parse_args()
    halligan = Path(options.halligan).resolve()
    sizes = {"small": (10, 10, 240), "large": (options.users, options.groups, options.policies)}
    found = {}
    for name, size in sizes.items():
        with tempfile.TemporaryDirectory() as folder:
            found[name] = measure(halligan, Path(folder), size)
    small, large = found["small"], found["large"]
    ours, naive = large["tenant audit"], large["naive audit"]
    print("tenant audit, large to small: " + ratios(ours, small["tenant audit"]))
    print("naive audit, large to small:  " + ratios(naive, small["naive audit"]))
    print("naive audit to tenant audit, large: " + ratios(naive, ours))


def ratios(one, other):
    return ", ".join(f"{what} {one[what] / other[what]:.2f}" for what in one)


if __name__ == "__main__":
    main()
