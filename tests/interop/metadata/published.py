"""Every entry of FIDO's payload, as `halligan mds` reads it and as python-fido2 does; and blobs that must not be believed."""

import json
import subprocess
import tempfile
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import expect
import tool
from authority import DAY, NOW, Authority, published_payload, readable_by_python_fido2, websafe
from fido2.mds3 import MdsAttestationVerifier, MetadataBlobPayload, parse_blob
from fido2.webauthn import Aaguid

PAYLOAD = published_payload()
DOCUMENT = json.loads(PAYLOAD)
ENTRIES = DOCUMENT["entries"]
AUTHORITY = Authority("Test root")


class Desk:
    """A folder with a configuration that trusts the test root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "root.pem").write_bytes(AUTHORITY.root_pem)
        (folder / "halligan.toml").write_text('[mds]\nroots = ["root.pem"]\n')

    def mds(self, *arguments: str) -> dict[str, Any]:
        return tool.run("--config", str(self.folder / "halligan.toml"), "mds", *arguments)

    def update(self, blob: bytes, *more: str) -> dict[str, Any]:
        path = self.folder / "offered.jwt"
        path.write_bytes(blob)
        return self.mds("update", "--from", str(path), *more)

    def models(self, *demands: str) -> list[dict[str, Any]]:
        return self.mds("query", *demands)["models"]


def read_whole(desk: Desk, blob: bytes) -> None:
    expect.step("the whole payload is verified, read and stored")
    said = desk.update(blob)
    expect.equal("no", DOCUMENT["no"], said["metadata"]["no"])
    expect.equal("next update", DOCUMENT["nextUpdate"], said["metadata"]["next_update"])
    expect.equal("entries", len(ENTRIES), said["entries"])
    expect.equal("FIDO2 models", sum("aaguid" in entry for entry in ENTRIES), said["fido2"])
    expect.equal("entries that could not be read", [], said["unreadable"])
    roots = [root for entry in ENTRIES for root in entry["metadataStatement"]["attestationRootCertificates"]]
    of_fido2 = [
        root for entry in ENTRIES if "aaguid" in entry for root in entry["metadataStatement"]["attestationRootCertificates"]
    ]
    expect.step(
        f"all of the {len(roots)} attestation roots can be used, {len(of_fido2)} of FIDO2 models among them;"
        f" {len({b64decode(root) for root in roots})} different certificates"
    )
    expect.equal("roots", {"listed": len(roots), "unusable": 0}, said["attestation_roots"])
    fresh = NOW.date().isoformat() <= DOCUMENT["nextUpdate"]
    expect.equal("fresh", fresh, desk.mds("query")["metadata"]["fresh"])


def statuses(entry: Any) -> list[tuple[str, str, int | None]]:
    reports = (
        (str(report.status.value), report.effective_date.isoformat(), report.authenticator_version)
        for report in entry.status_reports
    )
    return sorted(reports, key=str)


def entry_by_entry(desk: Desk, python: MetadataBlobPayload) -> None:
    ours = [model for family in ("fido2", "u2f", "uaf") for model in desk.models("--protocol", family)]
    expect.step(f"number, identifiers: {len(ours)} entries")
    expect.equal("entries", len(python.entries), len(ours))
    by_name = {name_of_ours(model): model for model in ours}
    theirs = {name_of_theirs(entry): entry for entry in python.entries}
    expect.equal("identifiers", sorted(theirs), sorted(by_name))
    members: dict[str, tuple[Callable[[dict], Any], Callable[[Any], Any]]] = {
        "description": (lambda m: m["description"], lambda e: e.metadata_statement.description),
        "status reports": (
            lambda m: sorted(
                ((r["status"], r["effective_date"], r["authenticator_version"]) for r in m["status_reports"]), key=str
            ),
            statuses,
        ),
        "firmware of the statement": (
            lambda m: m["authenticator_version"], lambda e: e.metadata_statement.authenticator_version,
        ),
        "key protection": (lambda m: m["key_protection"], lambda e: list(e.metadata_statement.key_protection)),
        "user verification": (
            lambda m: m["user_verification"],
            lambda e: [
                [method.user_verification_method for method in way] for way in e.metadata_statement.user_verification_details
            ],
        ),
        "number of attestation roots": (
            lambda m: m["attestation_roots"]["listed"], lambda e: len(e.metadata_statement.attestation_root_certificates),
        ),
    }
    for what, (of_ours, of_theirs) in members.items():
        expect.step(f"{what}: the same in every entry")
        for name, entry in theirs.items():
            expect.equal(f"{what} of {name}", of_theirs(entry), of_ours(by_name[name]))


def name_of_ours(model: dict[str, Any]) -> str:
    return model["aaguid"] or model["aaid"] or ",".join(model["attestation_certificate_key_identifiers"])


def name_of_theirs(entry: Any) -> str:
    identifiers = entry.attestation_certificate_key_identifiers or ()
    aaguid = str(entry.aaguid) if entry.aaguid else None
    return aaguid or entry.aaid or ",".join(bytes(one).hex() for one in identifiers)


def revoked_models(desk: Desk, python: MetadataBlobPayload) -> None:
    expect.step("python-fido2's attestation verifier finds a model exactly if it is not revoked")
    verifier = MdsAttestationVerifier(python)
    for model in desk.models():
        found = verifier.find_entry_by_aaguid(Aaguid.parse(model["aaguid"]))
        expect.equal(f"revoked: {model['aaguid']}", found is None, model["revoked"])


def newest_level(entry: dict[str, Any]) -> str | None:
    """The level of the newest report with one; the reports of the published payload hold nothing that ends it later."""
    reports = entry["statusReports"]
    if any(report["status"] in ("REVOKED", "NOT_FIDO_CERTIFIED") for report in reports):
        return None
    levels = [report for report in reports if report["status"].startswith("FIDO_CERTIFIED_")]
    newest = max(levels, key=lambda report: (report["effectiveDate"], report["status"]), default=None)
    return newest["status"].removeprefix("FIDO_CERTIFIED_") if newest else None


def queries(desk: Desk) -> None:
    fido2 = [entry for entry in ENTRIES if "aaguid" in entry]
    statement = lambda entry: entry["metadataStatement"]
    demands: dict[tuple[str, ...], Callable[[dict], bool]] = {
        ("--level", "L2"): lambda e: newest_level(e) in ("L2", "L2plus", "L3", "L3plus"),
        ("--level", "L1"): lambda e: newest_level(e) is not None,
        ("--status", "REVOKED"): lambda e: any(r["status"] == "REVOKED" for r in e["statusReports"]),
        ("--key-protection", "secure_element"): lambda e: "secure_element" in statement(e)["keyProtection"],
        ("--user-verification", "fingerprint_internal"): lambda e: any(
            method["userVerificationMethod"] == "fingerprint_internal"
            for way in statement(e).get("userVerificationDetails", [])
            for method in way
        ),
        ("--description", "yubikey 5"): lambda e: "yubikey 5" in statement(e)["description"].lower(),
        ("--device-bound",): lambda e: "software" not in statement(e)["keyProtection"]
        and statement(e).get("multiDeviceCredentialSupport", "unsupported") == "unsupported",
    }
    for demand, wanted in demands.items():
        expected = sorted(entry["aaguid"] for entry in fido2 if wanted(entry))
        expect.step(f"mds query {' '.join(demand)}: the {len(expected)} models that the payload has")
        expect.equal("models", expected, sorted(model["aaguid"] for model in desk.models(*demand)))


def believed_by_python(blob: bytes) -> bool:
    try:
        parse_blob(blob, AUTHORITY.root_der)
    except Exception:
        return False
    return True


def believed_by_us(desk: Desk, blob: bytes) -> bool:
    path = desk.folder / "bad.jwt"
    path.write_bytes(blob)
    command = [tool.BINARY, "--json", "--config", str(desk.folder / "halligan.toml"), "mds", "update", "--from", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=tool.COMMAND_SECONDS, check=False)
    said = json.loads(done.stdout)
    if said["ok"]:
        return True
    expect.equal("status", (1, "metadata_refused"), (done.returncode, said["error"]["code"]))
    return False


def bad_blobs(desk: Desk, payload: bytes) -> None:
    header, body, signature = AUTHORITY.sign(payload).split(b".")
    revoked_away = websafe(payload.replace(b"REVOKED", b"FIDO_CERTIFIED"))
    unsigned = websafe(json.dumps({"alg": "none"}).encode())
    # What it is, the blob, and whether python-fido2 believes it: it asks neither for the time nor for the signer's name.
    blobs = [
        ("as it should be", b".".join((header, body, signature)), True, True),
        ("another payload under the signature", b".".join((header, revoked_away, signature)), False, False),
        ("under another root", Authority("Other root").sign(payload), False, False),
        ("a root of the same name with another key", Authority("Test root").sign(payload), False, False),
        ("no signature, alg none", b".".join((unsigned, body, b"")), False, False),
        ("the bare payload", payload, False, False),
        ("cut off", b".".join((header, body, signature))[:-400], False, False),
        ("a signer who has expired", AUTHORITY.sign(payload, begin=NOW - 9 * DAY, end=NOW - DAY), False, True),
        ("a signer of tomorrow", AUTHORITY.sign(payload, begin=NOW + DAY), False, True),
        ("a signer of another name", AUTHORITY.sign(payload, name="mds.example.org"), False, True),
    ]
    for what, blob, ours, theirs in blobs:
        word = {True: "believed", False: "refused"}
        expect.step(f"{what}: halligan {word[ours]}, python-fido2 {word[theirs]}")
        expect.equal("python-fido2 believes it", theirs, believed_by_python(blob))
        expect.equal("halligan believes it", ours, believed_by_us(desk, blob))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        expect.group("FIDO's payload, whole", read_whole, desk, AUTHORITY.sign(PAYLOAD))
        payload, lacking = readable_by_python_fido2(PAYLOAD)
        print(f"(for python-fido2, members are added that it insists on and the payload lacks in: {', '.join(lacking)})")
        python = parse_blob(AUTHORITY.sign(payload), AUTHORITY.root_der)
        expect.group("entry by entry, against python-fido2", entry_by_entry, desk, python)
        expect.group("revocation, against python-fido2", revoked_models, desk, python)
        expect.group("queries, against the payload", queries, desk)
        expect.group("what is believed", bad_blobs, desk, payload)
    expect.summary()


main()
