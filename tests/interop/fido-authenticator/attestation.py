"""What a vendor puts into its keys: a root, and a batch certificate for a model under it. Made by the openssl program."""

import subprocess
from pathlib import Path

AAGUID = "7a7a7a7a5e5e4d4d8c8c0123456789ab"


def _openssl(folder: Path, *arguments: str) -> bytes:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, timeout=30, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout


def provision(folder: Path, *, name: str = "vendor") -> tuple[tuple[str, ...], Path]:
    """The firmware's options, and the root certificate in PEM."""
    folder = folder / name
    folder.mkdir()
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _openssl(
        folder, "req", "-x509", *curve, "-keyout", "root.key", "-out", "root.pem", "-days", "3650",
        "-subj", f"/C=DE/O={name}/CN={name} root",
    )  # fmt: skip
    _openssl(
        folder, "req", "-new", *curve, "-keyout", "batch.key", "-out", "batch.csr",
        "-subj", f"/C=DE/O={name}/OU=Authenticator Attestation/CN={name} batch",
    )  # fmt: skip
    extensions = f"basicConstraints=critical,CA:FALSE\n1.3.6.1.4.1.45724.1.1.4=DER:0410{AAGUID}\n"
    (folder / "extensions").write_text(extensions)
    _openssl(
        folder, "x509", "-req", "-in", "batch.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
        "-days", "3650", "-extfile", "extensions", "-outform", "DER", "-out", "batch.der",
    )  # fmt: skip
    # SEC 1: a sequence of version 1 and an octet string of 32 bytes comes first.
    key = _openssl(folder, "ec", "-in", "batch.key", "-outform", "DER")
    (folder / "batch.scalar").write_bytes(key[7:39])
    options = ("--attestation", str(folder / "batch.scalar"), str(folder / "batch.der"))
    return options, folder / "root.pem"
