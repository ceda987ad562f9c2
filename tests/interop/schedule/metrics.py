"""What `halligan due --metrics` writes, read by Prometheus' own parser and by promtool; and the example of alert rules."""

import json
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import expect
import tool
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

RULES = tool.ROOT / "docs/prometheus/halligan.rules.yml"
RULES_TEST = Path(__file__).with_name("rules_test.yml")
ODD_NAME = 'a "quoted" back\\slash\nand a line'


def due(config: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    command = [tool.BINARY, "--config", str(config), "--json", "due", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=tool.COMMAND_SECONDS, check=False)
    return done.returncode, json.loads(done.stdout)


def promtool(*arguments: str, stdin: str = "") -> None:
    done = subprocess.run(["promtool", *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False)
    said = done.stdout + done.stderr
    # It also complains of names and units that are not as they should be, and ends well.
    expect.holds(f"promtool {' '.join(arguments)}", done.returncode == 0 and "FAILED" not in said, said)
    if arguments[:2] == ("check", "metrics"):
        expect.equal("what promtool remarks on", "", said)


def families(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def samples(family: Metric) -> dict[tuple[str, ...], float]:
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


def written(folder: Path) -> None:
    expect.step("a ledger with four keys, and an account whose name wants quoting")
    tool.run("demo", "--directory", str(folder / "tour"))
    config = folder / "tour/tenant/halligan.toml"
    with config.open("a") as file:
        file.write(f"\n[[emergency.account]]\nname = {json.dumps(ODD_NAME)}\n")
    path = folder / "halligan.prom"
    status, said = due(config, "--all", "--metrics", str(path))
    expect.equal("status", 1, status)
    expect.equal("mode", 0o644, stat.S_IMODE(path.stat().st_mode))
    text = path.read_text()
    expect.step("Prometheus' parser reads what the JSON says")
    read = families(text)
    duties = said["duties"]
    expect.equal(
        "satisfied",
        {(one["kind"], one["subject"]): float(one["state"] in ("done", "due_soon")) for one in duties},
        samples(read["halligan_duty_satisfied"]),
    )
    expect.holds("the odd name", ("keys", ODD_NAME) in samples(read["halligan_duty_satisfied"]), text)
    expect.equal("dated duties", sum(one["due_at"] is not None for one in duties), len(read["halligan_duty_due_timestamp_seconds"].samples))
    expect.equal("proofs", 4, len(read["halligan_key_last_proof_timestamp_seconds"].samples))
    expect.equal("states", said["counts"], {labels[0]: int(value) for labels, value in samples(read["halligan_duties"]).items()})
    for family in read.values():
        expect.holds(f"type and help of {family.name}", family.type == "gauge" and family.documentation, family)
    expect.step("promtool has nothing to remark on")
    promtool("check", "metrics", stdin=text)
    expect.step("a ledger that is damaged does not leave yesterday's metrics standing")
    (config.parent / "ledger/entries/00000001.json").write_text("{}")
    status, _ = due(config, "--metrics", str(path))
    expect.equal("status", 6, status)
    text = path.read_text()
    read = families(text)
    found = {name: read[name].samples[0].value for name in ("halligan_status_healthy", "halligan_ledger_verified")}
    expect.equal("what is said", {"halligan_status_healthy": 0.0, "halligan_ledger_verified": 0.0}, found)
    promtool("check", "metrics", stdin=text)


def rules() -> None:
    expect.step("promtool accepts the example of alert rules")
    promtool("check", "rules", str(RULES))
    expect.step("and they fire when they should")
    promtool("test", "rules", str(RULES_TEST))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        expect.group("Metrics", written, Path(folder))
    expect.group("Alert rules", rules)
    expect.summary()


main()
