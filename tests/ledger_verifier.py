#!/usr/bin/env python3
"""A second verifier for Halligan ledgers, written from docs/ledger-format.md alone.

    ledger_verifier.py LEDGER [--expect-head INDEX:HASH]
                                               verify a directory or an export in JSONL; prints the first entry that fails,
                                               exit status 1. With a head that was noted elsewhere, also what was cut off
    ledger_verifier.py --vectors DIRECTORY     check golden ledger and tampered variants of tests/vectors/ledger

Needs Python 3.9 and the package `cryptography`.
"""
import base64, hashlib, json, re, sys, uuid
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519


class Defect(Exception):
    """The stable code of what is wrong."""


def need(condition, code):
    if not condition:
        raise Defect(code)


def sha256(data):
    return hashlib.sha256(data).digest()


def canonical(value, depth=0):
    """RFC 8785, restricted to whole numbers a double holds exactly and to 16 levels."""
    need(depth <= 16, "not-canonical")
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        need(abs(value) < 2**53, "not-canonical")
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    need(isinstance(value, dict), "not-canonical")
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(canonical(n) + ":" + canonical(value[n], depth + 1) for n in names) + "}"


def unbase64(text, length=None):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text or length not in (None, len(data)):
        raise ValueError(text)
    return data


def cbor(data, at=0):
    """Decodes one CBOR item of definite length; returns it and where it ends."""
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if info > 27:
        raise ValueError("indefinite length")
    size = 0 if info < 24 else 1 << (info - 24)
    number = int.from_bytes(data[at:at + size], "big") if size else info
    at += size
    if major == 0 or major == 1:
        return (number if major == 0 else -1 - number), at
    if major == 2 or major == 3:
        piece = data[at:at + number]
        if len(piece) != number:
            raise ValueError("cut short")
        return (piece if major == 2 else piece.decode()), at + number
    if major == 7:
        return {20: False, 21: True, 22: None}[number], at
    items = []
    for _ in range(number * (major - 3)):
        item, at = cbor(data, at)
        items.append(item)
    if major == 4:
        return items, at
    pairs = dict(zip(items[::2], items[1::2]))
    if major != 5 or len(pairs) != number:
        raise ValueError("tag or duplicate key")
    return pairs, at


def authenticator_data(data):
    """(rp id hash, flags, sign count, aaguid, credential id, public key); the last three None without flag AT."""
    flags, count, at = data[32], int.from_bytes(data[33:37], "big"), 37
    aaguid = credential_id = key = None
    if flags & 0x40:
        end = 55 + int.from_bytes(data[53:55], "big")
        aaguid, credential_id = data[37:53], data[55:end]
        at = cbor(data, end)[1]
        key = data[end:at]
        public_key(key)
    if flags & 0x80:
        at = cbor(data, at)[1]
    if len(data) != at or at < 37:
        raise ValueError("cut short or too long")
    return data[:32], flags, count, aaguid, credential_id, key


def public_key(cose):
    """A function (signature, message) that raises InvalidSignature."""
    key = cbor(cose)[0]
    if (key[1], key[3], key[-1]) == (1, -8, 6):
        return ed25519.Ed25519PublicKey.from_public_bytes(key[-2]).verify
    if (key[1], key[3], key[-1], len(key[-2]), len(key[-3])) != (2, -7, 1, 32, 32):
        raise ValueError("unsupported key")
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\4" + key[-2] + key[-3])
    return lambda signature, message: point.verify(signature, message, ec.ECDSA(hashes.SHA256()))


OPTIONAL_CHECKS = []


# Checks of single members: each raises or returns something false for a bad value.
def text(value): return isinstance(value, str)
def flag(value): return isinstance(value, bool)
def count32(value): return type(value) is int and 0 <= value < 2**32
def index(value): return type(value) is int and 0 <= value < 2**64
def binary(value): return unbase64(value) is not None
def binary32(value): return unbase64(value, 32)
def binary64(value): return unbase64(value, 64)
def guid(value): return uuid.UUID(value)
def pattern(expression): return lambda value: re.fullmatch(expression, value, re.ASCII)
def members(**checks): return lambda value: isinstance(value, dict) and all(
    (name in value or check in OPTIONAL_CHECKS) and check(value.get(name)) for name, check in checks.items())
def count8(value): return type(value) is int and 0 <= value < 256
def many(check): return lambda value: isinstance(value, list) and all(map(check, value))
def texts(value): return many(text)(value)
def table(check): return lambda value: isinstance(value, dict) and all(map(check, value.values()))
def optional(check):
    OPTIONAL_CHECKS.append(lambda value: value is None or check(value))
    return OPTIONAL_CHECKS[-1]
def either(*values): return lambda value: value in values


digest = pattern("[0-9a-f]{64}")
name = pattern("[a-z0-9][a-z0-9.-]{0,62}")
kind = pattern("(?=.{1,64}$)[a-z_]+[.][a-z_]+")
ceremony_id = pattern("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
rp = pattern("(?=.{1,253}$)[a-z0-9-]{1,63}([.][a-z0-9-]{1,63})*")
time = pattern(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
account = members(id=text, upn=text)
key = members(transport=text, firmware=optional(text), serial=optional(text))
latency = members(n=count32, median_us=count32)
observed = members(firmware=optional(text), versions=optional(texts), extensions=optional(texts), options=optional(table(flag)),
                   min_pin_length=optional(count32), pin_retries=optional(count8), uv_retries=optional(count8),
                   credentials_left=optional(count32), latency=optional(table(latency)))
outcome = members(subject=text, verdict=either("fail", "not_applicable", "pass", "unknown"), why=optional(text))
answer = members(subject=text, verdict=either("fail", "not_applicable", "pass", "unknown"), why=optional(text), by=text)
reference = lambda value: set(value) == {"index", "hash"} and members(index=index, hash=digest)(value)
PROOF = dict(anchor=reference,
             credential_id=binary, authenticator_data=binary, client_data_json=binary, signature=binary)
ENTRY = dict(v=lambda value: value is not True and value == 1, index=index, previous=digest, time=time, station=name, kind=kind,
             body=members(), signature=binary64)
OPTIONAL = dict(ceremony=ceremony_id, proof=lambda v: set(v) == set(PROOF) and members(**PROOF)(v))
custody = members(location=text, container=optional(text), seal=optional(text), custodians=texts)
sealed_secret = members(threshold=count8, parts=many(members(recipients=texts, custodians=optional(texts), ciphertext=binary)))
settings = members(min_pin_length=optional(count8), min_pin_length_rp_ids=optional(texts),
                   force_pin_change=optional(flag), always_uv=optional(flag),
                   enterprise_attestation=optional(flag))
STEP_NAMES = ("intended", "pin_set", "credential_created", "proven", "registered", "method_removed", "credential_deleted", "attempted")
CHANGE = either("add_member", "assign_role", "change_mfa_policy", "create_account", "create_dedicated_policy", "create_group",
                "create_mfa_policy", "enforce_dedicated_policy", "enforce_mfa_policy", "exclude_group", "set_password_policy")
tenant_object = members(id=optional(text), name=text)
log = either("directory_audits", "sign_ins")
period = members(**{"from": text, "until": text})
log_event = members(log=log, id=text, time=text, activity=text, account=optional(text), result=optional(text), explained_by=optional(index),
                    correlation_id=optional(text), alike=optional(members(rows=count32, last=text)))
REASON = either("compromised", "damaged", "lost", "rotated")
BODY = {
    "station.joined": dict(name=name, public_key=binary32),
    "ceremony.failed": dict(label=text, reached=either(*STEP_NAMES), code=text, message=text, remains=optional(text), deletes_credential=optional(flag)),
    "ceremony.undone": dict(label=text, credential_deleted=flag, method_deleted=flag, pin=optional(sealed_secret)),
    "station.revoked": dict(name=name, reason=text),
    "config.intended": dict(label=text, settings=settings),
    "config.applied": dict(label=text, settings=settings),
    "alert.received": dict(drill=guid, received_at=text, delay=count32, channel=text, by=text),
    "drill.intended": dict(label=text, tenant=text, account=account, key=optional(text), by=texts, reason=optional(text),
                           expected_policies=optional(texts)),
    "drill.attempted": dict(label=text, began_at=text, let_in_at=optional(text), signed_in_at=optional(text), correlation_id=guid,
                            token_id=optional(text), findings=many(outcome)),
    "drill.completed": dict(label=text, passed=flag, findings=many(outcome), signed_in_at=optional(text), log=optional(
        members(id=text, time=text, seen_after=count32, method=optional(text)))),
    "enroll.intended": dict(label=text, account=account, tenant=text, rp_id=rp, key=key, aaguid=optional(guid),
                            sets_pin=optional(flag), pin=optional(sealed_secret), settings=optional(settings), custody=optional(custody)),
    "enroll.pin_set": dict(label=text),
    "enroll.credential_created": dict(label=text, rp_id=rp, credential_id=binary, aaguid=guid,
                                      attestation_object=binary, client_data_json=binary),
    "enroll.proven": dict(label=text, credential_id=binary),
    "enroll.registered": dict(label=text, credential_id=binary, method_id=text),
    "key.enrolled": dict(label=text, account=account, tenant=text, credential_id=binary, public_key=binary,
                         attestation_object=binary, client_data_json=binary, aaguid=guid, rp_id=rp,
                         method_id=text, sign_count=count32, key=key, observed=optional(observed)),
    "key.checked": dict(label=text, credential_id=binary, passed=flag, findings=many(outcome),
                        observed=optional(observed), accepted=optional(text)),
    "key.tested": dict(label=text, credential_id=binary, passed=flag, checks=many(outcome), observed=optional(observed)),
    "entry.merged": dict(entry=members()),
    "key.handed_over": dict(label=text, credential_id=binary, custody=custody, note=optional(text)),
    "key.retired": dict(label=text, credential_id=binary, reason=REASON),
    "pin.intended": dict(label=text, pin=optional(sealed_secret)),
    "pin.changed": dict(label=text, pin=optional(sealed_secret)),
    "pin.opened": dict(label=text, by=texts, share=flag),
    "reset.intended": dict(label=text, credential_id=binary),
    "reset.performed": dict(label=text, credential_id=binary),
    "tenant.audited": dict(tenant=text, taken_at=text, snapshot=text, passed=flag, fail_on=optional(texts),
                           counts=lambda v: isinstance(v, dict) and all(count32(one) for one in v.values()), failed=texts, unknown=texts),
    "tenant.change_intended": dict(label=text, tenant=text, change=CHANGE, object=tenant_object, before=optional(digest),
                                   after=members(), password=optional(sealed_secret), **{"with": optional(tenant_object)}),
    "tenant.changed": dict(label=text, object=tenant_object),
    "tenant.password_opened": dict(account=text, by=texts, share=flag),
    "tenant.exclusion_proven": dict(tenant=text, policy=tenant_object, accounts=many(
        members(account=account, keys=texts, scenarios=many(outcome)))),
    "tenant.monitored": dict(tenant=text, accounts=many(account), period=period,
                             groups=optional(texts),
                             unread=many(members(log=log, period=period, why=text, of=optional(text))),
                             events=many(log_event), omitted=count32, seen=optional(texts), refused_until=optional(text),
                             untold=optional(flag), unexplained=count32, evidence=text),
    "review.held": dict(tenant=text, period=period, head=optional(reference), by=texts, passed=flag,
                        findings=many(outcome), answers=many(answer), counts=table(count32), document=text, report=text, compared_with=optional(reference)),
    "review.signed": dict(review=reference, reviewer=text),
    "reviewer.joined": dict(name=text, credential_id=binary, public_key=binary, attestation_object=binary,
                            client_data_json=binary, aaguid=guid, rp_id=rp, sign_count=count32),
    "reviewer.left": dict(name=text, reason=optional(text)),
    "retire.intended": dict(label=text, credential_id=binary, account=account, method_id=text, reason=REASON,
                            delete_credential=flag, keys_left=count32, forced=flag),
    "retire.method_removed": dict(label=text, method_id=text),
    "retire.credential_deleted": dict(label=text, credential_id=binary),
}
# Step: the kind of ceremony, the steps of which one must have been reached, and the step that is reached then.
STEPS = {
    "enroll.pin_set": ("enroll", ("intended", "pin_set"), "pin_set"),
    "enroll.credential_created": ("enroll", ("intended", "pin_set", "credential_created", "proven"), "credential_created"),
    "enroll.proven": ("enroll", ("credential_created", "proven"), "proven"),
    "enroll.registered": ("enroll", ("credential_created", "proven", "registered"), "registered"),
    "key.enrolled": ("enroll", ("registered",), "closed"),
    "retire.method_removed": ("retire", ("intended", "method_removed"), "method_removed"),
    "retire.credential_deleted": ("retire", ("method_removed", "credential_deleted"), "credential_deleted"),
    "key.retired": ("retire", ("method_removed", "credential_deleted"), "closed"),
    "config.applied": ("config", ("intended",), "closed"),
    "drill.attempted": ("drill", ("intended", "attempted"), "attempted"),
    "drill.completed": ("drill", ("intended", "attempted"), "closed"),
    "pin.changed": ("pin", ("intended",), "closed"),
    "reset.performed": ("reset", ("intended",), "closed"),
    "tenant.changed": ("tenant", ("intended",), "closed"),
}
OPENS = ("config.intended", "drill.intended", "enroll.intended", "pin.intended", "reset.intended", "retire.intended", "tenant.change_intended")
# Entries about a key: the credential must be enrolled, and a proof must be by it.
ABOUT_A_KEY = ("key.checked", "key.handed_over", "key.retired", "key.tested", "reset.intended", "retire.intended")


# Entries whose proof must be by a person who was present and verified.
USER_VERIFIED = ("key.enrolled", "enroll.proven", "review.signed", "reviewer.joined")


def holds(check, *arguments):
    """Whether a check of untrusted members or bytes succeeds; whatever it raises is a no."""
    try:
        return bool(check(*arguments))
    except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError):
        return False


def parse(data):
    need(len(data) <= 1 << 20, "too-large")
    try:
        def refuse(constant): raise ValueError(constant)
        value = json.loads(data.decode(), parse_constant=refuse, parse_float=lambda number: 0.5)
        written = canonical(value).encode()
    except (ValueError, RecursionError):
        raise Defect("not-json") from None
    need(written == data, "not-canonical")
    need(holds(members(**ENTRY), value), "malformed")
    need(all(name in ENTRY or name in OPTIONAL and holds(OPTIONAL[name], value[name]) for name in value), "malformed")
    return value


class Ledger:
    """What the entries so far add up to."""

    def __init__(self):
        self.hashes, self.stations, self.ceremonies, self.keys = [], {}, {}, {}
        self.challenges, self.retired, self.merged, self.revoked = set(), set(), {}, set()
        self.reviewers, self.reviewing, self.reviews = {}, {}, {}

    def add(self, data):
        entry = parse(data)
        need(entry["index"] == len(self.hashes), "index")
        need(entry["previous"] == (self.hashes[-1] if self.hashes else "00" * 32), "previous")
        self.content(entry, data)
        self.hashes.append(sha256(data).hex())

    def knows(self, index, digest):
        return 0 <= index < len(self.hashes) and self.hashes[index] == digest or self.merged.get(digest) == index

    def content(self, entry, data):
        body, what = entry["body"], entry["kind"]
        need(holds(members(**BODY.get(what, {})), body), "body")
        self.signature(entry, body)
        if what in STEPS or what in OPENS or what in ("ceremony.failed", "ceremony.undone"):
            self.step(entry.get("ceremony"), what, body)
        if what == "station.revoked":
            need(body["name"] in self.stations, "station-unknown")
            need(body["name"] not in self.revoked, "station-revoked")
            need(body["name"] != entry["station"], "revoked-by-itself")
            self.revoked.add(body["name"])
        if what == "entry.merged":
            self.merge(canonical(body["entry"]).encode())
        if what == "key.enrolled":
            self.enroll(body, self.ceremonies[entry["ceremony"]])
        if what in ("reviewer.joined", "reviewer.left", "review.held", "review.signed"):
            self.review(what, body, entry, data)
        if what in ABOUT_A_KEY:
            need(body["credential_id"] in self.keys, "key-unknown")
        if what == "key.retired":
            need(body["credential_id"] not in self.retired, "retired-twice")
            self.retired.add(body["credential_id"])
        if what == "key.checked":
            need("proof" in entry or not body["passed"], "unproven")
        if what in ABOUT_A_KEY + ("key.enrolled", "enroll.proven") and "proof" in entry:
            need(entry["proof"]["credential_id"] == body["credential_id"], "proof-by-other-key")
        if what == "enroll.proven":
            need("proof" in entry, "unproven")
            ceremony = self.ceremonies[entry["ceremony"]]
            created = ceremony[3]
            need(holds(self.created, created), "attestation")
            count = self.proof(entry["proof"], what, body, self.created(created))
            ceremony[4] = count
        elif "proof" in entry:
            keys = self.reviewers if what in ("reviewer.joined", "review.signed") else self.keys
            key = keys.get(entry["proof"]["credential_id"])
            count = self.proof(entry["proof"], what, body, key)
            key[2] = count

    def review(self, what, body, entry, data):
        """Reviewers come and go; one who is there signs a review that was held, once."""
        if what == "review.held":
            head, last = body.get("head"), body.get("compared_with")
            need(head is None or self.knows(head["index"], head["hash"]), "review-head")
            need(last is None or (last["index"], last["hash"]) in self.reviews, "review-unknown")
            self.reviews[entry["index"], sha256(data).hex()] = set()
            return
        if what == "reviewer.joined":
            identifier = body["credential_id"]
            need(body["name"] not in self.reviewing, "reviewer-joined-twice")
            need(identifier not in self.keys and identifier not in self.reviewers, "enrolled-twice")
            need(holds(self.agrees, body), "attestation")
            self.reviewing[body["name"]] = identifier
            self.reviewers[identifier] = [public_key(unbase64(body["public_key"])), body["rp_id"], body["sign_count"]]
        elif what == "reviewer.left":
            need(body["name"] in self.reviewing, "reviewer-unknown")
            del self.reviewing[body["name"]]
            return
        else:
            need(body["reviewer"] in self.reviewing, "reviewer-unknown")
            identifier, signed = self.reviewing[body["reviewer"]], self.reviews.get((body["review"]["index"], body["review"]["hash"]))
            need(signed is not None, "review-unknown")
            need(body["reviewer"] not in signed, "review-signed-twice")
            signed.add(body["reviewer"])
        need("proof" in entry, "unproven")
        need(entry["proof"]["credential_id"] == identifier, "proof-by-other-key")

    def merge(self, data):
        """An entry of a branch: it follows a known one, is new, and keeps the rules as if it stood here."""
        entry = parse(data)
        need(entry["kind"] != "entry.merged", "merged-nested")
        digest = sha256(data).hex()
        need(not self.knows(entry["index"], digest), "merged-twice")
        need(self.knows(entry["index"] - 1, entry["previous"]), "merged-unconnected")
        self.content(entry, data)
        self.merged[digest] = entry["index"]

    @staticmethod
    def created(body):
        """The key of a credential that is not enrolled yet, as in `self.keys`."""
        attestation, end = cbor(unbase64(body["attestation_object"]))
        rp_id_hash, _, count, _, credential_id, key = authenticator_data(attestation["authData"])
        if (end != len(unbase64(body["attestation_object"])) or rp_id_hash != sha256(body["rp_id"].encode())
                or credential_id != unbase64(body["credential_id"])):
            raise ValueError("another credential")
        return [public_key(key), body["rp_id"], count]

    @staticmethod
    def agrees(body):
        """A body says of a credential what the key attested of it."""
        client_data = json.loads(unbase64(body["client_data_json"]))
        attestation, end = cbor(unbase64(body["attestation_object"]))
        rp_id_hash, _, count, aaguid, credential_id, key = authenticator_data(attestation["authData"])
        return (client_data["type"] == "webauthn.create" and text(client_data["challenge"])
                and text(client_data["origin"]) and end == len(unbase64(body["attestation_object"]))
                and text(attestation["fmt"]) and isinstance(attestation["attStmt"], dict)
                and rp_id_hash == sha256(body["rp_id"].encode()) and key == unbase64(body["public_key"])
                and credential_id == unbase64(body["credential_id"])
                and aaguid == guid(body["aaguid"]).bytes and count <= body["sign_count"])

    def signature(self, entry, body):
        station = entry["station"]
        if entry["kind"] == "station.joined":
            need(body["name"] == station, "station-name")
            need(station not in self.stations, "station-joined-twice")
            self.stations[station] = unbase64(body["public_key"])
        need(station in self.stations, "station-unknown")
        need(station not in self.revoked, "station-revoked")
        unsigned = {name: value for name, value in entry.items() if name != "signature"}
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.stations[station]).verify(
                unbase64(entry["signature"]), canonical(unsigned).encode())
        except (InvalidSignature, ValueError):
            raise Defect("signature") from None

    def step(self, ceremony, what, body):
        need(ceremony is not None, "ceremony")
        if what in OPENS:
            need(ceremony not in self.ceremonies, "ceremony")
            self.ceremonies[ceremony] = [what.split(".")[0], "intended", body.get("credential_id"), None, 0]
            return
        state = self.ceremonies.get(ceremony, [None, "closed"])
        need(state[1] != "closed", "ceremony")
        if what in STEPS:
            purpose, needed, then = STEPS[what]
            need(state[0] == purpose and state[1] in needed, "ceremony")
            if what == "enroll.credential_created":
                state[2:] = [body["credential_id"], body, 0]
            need(body.get("credential_id", state[2]) == state[2], "ceremony")
            state[1] = then
        elif what == "ceremony.undone":
            state[1] = "closed"

    def enroll(self, body, ceremony):
        need(body["credential_id"] not in self.keys and body["credential_id"] not in self.reviewers, "enrolled-twice")

        need(holds(self.agrees, body), "attestation")
        self.keys[body["credential_id"]] = [
            public_key(unbase64(body["public_key"])), body["rp_id"], max(body["sign_count"], ceremony[4])]

    def proof(self, proof, what, body, key):
        """Verifies a proof by this key and returns the signature counter."""
        need(self.knows(proof["anchor"]["index"], proof["anchor"]["hash"]), "proof-anchor")
        need(key is not None, "proof-credential")
        challenge = sha256(b"halligan/proof/1" + bytes.fromhex(proof["anchor"]["hash"]) + sha256(canonical(body).encode()))
        need(challenge not in self.challenges, "proof-replayed")
        self.challenges.add(challenge)
        encoded = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        client_data = ('{"type":"webauthn.get","challenge":"' + encoded
                       + '","origin":"halligan:ledger","crossOrigin":false}').encode()
        need(unbase64(proof["client_data_json"]) == client_data, "proof-client-data")
        data = unbase64(proof["authenticator_data"])
        need(holds(authenticator_data, data), "proof-authenticator-data")
        rp_id_hash, flags, count = authenticator_data(data)[:3]
        need(rp_id_hash == sha256(key[1].encode()), "proof-rp-id")
        need(flags & 5 == 5 or what not in USER_VERIFIED, "proof-flags")
        try:
            key[0](unbase64(proof["signature"]), data + sha256(client_data))
        except InvalidSignature:
            raise Defect("proof-signature") from None
        need(count > key[2] or count == key[2] == 0, "proof-sign-count")
        return count


def verify(objects, noted=None):
    """Objects by index, a head noted elsewhere -> (number of valid entries, head, index that fails, code of the defect)."""
    ledger = Ledger()
    hashes, fails_at, code = ledger.hashes, None, None
    try:
        for position in range(max(objects, default=-1) + 1):
            need(position in objects, "missing")
            ledger.add(objects[position])
    except Defect as defect:
        fails_at, code = len(hashes), str(defect)
    if noted and code is None:
        position, found = noted[0], hashes[noted[0]] if noted[0] < len(hashes) else None
        if found != noted[1]:
            fails_at, code = position, "other-head" if found else "truncated"
    return len(hashes), (hashes or [None])[-1], fails_at, code


def load(place):
    if Path(place).is_file():
        lines = Path(place).read_bytes().split(b"\n")
        return dict(enumerate(lines if lines[-1] else lines[:-1]))
    files = (Path(place) / "entries").iterdir()
    return {int(file.stem): file.read_bytes() for file in files if re.fullmatch("[0-9]{8}[.]json", file.name)}


def check_vectors(directory):
    golden, wrong, checked = load(directory / "golden"), 0, 1
    expect = json.loads((directory / "golden/expect.json").read_text())
    if verify(golden) != (expect["entries"], expect["head"], None, None):
        wrong += print("golden:", verify(golden)) or 1
    for file in sorted([*directory.glob("continued/*.json"), *directory.glob("tampered/*.json")]):
        variant = json.loads(file.read_text())
        objects = dict(golden)
        for name, content in variant["objects"].items():
            objects.pop(int(name[:8]), None)
            if content is not None:
                objects[int(name[:8])] = content.encode()
        found = verify(objects)
        checked += 1
        if (found[0], found[3]) != (variant["fails_at"], variant["code"]):
            wrong += print(f"{file.stem}: expected {variant['fails_at']} {variant['code']}, found {found}") or 1
    print(f"{checked} vectors, {wrong} wrong")
    return wrong


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--vectors":
        sys.exit(1 if check_vectors(Path(sys.argv[2])) else 0)
    noted = None
    if len(sys.argv) == 4 and sys.argv[2] == "--expect-head":
        position, hash_ = sys.argv.pop().split(":")
        noted = (int(position), hash_)
        sys.argv.pop()
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    entries, head, fails_at, code = verify(load(sys.argv[1]), noted)
    print(f"{entries} entries, head {head}" if code is None else f"entry {fails_at}: {code}")
    sys.exit(0 if code is None else 1)
