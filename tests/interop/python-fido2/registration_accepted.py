"""What `halligan enroll` sends to a tenant, judged by a relying party that is not the simulator: python-fido2's.

The tool enrolls a key (the emulator) for an account (of the simulator); python-fido2 completes the registration from
the options as the tenant sent them and the body as the tool posted it, refuses it with anything changed, signs in with
the key, and a verifier in another language reads the ledger.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate
from fido2.attestation import InvalidSignature, UntrustedAttestation
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

import expect
import tool
import udp_key
from foreign_root import foreign_root
from relying_party import RelyingParty, read_root, verify_certificates

RP_ID = "login.microsoft.com"
ORIGIN = "https://login.microsoft.com"
LABEL = "BG1-A"
PIN = "enrolled-pin-1"
VERIFIER = tool.ROOT / "tests/ledger_verifier.py"


def enroll(tenant: dict[str, Any], port: int, saved: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The creation options as the tenant sent them, and the body that the tool posted."""
    account = next(upn for upn in tenant["accounts"] if upn.startswith("bg1@"))
    expect.step(f"enroll {LABEL} for {account}")
    document = tool.run(
        *("--config", tenant["config"], "enroll", "--device", f"udp:127.0.0.1:{port}"),
        *("--account", account, "--label", LABEL, "--pin-stdin", "--save", str(saved)),
        stdin=f"{PIN}\n",
    )
    expect.equal("ok", True, document["ok"])
    expect.equal("schema", "halligan.enroll/1", document["schema"])
    options = json.loads((saved / "creation-options.json").read_text())
    return options.get("value", options)["publicKey"], json.loads((saved / "registration.json").read_text())


def check_body(options: dict[str, Any], body: dict[str, Any]) -> None:
    expect.step("the body: documented members, unpadded base64url, the challenge verbatim")
    expect.equal("members", {"displayName", "publicKeyCredential"}, set(body))
    expect.equal("displayName", LABEL, body["displayName"])
    credential = body["publicKeyCredential"]
    expect.equal("members of the credential", {"id", "response"}, set(credential))
    expect.equal("members of the response", {"clientDataJSON", "attestationObject"}, set(credential["response"]))
    for text in (credential["id"], *credential["response"].values()):
        expect.holds("unpadded base64url", re.fullmatch(r"[A-Za-z0-9_-]+", text), text)
    client_data = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))
    wanted = {"type": "webauthn.create", "challenge": options["challenge"], "origin": ORIGIN, "crossOrigin": False}
    expect.equal("client data", wanted, client_data)


def as_webauthn(body: dict[str, Any]) -> dict[str, Any]:
    """The tenant's form of a registration, as the RegistrationResponseJSON of WebAuthn that python-fido2 reads."""
    credential = body["publicKeyCredential"]
    return {
        "id": credential["id"],
        "rawId": credential["id"],
        "type": "public-key",
        "response": dict(credential["response"]),
    }


def check_accepted(
    options: dict[str, Any], body: dict[str, Any], rp: RelyingParty, state: Any
) -> AttestedCredentialData:
    expect.step("python-fido2 accepts the registration")
    data = rp.accept_registration(as_webauthn(body), state)
    expect.holds("flags", data.is_user_present() and data.is_user_verified(), data.flags)
    credential = data.credential_data
    expect.equal("credential id", body["publicKeyCredential"]["id"], websafe_encode(credential.credential_id))
    asked = [parameters["alg"] for parameters in options["pubKeyCredParams"]]
    expect.holds(f"algorithm, one of {asked}", credential.public_key[3] in asked, credential.public_key[3])
    return credential


def check_certificates(body: dict[str, Any], root: Certificate) -> None:
    attestation = AttestationObject(websafe_decode(body["publicKeyCredential"]["response"]["attestationObject"]))
    expect.equal("format", "packed", attestation.fmt)
    verify_certificates(attestation.att_stmt["x5c"], root)


def changed(body: dict[str, Any], member: str, change: Callable[[bytes], bytes]) -> dict[str, Any]:
    response = as_webauthn(body)
    response["response"][member] = websafe_encode(change(websafe_decode(response["response"][member])))
    return response


def check_refused(body: dict[str, Any], rp: RelyingParty, state: Any) -> None:
    expect.step("python-fido2 refuses it with client data, authenticator data, signature or root changed")

    def client_data(**members: Any) -> dict[str, Any]:
        return changed(body, "clientDataJSON", lambda raw: json.dumps(json.loads(raw) | members).encode())

    def attestation(change: Callable[[AttestationObject], AttestationObject]) -> dict[str, Any]:
        return changed(body, "attestationObject", lambda raw: bytes(change(AttestationObject(raw))))

    def other_signature(given: AttestationObject) -> AttestationObject:
        signature = bytearray(given.att_stmt["sig"])
        signature[-1] ^= 1
        return AttestationObject.create(given.fmt, given.auth_data, dict(given.att_stmt) | {"sig": bytes(signature)})

    def other_counter(given: AttestationObject) -> AttestationObject:
        data = bytearray(given.auth_data)
        data[36] ^= 1
        return AttestationObject.create(given.fmt, AuthenticatorData(bytes(data)), given.att_stmt)

    for what, error, response in (
        ("another challenge", ValueError, client_data(challenge=websafe_encode(bytes(32)))),
        ("another origin", ValueError, client_data(origin="https://login.example.com")),
        ("another type", ValueError, client_data(type="webauthn.get")),
        ("client data with a member more", InvalidSignature, client_data(more=True)),
        ("another signature", InvalidSignature, attestation(other_signature)),
        ("another sign count", InvalidSignature, attestation(other_counter)),
    ):
        expect.refused(what, error, partial(rp.server.register_complete, state, response))
    distrustful = RelyingParty(RP_ID, foreign_root())
    expect.refused(
        "another root", UntrustedAttestation, lambda: distrustful.server.register_complete(state, as_webauthn(body))
    )


def check_sign_in(port: int, rp: RelyingParty, credential: AttestedCredentialData, user_handle: str) -> None:
    expect.step("the enrolled key signs in through python-fido2's client, the credential found by the key")
    device, _ = udp_key.connect(port)
    response, state = rp.authenticate(udp_key.client(device, RP_ID, PIN), credential, discover=True)
    rp.accept_assertion(response, state, credential)
    expect.equal("user handle", websafe_decode(user_handle), response.response.user_handle)
    device.close()


def verify_ledger(ledger: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(VERIFIER), str(ledger)]
    return subprocess.run(command, capture_output=True, text=True, timeout=tool.COMMAND_SECONDS, check=False)


def check_ledger(ledger: Path, scratch: Path) -> None:
    expect.step("the ledger's second verifier accepts it, and refuses it with an entry changed or missing")
    entries = sorted(path.name for path in (ledger / "entries").glob("*.json"))
    kinds = [json.loads((ledger / "entries" / name).read_text())["kind"] for name in entries]
    expect.holds("kinds of entries", "key.enrolled" in kinds, kinds)
    accepted = verify_ledger(ledger)
    expect.equal(f"status\n{accepted.stdout}{accepted.stderr}", 0, accepted.returncode)

    def change(entry: Path) -> None:
        document = json.loads(entry.read_text())
        document["body"]["forged"] = True
        entry.write_text(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False))

    enrolled = entries[kinds.index("key.enrolled")]
    for what, name, spoil in (
        ("enrollment changed", enrolled, change),
        ("last entry changed", entries[-1], change),
        ("first entry missing", entries[0], Path.unlink),
    ):
        copy = scratch / what.replace(" ", "-")
        shutil.copytree(ledger, copy)
        spoil(copy / "entries" / name)
        refused = verify_ledger(copy)
        expect.different(f"{what}: status\n{refused.stdout}{refused.stderr}", 0, refused.returncode)
        expect.equal(f"{what}: a verdict, not a crash", False, "Traceback" in refused.stderr)


def check_registration() -> None:
    with tempfile.TemporaryDirectory(prefix="halligan-interop-") as folder:
        root_folder, port = Path(folder), udp_key.free_port()
        key, simulator, saved = (root_folder / name for name in ("key", "tenant", "saved"))
        for made in (key, simulator, saved):
            made.mkdir()
        emulated = ("emulator", "serve", "--state", str(key), "--listen", f"udp:127.0.0.1:{port}")
        simulated = ("--json", "simulator", "serve", "--state", str(simulator), "--listen", "127.0.0.1:0")
        with (
            tool.serving(*emulated, log=root_folder / "key.log"),
            tool.serving(*simulated, log=root_folder / "tenant.log") as line,
        ):
            options, body = enroll(json.loads(line), port, saved)
            expect.equal("RP ID", RP_ID, options["rp"]["id"])
            root = read_root(key / "attestation-root.pem")
            rp = RelyingParty(RP_ID, root)
            state = {"challenge": options["challenge"], "user_verification": "required"}
            check_body(options, body)
            credential = check_accepted(options, body, rp, state)
            check_certificates(body, root)
            check_refused(body, rp, state)
            check_sign_in(port, rp, credential, options["user"]["id"])
        check_ledger(simulator / "ledger", root_folder)


if __name__ == "__main__":
    expect.group("a registration by the tool", check_registration)
    expect.summary()
