"""A login with security keys: ssh, with and without ssh-agent, at an sshd that serves one connection and has no port.

Without privilege sshd lets in only the user whom it runs as. As root it would want a user of its own to drop to, so it
is run as nobody then; nobody has no shell, so what the login gets is sshd's own SFTP.
"""

import os
import pwd
import shlex
import shutil
import tempfile
from pathlib import Path

import expect
import process
import tool
from keys import pin_at_creation
from security_key import BUILT, SecurityKey, public, succeeds

NOBODY = "nobody"


class Server:
    """Configuration, host key and authorized keys of an sshd that is started for each connection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = NOBODY if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.host_key = folder / "host-key"
        succeeds(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.host_key)))
        self.authorized = folder / "authorized-keys"
        (folder / "sshd-config").write_text(
            f"HostKey {self.host_key}\n"
            f"AuthorizedKeysFile {self.authorized}\n"
            "AuthenticationMethods publickey\n"
            "KbdInteractiveAuthentication no\n"
            "PasswordAuthentication no\n"
            # Without PAM, sshd takes an account whose password it may not read for a locked one.
            "UsePAM yes\n"
            # The folder is a temporary one, below directories of others.
            "StrictModes no\n"
            "PidFile none\n"
            "ForceCommand internal-sftp\n"
            "Subsystem sftp internal-sftp\n"
        )
        self.known = folder / "known-hosts"
        self.known.write_text(f"emulated {public(self.host_key).read_text()}")

    def authorize(self, *keys: Path, options: str = "") -> None:
        self.authorized.write_text("".join(f"{options} {public(key).read_text()}".lstrip() for key in keys))

    def command(self) -> str:
        """What ssh speaks to instead of a port."""
        installed = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
        sshd = installed or str((BUILT / "sshd").resolve())
        words = [sshd, "-i", "-e", "-f", str(self.folder / "sshd-config")]
        if self.user == NOBODY:
            self._hand_over()
            words = ["setpriv", f"--reuid={NOBODY}", "--regid=nogroup", "--clear-groups", *words]
        libraries = BUILT / "packages/usr/lib" / f"{os.uname().machine}-linux-gnu"
        return shlex.join(["env", *([] if installed else [f"LD_LIBRARY_PATH={libraries}"]), *words])

    def _hand_over(self) -> None:
        nobody = pwd.getpwnam(NOBODY)
        for path in (self.folder, *self.folder.iterdir()):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)

    def login(self, key: Path, environment: dict[str, str]) -> process.Done:
        options = {
            "ProxyCommand": self.command(),
            "UserKnownHostsFile": str(self.known),
            "HostKeyAlias": "emulated",
            "StrictHostKeyChecking": "yes",
            "IdentitiesOnly": "yes",
            "IdentityFile": str(key),
            "PreferredAuthentications": "publickey",
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        # -F none: nothing that the caller has configured.
        command = ("sftp", "-F", "none", *words, "-b", "-", f"{self.user}@emulated")
        return process.run(command, stdin="pwd\n", environment=environment)


def accepted(done: process.Done) -> None:
    expect.equal(f"status of {done}", 0, done.status)
    expect.holds("working directory", "Remote working directory: /" in done.stdout, done)


def check_login(key: SecurityKey, server: Server, profile: str) -> None:
    touched = key.generate("touched", "ed25519-sk")
    untouched = key.generate("untouched", "ecdsa-sk", "no-touch-required")
    key.set_pin()
    verified = key.generate("verified", "ecdsa-sk", "verify-required", answers=pin_at_creation(profile))

    expect.step("a touch is enough")
    server.authorize(touched, verified)
    accepted(server.login(touched, key.environment()))

    expect.step("verify-required: the PIN is asked for, and a touch is not enough")
    server.authorize(touched, verified, options="verify-required")
    accepted(server.login(verified, key.environment()))
    refused("user verification requirement not met", server.login(touched, key.environment()))

    expect.step("no-touch-required must be said on both sides")
    server.authorize(untouched, options="no-touch-required")
    accepted(server.login(untouched, key.environment()))
    server.authorize(untouched)
    refused("user presence", server.login(untouched, key.environment()))

    expect.step("a key that is not authorized is refused")
    server.authorize(verified)
    refused("", server.login(touched, key.environment()))

    expect.step("through ssh-agent")
    socket = str(key.folder / "agent")
    with process.serving(("ssh-agent", "-D", "-a", socket), key.folder / "agent.log", key.environment()):
        with_agent = {"SSH_AUTH_SOCK": socket}
        succeeds(("ssh-add", "-q", str(verified)), environment=with_agent)
        server.authorize(verified, options="verify-required")
        accepted(server.login(public(verified), with_agent))


def refused(reason: str, done: process.Done) -> None:
    """By ssh with its usual words, and by sshd with this reason, if it has one to tell."""
    expect.different(f"status of {done}", 0, done.status)
    for text in (reason, "Permission denied (publickey)"):
        expect.holds(f"{text!r} in what is said", text in done.stderr, str(done))


def on_a_new_key(profile: str) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="halligan-interop-") as name,
        tempfile.TemporaryDirectory(prefix="halligan-interop-") as server,
        tool.emulator(Path(name), profile) as device,
    ):
        check_login(SecurityKey(device, Path(name)), Server(Path(server)), profile)


if __name__ == "__main__":
    for profile in ("default", "preview"):
        expect.group(f"login, profile {profile}", on_a_new_key, profile)
    expect.summary()
