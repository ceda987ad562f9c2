"""The Microsoft Graph SDK reads and writes the simulated directory: users, groups, roles, methods, pages and batches."""

import uuid

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.models.group import Group
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.temporary_access_pass_authentication_method import (
    TemporaryAccessPassAuthenticationMethod,
)
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph.generated.models.user import User
from msgraph.generated.role_management.directory.role_assignments.role_assignments_request_builder import (
    RoleAssignmentsRequestBuilder,
)
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

import expect
import microsoft
from microsoft import Tenant, refused, wait

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
REGULAR = 25


def configured(builder: type, **parameters: object) -> RequestConfiguration:
    """Query parameters of a request, by the builder's own class for them."""
    [kind] = [value for name, value in vars(builder).items() if name.endswith("GetQueryParameters")]
    return RequestConfiguration(query_parameters=kind(**parameters))


def new_user(name: str, tenant: Tenant) -> User:
    return User(
        account_enabled=True,
        display_name=name,
        mail_nickname=name,
        user_principal_name=f"{name}@{tenant.domain}",
        password_policies="DisablePasswordExpiration",
        password_profile=PasswordProfile(force_change_password_next_sign_in=False, password=f"{uuid.uuid4()}A"),
    )


def users(graph: GraphServiceClient, tenant: Tenant) -> None:
    expect.step("a user is made; the password does not come back")
    made = wait(graph.users.post(new_user("ea-one", tenant)))
    expect.holds("an object id", uuid.UUID(made.id), made.id)
    expect.equal("password", None, made.password_profile and made.password_profile.password)
    expect.step("the same name again is refused")
    refused("duplicate", 400, "Request_BadRequest", graph.users.post(new_user("ea-one", tenant)))
    expect.step("changed, and read with $select")
    wait(graph.users.by_user_id(made.id).patch(User(display_name="Emergency Access 1")))
    wanted = ["id", "displayName", "passwordPolicies", "userType", "createdDateTime"]
    read = wait(graph.users.by_user_id(made.id).get(configured(UserItemRequestBuilder, select=wanted)))
    expect.equal("displayName", "Emergency Access 1", read.display_name)
    expect.equal("passwordPolicies", "DisablePasswordExpiration", read.password_policies)
    expect.equal("userType", "Member", read.user_type)
    expect.equal("not selected", None, read.user_principal_name)
    expect.step("found by name")
    by_name = configured(UsersRequestBuilder, filter=f"userPrincipalName eq 'ea-one@{tenant.domain}'")
    expect.equal("found", [made.id], [user.id for user in wait(graph.users.get(by_name)).value])
    expect.step("deleted, and gone")
    wait(graph.users.by_user_id(made.id).delete())
    refused("deleted", 404, "Request_ResourceNotFound", graph.users.by_user_id(made.id).get())


def pages(graph: GraphServiceClient, tenant: Tenant) -> None:
    expect.step(f"{REGULAR} users, seven on a page, each met once by the SDK's iterator")
    made = {wait(graph.users.post(new_user(f"regular-{number}", tenant))).id for number in range(REGULAR)}
    query = configured(UsersRequestBuilder, select=["id"], top=7)
    met: list[str] = []
    iterator = PageIterator(wait(graph.users.get(query)), graph.request_adapter)
    wait(iterator.iterate(lambda user: met.append(user.id) or True))
    expect.equal("each once", len(met), len(set(met)))
    expect.equal("all of them", set(), made - set(met))


def groups(graph: GraphServiceClient, tenant: Tenant) -> None:
    expect.step("a group to which roles can be assigned, made with a member")
    member, other = (wait(graph.users.post(new_user(name, tenant))).id for name in ("ea-two", "ea-three"))
    url = f"{tenant.graph_url}/v1.0"
    group = Group(
        display_name="Emergency access",
        mail_enabled=False,
        mail_nickname="emergency-access",
        security_enabled=True,
        group_types=[],
        is_assignable_to_role=True,
        additional_data={"members@odata.bind": [f"{url}/users/{member}"]},
    )
    made = wait(graph.groups.post(group))
    expect.equal("isAssignableToRole", True, made.is_assignable_to_role)
    item = graph.groups.by_group_id(made.id)
    expect.step("a member is added once, and not twice")
    reference = ReferenceCreate(odata_id=f"{url}/directoryObjects/{other}")
    wait(item.members.ref.post(reference))
    refused("twice", 400, "Request_BadRequest", item.members.ref.post(reference))
    found = {one.id for one in wait(item.members.get()).value}
    expect.equal("members", {member, other}, found)
    expect.step("a group within a group: its members are members too")
    outer = wait(
        graph.groups.post(
            Group(
                display_name="Outer", mail_enabled=False, mail_nickname="outer", security_enabled=True, group_types=[]
            )
        )
    )
    inner = wait(
        graph.groups.post(
            Group(
                display_name="Inner", mail_enabled=False, mail_nickname="inner", security_enabled=True, group_types=[]
            )
        )
    )
    wait(graph.groups.by_group_id(inner.id).members.ref.post(reference))
    wait(
        graph.groups.by_group_id(outer.id).members.ref.post(
            ReferenceCreate(odata_id=f"{url}/directoryObjects/{inner.id}")
        )
    )
    transitive = wait(graph.groups.by_group_id(outer.id).transitive_members.get()).value
    expect.equal("transitiveMembers", {inner.id, other}, {one.id for one in transitive})
    expect.equal("kinds", {"Group", "User"}, {type(one).__name__ for one in transitive})
    of_user = wait(graph.users.by_user_id(other).transitive_member_of.get()).value
    expect.equal("transitiveMemberOf", set(), {made.id, outer.id, inner.id} - {one.id for one in of_user})
    expect.step("found by its name, and taken apart again")
    by_name = configured(GroupsRequestBuilder, filter="displayName eq 'Emergency access'")
    expect.equal("found", [made.id], [one.id for one in wait(graph.groups.get(by_name)).value])
    wait(item.members.by_directory_object_id(other).ref.delete())
    expect.equal("members", {member}, {one.id for one in wait(item.members.get()).value})
    expect.step("a group that is not there")
    refused("unknown", 404, "Request_ResourceNotFound", graph.groups.by_group_id(str(uuid.uuid4())).get())


def roles(graph: GraphServiceClient, tenant: Tenant) -> None:
    directory = graph.role_management.directory
    user = wait(graph.users.post(new_user("ea-four", tenant))).id
    expect.step("Global Administrator is assigned once, and not twice")
    assignment = UnifiedRoleAssignment(
        role_definition_id=GLOBAL_ADMINISTRATOR, principal_id=user, directory_scope_id="/"
    )
    made = wait(directory.role_assignments.post(assignment))
    refused("twice", 400, None, directory.role_assignments.post(assignment))
    expect.step("listed with who holds it")
    query = configured(
        RoleAssignmentsRequestBuilder, filter=f"roleDefinitionId eq '{GLOBAL_ADMINISTRATOR}'", expand=["principal"]
    )
    holders = {one.principal_id: one.principal for one in wait(directory.role_assignments.get(query)).value}
    expect.equal("principal", "ea-four", holders[user].display_name)
    expect.step("shown as permanent, and as a role of the user")
    instances = wait(directory.role_assignment_schedule_instances.get()).value
    [instance] = [one for one in instances if one.principal_id == user]
    expect.equal("assignmentType", "Assigned", instance.assignment_type)
    expect.equal("endDateTime", None, instance.end_date_time)
    expect.equal("eligible", [], wait(directory.role_eligibility_schedule_instances.get()).value)
    memberships = wait(graph.users.by_user_id(user).transitive_member_of.get()).value
    templates = [one.role_template_id for one in memberships if type(one).__name__ == "DirectoryRole"]
    expect.equal("roleTemplateId", [GLOBAL_ADMINISTRATOR], templates)
    expect.step("and taken away")
    wait(directory.role_assignments.by_unified_role_assignment_id(made.id).delete())
    expect.equal("memberOf", [], wait(graph.users.by_user_id(user).transitive_member_of.get()).value)


def methods(graph: GraphServiceClient, tenant: Tenant) -> None:
    user = wait(graph.users.post(new_user("ea-five", tenant))).id
    authentication = graph.users.by_user_id(user).authentication
    expect.step("a password is always there")
    kinds = [type(one).__name__ for one in wait(authentication.methods.get()).value]
    expect.equal("kinds", ["PasswordAuthenticationMethod"], kinds)
    expect.step("a Temporary Access Pass is shown once")
    wanted = TemporaryAccessPassAuthenticationMethod(lifetime_in_minutes=60, is_usable_once=True)
    made = wait(authentication.temporary_access_pass_methods.post(wanted))
    expect.holds("the pass", made.temporary_access_pass, made)
    [found] = wait(authentication.temporary_access_pass_methods.get()).value
    expect.equal("the pass later", None, found.temporary_access_pass)
    expect.step("creation options of a passkey")
    options = wait(authentication.fido2_methods.creation_options.get())
    expect.equal("rp.id", "login.microsoft.com", options.public_key.rp.id)
    expect.equal("passkeys", [], wait(authentication.fido2_methods.get()).value)


def whole_tenant(graph: GraphServiceClient, tenant: Tenant) -> None:
    expect.step("organization and domains")
    [organization] = wait(graph.organization.get()).value
    expect.equal("id", tenant.id, organization.id)
    expect.holds("licences", organization.assigned_plans, organization.assigned_plans)
    domains = {one.id: one for one in wait(graph.domains.get()).value}
    expect.equal("authenticationType", "Managed", domains[tenant.domain].authentication_type)
    expect.equal("isInitial", True, domains[tenant.domain].is_initial)


def batch(graph: GraphServiceClient, tenant: Tenant) -> None:
    expect.step("three requests in one, one of them for nobody")
    content = BatchRequestContent()
    for name in ("bg1", "bg2", "nobody"):
        question = graph.users.by_user_id(f"{name}@{tenant.domain}").to_get_request_information()
        item = BatchRequestItem(question, id=name)
        # The SDK would send it as an absolute address, which the service refuses (msgraph-sdk-python, issue 1015).
        item.url = question.url.removeprefix(graph.request_adapter.base_url)
        content.add_request(name, item)
    answers = wait(graph.batch.post(content)).responses
    statuses = {name: answer.status for name, answer in answers.items()}
    expect.equal("statuses", {"bg1": 200, "bg2": 200, "nobody": 404}, statuses)


def main() -> None:
    with microsoft.tenant() as tenant:
        graph = tenant.client()
        expect.group("Users", users, graph, tenant)
        expect.group("Pages", pages, graph, tenant)
        expect.group("Groups", groups, graph, tenant)
        expect.group("Roles", roles, graph, tenant)
        expect.group("Authentication methods", methods, graph, tenant)
        expect.group("The tenant", whole_tenant, graph, tenant)
        expect.group("Batches", batch, graph, tenant)
    expect.summary()


main()
