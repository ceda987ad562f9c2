"""LargeBlobs, and the largeBlob extension of python-fido2's client."""

import os
from typing import Any

from fido2.ctap import CtapError
from fido2.ctap2 import ClientPin, LargeBlobs
from fido2.utils import sha256

import expect
from extensions_over_udp import asserted, registered
from key import PIN, RP_ID, Key, groups

ERR = CtapError.ERR
KEY_BYTES = 32
# What a key without blobs answers: an empty array and the first 16 bytes of its hash (CTAP 2.1 §6.10).
INITIAL = b"\x80" + sha256(b"\x80")[:16]


def blobs(key: Key, permission: ClientPin.PERMISSION = ClientPin.PERMISSION.LARGE_BLOB_WRITE) -> LargeBlobs:
    client_pin = key.client_pin()
    token = client_pin.get_pin_token(PIN, permission, RP_ID if permission == permission.GET_ASSERTION else None)
    return LargeBlobs(client_pin.ctap, client_pin.protocol, token)


def raw(key: Key) -> bytes:
    return key.ctap().large_blobs(0, get=key.ctap().info.max_msg_size - 64)[1]


def refused(what: str, code: CtapError.ERR, action: Any) -> None:
    expect.refused(what, CtapError, action, code=code)


def check_array(key: Key) -> None:
    expect.step("the array of a fresh key is empty, and anyone may read it")
    expect.equal("largeBlobs", True, key.options().get("largeBlobs"))
    expect.holds("maxSerializedLargeBlobArray", key.ctap().info.max_large_blob >= 1024, key.ctap().info.max_large_blob)
    expect.equal("array", INITIAL, raw(key))
    expect.equal("entries", [], LargeBlobs(key.ctap()).read_blob_array())

    expect.step("blobs by their keys, in more fragments than one")
    key.client_pin().set_pin(PIN)
    stored = {os.urandom(KEY_BYTES): content for content in (b"", b"short", os.urandom(400), b"compressible " * 300)}
    for large_blob_key, content in stored.items():
        blobs(key).put_blob(large_blob_key, content)
    for large_blob_key, content in stored.items():
        expect.equal("blob", content, LargeBlobs(key.ctap()).get_blob(large_blob_key))
    expect.equal("entries", len(stored), len(LargeBlobs(key.ctap()).read_blob_array()))
    small = LargeBlobs(key.ctap())
    small.max_fragment_length = 17
    expect.equal("read in small fragments", LargeBlobs(key.ctap()).read_blob_array(), small.read_blob_array())

    expect.step("replaced and deleted")
    one, *others = stored
    blobs(key).put_blob(one, b"replaced")
    expect.equal("blob", b"replaced", LargeBlobs(key.ctap()).get_blob(one))
    blobs(key).delete_blob(one)
    expect.equal("blob", None, LargeBlobs(key.ctap()).get_blob(one))
    expect.equal("another blob", stored[others[0]], LargeBlobs(key.ctap()).get_blob(others[0]))

    expect.step("a power cycle keeps them, a reset does not")
    before = raw(key)
    key.connection.power_cycle()
    expect.equal("array", before, raw(key))
    key.ctap().reset()
    expect.equal("array", INITIAL, raw(key))


def check_fragments(key: Key) -> None:
    expect.step("before a PIN is set, anyone may write")
    LargeBlobs(key.ctap()).put_blob(bytes(KEY_BYTES), b"before")
    expect.equal("blob", b"before", LargeBlobs(key.ctap()).get_blob(bytes(KEY_BYTES)))
    before = raw(key)

    expect.step("with a PIN, only a token for large blobs will do")
    key.client_pin().set_pin(PIN)
    put = (bytes(KEY_BYTES), b"after")
    refused("no token", ERR.PUAT_REQUIRED, lambda: LargeBlobs(key.ctap()).put_blob(*put))
    other = blobs(key, ClientPin.PERMISSION.GET_ASSERTION)
    refused("a token for ga", ERR.PIN_AUTH_INVALID, lambda: other.put_blob(*put))

    expect.step("what is not an array with its hash, in order, does not replace the one that is there")
    ctap, protocol = key.ctap(), key.protocol()
    token = key.token(ClientPin.PERMISSION.LARGE_BLOB_WRITE)

    def write(offset: int, fragment: bytes, length: int | None = None) -> None:
        signed = b"\xff" * 32 + b"\x0c\x00" + offset.to_bytes(4, "little") + sha256(fragment)
        param = protocol.authenticate(token, signed)
        ctap.large_blobs(
            offset, set=fragment, length=length, pin_uv_param=param, pin_uv_protocol=protocol.VERSION
        )

    wrong = b"\x80" + bytes(16)
    refused("a wrong hash", ERR.INTEGRITY_FAILURE, lambda: write(0, wrong, len(wrong)))
    refused("less than a hash", ERR.INVALID_PARAMETER, lambda: write(0, INITIAL[:16], 16))
    refused("no length", ERR.INVALID_PARAMETER, lambda: write(0, INITIAL))
    size = ctap.info.max_large_blob
    refused("too long", ERR.LARGE_BLOB_STORAGE_FULL, lambda: write(0, bytes(100), size + 1))
    write(0, INITIAL[:9], len(INITIAL))
    refused("a gap", ERR.INVALID_SEQ, lambda: write(10, INITIAL[10:]))
    refused("beyond the end", ERR.INVALID_PARAMETER, lambda: ctap.large_blobs(size + 1, get=1))
    refused("more than a message holds", ERR.INVALID_LENGTH, lambda: ctap.large_blobs(0, get=ctap.info.max_msg_size))
    expect.equal("array", before, raw(key))
    write(0, INITIAL[:9], len(INITIAL))
    write(9, INITIAL[9:])
    expect.equal("array", INITIAL, raw(key))


def check_extension(key: Key) -> None:
    key.client_pin().set_pin(PIN)
    expect.step("largeBlob: supported, written and read through the client")
    one, _, results = registered(key, b"one", extensions={"largeBlob": {"support": "required"}})
    expect.equal("supported", True, results["largeBlob"]["supported"])
    other, _, _ = registered(key, b"other", extensions={"largeBlob": {"support": "preferred"}})
    contents = {b"one": b"of one", b"other": os.urandom(300)}
    for credential, content in zip((one, other), contents.values(), strict=True):
        _, results = asserted(key, credential, extensions={"largeBlob": {"write": content}})
        expect.equal("written", True, results["largeBlob"]["written"])
    for credential, content in zip((one, other), contents.values(), strict=True):
        _, results = asserted(key, credential, extensions={"largeBlob": {"read": True}})
        expect.equal("blob", content, results.large_blob.blob)

    expect.step("largeBlob: of a credential that the key finds, and of one that has none")
    key.management().delete_cred({"type": "public-key", "id": other.credential_id})
    _, results = asserted(key, one, discover=True, extensions={"largeBlob": {"read": True}})
    expect.equal("blob", contents[b"one"], results.large_blob.blob)
    without, _, _ = registered(key, b"without")
    _, results = asserted(key, without, extensions={"largeBlob": {"read": True}})
    expect.equal("results", None, results.get("largeBlob"))


if __name__ == "__main__":
    groups(check_array, check_fragments, check_extension)
    expect.summary()
