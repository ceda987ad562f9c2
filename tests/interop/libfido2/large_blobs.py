"""fido2-token: large blobs, by the key of a credential and by a key of one's own."""

import base64
import os

import expect
from fido2 import PIN, RP_ID, Key
from management import on_a_new_key

# Neither shorter than 16 bytes when compressed: before 1.16 libfido2 does not encrypt that (its issue 826).
TEXT = b"a blob of text, " * 8
OTHER_TEXT = b"another blob of text, " * 6
LARGE_BLOB_KEY_BYTES = 32


def check_large_blobs(key: Key) -> None:
    key.set_pin()
    one, two = (key.make("-r", "-b", user=user, answers=(PIN,)) for user in ("one", "two"))
    blob, read = key.folder / "blob", key.folder / "read"

    def by_credential(operation: str, *path: str, credential=one) -> None:
        key.token(operation, "-b", "-n", RP_ID, "-i", credential.id, *path, answers=(PIN,))

    def stored(content: bytes, credential=one) -> None:
        read.unlink(missing_ok=True)
        by_credential("-G", str(read), credential=credential)
        expect.equal("blob", content, read.read_bytes())

    expect.step("largeBlobKey: from registration and assertion, one for each credential")
    keys = [base64.b64decode(credential.printed[7]) for credential in (one, two)]
    expect.equal("lengths", [LARGE_BLOB_KEY_BYTES] * 2, [len(large_blob_key) for large_blob_key in keys])
    expect.different("keys", *keys)
    printed = key.get(one, "-p", "-b", "-t", "pin=true", answers=(PIN,), verify=("-p", "-v"))
    expect.equal("key of the assertion", one.printed[7], printed[-1])

    expect.step("-S -b stores, -G -b reads, for two credentials")
    blob.write_bytes(TEXT)
    by_credential("-S", str(blob))
    stored(TEXT)
    other = os.urandom(600)
    blob.write_bytes(other)
    by_credential("-S", str(blob), credential=two)
    stored(other, two)
    stored(TEXT)

    expect.step("-S -b replaces")
    blob.write_bytes(OTHER_TEXT)
    by_credential("-S", str(blob))
    stored(OTHER_TEXT)
    stored(other, two)

    expect.step("-L -b lists")
    listed = key.token("-L", "-b", answers=(PIN,))
    expect.equal("lengths", ["132", "600"], sorted(listed_lengths(listed)))

    expect.step("-k: a key of one's own")
    own_key = key.folder / "own-key"
    blob.write_bytes(OTHER_TEXT)
    own_key.write_text(base64.b64encode(os.urandom(LARGE_BLOB_KEY_BYTES)).decode() + "\n")
    key.token("-S", "-b", "-k", str(own_key), str(blob), answers=(PIN,))
    read.unlink()
    key.token("-G", "-b", "-k", str(own_key), str(read))
    expect.equal("blob", blob.read_bytes(), read.read_bytes())
    key.token("-D", "-b", "-k", str(own_key), answers=(PIN,))

    expect.step("more than there is room for is refused, and changes nothing")
    # Random bytes, because blobs are compressed.
    room = int(key.information()["maxlargeblob"])
    blob.write_bytes(os.urandom(room))
    arguments = ("-S", "-b", "-n", RP_ID, "-i", one.id, str(blob))
    key.token_refused("FIDO_ERR_LARGEBLOB_STORAGE_FULL", *arguments, answers=(PIN,))
    stored(OTHER_TEXT)

    expect.step("-D -b deletes")
    by_credential("-D")
    key.token_refused("FIDO_ERR_NOTFOUND", "-G", "-b", "-n", RP_ID, "-i", one.id, str(read), answers=(PIN,))
    stored(other, two)

    expect.step("a reset leaves no blob")
    blob.write_bytes(TEXT)
    key.token("-S", "-b", "-k", str(own_key), str(blob), answers=(PIN,))
    key.token("-R")
    key.token_refused("FIDO_ERR_NOTFOUND", "-G", "-b", "-k", str(own_key), str(read))


def listed_lengths(listed: str) -> list[str]:
    """Of the blobs themselves. Whose they are, libfido2 before 1.13 cannot tell."""
    return [line.split()[2] for line in listed.splitlines()[1:]]


if __name__ == "__main__":
    expect.group("large blobs", on_a_new_key, "default", check_large_blobs)
    expect.summary()
