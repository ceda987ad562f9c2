"""An audit as scripts usually do it, with the standard library alone: list everything page by page, one request after another, and
keep it in memory. No batches, no filters; what `Get-MgUser -All`, `Get-MgGroup -All`, `Get-MgGroupTransitiveMember -All` for each
group that a policy names, and `Get-MgRoleManagementDirectoryRoleAssignment -Filter` for each role come to.

usage: naive.py STATE    with the directory of the simulated tenant

Prints how many objects it read. A 429 is answered by a second's wait, as the SDK does.
"""

import http.client
import json
import ssl
import sys
import time
import tomllib
import urllib.parse
from pathlib import Path

LARGEST_PAGE = "$top=999"


class Graph:
    """One connection, kept open."""

    def __init__(self, state):
        settings = tomllib.loads((state / "halligan.toml").read_text())
        self.host = urllib.parse.urlsplit(settings["tenant"]["graph_url"]).netloc
        context = ssl.create_default_context(cafile=state / "ca.pem")
        self.connection = http.client.HTTPSConnection(self.host, context=context, timeout=600)
        self.token = self.sign_in(settings, (state / "app-secret").read_text().strip())

    def sign_in(self, settings, secret):
        form = {
            "grant_type": "client_credentials",
            "client_id": settings["sign_in"]["client_id"],
            "client_secret": secret,
            "scope": f"https://{self.host}/.default",
        }
        path = f"/{settings['tenant']['id']}/oauth2/v2.0/token"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", path, urllib.parse.urlencode(form), headers)
        answer = json.load(self.connection.getresponse())
        if "access_token" not in answer:
            sys.exit(f"naive: no sign-in: {answer}")
        return answer["access_token"]

    def get(self, path):
        while True:
            headers = {"Authorization": f"Bearer {self.token}", "ConsistencyLevel": "eventual"}
            self.connection.request("GET", path, headers=headers)
            response = self.connection.getresponse()
            body = response.read()
            if response.status == 200:
                return json.loads(body)
            if response.status != 429:
                sys.exit(f"naive: {path}: {response.status} {body[:300]!r}")
            time.sleep(int(response.headers.get("Retry-After", 1)))

    def all(self, path):
        objects = []
        while path:
            page = self.get(path)
            objects += page["value"]
            path = page.get("@odata.nextLink")
            path = path and "/" + path.split("/", 3)[3]
        return objects


def named(policies, *members):
    """The ids that policies name in these members of their users."""
    users = [policy["conditions"].get("users") or {} for policy in policies]
    return sorted({one for some in users for member in members for one in some.get(member) or []})


def main(state):
    graph = Graph(Path(state))
    users = graph.all(f"/v1.0/users?{LARGEST_PAGE}&$select=id,displayName,userPrincipalName,accountEnabled,userType")
    groups = graph.all(f"/v1.0/groups?{LARGEST_PAGE}")
    policies = graph.all("/v1.0/identity/conditionalAccess/policies")
    graph.all("/v1.0/identity/conditionalAccess/namedLocations")
    graph.all("/v1.0/policies/authenticationStrengthPolicies")
    members = {
        group: graph.all(f"/v1.0/groups/{group}/transitiveMembers?{LARGEST_PAGE}")
        for group in named(policies, "includeGroups", "excludeGroups")
    }
    for role in named(policies, "includeRoles", "excludeRoles"):
        question = urllib.parse.quote(f"roleDefinitionId eq '{role}'")
        graph.all(f"/v1.0/roleManagement/directory/roleAssignments?$filter={question}")
    found = sum(map(len, members.values()))
    print(f"{len(users)} users, {len(groups)} groups, {len(policies)} policies, {found} members of {len(members)} groups")


if __name__ == "__main__":
    main(*sys.argv[1:])
