"""libfido2's command line tools on one device, whose PIN is asked for on a terminal."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import expect
import process

PIN = "a long pin 1"
RP_ID = "example.com"

FLAG_UP, FLAG_UV, FLAG_ED = 0x01, 0x04, 0x80


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def client_data_hash(text: str) -> str:
    return base64_of(hashlib.sha256(text.encode()).digest())


@dataclass(frozen=True)
class Credential:
    """What `fido2-cred -M` printed, and what `-V` made of it."""

    printed: list[str]
    verified: str
    type: str

    @property
    def id(self) -> str:
        return self.printed[4]

    @property
    def public_key(self) -> str:
        return self.verified.split("\n", 1)[1]

    @property
    def certificate(self) -> bytes:
        return base64.b64decode(self.printed[6])


@dataclass(frozen=True)
class Key:
    """One device; without a PIN, or with `PIN`."""

    path: str
    folder: Path

    def token(self, *options: str, answers: Sequence[str] = ()) -> str:
        return succeeds(("fido2-token", *options, self.path), answers)

    def token_refused(self, reason: str, *options: str, answers: Sequence[str] = ()) -> None:
        refused(reason, ("fido2-token", *options, self.path), answers)

    def set_pin(self) -> None:
        self.token("-S", answers=(PIN, PIN))

    def information(self, *options: str, answers: Sequence[str] = ()) -> dict[str, str]:
        lines = self.token("-I", *options, answers=answers).splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def options(self) -> list[str]:
        return self.information()["options"].split(", ")

    def make(
        self,
        *options: str,
        type: str = "es256",
        rp_id: str = RP_ID,
        user: str = "bg1",
        answers: Sequence[str] = (),
        verify: Sequence[str] = (),
    ) -> Credential:
        """A new credential, verified with the options `verify`."""
        stdin = "\n".join((client_data_hash("make"), rp_id, user, base64_of(user.encode()))) + "\n"
        printed = succeeds(("fido2-cred", "-M", *options, self.path, type), answers, stdin)
        lines = printed.splitlines()
        return Credential(lines, verify_credential(lines, type, *verify), type)

    def make_refused(self, reason: str, *options: str, answers: Sequence[str] = ()) -> None:
        stdin = "\n".join((client_data_hash("make"), RP_ID, "bg1", base64_of(b"bg1"))) + "\n"
        refused(reason, ("fido2-cred", "-M", *options, self.path), answers, stdin)

    def get(
        self,
        credential: Credential,
        *options: str,
        discover: bool = False,
        salt: bytes | None = None,
        answers: Sequence[str] = (),
        verify: Sequence[str] = (),
    ) -> list[str]:
        """The lines of an assertion by this credential, verified with its public key and the options `verify`."""
        printed = succeeds(*self._get(credential, options, discover, salt, answers)).splitlines()
        verify_assertion(self.folder, credential, printed, *verify)
        return printed

    def get_refused(
        self, reason: str, credential: Credential, *options: str, discover: bool = False, answers: Sequence[str] = ()
    ) -> None:
        refused(reason, *self._get(credential, options, discover, None, answers))

    def _get(
        self,
        credential: Credential,
        options: Sequence[str],
        discover: bool,
        salt: bytes | None,
        answers: Sequence[str],
    ) -> tuple[Sequence[str], Sequence[str], str]:
        stdin = [client_data_hash("get"), credential.printed[1]]
        stdin += [] if discover else [credential.id]
        stdin += [] if salt is None else [base64_of(salt)]
        flags = ["-r"] * discover + ["-h"] * (salt is not None)
        return ("fido2-assert", "-G", *flags, *options, self.path), answers, "\n".join(stdin) + "\n"


def succeeds(command: Sequence[str], answers: Sequence[str] = (), stdin: str = "") -> str:
    """What the program prints; it must end with status 0."""
    done = process.run(command, answers, stdin)
    expect.equal(f"status of {done}", 0, done.status)
    return done.stdout


def refused(reason: str, command: Sequence[str], answers: Sequence[str] = (), stdin: str = "") -> None:
    """The program must fail and say this."""
    done = process.run(command, answers, stdin)
    expect.different(f"status of {done}", 0, done.status)
    expect.holds(f"reason of {done}, {reason}", reason in done.stderr, done.stderr)


def verify_credential(printed: Sequence[str], type: str, *options: str) -> str:
    return succeeds(("fido2-cred", "-V", *options, type), (), "\n".join(printed[:7]) + "\n")


def verify_assertion(folder: Path, credential: Credential, printed: Sequence[str], *options: str) -> None:
    """`fido2-assert -V`, which must also refuse the same assertion for another challenge."""
    public_key = folder / "public-key"
    public_key.write_text(credential.public_key)
    command = ("fido2-assert", "-V", *options, str(public_key), credential.type)
    succeeds(command, (), "\n".join(printed[:4]) + "\n")
    other = [client_data_hash("another challenge"), *printed[1:4]]
    refused("FIDO_ERR_INVALID_SIG", command, (), "\n".join(other) + "\n")


def flags(authenticator_data: str) -> int:
    """Of authenticator data as the tools print it: base64 of a CBOR byte string."""
    encoded = base64.b64decode(authenticator_data)
    header = {0x58: 2, 0x59: 3}.get(encoded[0], 1)
    return encoded[header + 32]
