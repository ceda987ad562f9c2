"""The queries, run by duckdb-kql on rows of our own: who rings, and who does not.

`ingestion_time()` is the service's own and no column; for this engine it is one, `Arrived`. Nothing else is changed.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb_kql
import expect
import written

FILES = written.files()
SOMEBODY = "99999999-9999-4999-8999-999999999999"
SOMEBODY_NAME = "anna@contoso.com"


class Workspace:
    """An empty workspace, with the tables of Entra."""

    def __init__(self, *without: str) -> None:
        self.connection = duckdb_kql.connect()
        kinds = {"string": "VARCHAR", "datetime": "TIMESTAMP", "bool": "BOOLEAN", "dynamic": "JSON"}
        for table, columns in written.TABLES.items():
            if table in without:
                continue
            pairs = [one.split(": ") for one in columns.strip("()").split(", ")]
            described = ", ".join(f'"{name}" {kinds[kind]}' for name, kind in pairs)
            self.connection.sql(f'CREATE TABLE {table} (Arrived TIMESTAMP, {described})')

    def add(self, table: str, *, happened: float = 5, arrived: float = 2, **columns: Any) -> None:
        """A row that arrived so many minutes ago, of what happened so many minutes ago."""
        now = datetime.now(UTC).replace(tzinfo=None)
        row = {
            "Arrived": now - timedelta(minutes=arrived),
            "TimeGenerated": now - timedelta(minutes=happened),
            **columns,
        }
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" for _ in row)
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))

    def rows(self, service: str, rule: str) -> list[dict[str, Any]]:
        text = written.query(FILES, service, rule).replace("ingestion_time()", "Arrived")
        result = duckdb_kql.kql(self.connection, text)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def sign_in(workspace: Workspace, table: str = "SigninLogs", **columns: Any) -> None:
    row = {"ResultType": "0", "IPAddress": "203.0.113.7", "Id": "row", "UserId": SOMEBODY, "UserPrincipalName": SOMEBODY_NAME}
    workspace.add(table, **{**row, **columns})


def change(workspace: Workspace, operation: str, target: str, *, by: str = SOMEBODY, modified: str = "", **row: Any) -> None:
    """A row of the audit log, in the form that the directory gives it."""
    properties = [{"displayName": "Group.ObjectID", "oldValue": None, "newValue": f'"{modified}"'}]
    targets = [{"id": target, "displayName": None, "type": "User", "modifiedProperties": properties}]
    initiator = {"user": {"id": by, "userPrincipalName": SOMEBODY_NAME}}
    workspace.add(
        "AuditLogs",
        OperationName=operation,
        Result="success",
        Id="row",
        TargetResources=json.dumps(targets),
        InitiatedBy=json.dumps(initiator),
        **row,
    )


def rings(what: str, expected: int, rule: str, fill: Any) -> list[dict[str, Any]]:
    """The rows that both services see of what `fill` puts into a workspace."""
    expect.step(f"{what}: {'rings' if expected else 'silent'}")
    found: list[dict[str, Any]] = []
    for service in written.SERVICES:
        workspace = Workspace()
        fill(workspace)
        found = workspace.rows(service, rule)
        expect.equal(f"rows of {rule} in {service}", expected, len(found))
    return found


def sign_ins() -> None:
    rule = "emergency-sign-in"
    hidden = {"UserId": "", "UserPrincipalName": ""}
    ours = {"UserId": written.PLAIN, "UserPrincipalName": written.PLAIN_NAME}
    [row] = rings("an interactive sign-in", 1, rule, lambda one: sign_in(one, **ours))
    expect.equal("account", written.PLAIN_NAME, row["Account"])
    expect.equal("outcome", "success", row["Outcome"])
    [row] = rings("a failure", 1, rule, lambda one: sign_in(one, **ours, ResultType="50126"))
    expect.equal("outcome", "failure", row["Outcome"])
    table = "AADNonInteractiveUserSignInLogs"
    [row] = rings("a sign-in without a person", 1, rule, lambda one: sign_in(one, table, **ours))
    expect.equal("interactive", "no", row["Interactive"])
    rings("an id in capitals", 1, rule, lambda one: sign_in(one, **{**ours, "UserId": written.PLAIN.upper()}))
    renamed = {**ours, "UserPrincipalName": "other@contoso.com"}
    [row] = rings("an account that was renamed", 1, rule, lambda one: sign_in(one, **renamed))
    expect.equal("account", written.PLAIN_NAME, row["Account"])
    typed = {**hidden, "UserPrincipalName": written.HOSTILE_NAME.upper(), "ResultType": "50053"}
    [row] = rings("a failure that has only the name, hostile, in capitals", 1, rule, lambda one: sign_in(one, **typed))
    expect.equal("account", written.HOSTILE_NAME.lower(), row["Account"])
    alternate = {**hidden, "AlternateSignInName": written.PLAIN_NAME, "ResultType": "50053"}
    rings("a failure that has only what was typed", 1, rule, lambda one: sign_in(one, **alternate))
    rings("a row that came twenty hours late", 1, rule, lambda one: sign_in(one, **ours, happened=1200))
    rings("a row that arrived an hour ago", 0, rule, lambda one: sign_in(one, **ours, happened=70, arrived=60))
    rings("somebody else's sign-in", 0, rule, sign_in)
    rings("somebody else's failure", 0, rule, lambda one: sign_in(one, ResultType="50126"))


def changes() -> None:
    rule = "emergency-change"
    deleted = "Admin deleted security info"
    [row] = rings("a method of an account", 1, rule, lambda one: change(one, deleted, written.PLAIN))
    expect.equal("initiator", SOMEBODY_NAME, row["Initiator"])
    added = "Add member to group"
    rings("a member of the group", 1, rule, lambda one: change(one, added, SOMEBODY, modified=written.GROUP))
    rings("a role of an account", 1, rule, lambda one: change(one, "Remove member from role", written.HOSTILE))
    rings("a policy that was named", 1, rule, lambda one: change(one, "Update conditional access policy", written.POLICY))
    rings("what an account did", 1, rule, lambda one: change(one, "Update user", SOMEBODY, by=written.PLAIN.upper()))
    rings("a method of somebody else", 0, rule, lambda one: change(one, deleted, SOMEBODY))
    rings("another policy", 0, rule, lambda one: change(one, "Update conditional access policy", SOMEBODY))
    late = {"happened": 1200, "arrived": 3}
    rings("a row that came twenty hours late", 1, rule, lambda one: change(one, deleted, written.PLAIN, **late))


def policies() -> None:
    rule = "policy-change"
    added = "Add conditional access policy"
    rings("a new policy", 1, rule, lambda one: change(one, added, SOMEBODY))
    methods = "Authentication Methods Policy Update"
    rings("the policy for authentication methods", 1, rule, lambda one: change(one, methods, SOMEBODY))
    named = "Update conditional access policy"
    rings("a policy that emergency-change rings for", 0, rule, lambda one: change(one, named, written.POLICY))
    rings("a user", 0, rule, lambda one: change(one, "Update user", SOMEBODY))


def silence() -> None:
    def heard(workspace: Workspace, arrived: float = 60) -> Workspace:
        sign_in(workspace, arrived=arrived)
        sign_in(workspace, "AADNonInteractiveUserSignInLogs", arrived=arrived)
        change(workspace, "Update user", SOMEBODY, arrived=arrived)
        return workspace

    def silent(workspace: Workspace) -> list[str]:
        return sorted(row["LogTable"] for row in workspace.rows("azure-monitor", "log-silence"))

    everything = sorted(written.TABLES)
    expect.step("all tables have rows: silent")
    expect.equal("silent tables", [], silent(heard(Workspace())))
    expect.step("no table has rows, or only old ones: rings for each")
    expect.equal("silent tables", everything, silent(Workspace()))
    expect.equal("silent tables", everything, silent(heard(Workspace(), arrived=25 * 60)))
    expect.step("one table has none: rings for that one")
    workspace = heard(Workspace())
    workspace.connection.sql("DELETE FROM AADNonInteractiveUserSignInLogs")
    expect.equal("silent tables", ["AADNonInteractiveUserSignInLogs"], silent(workspace))


expect.group("Sign-ins", sign_ins)
expect.group("Changes", changes)
expect.group("Policies", policies)
expect.group("Silence", silence)
expect.summary()
