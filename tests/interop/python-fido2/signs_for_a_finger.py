"""`halligan` on a key that signs for a fingerprint and not for its PIN. The finger is enrolled by python-fido2."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fido2.ctap2 import ClientPin, Ctap2, FPBioEnrollment

import expect
import tool
import udp_key

LABEL = "BG1-A"
PIN = "enrolled-pin-1"
PROFILE = 'base = "bio"\nno_mc_ga_permissions_with_client_pin = true\n'


@contextmanager
def plugged_in(folder: Path, finger: str) -> Iterator[int]:
    """The key, touched by this finger; gives its port."""
    port, profile = udp_key.free_port(), folder / "profile.toml"
    profile.write_text(PROFILE)
    options = ("--profile", str(profile), "--finger", finger, "--listen", f"udp:127.0.0.1:{port}")
    with tool.serving("emulator", "serve", "--state", str(folder / "key"), *options, log=folder / "key.log"):
        yield port


def enroll_a_finger(port: int) -> None:
    device, _ = udp_key.connect(port)
    client_pin = ClientPin(Ctap2(device))
    client_pin.set_pin(PIN)
    token = client_pin.get_pin_token(PIN, ClientPin.PERMISSION.BIO_ENROLL)
    capturer = FPBioEnrollment(client_pin.ctap, client_pin.protocol, token).enroll()
    while capturer.capture() is None:
        pass
    device.close()


def run(tenant: dict[str, Any], port: int, *arguments: str, stdin: str = "") -> tuple[int, dict[str, Any]]:
    """A command with the tenant's configuration on this key: its status and its document."""
    device = ("--device", f"udp:127.0.0.1:{port}")
    command = [tool.BINARY, "--json", "--config", tenant["config"], *arguments, *device]
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=tool.COMMAND_SECONDS, check=False
    )
    return done.returncode, json.loads(done.stdout)


def enroll(tenant: dict[str, Any], port: int) -> tuple[int, dict[str, Any]]:
    account = ("--account", tenant["accounts"][0], "--label", LABEL, "--pin-stdin")
    return run(tenant, port, "enroll", *account, stdin=f"{PIN}\n")


def check_finger(folder: Path, tenant: dict[str, Any]) -> None:
    expect.step("a key without a finger is refused before anything is asked of it")
    with plugged_in(folder, "right") as port:
        status, document = enroll(tenant, port)
        expect.equal(f"end of {document}", (3, "key_unfit"), (status, document.get("error", {}).get("code")))
        enroll_a_finger(port)

    expect.step("a wrong finger is told with the tries that are left")
    with plugged_in(folder, "wrong") as port:
        status, document = enroll(tenant, port)
        expect.equal(f"end of {document}", (4, "user_verification"), (status, document.get("error", {}).get("code")))
        expect.holds("tries left", document["error"]["tries_left"] > 0, document)

    expect.step("the right finger enrolls the key, and a check asks for it and not for the PIN")
    with plugged_in(folder, "right") as port:
        status, document = enroll(tenant, port)
        expect.equal(f"end of {document}", 0, status)
        status, document = run(tenant, port, "check", "--full")
        expect.equal(f"end of {document}", 0, status)
        expect.equal("evidence", "touch_and_pin", document["evidence"])


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as name:
        folder = Path(name)
        simulated = ("--json", "simulator", "serve", "--state", str(folder / "tenant"), "--listen", "127.0.0.1:0")
        with tool.serving(*simulated, log=folder / "tenant.log") as line:
            check_finger(folder, json.loads(line))


if __name__ == "__main__":
    expect.group("a key that signs for a finger and not for its PIN", main)
    expect.summary()
