"""OpenSSH's programs on one security key.

`ssh-keygen` takes the device's path with `-O device=` when it makes and when it downloads keys. For a signature there is
no such option: `ssh-sk-helper`, in which OpenSSH's FIDO code runs, asks libfido2 for all devices. So OpenSSH is told to
run a helper that shows libfido2 the one device (../harness/one_device.c) and then is `ssh-sk-helper`. To name the helper,
and not to load that library into the programs themselves, also works for `ssh-agent`, which drops LD_PRELOAD where it is
installed with a group of its own.
"""

import base64
import shlex
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import expect
import process
import tool

BUILT = tool.ROOT / "target/interop/openssh"
PIN = "a long pin 1"
NAMESPACE = "file"
PRINCIPAL = "bg1@example.com"


def installed_helper() -> Path:
    places = ("/usr/lib/openssh", "/usr/libexec", "/usr/lib/ssh", "/usr/libexec/openssh", "/usr/local/libexec")
    for helper in (Path(place) / "ssh-sk-helper" for place in places):
        if helper.exists():
            return helper
    raise expect.Unexpected(f"ssh-sk-helper is in none of {', '.join(places)}")


@dataclass(frozen=True)
class SecurityKey:
    """The device, and a folder for everything that is made with it."""

    device: str
    folder: Path

    def environment(self) -> dict[str, str]:
        """For whatever signs. Asked for the PIN without a terminal, it gets it from a program."""
        quoted = [shlex.quote(str(text)) for text in (BUILT / "one_device.so", self.device, installed_helper())]
        helper = self._program("helper", 'LD_PRELOAD={} FIDO_DEVICE={} exec {} "$@"'.format(*quoted))
        # Told to touch the key, by a prompt that wants no answer, it need not do anything.
        askpass = self._program("askpass", f'[ "$SSH_ASKPASS_PROMPT" = none ] || echo {shlex.quote(PIN)}')
        return {
            "SSH_SK_HELPER": str(helper),
            "SSH_ASKPASS": str(askpass),
            "SSH_ASKPASS_REQUIRE": "force",
            "DISPLAY": "none",
        }

    def _program(self, name: str, script: str) -> Path:
        program = self.folder / name
        if not program.exists():
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o700)
        return program

    def set_pin(self) -> None:
        succeeds(("fido2-token", "-S", self.device), (PIN, PIN))

    def generate(self, name: str, type: str, *options: str, answers: Sequence[str] = ()) -> Path:
        """A new private key file, which holds the credential's id, without passphrase."""
        path = self.folder / name
        wanted = [argument for option in (f"device={self.device}", *options) for argument in ("-O", option)]
        command = ("ssh-keygen", "-q", "-t", type, "-N", "", "-C", PRINCIPAL, "-f", str(path), *wanted)
        succeeds(command, answers)
        return path

    def sign(self, path: Path, message: Path, environment: Mapping[str, str]) -> Path:
        """`path` is a private key, or a public one whose private key is in an agent."""
        signature = message.with_name(message.name + ".sig")
        signature.unlink(missing_ok=True)
        succeeds(("ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", str(path), str(message)), environment=environment)
        return signature

    def verify(self, public_key: Path, signature: Path, message: Path) -> process.Done:
        allowed = self.folder / "allowed-signers"
        allowed.write_text(f"{PRINCIPAL} {public_key.read_text()}")
        command = ("ssh-keygen", "-Y", "verify", "-f", str(allowed), "-I", PRINCIPAL, "-n", NAMESPACE)
        return process.run((*command, "-s", str(signature)), stdin=message.read_text())


def succeeds(
    command: Sequence[str], answers: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> str:
    done = process.run(command, answers, environment=environment)
    expect.equal(f"status of {done}", 0, done.status)
    return done.stdout


def public(path: Path) -> Path:
    return path.with_name(path.name + ".pub")


def strings(data: bytes) -> list[bytes]:
    """SSH's strings, each after its length, as many as there are."""
    found = []
    while len(data) >= 4:
        (length,) = struct.unpack(">I", data[:4])
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return found


def signed_flags(signature: Path) -> int:
    """The authenticator's flags in a signature file (OpenSSH's PROTOCOL.sshsig and PROTOCOL.u2f)."""
    lines = signature.read_text().splitlines()
    blob = base64.b64decode("".join(lines[1:-1]))
    # After the magic and the version: public key, namespace, reserved, hash algorithm, signature.
    sk_signature = strings(blob[len(b"SSHSIG") + 4 :])[4]
    # Type and signature, then one byte of flags and four of the counter.
    return sk_signature[-5]


def key_of(public_key: Path) -> list[str]:
    """Type and key, without the comment."""
    return public_key.read_text().split()[:2]
