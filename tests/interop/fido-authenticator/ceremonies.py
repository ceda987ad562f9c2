"""Enrolling and checking, on the firmware and the simulator."""

import json
from pathlib import Path
from typing import Any

import attestation
from bench import PIN, RESET, Host, Key, Tenant, play
from expect import equal, holds

# Somebody's, as a COSE_Key.
P256_PUBLIC_KEY = (
    "pQECAyYgASFYIDINfJBLCAr6W9ptZXdulIxVOw7wGU-dVEMS236u2y5YIlggVb-rQtmDfH2EeBWn2oGV48cJv0Yo6XoDu8FszYQZhFc"
)


#: What only FIDO's metadata can tell, and here none is stored.
OF_METADATA = {"model", "status", "certification", "attestation_type", "get_info"}


def life(folder: Path) -> None:
    """a key is enrolled, checked, refused a second time, and missed when its credential is gone"""
    key, tenant = Key(folder), Tenant(folder)
    tenant.enroll(key, "BG1-A", "--dry-run").exits(0)
    equal("PIN after the dry run", False, key.run("key", "info").document["options"]["clientPin"])
    equal("entries after the dry run", [], tenant.ledger())
    enrolled = tenant.enroll(key, "BG1-A").exits(0).document
    equal("verdicts that are not good", {"certificate", "aaguid", "chain"} | OF_METADATA, not_passed(enrolled))
    equal("last entry", "key.enrolled", tenant.ledger()[-1])
    [credential] = key.credentials()
    equal("relying party", "login.microsoft.com", credential["rp_id"])
    tenant.enroll(key, "BG1-B").exits(3, "already_enrolled")
    equal("evidence", "silent", tenant.check(key).exits(0).document["evidence"])
    full = tenant.check(key, "--full", pins=(PIN,)).exits(0).document
    equal("evidence", "touch_and_pin", full["evidence"])
    key.run("key", "credentials", "delete", "--id", credential["credential_id"], "--yes", pins=(PIN,)).exits(0)
    equal("credentials", [], key.credentials())
    missed = tenant.check(key, "--key", "BG1-A").exits(1).document
    holds("why", "does not hold the credential" in json.dumps(missed), missed)


def two_accounts(folder: Path) -> None:
    """one key serves two accounts, and one account two keys"""
    for name in ("one", "other"):
        (folder / name).mkdir()
    one, other, tenant = Key(folder / "one"), Key(folder / "other"), Tenant(folder)
    tenant.enroll(one, "BG1-A").exits(0)
    tenant.enroll(one, "BG2-A", account=1).exits(0)
    tenant.enroll(other, "BG1-B").exits(0)
    equal("credentials", (2, 1), (len(one.credentials()), len(other.credentials())))
    for key, label in ((one, "BG1-A"), (one, "BG2-A"), (other, "BG1-B")):
        equal("label", label, tenant.check(key, "--key", label).exits(0).document["label"])
    tenant.check(other, "--key", "BG1-A").exits(3, "wrong_key")


def excluded(folder: Path) -> None:
    """a credential that only the tenant knows of keeps the key from being enrolled again"""
    key, tenant = Key(folder), Tenant(folder)
    tenant.enroll(key, "BG1-A").exits(0)
    elsewhere = ("--ledger", str(folder / "another-ledger"))
    tenant.enroll(key, "BG1-B", *elsewhere).exits(3, "already_enrolled")
    equal("credentials", 1, len(key.credentials()))


def long_exclude_list(folder: Path) -> None:
    """an exclude list of forty long ids is asked for in parts of ten, and the one that the key holds is found"""
    key, tenant = Key(folder), Tenant(folder)
    tenant.change(lambda state: add_strangers(state, count=40))
    tenant.enroll(key, "BG1-A").exits(0)
    tenant.enroll(key, "BG1-B", "--ledger", str(folder / "another-ledger")).exits(3, "already_enrolled")
    equal("credentials", 1, len(key.credentials()))


def long_names(folder: Path) -> None:
    """names longer than a key keeps do not keep it from being enrolled and listed"""
    key, tenant = Key(folder), Tenant(folder)
    name = "n" * 100
    display_name = "Notfallzugänge für Führungskräfte außerhalb der Geschäftszeiten, überprüft jährlich"
    domain = tenant.accounts[0].partition("@")[2]
    renamed = {"userPrincipalName": f"{name}@{domain}", "displayName": display_name}
    tenant.change(lambda state: state["users"][0].update(renamed))
    tenant.accounts[0] = renamed["userPrincipalName"]
    tenant.enroll(key, "BG1-A").exits(0)
    [credential] = key.credentials()
    holds("user name", credential["user_name"] and name.startswith(credential["user_name"]), credential)


def attested(folder: Path) -> None:
    """a certificate is accepted if it leads to a trusted root, and refused or unknown otherwise"""
    options, root = attestation.provision(folder)
    _, stranger = attestation.provision(folder, vendor="Stranger")
    key, tenant = Key(folder, *options), Tenant(folder, "--attestation-root", str(root))
    tenant.change(lambda state: state["fido2Policy"].update(isAttestationEnforced=True))
    # The tenant's configuration names the roots that the tenant trusts; the tool is to know them by its options only.
    tenant.forget_roots()
    tenant.enroll(key, "BG1-A", "--require-attestation").exits(3, "attestation")
    tenant.enroll(key, "BG1-A", "--attestation-root", str(stranger)).exits(3, "attestation")
    equal("credentials", [], key.credentials())
    enrolled = tenant.enroll(key, "BG1-A", "--require-attestation", "--attestation-root", str(root)).exits(0).document
    equal("verdicts that are not good", OF_METADATA, not_passed(enrolled))
    equal("model", attestation.AAGUID.hex(), enrolled["aaguid"].replace("-", ""))
    equal("in the tenant", "attested", enrolled["method"]["attestationLevel"])


def not_attested(folder: Path) -> None:
    """self attestation is taken with a warning, and leaves nothing where tool or tenant demand more"""
    key, tenant = Key(folder), Tenant(folder)
    tenant.enroll(key, "BG1-A", "--require-attestation").exits(3, "attestation")
    tenant.change(lambda state: state["fido2Policy"].update(isAttestationEnforced=True))
    tenant.enroll(key, "BG1-A").exits(5, "tenant_refused")
    equal("credentials", [], key.credentials())
    equal("methods", [], tenant.state()["fido2Methods"])
    equal("last entry", "ceremony.undone", tenant.ledger()[-1])
    tenant.change(lambda state: state["fido2Policy"].update(isAttestationEnforced=False))
    enrolled = tenant.enroll(key, "BG1-A").exits(0)
    holds("warning", "chain" in enrolled.stderr, enrolled.stderr)


def reset(folder: Path) -> None:
    """a key that was reset is told from the one that was enrolled"""
    key, tenant = Key(folder), Tenant(folder)
    tenant.enroll(key, "BG1-A").exits(0)
    key.power_cycle()
    equal("reset", 0, Host(key).status(RESET))
    tenant.check(key, "--key", "BG1-A").exits(1)
    tenant.enroll(key, "BG1-B").exits(0)
    equal("label", "BG1-B", tenant.check(key).exits(0).document["label"])


def not_passed(enrolled: dict[str, Any]) -> set[str]:
    return {finding["subject"] for finding in enrolled["attestation"] if finding["verdict"] != "pass"}


def add_strangers(state: dict[str, Any], *, count: int) -> None:
    """Registers credentials that no key holds, with ids as long as keys have them."""
    account = state["users"][0]["id"]
    for number in range(count):
        state["fido2Methods"].append(
            {
                "userId": account,
                "credentialId": ("A" * 318) + f"{number:02d}",
                "publicKey": P256_PUBLIC_KEY,
                "signCount": 1,
                "attestationObject": "",
                "displayName": f"Stranger {number}",
                "created": "2026-01-01T00:00:00Z",
                "visibleFrom": "2026-01-01T00:00:00Z",
                "aaguid": "00000000-0000-0000-0000-000000000000",
                "attestationCertificates": [],
                "isAttested": False,
                "isBackupEligible": False,
            }
        )


if __name__ == "__main__":
    play([life, two_accounts, excluded, long_exclude_list, long_names, attested, not_attested, reset])
