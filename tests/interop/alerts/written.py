"""What the tool writes for two accounts, one with a name that is as hostile as a name can be."""

import json
import tempfile
from pathlib import Path
from typing import Any

import tool

PLAIN = "00aa00aa-bb11-cc22-dd33-44ee44ee44ee"
HOSTILE = "11bb11bb-cc22-dd33-44ee-55ff55ff55ff"
PLAIN_NAME = "bg1@contoso.onmicrosoft.com"
# Ends strings and comments, begins expressions, of Kusto, Bicep, ARM and JSON; and a letter that is not ASCII.
HOSTILE_NAME = "o'br\"ien\\\n${x}'''[y]{{z}}*/ü@contoso.com"
GROUP = "22cc22cc-dd33-44ee-55ff-66aa66aa66aa"
POLICY = "33dd33dd-44ee-55ff-66aa-77bb77bb77bb"
WEBHOOK = "https://example.com/hook?code=a$b'c"
WORKSPACE = (
    f"/subscriptions/{GROUP}/resourceGroups/security/providers/Microsoft.OperationalInsights/workspaces/entra-logs"
)

SERVICES = ("azure-monitor", "sentinel")
RULES = ("emergency-sign-in", "emergency-change", "policy-change", "log-silence")

# Microsoft's reference of the tables of Azure Monitor's logs, as far as the queries go.
_SIGN_IN = (
    "TimeGenerated: datetime, UserId: string, UserPrincipalName: string, AlternateSignInName: string, IPAddress: string, "
    "Location: string, AppDisplayName: string, ResourceDisplayName: string, UserAgent: string, ResultType: string, "
    "ResultDescription: string, ConditionalAccessStatus: string, AuthenticationRequirement: string, "
    "AuthenticationDetails: string, CorrelationId: string, UniqueTokenIdentifier: string, Id: string, IsInteractive: bool"
)
TABLES = {
    "SigninLogs": f"({_SIGN_IN}, Status: dynamic, DeviceDetail: dynamic, LocationDetails: dynamic)",
    "AADNonInteractiveUserSignInLogs": f"({_SIGN_IN}, Status: string, DeviceDetail: string, LocationDetails: string)",
    "AuditLogs": (
        "(TimeGenerated: datetime, OperationName: string, Result: string, ResultReason: string, LoggedByService: string, "
        "CorrelationId: string, Id: string, Category: string, TargetResources: dynamic, InitiatedBy: dynamic)"
    ),
}


def files() -> dict[str, str]:
    """Every file by its path."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "alerts"
        document = tool.run(
            *("alerts", "generate", "--directory", str(directory), "--archive", "--workspace", WORKSPACE),
            *("--account", f"{PLAIN}={PLAIN_NAME}", "--account", f"{HOSTILE}={HOSTILE_NAME}"),
            *("--group", GROUP, "--policy", f"{POLICY}=Require MFA"),
            *("--email", "soc@contoso.com", "--email", "o'duty@contoso.com", "--sms", "49:1701234567"),
            *("--voice", "1:5550100", "--webhook", WEBHOOK),
        )
        return {one["path"]: (directory / one["path"]).read_text() for one in document["files"]}


def query(of: dict[str, str], service: str, rule: str) -> str:
    return of[f"{service}/queries/{rule}.kql"]


def document(of: dict[str, str], path: str) -> dict[str, Any]:
    return json.loads(of[path])
