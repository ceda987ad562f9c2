"""fido2-cred and fido2-assert: every kind of credential, made, used and verified with both PIN/UV auth protocols."""

import base64
import json
import os
import ssl
import subprocess

import expect
import tool
from fido2 import FLAG_ED, FLAG_UP, FLAG_UV, PIN, Credential, Key, flags, refused
from management import PROTOCOLS, on_a_new_key

TYPES = ("es256", "eddsa")


def check_attestation(key: Key, credential: Credential) -> None:
    root = key.folder / "key/attestation-root.pem"
    certificate = key.folder / "batch.pem"
    certificate.write_text(ssl.DER_cert_to_PEM_cert(credential.certificate))
    command = ("openssl", "verify", "-x509_strict", "-CAfile", str(root), str(certificate))
    verified = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    expect.equal(f"openssl verify: {verified.stdout}{verified.stderr}", 0, verified.returncode)


def check_forgeries(credential: Credential) -> None:
    for line in (0, 3, 5):
        raw = bytearray(base64.b64decode(credential.printed[line]))
        raw[-1] ^= 1
        forged = [*credential.printed]
        forged[line] = base64.b64encode(raw).decode()
        refused("FIDO_ERR_", ("fido2-cred", "-V", credential.type), (), "\n".join(forged[:7]) + "\n")


def attestation_object(credential: Credential) -> bytes:
    """As WebAuthn has it, in CBOR; of what `fido2-cred -M` prints, the authenticator data is CBOR already."""
    signature, certificate = (base64.b64decode(credential.printed[line]) for line in (5, 6))
    statement = b"\xa3" + b"\x63alg\x26" + b"\x63sig\x58" + bytes([len(signature)]) + signature
    statement += b"\x63x5c\x81\x59" + len(certificate).to_bytes(2) + certificate
    data = base64.b64decode(credential.printed[3])
    return b"\xa3" + b"\x63fmt\x66packed" + b"\x67attStmt" + statement + b"\x68authData" + data


def check_verdict(key: Key, credential: Credential) -> None:
    """`halligan attestation verify`, which has the hash of the client data only, because libfido2 prints no more."""
    (key.folder / "halligan.toml").write_text("")
    (key.folder / "object.bin").write_bytes(attestation_object(credential))
    root = key.folder / "key/attestation-root.pem"
    command = [tool.BINARY, "--json", "--config", str(key.folder / "halligan.toml"), "attestation", "verify"]
    command += ["--attestation-object", str(key.folder / "object.bin"), "--attestation-root", str(root)]
    command += ["--rp-id", credential.printed[1]]
    hashed = base64.b64decode(credential.printed[0])
    other = bytes([hashed[0] ^ 1]) + hashed[1:]
    for given, status, statement in (
        (credential.printed[0], 0, "pass"),
        (hashed.hex(), 0, "pass"),
        (other.hex(), 1, "fail"),
    ):
        done = subprocess.run([*command, "--client-data-hash", given], capture_output=True, text=True, timeout=30, check=False)
        expect.equal(f"status: {done.stdout}{done.stderr}", status, done.returncode)
        found = {finding["subject"]: finding["verdict"] for finding in json.loads(done.stdout)["findings"]}
        expected = {"statement": statement, "chain": "pass", "rp_id": "pass", "client_data": "not_applicable"}
        expect.equal("verdicts", expected, {subject: found[subject] for subject in expected})


def check_types(key: Key, profile: str) -> None:
    key.set_pin()
    # What a key without makeCredUvNotRqd asks for.
    unverified = () if profile == "default" else (PIN,)
    for type in TYPES:
        expect.step(f"{type}: not discoverable")
        credential = key.make(type=type, answers=unverified)
        expect.equal("format", "packed", credential.printed[2])
        check_attestation(key, credential)
        check_forgeries(credential)
        expect.equal("flags", FLAG_UP, flags(key.get(credential, "-p", verify=("-p",))[2]))
        verified = key.get(credential, "-p", "-t", "pin=true", answers=(PIN,), verify=("-p", "-v"))
        expect.equal("flags", FLAG_UP | FLAG_UV, flags(verified[2]))

        expect.step(f"{type}: discoverable")
        discoverable = key.make("-r", type=type, user=type, answers=(PIN,), verify=("-v",))
        check_verdict(key, discoverable)
        printed = key.get(discoverable, "-p", "-t", "pin=true", discover=True, answers=(PIN,), verify=("-p", "-v"))
        expect.equal("user", type.encode(), base64.b64decode(printed[4]))
        key.token("-D", "-i", discoverable.id, answers=(PIN,))

    expect.step("an algorithm that the key has not")
    key_types = ("fido2-cred", "-M", key.path, "rs256")
    stdin = "\n".join((credential.printed[0], "example.com", "bg1", "YmcxCg==")) + "\n"
    refused("FIDO_ERR_UNSUPPORTED_ALGORITHM", key_types, (), stdin)


def check_without_touch(key: Key, profile: str) -> None:
    key.set_pin()
    credential = key.make(answers=() if profile == "default" else (PIN,))
    expect.step("an assertion without touch has no flag")
    expect.equal("flags", 0, flags(key.get(credential, "-t", "up=false")[2]))

    expect.step("several credentials for one RP: an assertion by each")
    made = {user: key.make("-r", user=user, answers=(PIN,)) for user in ("bg1", "bg2", "bg3")}
    printed = key.get(made["bg3"], "-p", "-t", "pin=true", discover=True, answers=(PIN,), verify=("-p", "-v"))
    users = [base64.b64decode(line).decode() for line in printed[4::5]]
    expect.equal("users, the newest first", ["bg3", "bg2", "bg1"], users)


def check_cred_protect(key: Key, profile: str) -> None:
    key.set_pin()
    expect.step("credProtect: levels are signed, and kept")
    for level, listed, known in ((1, True, True), (2, False, True), (3, False, False)):
        with_level = ("-c", str(level))
        credential = key.make("-r", *with_level, user=f"level {level}", answers=(PIN,), verify=with_level)
        refused(
            "FIDO_ERR_",
            ("fido2-cred", "-V", "-c", str(level % 3 + 1), "es256"),
            (),
            "\n".join(credential.printed[:7]) + "\n",
        )
        key.get(credential, "-p", "-t", "pin=true", answers=(PIN,), verify=("-p", "-v"))
        for discover, found in ((True, listed), (False, known)):
            if found:
                key.get(credential, "-p", discover=discover, verify=("-p",))
            else:
                key.get_refused("FIDO_ERR_NO_CREDENTIALS", credential, "-p", discover=discover)
        key.token("-D", "-i", credential.id, answers=(PIN,))


def check_hmac_secret(key: Key, profile: str) -> None:
    key.set_pin()
    expect.step("hmac-secret: secrets differ by credential, salt and user verification")
    one, other = (
        key.make("-r", "-h", user=user, answers=(PIN,), verify=("-h",)) for user in ("one", "other")
    )
    salts = (os.urandom(32), os.urandom(64))

    def secret(credential: Credential, salt: bytes, verified: bool = True) -> bytes:
        pin = ("-t", "pin=true") if verified else ()
        answers = (PIN,) if verified else ()
        printed = key.get(credential, "-p", *pin, salt=salt, answers=answers, verify=("-h",))
        expect.holds("flags", flags(printed[2]) & FLAG_ED, printed[2])
        return base64.b64decode(printed[4])

    first = secret(one, salts[0])
    expect.equal("length", 32, len(first))
    expect.equal("secret again", first, secret(one, salts[0]))
    expect.equal("length with two salts", 64, len(secret(one, salts[1])))
    expect.different("secrets of two salts", secret(one, salts[1])[:32], secret(one, salts[1])[32:])
    expect.different("secrets of two credentials", first, secret(other, salts[0]))
    expect.different("secrets with and without PIN", first, secret(one, salts[0], verified=False))


if __name__ == "__main__":
    for profile in PROTOCOLS:
        for check in (check_types, check_without_touch, check_cred_protect, check_hmac_secret):
            title = check.__name__.removeprefix("check_").replace("_", " ")
            expect.group(f"{title}, profile {profile}", on_a_new_key, profile, check, profile)
    expect.summary()
