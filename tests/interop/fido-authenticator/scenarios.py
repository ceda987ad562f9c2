"""What a person does with a key, and what goes wrong meanwhile, on Nitrokey's firmware."""

import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import bench
import ceremonies
import commands
import kinds
import trouble

SCENARIOS: list[Callable[[Path], None]] = [
    *commands.SCENARIOS,
    *ceremonies.SCENARIOS,
    *kinds.SCENARIOS,
    *trouble.SCENARIOS,
]


def play(scenario: Callable[[Path], None]) -> bool:
    """Plays one in a folder of its own; what it started is stopped."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as name:
        folder = Path(name)
        try:
            scenario(folder)
        except Exception as error:  # noqa: BLE001  one scenario's failure must not hide the others'
            print(f"  FAILED {scenario.__doc__}\n    {error}", flush=True)
            if not isinstance(error, bench.Unexpected):
                traceback.print_exc()
            for log in sorted(folder.glob("*.log")):
                print(f"--- {log.name}:\n{log.read_text(errors='replace')[-4000:]}---", flush=True)
            return False
        finally:
            bench.stop_all()
    print(f"  {scenario.__doc__} ({time.monotonic() - started:.1f} s)", flush=True)
    return True


def main() -> None:
    wanted = sys.argv[1:]
    chosen = [scenario for scenario in SCENARIOS if not wanted or scenario.__name__ in wanted]
    if len(chosen) < len(set(wanted)):
        sys.exit(f"no such scenario; there are: {' '.join(scenario.__name__ for scenario in SCENARIOS)}")
    passed = sum([play(scenario) for scenario in chosen])
    print(f"{passed} passed, {len(chosen) - passed} failed", flush=True)
    sys.exit(passed != len(chosen))


if __name__ == "__main__":
    main()
