"""`halligan key info` against `fido2-token -I`, as whole processes, in turns, on the same emulated key.

usage: processes.py HALLIGAN
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 300


def milliseconds(command):
    """How long the command takes from start to end."""
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begin) * 1000


def main(halligan):
    with tempfile.TemporaryDirectory() as folder:
        socket = f"unix:{folder}/key.socket"
        server = subprocess.Popen(
            [halligan, "--json", "emulator", "serve", "--state", f"{folder}/key", "--listen", socket, "--listen", "pty"],
            stdout=subprocess.PIPE,
        )
        try:
            terminal = json.loads(server.stdout.readline())["listening"][1]
            compare([halligan, "key", "info", "--device", socket], ["fido2-token", "-I", terminal])
        finally:
            server.terminate()
            server.wait()


def compare(ours, theirs):
    times = {"ours": [], "theirs": []}
    for _ in range(ROUNDS):
        times["ours"].append(milliseconds(ours))
        times["theirs"].append(milliseconds(theirs))
    ours, theirs = (statistics.median(times[side]) for side in ("ours", "theirs"))
    print(f"{'whole process':<40} {ours:>6.2f} ms {theirs:>6.2f} ms   ratio {theirs / ours:.2f}   (key info, fido2-token -I)")


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    main(*sys.argv[1:])
