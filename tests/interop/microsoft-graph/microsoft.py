"""Microsoft's clients, pointed at a simulated tenant."""

import asyncio
import json
import tempfile
import tomllib
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import requests
from azure.identity import ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_core import GraphClientFactory

import expect
import tool

HERE = Path(__file__).resolve().parent
T = TypeVar("T")

# The SDK is asynchronous throughout, and its connections belong to one loop.
_loop = asyncio.new_event_loop()


def wait(answer: Awaitable[T]) -> T:
    return _loop.run_until_complete(answer)


@dataclass(frozen=True)
class Tenant:
    """A simulated tenant that answers."""

    id: str
    graph_url: str
    authority_url: str
    certificate: str
    client_id: str
    secret: str
    public_client_id: str
    domain: str

    def credential(self, secret: str | None = None) -> ClientSecretCredential:
        return ClientSecretCredential(
            self.id,
            self.client_id,
            self.secret if secret is None else secret,
            authority=self.authority_url,
            disable_instance_discovery=True,
            connection_verify=self.certificate,
        )

    def session(self) -> requests.Session:
        """For MSAL. Without the environment, whose REQUESTS_CA_BUNDLE would count more than ours."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.certificate
        return session

    def client(self) -> GraphServiceClient:
        """The SDK with all of its own middleware; only address and trust are ours."""
        provider = AzureIdentityAuthenticationProvider(
            self.credential(), scopes=[f"{self.graph_url}/.default"], allowed_hosts=[]
        )
        transport = httpx.AsyncClient(verify=self.certificate)
        adapter = GraphRequestAdapter(provider, GraphClientFactory.create_with_default_middleware(client=transport))
        adapter.base_url = f"{self.graph_url}/v1.0"
        return GraphServiceClient(request_adapter=adapter)


@contextmanager
def tenant(*options: str) -> Iterator[Tenant]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arguments = ("--state", str(folder / "tenant"), "--listen", "127.0.0.1:0", "--seed", str(HERE / "tenant.toml"))
        log = folder / "simulator.log"
        with tool.serving("--json", "simulator", "serve", *arguments, *options, log=log) as line:
            said: dict[str, Any] = json.loads(line)
            configuration = Path(said["config"])
            stored = json.loads((folder / "tenant/tenant.json").read_text())
            sign_in = tomllib.loads(configuration.read_text())["sign_in"]
            yield Tenant(
                id=said["tenant_id"],
                graph_url=said["graph_url"].rstrip("/"),
                authority_url=said["authority_url"].rstrip("/"),
                certificate=said["ca_cert"],
                client_id=sign_in["client_id"],
                secret=(configuration.parent / sign_in["client_secret_file"]).read_text().strip(),
                public_client_id=stored["demo"]["publicClientId"],
                domain=said["accounts"][0].partition("@")[2],
            )


def refused(what: str, status: int, code: str | None, answer: Awaitable[Any]) -> ODataError:
    """Graph must answer with this status and, unless it is None, this `error.code`, in a form that the SDK reads."""
    raised = expect.refused(what, ODataError, lambda: wait(answer), response_status_code=status)
    if code is not None:
        expect.equal(f"{what}: error.code", code, raised.error.code)
    expect.holds(f"{what}: error.message", raised.error.message, raised.error)
    return raised
