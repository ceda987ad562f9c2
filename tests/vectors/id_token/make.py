"""Makes tokens.json: ID tokens by PyJWT, good ones and forged ones, for the verifier in src/graph/credential/id_token.

    pip install PyJWT==2.10.1 cryptography==50.0.2 && python3 make.py > tokens.json

The keys are made anew at each run and are not kept; they protect nothing.
"""

import base64
import hashlib
import hmac
import json

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TENANT = "9122040d-6c67-4c5b-b112-36a304b66dad"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
CLIENT = "6cb04018-a3f5-46a7-b995-940c78f5aef3"
NOW = 1_772_355_600  # 2026-03-01T09:00:00Z
CLAIMS = {
    "ver": "2.0", "iss": ISSUER, "aud": CLIENT, "tid": TENANT, "nonce": "the-nonce",
    "oid": "00000000-0000-0000-66f3-3332eca7ea81", "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
    "iat": NOW - 10, "nbf": NOW - 10, "exp": NOW + 3600, "uti": "fqiBqXLPj0eQa82S-IYFAA",
    "preferred_username": "bg1@contoso.onmicrosoft.com",
}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def public(key, **members):
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "use": "sig", "n": number(numbers.n), "e": number(numbers.e), **members}


def by_hand(header, claims, sign):
    """What PyJWT refuses to make."""
    signed = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{b64(sign(signed.encode()))}"


ours, other, small = (rsa.generate_private_key(65537, bits) for bits in (2048, 2048, 1024))
curve = ec.generate_private_key(ec.SECP256R1())
KEYS = {"keys": [
    {"kty": "EC", "crv": "P-256", "kid": "curve", "x": "AA", "y": "AA"},
    public(ours, kid="ours", issuer="https://login.microsoftonline.com/{tenantid}/v2.0"),
    public(small, kid="small"),
    public(ours, kid="for-encryption") | {"use": "enc"},
    public(ours, kid="of-others", issuer="https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"),
]}
PEM = ours.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def token(changes=(), key=ours, algorithm="RS256", **header):
    claims = {name: value for name, value in {**CLAIMS, **dict(changes)}.items() if value is not None}
    return jwt.encode(claims, key, algorithm, headers={"kid": "ours", **header})


def with_another_payload(made):
    header, _, signature = made.split(".")
    forged = {**CLAIMS, "oid": "00000000-0000-0000-0000-000000000001"}
    return ".".join((header, b64(json.dumps(forged).encode()), signature))


def with_another_signature(made):
    signed, signature = made.rsplit(".", 1)
    return f"{signed}.{'A' if signature[10] != 'A' else 'B'}{signature[1:]}"


def hmac_with(secret):
    header = {"alg": "HS256", "typ": "JWT", "kid": "ours"}
    return by_hand(header, CLAIMS, lambda signed: hmac.new(secret, signed, hashlib.sha256).digest())


MODULUS = base64.urlsafe_b64decode(KEYS["keys"][1]["n"] + "==")
CASES = {
    "good": (token(), "pass"),
    "good-with-the-time-of-the-sign-in": (token({"auth_time": NOW - 12}), "pass"),
    "good-by-a-clock-ahead": (token({"iat": NOW + 200, "nbf": NOW + 200}), "pass"),
    "good-without-a-name": (token({"preferred_username": None, "uti": None}), "pass"),
    "alg-none": (by_hand({"alg": "none", "kid": "ours"}, CLAIMS, lambda _: b""), "algorithm"),
    "alg-none-in-capitals": (by_hand({"alg": "None", "kid": "ours"}, CLAIMS, lambda _: b""), "algorithm"),
    "hs256-with-the-public-key": (hmac_with(PEM), "algorithm"),
    "hs256-with-the-modulus": (hmac_with(MODULUS), "algorithm"),
    "es256": (token(key=curve, algorithm="ES256", kid="curve"), "algorithm"),
    "ps256": (token(algorithm="PS256"), "algorithm"),
    "rs512": (token(algorithm="RS512"), "algorithm"),
    "rs256-by-a-curve": (token(kid="curve"), "unknown_key"),
    "kid-unknown": (token(kid="nobody"), "unknown_key"),
    "kid-absent": (jwt.encode(CLAIMS, ours, "RS256"), "unknown_key"),
    "kid-of-a-key-for-encryption": (token(kid="for-encryption"), "unknown_key"),
    "kid-of-another-issuer": (token(kid="of-others"), "unknown_key"),
    "key-in-the-header": (token(key=other, kid="theirs", jwk=public(other, kid="theirs")), "unknown_key"),
    "signed-by-another-key": (token(key=other), "signature"),
    "signed-by-a-short-key": (token(key=small, kid="small"), "signature"),
    "payload-changed": (with_another_payload(token()), "signature"),
    "signature-changed": (with_another_signature(token()), "signature"),
    "signature-removed": (token().rsplit(".", 1)[0] + ".", "signature"),
    "extension-demanded": (token(crit=["exp"]), "malformed"),
    "two-parts": (token().rsplit(".", 1)[0], "malformed"),
    "four-parts": (token() + ".AA", "malformed"),
    "not-base64url": (token() + "=", "malformed"),
    "empty": ("", "malformed"),
    "expired": (token({"exp": NOW - 400}), "expired"),
    "not-valid-yet": (token({"nbf": NOW + 400}), "other_time"),
    "issued-before-it-was-asked-for": (token({"iat": NOW - 1000}), "other_time"),
    "issued-in-the-future": (token({"iat": NOW + 400}), "other_time"),
    "of-a-session-that-was-kept": (token({"auth_time": NOW - 86400}), "other_time"),
    "wrong-nonce": (token({"nonce": "another"}), "nonce"),
    "without-nonce": (token({"nonce": None}), "malformed"),
    "wrong-audience": (token({"aud": "00000003-0000-0000-c000-000000000000"}), "audience"),
    "audiences": (token({"aud": [CLIENT, "another"]}), "malformed"),
    "wrong-issuer": (token({"iss": "https://sts.windows.net/" + TENANT + "/"}), "issuer"),
    "other-tenant": (token({"tid": "72f988bf-86f1-41af-91ab-2d7cd011db47"}), "tenant"),
    "without-object-id": (token({"oid": None}), "malformed"),
    "expiry-as-text": (by_hand(
        {"alg": "RS256", "kid": "ours"}, {**CLAIMS, "exp": "never"},
        lambda signed: jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(signed, ours)), "malformed"),
}
print(json.dumps({
    "issuer": ISSUER, "tenant": TENANT, "audience": CLIENT, "nonce": "the-nonce", "now": NOW, "asked_at": NOW - 60, "keys": KEYS,
    "cases": [{"name": name, "token": text, "expect": expect} for name, (text, expect) in CASES.items()],
}, indent=1))
