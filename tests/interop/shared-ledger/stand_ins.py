"""Object stores of other people, on loopback: Azurite for Azure Blob Storage, moto for S3."""

import base64
import hashlib
import hmac
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

import boto3
import process
import tool

HERE = Path(__file__).resolve().parent
AZURITE = tool.ROOT / "target/interop/shared-ledger/azurite/node_modules/.bin/azurite-blob"

# The account and the key that every Azurite has.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def azurite(folder: Path) -> Iterator[dict[str, str]]:
    """A blob service with nothing in it; gives the environment that the tool needs."""
    port = free_port()
    # On disk. In memory a refused write leaves an extent of its own; the sweep of those, ten minutes after the start, takes
    # minutes after a race, and no request is answered meanwhile.
    command = [
        *(str(AZURITE), "--location", str(folder / "azurite"), "--skipApiVersionCheck", "--disableTelemetry", "--silent"),
        *("--blobHost", "127.0.0.1", "--blobPort", str(port)),
    ]
    endpoint = f"http://127.0.0.1:{port}/{ACCOUNT}"
    with process.serving(command, folder / "azurite.log"):
        _until_it_answers(f"{endpoint}?comp=list")
        yield {
            "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": KEY,
            "AZURE_STORAGE_ENDPOINT": endpoint,
        }


def create_container(environment: dict[str, str], name: str) -> None:
    """By a request that is signed by hand (Shared Key): the tool makes no containers."""
    date = formatdate(usegmt=True)
    # urllib would add a content type that is not signed.
    kind = "application/octet-stream"
    headers = {"x-ms-date": date, "x-ms-version": "2021-08-06", "Content-Type": kind}
    resource = f"/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
    text = "\n".join(["PUT", *[""] * 4, kind, *[""] * 6, f"x-ms-date:{date}", "x-ms-version:2021-08-06", resource])
    signature = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
    headers["Authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(signature).decode()}"
    url = f"{environment['AZURE_STORAGE_ENDPOINT']}/{name}?restype=container"
    request = urllib.request.Request(url, method="PUT", headers=headers, data=b"")
    with urllib.request.urlopen(request, timeout=10) as answer:
        if answer.status != 201:
            raise process.ProcessFailed(f"the container was not made: {answer.status}")


@contextmanager
def s3(folder: Path) -> Iterator[dict[str, str]]:
    """An S3 service with nothing in it; gives the environment that the tool needs."""
    with process.serving([sys.executable, str(HERE / "s3_server.py")], folder / "s3.log") as line:
        yield {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT": line,
        }


def create_bucket(environment: dict[str, str], name: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_REGION"],
    )
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": environment["AWS_REGION"]})


def _until_it_answers(url: str) -> None:
    deadline = time.monotonic() + process.START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def settings_only(environment: dict[str, str]) -> None:
    """From now on the tool finds these settings of an object store in its environment, and no others."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "AZURE_", "GOOGLE_")):
            del os.environ[name]
    os.environ.update(environment)
