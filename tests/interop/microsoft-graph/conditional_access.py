"""The Microsoft Graph SDK reads and writes Conditional Access in the simulated tenant, and asks it what-if."""

import uuid

from msgraph import GraphServiceClient
from msgraph.generated.identity.conditional_access.evaluate.evaluate_post_request_body import EvaluatePostRequestBody
from msgraph.generated.models.application_context import ApplicationContext
from msgraph.generated.models.conditional_access_applications import ConditionalAccessApplications
from msgraph.generated.models.conditional_access_client_app import ConditionalAccessClientApp
from msgraph.generated.models.conditional_access_condition_set import ConditionalAccessConditionSet
from msgraph.generated.models.conditional_access_device_platform import ConditionalAccessDevicePlatform
from msgraph.generated.models.conditional_access_grant_control import ConditionalAccessGrantControl
from msgraph.generated.models.conditional_access_grant_controls import ConditionalAccessGrantControls
from msgraph.generated.models.conditional_access_policy import ConditionalAccessPolicy
from msgraph.generated.models.conditional_access_policy_state import ConditionalAccessPolicyState as State
from msgraph.generated.models.conditional_access_users import ConditionalAccessUsers
from msgraph.generated.models.group import Group
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.risk_level import RiskLevel
from msgraph.generated.models.sign_in_conditions import SignInConditions
from msgraph.generated.models.user_sign_in import UserSignIn
from msgraph.generated.models.what_if_analysis_reasons import WhatIfAnalysisReasons

import expect
import microsoft
from microsoft import Tenant, refused, wait

PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
PHISHING_RESISTANT = "00000000-0000-0000-0000-000000000004"


def mfa_for_all(excluded: list[str]) -> ConditionalAccessPolicy:
    return ConditionalAccessPolicy(
        display_name="Require MFA for all users",
        state=State.EnabledForReportingButNotEnforced,
        conditions=ConditionalAccessConditionSet(
            client_app_types=[ConditionalAccessClientApp.All],
            applications=ConditionalAccessApplications(include_applications=["All"]),
            users=ConditionalAccessUsers(include_users=["All"], exclude_groups=excluded),
        ),
        grant_controls=ConditionalAccessGrantControls(
            operator="OR", built_in_controls=[ConditionalAccessGrantControl.Mfa]
        ),
    )


def group_of(graph: GraphServiceClient, tenant: Tenant, *members: str) -> str:
    group = Group(
        display_name="Emergency access",
        mail_enabled=False,
        mail_nickname="emergency-access",
        security_enabled=True,
        group_types=[],
    )
    made = wait(graph.groups.post(group)).id
    for member in members:
        reference = ReferenceCreate(odata_id=f"{tenant.graph_url}/v1.0/directoryObjects/{member}")
        wait(graph.groups.by_group_id(made).members.ref.post(reference))
    return made


def id_of(graph: GraphServiceClient, tenant: Tenant, name: str) -> str:
    return wait(graph.users.by_user_id(f"{name}@{tenant.domain}").get()).id


def policies(graph: GraphServiceClient, tenant: Tenant) -> None:
    builder = graph.identity.conditional_access.policies
    account = id_of(graph, tenant, "bg1")
    group = group_of(graph, tenant, account)
    expect.step("a policy is made in report-only")
    made = wait(builder.post(mfa_for_all([group])))
    expect.equal("state", State.EnabledForReportingButNotEnforced, made.state)
    item = builder.by_conditional_access_policy_id(made.id)
    expect.step("enforced by a PATCH of nothing but its state; the exclusion stays")
    wait(item.patch(ConditionalAccessPolicy(state=State.Enabled)))
    read = wait(item.get())
    expect.equal("state", State.Enabled, read.state)
    expect.equal("excludeGroups", [group], read.conditions.users.exclude_groups)
    expect.equal("includeUsers", ["All"], read.conditions.users.include_users)
    expect.equal("builtInControls", [ConditionalAccessGrantControl.Mfa], read.grant_controls.built_in_controls)
    expect.holds("listed", made.id in [one.id for one in wait(builder.get()).value], made.id)
    expect.step("what-if: the account is not meant, the operator is")
    expect.equal("bg1", {made.id: (False, [WhatIfAnalysisReasons.Users])}, what_if(graph, account))
    applies = what_if(graph, id_of(graph, tenant, "operator"))
    expect.equal("operator", (True, [WhatIfAnalysisReasons.NotSet]), applies[made.id])
    expect.step("a policy about a group that is not there is refused")
    refused("unknown group", 400, None, builder.post(mfa_for_all([str(uuid.uuid4())])))
    expect.step("deleted")
    wait(item.delete())
    expect.holds("not listed", made.id not in [one.id for one in wait(builder.get()).value], made.id)
    refused("deleted", 404, None, item.get())


def what_if(graph: GraphServiceClient, user: str) -> dict[str, tuple[bool, list[WhatIfAnalysisReasons]]]:
    question = EvaluatePostRequestBody(
        sign_in_identity=UserSignIn(user_id=user),
        sign_in_context=ApplicationContext(include_applications=[PORTAL]),
        sign_in_conditions=SignInConditions(
            client_app_type=ConditionalAccessClientApp.Browser,
            device_platform=ConditionalAccessDevicePlatform.Windows,
            country="DE",
            ip_address="203.0.113.7",
            sign_in_risk_level=RiskLevel.None_,
            user_risk_level=RiskLevel.None_,
        ),
        applied_policies_only=False,
    )
    answers = wait(graph.identity.conditional_access.evaluate.post(question)).value
    return {one.id: (one.policy_applies, one.analysis_reasons) for one in answers}


def strengths(graph: GraphServiceClient, tenant: Tenant) -> None:
    expect.step("the built-in authentication strengths")
    found = {one.id: one for one in wait(graph.policies.authentication_strength_policies.get()).value}
    combinations = {one.value for one in found[PHISHING_RESISTANT].allowed_combinations}
    expect.holds("fido2", "fido2" in combinations, combinations)
    expect.step("a policy that asks for one")
    wanted = mfa_for_all([])
    wanted.conditions.users.include_users = []
    wanted.conditions.users.include_groups = [group_of(graph, tenant)]
    strength = found[PHISHING_RESISTANT]
    wanted.grant_controls = ConditionalAccessGrantControls(
        operator="OR", built_in_controls=[], authentication_strength=type(strength)(id=strength.id)
    )
    made = wait(graph.identity.conditional_access.policies.post(wanted))
    expect.equal("strength", PHISHING_RESISTANT, made.grant_controls.authentication_strength.id)


def other_policies(graph: GraphServiceClient, tenant: Tenant) -> None:
    expect.step("security defaults are off")
    defaults = wait(graph.policies.identity_security_defaults_enforcement_policy.get())
    expect.equal("isEnabled", False, defaults.is_enabled)
    expect.step("the passkey policy, by its own type")
    configurations = graph.policies.authentication_methods_policy.authentication_method_configurations
    passkeys = wait(configurations.by_authentication_method_configuration_id("fido2").get())
    expect.equal("type", "Fido2AuthenticationMethodConfiguration", type(passkeys).__name__)
    expect.equal("isSelfServiceRegistrationAllowed", True, passkeys.is_self_service_registration_allowed)
    expect.step("named locations")
    expect.equal("none", [], wait(graph.identity.conditional_access.named_locations.get()).value)


def main() -> None:
    with microsoft.tenant() as tenant:
        graph = tenant.client()
        expect.group("Conditional Access", policies, graph, tenant)
        expect.group("Authentication strengths", strengths, graph, tenant)
        expect.group("Other policies", other_policies, graph, tenant)
    expect.summary()


main()
