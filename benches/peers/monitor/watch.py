"""`halligan monitor` where others signed in often, and where somebody tried one account's password often, and a naive client.

usage: watch.py HALLIGAN [--rows N]

Requests are counted by the simulator's own log; the sign-in is among them.
"""

import argparse
import datetime
import json
import sys
import tempfile
from pathlib import Path

import measure

here = Path(__file__).parent

# An account that is watched by its id; whether there is such a user makes no difference to the logs.
ACCOUNT = "5eed0000-0000-4000-8000-00000000bb01"


def tries(rows):
    """Wrong passwords, over a week, with what three policies did."""
    begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=6)
    step = datetime.timedelta(days=5) / rows
    policies = [
        {"id": f"{number:036}", "displayName": f"Policy {number}", "result": "notApplied", "enforcedGrantControls": []} for number in range(3)
    ]
    for number in range(rows):
        yield {
            "id": f"try-{number}",
            "userId": ACCOUNT,
            "createdDateTime": (begin + number * step).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "appDisplayName": "Azure Portal",
            "ipAddress": f"203.0.113.{number % 200}",
            "isInteractive": True,
            "signInEventTypes": ["interactiveUser"],
            "status": {"errorCode": 50126, "failureReason": "Error validating credentials due to invalid username or password."},
            "appliedConditionalAccessPolicies": policies,
        }


def others(rows):
    return {"logPopulation": {"signIns": rows, "directoryAudits": 2000}, "signIns": list(tries(3)), "throttleLogs": True}


def spray(rows):
    return {"signIns": list(tries(rows)), "throttleLogs": True}


def scene(halligan, name, document):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with measure.Simulator(halligan, folder, document) as simulator:
            print(name)
            monitor = [halligan, "--config", simulator.config, "--json", "monitor", "--account", ACCOUNT, "--save", "rows.json"]
            naive = [sys.executable, here / "naive.py", simulator.state, ACCOUNT]
            figures = [line(title, command, simulator, folder) for title, command in (("monitor", monitor), ("naive client", naive))]
            print(f"{'':14} {(folder / 'rows.json').stat().st_size / 1e6:.1f} MB of rows were kept")
            print(f"{'':14} naive client to monitor: " + measure.ratios(figures[1], figures[0]) + "\n")


def line(title, command, simulator, folder):
    simulator.requests()
    wall, (cpu, memory), out = measure.run(command, folder)
    requests = simulator.requests()
    logs = [one for one in requests if "/auditLogs/" in one.path]
    refused = sum(one.status == 429 for one in logs)
    exchanges = sum(not one.in_batch for one in requests)
    print(
        f"{title:14} {wall:8.2f} s  {cpu:6.2f} s CPU {memory:8.1f} MB  {exchanges:4} exchanges, {len(logs)} to the logs, {refused} refused"
    )
    if title == "monitor":
        look = json.loads(out)
        rows = look["rows"]
        print(f"{'':14} {rows['sign_ins']} sign-ins, {look['unexplained']} unexplained in {len(look['events'])} events")
    else:
        print(f"{'':14} {out.strip()}")
    return {"wall": wall, "memory": memory, "exchanges": exchanges}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("halligan")
    arguments.add_argument("--rows", type=int, default=100_000)
    options = arguments.parse_args()
    halligan = Path(options.halligan).resolve()
    scene(halligan, f"{options.rows} sign-ins of others, 3 of the account", others(options.rows))
    scene(halligan, f"{options.rows} sign-ins of the account", spray(options.rows))


if __name__ == "__main__":
    main()
