"""What `halligan due --calendar` writes, read by icalendar."""

import json
import subprocess
import tempfile
from datetime import date, datetime
from pathlib import Path

import expect
import tool
from icalendar import Calendar

ODD_NAME = 'a "quoted" back\\slash; with, marks and ' + "ü" * 60


def events(folder: Path) -> None:
    expect.step("a ledger with four keys, and an account whose name wants escaping and folding")
    tool.run("demo", "--directory", str(folder / "tour"))
    config = folder / "tour/tenant/halligan.toml"
    with config.open("a") as file:
        file.write(f"\n[[emergency.account]]\nname = {json.dumps(ODD_NAME)}\n")
    path = folder / "due.ics"
    command = [tool.BINARY, "--config", str(config), "--json", "due", "--all", "--calendar", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=tool.COMMAND_SECONDS, check=False)
    expect.equal("status", 1, done.returncode)
    duties = json.loads(done.stdout)["duties"]
    expect.step("icalendar reads every date and command")
    text = path.read_bytes()
    calendar = Calendar.from_ical(text)
    expect.equal("errors", [], [event.errors for event in calendar.walk() if event.errors])
    dated = [one for one in duties if one["due_at"] or one["state"] not in ("done", "due_soon")]
    found = {str(event["DESCRIPTION"]): event for event in calendar.walk("VEVENT")}
    expect.equal("commands", sorted(one["command"] for one in dated), sorted(found))
    expect.equal("different UIDs", len(dated), len({str(event["UID"]) for event in found.values()}))
    for one in dated:
        if one["due_at"]:
            day: date = datetime.fromisoformat(one["due_at"].replace("Z", "+00:00")).date()
            expect.equal(f"day of {one['command']}", day, found[one["command"]]["DTSTART"].dt)
    expect.holds("the odd name", any(ODD_NAME in str(event["SUMMARY"]) for event in found.values()), text)
    expect.step("no line is longer than 75 octets")
    expect.equal("long lines", [], [line for line in text.split(b"\r\n") if len(line) > 75])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        expect.group("Calendar", events, Path(folder))
    expect.summary()


main()
