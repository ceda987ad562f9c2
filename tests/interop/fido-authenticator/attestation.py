"""What a vendor puts into its keys: a certificate for a model, under a root that relying parties trust."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

AAGUID = bytes.fromhex("7a7a7a7a5e5e4d4d8c8c0123456789ab")
# id-fido-gen-ce-aaguid (WebAuthn Level 3, 8.2.1), in which an octet string of 16 bytes is.
AAGUID_EXTENSION = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4"), b"\x04\x10" + AAGUID)


def provision(folder: Path, *, vendor: str = "Vendor") -> tuple[tuple[str, ...], Path]:
    """The firmware's options, and the root certificate in PEM."""
    root_key, batch_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name(vendor, "Root", "Certification")
    root = _certificate(root_name, root_name, root_key.public_key(), root_key, is_root=True)
    batch_name = _name(vendor, "Batch", "Authenticator Attestation")
    batch = _certificate(batch_name, root_name, batch_key.public_key(), root_key, is_root=False)
    files = [folder / f"{vendor}.{kind}" for kind in ("key", "der", "pem")]
    scalar = batch_key.private_numbers().private_value.to_bytes(32, "big")
    contents = (scalar, batch.public_bytes(Encoding.DER), root.public_bytes(Encoding.PEM))
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    return ("--attestation", str(files[0]), str(files[1])), files[2]


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_root: bool,
) -> x509.Certificate:
    now = datetime.now(timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if not is_root:
        builder = builder.add_extension(AAGUID_EXTENSION, critical=False)
    return builder.sign(issuer_key, SHA256())


def _name(vendor: str, common: str, unit: str) -> x509.Name:
    parts = (
        (NameOID.COUNTRY_NAME, "DE"),
        (NameOID.ORGANIZATION_NAME, vendor),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.COMMON_NAME, f"{vendor} {common}"),
    )
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])
