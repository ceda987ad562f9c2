"""A simulated tenant, a key for each of its two emergency accounts, and a browser that holds the key of one of them."""

import base64
import json
import ssl
import subprocess
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import expect
import tool
from webdriver import Browser, chromium

PIN = "haystack-70415"
RP_ID = "login.microsoft.com"
PAGE = f"https://{RP_ID}/"


@dataclass
class Key:
    """What an emulated key keeps for its account, so that a browser's virtual authenticator can be that key."""

    account: str
    credential: dict[str, Any]

    @classmethod
    def read(cls, account: str, folder: Path) -> "Key":
        kept = json.loads((folder / "key/key.json").read_text())
        stored = next(one for one in kept["credentials"] if one["discoverable"]["rp_id"] == RP_ID)
        scalar = int.from_bytes(_bytes(stored["private_key"]["secret"]))
        private = ec.derive_private_key(scalar, ec.SECP256R1())
        encoded = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        credential = {
            "credentialId": stored["id"],
            "isResidentCredential": True,
            "rpId": RP_ID,
            "privateKey": base64.urlsafe_b64encode(encoded).decode().rstrip("="),
            "userHandle": stored["discoverable"]["user"]["id"],
            "signCount": kept["sign_count"],
        }
        return cls(account, credential)

    @contextmanager
    def plugged_in(self, browser: Browser) -> Iterator[None]:
        """While the browser has it; it goes on counting, as the tenant takes no counter that goes back."""
        with browser.authenticator(self.credential) as path:
            try:
                yield
            finally:
                self.credential["signCount"] = browser.ask("GET", f"{path}/credentials")[0]["signCount"]


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Drill:
    """A drill that has been begun: the address at which to sign in, and at the end how it ended."""

    program: subprocess.Popen[str]
    address: str
    events: list[dict[str, Any]]
    document: dict[str, Any] = field(default_factory=dict)

    def ends(self, status: int) -> None:
        said, rest = self.program.stdout.read(), self.program.stderr.read()
        self.events += [json.loads(line) for line in rest.splitlines()]
        expect.equal(f"status of the drill\n{said}{rest}", status, self.program.wait())
        self.document = json.loads(said)

    def finding(self, subject: str) -> tuple[str, str]:
        found = {one["subject"]: (one["verdict"], one.get("why") or "") for one in self.document["findings"]}
        expect.holds(f"a finding on {subject}", subject in found, found)
        return found[subject]

    def finds(self, subject: str, verdict: str, why: str = "") -> None:
        found = self.finding(subject)
        expect.holds(f"{subject}: {verdict}, {why!r}", found[0] == verdict and why in found[1], found)


@dataclass(frozen=True)
class Stage:
    """The tenant with its configuration, the keys and the browser."""

    folder: Path
    config: Path
    tenant: dict[str, Any]
    keys: list[Key]
    browser: Browser

    def run_to(self, status: int, *arguments: str) -> dict[str, Any]:
        """A command that ends with this status: its document."""
        command = [tool.BINARY, "--config", str(self.config), "--json", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=tool.COMMAND_SECONDS, check=False)
        expect.equal(f"status of {arguments[:2]}\n{done.stdout}{done.stderr}", status, done.returncode)
        return json.loads(done.stdout)

    def seed(self, **members: Any) -> None:
        _post(self.tenant, "simulator/tenant", members)

    def ledger(self) -> list[dict[str, Any]]:
        entries = sorted((self.config.parent / "ledger/entries").iterdir())
        return [json.loads(path.read_text()) for path in entries]

    @contextmanager
    def drill(self, *options: str) -> Iterator[Drill]:
        """A drill of the first account."""
        who = ("--account", self.keys[0].account, "--by", "A. Jones", "--yes", "--limit", "60s")
        command = [tool.BINARY, "--config", str(self.config), "--json", "--events", "drill", *who, *options]
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            events: list[dict[str, Any]] = []
            for line in program.stderr:
                events.append(json.loads(line))
                if events[-1].get("event") == "sign_in":
                    yield Drill(program, events[-1]["url"], events)
                    return
            raise expect.Unexpected(f"the drill gave no address: {events} {program.stdout.read()}")
        finally:
            program.kill()
            program.wait()

    def to_the_key(self, address: str) -> None:
        """Opens the address and asks to sign in with a key; the relying party's page asks for it at once."""
        self.browser.open(address)
        self.browser.click("button.key")

    def signed_in(self) -> None:
        """The browser has come to the tool, which says that the page can be closed."""
        self.browser.wait("the page of the tool", lambda: self.browser.address().startswith("http://localhost:"))
        self.browser.wait("what it says", lambda: "close" in self.browser.text())

    def signs_in(self, drill: Drill, key: Key) -> None:
        with key.plugged_in(self.browser):
            self.to_the_key(drill.address)
            self.signed_in()


def _post(tenant: dict[str, Any], path: str, document: dict[str, Any]) -> None:
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=tenant["ca_cert"]))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trust)
    opener.open(tenant["graph_url"] + path, json.dumps(document).encode(), timeout=30).close()


def _enrolled(config: str, account: str, label: str, folder: Path, root: str, device: str) -> Key:
    expect.step(f"enroll {label} for {account}")
    which = ("--device", device, "--account", account, "--label", label, "--attestation-root", root)
    tool.run("--config", config, "enroll", *which, "--pin-stdin", stdin=f"{PIN}\n")
    return Key.read(account, folder)


@contextmanager
def _key(folder: Path) -> Iterator[tuple[str, str]]:
    """A fresh emulated key in `folder`; gives its address and the root of its attestation."""
    folder.mkdir()
    options = ("--state", str(folder / "key"), "--listen", "udp:127.0.0.1:0")
    with tool.serving("--json", "emulator", "serve", *options, log=folder / "key.log") as line:
        said = json.loads(line)
        yield said["listening"][0], said["attestation_root"]


@contextmanager
def stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="halligan-interop-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        state = ("--state", str(folder / "tenant"), "--listen", "127.0.0.1:0")
        with (
            _key(folder / "one") as one,
            _key(folder / "two") as two,
            tool.serving(
                *("--json", "simulator", "serve", *state, "--attestation-root", one[1], "--attestation-root", two[1]),
                log=folder / "tenant.log",
            ) as line,
        ):
            tenant = json.loads(line)
            config = Path(tenant["config"])
            keys = [
                _enrolled(tenant["config"], tenant["accounts"][number], f"BG{number + 1}-A", place, root, device)
                for number, (place, (device, root)) in enumerate([(folder / "one", one), (folder / "two", two)])
            ]
            port = urllib.parse.urlsplit(tenant["authority_url"]).port
            with chromium(folder, Path(tenant["ca_cert"]), port) as browser:
                yield Stage(folder, config, tenant, keys, browser)
