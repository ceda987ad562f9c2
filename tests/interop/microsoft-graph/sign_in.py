"""azure-identity and MSAL sign in to the simulated tenant: an application with its secret, a person by device code."""

import msal
from azure.core.exceptions import ClientAuthenticationError

import expect
import microsoft
from microsoft import Tenant


def application(tenant: Tenant) -> None:
    scope = f"{tenant.graph_url}/.default"
    expect.step("azure-identity gets a token with the client secret")
    token = tenant.credential().get_token(scope)
    expect.holds("three parts", token.token.count(".") == 2, token.token.count("."))
    expect.step("a wrong secret is refused with an AADSTS number")
    refused = expect.refused(
        "wrong secret", ClientAuthenticationError, lambda: tenant.credential("wrong").get_token(scope)
    )
    expect.holds("AADSTS7000215", "AADSTS7000215" in str(refused), str(refused))
    expect.step("MSAL reads the tenant's metadata and caches the token")
    with tenant.session() as session:
        client = msal.ConfidentialClientApplication(
            tenant.client_id,
            client_credential=tenant.secret,
            authority=f"{tenant.authority_url}/{tenant.id}",
            instance_discovery=False,
            http_client=session,
        )
        first = client.acquire_token_for_client([scope])
        expect.equal("first", "identity_provider", first.get("token_source"))
        expect.equal("again", "cache", client.acquire_token_for_client([scope]).get("token_source"))


def person(tenant: Tenant) -> None:
    with tenant.session() as session:
        client = msal.PublicClientApplication(
            tenant.public_client_id, authority=f"{tenant.authority_url}/{tenant.id}", instance_discovery=False, http_client=session
        )
        expect.step("MSAL signs a person in by device code")
        flow = client.initiate_device_flow([f"{tenant.graph_url}/User.Read"])
        expect.holds("a code", "user_code" in flow, flow)
        answer = client.acquire_token_by_device_flow(flow)
        expect.holds("a token", "access_token" in answer, answer)
        expect.equal("who", f"operator@{tenant.domain}", answer["id_token_claims"]["preferred_username"])
        expect.step("and again without asking, with the refresh token")
        [account] = client.get_accounts()
        again = client.acquire_token_silent([f"{tenant.graph_url}/User.Read"], account, force_refresh=True)
        expect.holds("a token", again and "access_token" in again, again)


def main() -> None:
    with microsoft.tenant() as tenant:
        expect.group("An application", application, tenant)
    with microsoft.tenant("--auto-approve", "operator") as tenant:
        expect.group("A person", person, tenant)
    expect.summary()


main()
