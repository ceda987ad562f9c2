"""A vendor in miniature: roots, attestation certificates that differ from the right one in one thing, and keys that attest."""

import hashlib
import struct
from dataclasses import dataclass

from authority import DAY, NOW
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier
from fido2 import cbor
from fido2.cose import ES256, RS256, CoseKey

RP_ID = "login.microsoft.com"
AAGUID_EXTENSION = ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
SERIAL_EXTENSION = ObjectIdentifier("1.3.6.1.4.1.45724.1.1.2")
TPM_MANUFACTURER = ObjectIdentifier("2.23.133.2.1")
TPM_MODEL = ObjectIdentifier("2.23.133.2.2")
TPM_VERSION = ObjectIdentifier("2.23.133.2.3")
AIK_CERTIFICATE = ObjectIdentifier("2.23.133.8.3")
#: RFC 5280 demands it of an authority; webauthn-rs looks.
FOR_CERTIFICATES = x509.KeyUsage(
    **dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"), False),
    **dict.fromkeys(("key_agreement", "encipher_only", "decipher_only"), False),
    **dict.fromkeys(("key_cert_sign", "crl_sign"), True),
)


def octets(value: bytes) -> bytes:
    return b"\x04" + bytes([len(value)]) + value


def name(unit: str | None, common_name: str) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "SE"), (NameOID.ORGANIZATION_NAME, "Vendor")]
    if unit:
        parts.append((NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    parts.append((NameOID.COMMON_NAME, common_name))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


class Vendor:
    """A root, and the keys that it vouches for."""

    def __init__(self, common_name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = name(None, common_name)
        builder = self._builder(self._name, self._key, NOW + 4000 * DAY)
        builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
        builder = builder.add_extension(FOR_CERTIFICATES, critical=True)
        self.root = der(builder.sign(self._key, hashes.SHA256()))

    def _builder(self, subject, key, end, begin=NOW - 2000 * DAY) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
        )

    def leaf(self, key, aaguid: bytes | None, unit="Authenticator Attestation", end=NOW + 4000 * DAY, serial=None) -> bytes:
        builder = self._builder(name(unit, "Model 1"), key, end)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        if aaguid:
            value = x509.UnrecognizedExtension(AAGUID_EXTENSION, octets(aaguid))
            builder = builder.add_extension(value, critical=False)
        if serial:
            value = x509.UnrecognizedExtension(SERIAL_EXTENSION, octets(serial))
            builder = builder.add_extension(value, critical=False)
        return der(builder.sign(self._key, hashes.SHA256()))

    def aik(self, key) -> bytes:
        """A TPM's attestation certificate: an empty subject, and the TPM named in a critical alternative name."""
        said = [(TPM_MANUFACTURER, "id:FFFFF1D0"), (TPM_MODEL, "Model 1"), (TPM_VERSION, "id:13")]
        directory = x509.Name([x509.NameAttribute(oid, value) for oid, value in said])
        builder = self._builder(x509.Name([]), key, NOW + 4000 * DAY)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DirectoryName(directory)]), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([AIK_CERTIFICATE]), critical=True)
        return der(builder.sign(self._key, hashes.SHA256()))


def client_data() -> bytes:
    return b'{"type":"webauthn.create","challenge":"AAECAwQFBgcICQoLDA0ODw","origin":"https://%s","crossOrigin":false}' % RP_ID.encode()


@dataclass
class Credential:
    """A credential on a key of this model, and its attestations."""

    aaguid: bytes
    flags: int = 0x45
    rsa: bool = False

    def __post_init__(self) -> None:
        self._key = rsa.generate_private_key(65537, 2048) if self.rsa else ec.generate_private_key(ec.SECP256R1())
        self._id = hashlib.sha256(self.aaguid).digest()

    @property
    def public_key(self) -> CoseKey:
        return (RS256 if self.rsa else ES256).from_cryptography_key(self._key.public_key())

    @property
    def auth_data(self) -> bytes:
        head = hashlib.sha256(RP_ID.encode()).digest() + bytes([self.flags]) + struct.pack(">I", 1)
        return head + self.aaguid + struct.pack(">H", len(self._id)) + self._id + cbor.encode(dict(self.public_key))

    def object(self, fmt: str, statement: dict) -> bytes:
        return cbor.encode({"fmt": fmt, "attStmt": statement, "authData": self.auth_data})

    @property
    def _signed(self) -> bytes:
        return self.auth_data + hashlib.sha256(client_data()).digest()

    def packed(self, key, *certificates: bytes) -> bytes:
        signature = key.sign(self._signed, ec.ECDSA(hashes.SHA256()))
        return self.object("packed", {"alg": -7, "sig": signature, "x5c": list(certificates)})

    def itself(self) -> bytes:
        signature = self._key.sign(self._signed, ec.ECDSA(hashes.SHA256()))
        return self.object("packed", {"alg": -7, "sig": signature})

    def none(self) -> bytes:
        return self.object("none", {})

    def u2f(self, key, certificate: bytes) -> bytes:
        point = b"\x04" + self.public_key[-2] + self.public_key[-3]
        hashed = hashlib.sha256(client_data()).digest()
        message = b"\0" + self.auth_data[:32] + hashed + self._id + point
        return self.object("fido-u2f", {"sig": key.sign(message, ec.ECDSA(hashes.SHA256())), "x5c": [certificate]})

    def tpm(self, key, certificate: bytes, extra: bytes | None = None) -> bytes:
        """TPMT_PUBLIC and TPMS_ATTEST as a TPM 2.0 writes them."""

        def sized(value: bytes) -> bytes:
            return struct.pack(">H", len(value)) + value

        null, rsa, ecc, p256, sha256 = 0x10, 1, 0x23, 3, 0x0B
        public = struct.pack(">HHI", rsa if self.rsa else ecc, sha256, 0x60472) + sized(b"") + struct.pack(">HH", null, null)
        if self.rsa:
            # The exponent 0 means 65537.
            public += struct.pack(">HI", 2048, 0) + sized(self.public_key[-1])
        else:
            public += struct.pack(">HH", p256, null) + sized(self.public_key[-2]) + sized(self.public_key[-3])
        named = struct.pack(">H", sha256) + hashlib.sha256(public).digest()
        extra = hashlib.sha256(self._signed).digest() if extra is None else extra
        info = b"\xffTCG" + struct.pack(">H", 0x8017) + sized(b"\0\x0b" + bytes(32)) + sized(extra)
        info += struct.pack(">QIIB", 1, 1, 1, 1) + struct.pack(">Q", 13) + sized(named) + sized(named)
        signature = key.sign(info, ec.ECDSA(hashes.SHA256()))
        statement = {"ver": "2.0", "alg": -7, "x5c": [certificate], "sig": signature, "certInfo": info, "pubArea": public}
        return self.object("tpm", statement)


