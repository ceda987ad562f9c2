"""ssh-keygen: security key types, resident keys, download, attestation, signatures; and signatures by ssh-agent."""

import hashlib
import os
import ssl
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import expect
import process
import tool
from security_key import PIN, SecurityKey, key_of, public, signed_flags, strings, succeeds

TYPES = ("ecdsa-sk", "ed25519-sk")
FLAG_UP, FLAG_UV = 0x01, 0x04


def pin_at_creation(profile: str) -> tuple[str, ...]:
    """The default key makes credentials without PIN (`makeCredUvNotRqd`), also those that want one ever after."""
    return () if profile == "default" else (PIN,)


def check_signature(key: SecurityKey, path: Path, environment: dict[str, str], flags: int = FLAG_UP) -> None:
    message = key.folder / "message"
    message.write_text("Break glass.\n")
    signature = key.sign(path, message, environment)
    public_key = path if path.suffix == ".pub" else public(path)
    done = key.verify(public_key, signature, message)
    expect.equal(f"status of {done}", 0, done.status)
    expect.equal("flags", flags, signed_flags(signature))
    message.write_text("Break glasses.\n")
    forged = key.verify(public_key, signature, message)
    expect.different(f"status of {forged}, of another message", 0, forged.status)


def check_types(key: SecurityKey, profile: str) -> None:
    for type in TYPES:
        expect.step(f"{type}: -Y sign, -Y verify")
        check_signature(key, key.generate(type, type), key.environment())
    expect.step("a key without touch is made, and signs")
    untouched = key.generate("untouched", "ed25519-sk", "no-touch-required")
    check_signature(key, untouched, key.environment(), flags=0)
    key.set_pin()
    for type in TYPES:
        expect.step(f"{type}, verify-required: a signature with the PIN, which is asked for")
        verified = key.generate(f"verified-{type}", type, "verify-required", answers=pin_at_creation(profile))
        check_signature(key, verified, key.environment(), FLAG_UP | FLAG_UV)


def check_resident(key: SecurityKey, profile: str) -> None:
    key.set_pin()
    made = {}
    for application, type in (("ssh:", "ecdsa-sk"), ("ssh:bg1", "ed25519-sk"), ("ssh:bg2", "ecdsa-sk")):
        expect.step(f"{type}, resident, {application}")
        options = ("resident", f"application={application}", *(["verify-required"] * (application == "ssh:bg2")))
        path = key.generate(application.replace(":", "-"), type, *options, answers=(PIN,))
        made[application] = key_of(public(path))

    expect.step("-K downloads them")
    downloaded = key.folder / "downloaded"
    downloaded.mkdir()
    # It writes into the working directory, under names made of type and application.
    download = "cd {} && exec ssh-keygen -K -N '' -O device={}".format(downloaded, key.device)
    succeeds(("sh", "-c", download), (PIN,))
    found = {path.name: key_of(path) for path in downloaded.glob("*.pub")}
    wanted = {
        "id_ecdsa_sk_rk.pub": made["ssh:"],
        "id_ed25519_sk_rk_bg1.pub": made["ssh:bg1"],
        "id_ecdsa_sk_rk_bg2.pub": made["ssh:bg2"],
    }
    expect.equal("downloaded keys", wanted, found)

    expect.step("downloaded keys sign")
    for name, flags in (("id_ed25519_sk_rk_bg1", FLAG_UP), ("id_ecdsa_sk_rk_bg2", FLAG_UP | FLAG_UV)):
        check_signature(key, downloaded / name, key.environment(), flags)

    expect.step("another key for the same application replaces it only when asked to")
    command = ("ssh-keygen", "-q", "-t", "ed25519-sk", "-N", "", "-f", str(key.folder / "again"))
    options = ("-O", f"device={key.device}", "-O", "resident", "-O", "application=ssh:bg1")
    kept = process.run((*command, *options), answers=(PIN,), stdin="n\n")
    expect.different(f"status of {kept}", 0, kept.status)
    replaced = process.run((*command, *options), answers=(PIN,), stdin="y\n")
    expect.equal(f"status of {replaced}", 0, replaced.status)
    for done in (kept, replaced):
        expect.holds("warning", "already exists" in done.stdout, done)
    expect.different("keys", made["ssh:bg1"], key_of(key.folder / "again.pub"))


def check_attestation(key: SecurityKey, profile: str) -> None:
    key.set_pin()
    challenge = key.folder / "challenge"
    challenge.write_bytes(os.urandom(32))
    attestation = key.folder / "attestation"
    expect.step("write-attestation: certificate up to the emulator's root")
    options = (f"challenge={challenge}", f"write-attestation={attestation}", "verify-required")
    key.generate("attested", "ecdsa-sk", *options, answers=pin_at_creation(profile))
    certificate, signature, authenticator_data = read_attestation(attestation.read_bytes())
    batch = key.folder / "batch.pem"
    batch.write_text(ssl.DER_cert_to_PEM_cert(certificate))
    openssl("verify", "-x509_strict", "-CAfile", str(key.folder / "key/attestation-root.pem"), str(batch))

    expect.step("write-attestation: signature over the challenge")
    expect.equal("RP ID hash", hashlib.sha256(b"ssh:").digest(), authenticator_data[:32])
    verified = FLAG_UV if pin_at_creation(profile) else 0
    expect.equal("flags", FLAG_UP | verified, authenticator_data[32] & (FLAG_UP | FLAG_UV))
    signed, signature_file, batch_key = (key.folder / name for name in ("signed", "signature", "batch-key.pem"))
    signed.write_bytes(authenticator_data + hashlib.sha256(challenge.read_bytes()).digest())
    signature_file.write_bytes(signature)
    openssl("x509", "-in", str(batch), "-noout", "-pubkey", "-out", str(batch_key))
    openssl("dgst", "-sha256", "-verify", str(batch_key), "-signature", str(signature_file), str(signed))


def read_attestation(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Certificate, signature, authenticator data: strings of OpenSSH's `ssh-sk-attest-v01`, the last one in CBOR."""
    format, certificate, signature, authenticator_data = strings(data)[:4]
    expect.equal("format", b"ssh-sk-attest-v01", format)
    header = {0x58: 2, 0x59: 3}[authenticator_data[0]]
    return certificate, signature, authenticator_data[header:]


def openssl(*arguments: str) -> None:
    done = subprocess.run(("openssl", *arguments), capture_output=True, text=True, timeout=30, check=False)
    expect.equal(f"openssl {arguments[0]}: {done.stdout}{done.stderr}", 0, done.returncode)


def check_agent(key: SecurityKey, profile: str) -> None:
    plain = key.generate("plain", "ed25519-sk")
    key.set_pin()
    verified = key.generate("verified", "ecdsa-sk", "verify-required", answers=pin_at_creation(profile))
    socket = str(key.folder / "agent")
    agent = ("ssh-agent", "-D", "-a", socket)
    with process.serving(agent, key.folder / "agent.log", key.environment()):
        with_agent = {"SSH_AUTH_SOCK": socket}
        for path, flags in ((plain, FLAG_UP), (verified, FLAG_UP | FLAG_UV)):
            expect.step(f"ssh-agent signs with the {path.name} key")
            succeeds(("ssh-add", "-q", str(path)), environment=with_agent)
            # Only the public key is where ssh-keygen looks for the private one.
            elsewhere = key.folder / f"elsewhere-{path.name}.pub"
            elsewhere.write_text(public(path).read_text())
            check_signature(key, elsewhere, with_agent, flags)


def on_a_new_key(check: Callable[[SecurityKey, str], None], profile: str) -> None:
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as name, tool.emulator(Path(name), profile) as device:
        check(SecurityKey(device, Path(name)), profile)


if __name__ == "__main__":
    for check in (check_types, check_resident, check_attestation, check_agent):
        for profile in ("default", "preview"):
            title = check.__name__.removeprefix("check_")
            expect.group(f"{title}, profile {profile}", on_a_new_key, check, profile)
    expect.summary()
