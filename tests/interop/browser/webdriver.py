"""Chromium by what its driver speaks: W3C WebDriver with the extension of WebAuthn, and Chrome's DevTools."""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import process

PICTURES = Path(os.environ["HALLIGAN_PICTURES"])
SECONDS = 30
# The member by which the protocol says that a value is an element (W3C WebDriver, section 12.2).
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# No proxy of the environment comes between us and the driver.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """The driver answered with an error."""


@dataclass(frozen=True)
class Browser:
    """A session of the driver."""

    url: str

    def ask(self, method: str, path: str, **members: Any) -> Any:
        body = json.dumps(members).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.url}{path}", body, {"Content-Type": "application/json"}, method=method)
        try:
            with _opener.open(request, timeout=SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            said = json.load(error)["value"]
            raise Refused(f"{method} {path}: {said['error']}: {said['message']}") from None

    def devtools(self, command: str, **parameters: Any) -> Any:
        return self.ask("POST", "/goog/cdp/execute", cmd=command, params=parameters)

    def open(self, url: str) -> None:
        self.ask("POST", "/url", url=url)

    def address(self) -> str:
        return self.ask("GET", "/url")

    def evaluate(self, script: str) -> Any:
        return self.ask("POST", "/execute/sync", script=script, args=[])

    def text(self, selector: str = "body") -> str:
        """What a person reads there."""
        return self.ask("GET", f"/element/{self._element(selector)}/text")

    def click(self, selector: str) -> None:
        self.ask("POST", f"/element/{self._element(selector)}/click")

    def _element(self, selector: str) -> str:
        return self.ask("POST", "/element", using="css selector", value=selector)[ELEMENT]

    def wait(self, what: str, condition: Callable[[], Any]) -> None:
        """Until `condition` holds; a page that goes while it is looked at does not count."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                if condition():
                    return
            except Refused:
                pass
            time.sleep(0.05)
        raise process.ProcessFailed(f"{what}: not within {SECONDS} s; at {self.address()} it says {self.text()!r}")

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What was logged since the last question."""
        return self.ask("POST", "/se/log", type=kind)

    def picture(self, name: str) -> bytes:
        """The whole page, also what lies below the window; kept under this name."""
        image = base64.b64decode(self.devtools("Page.captureScreenshot", captureBeyondViewport=True)["data"])
        (PICTURES / f"{name}.png").write_bytes(image)
        return image

    @contextmanager
    def authenticator(self, *credentials: dict[str, Any]) -> Iterator[str]:
        """A key on USB that verifies its user and holds these credentials; gives its path in the protocol."""
        options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": True}
        options |= {"hasUserVerification": True, "isUserVerified": True, "isUserConsenting": True}
        path = f"/webauthn/authenticator/{self.ask('POST', '/webauthn/authenticator', **options)}"
        try:
            for credential in credentials:
                self.ask("POST", f"{path}/credential", **credential)
            yield path
        finally:
            self.ask("DELETE", path)


def _trusting(home: Path, certificate: Path) -> None:
    """A home directory whose programs trust this authority; the one way in which Chromium on Linux takes one."""
    database = home / ".pki/nssdb"
    database.mkdir(parents=True)
    store = ("certutil", "-d", f"sql:{database}")
    for arguments in (("-N", "--empty-password"), ("-A", "-n", "simulator", "-t", "C,,", "-i", str(certificate))):
        subprocess.run([*store, *arguments], check=True, capture_output=True, timeout=SECONDS)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def chromium(folder: Path, certificate: Path, authority: int) -> Iterator[Browser]:
    """A headless Chromium for which `login.microsoft.com` is at the port `authority`, and no other host exists."""
    home = folder / "home"
    _trusting(home, certificate)
    rules = f"MAP login.microsoft.com 127.0.0.1:{authority}, MAP * ~NOTFOUND, EXCLUDE localhost"
    # Containers rarely allow what the sandbox needs, and the pages are ours.
    arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars"]
    arguments += [f"--user-data-dir={folder / 'profile'}", f"--host-resolver-rules={rules}", "--window-size=1280,900"]
    wanted = {
        "browserName": "chrome",
        "goog:chromeOptions": {"args": arguments, "binary": shutil.which("chromium")},
        "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
    }
    port = _free_port()
    driver = Browser(f"http://127.0.0.1:{port}")
    # What the browser leaves behind goes with the folder.
    environment = {"HOME": str(home), "TMPDIR": str(home), "TZ": "UTC"}
    with process.serving(["chromedriver", f"--port={port}"], folder / "chromedriver.log", environment):
        _await(driver)
        session = driver.ask("POST", "/session", capabilities={"alwaysMatch": wanted})
        browser = Browser(f"{driver.url}/session/{session['sessionId']}")
        try:
            yield browser
        finally:
            browser.ask("DELETE", "")


def _await(driver: Browser) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            if driver.ask("GET", "/status")["ready"]:
                return
        except OSError:
            time.sleep(0.05)
    raise process.ProcessFailed(f"chromedriver did not answer within {SECONDS} s")
