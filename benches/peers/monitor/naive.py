"""What scripts usually do to watch a few accounts: read the whole sign-in log and the whole directory log page by page, keep them in
memory, and look for the accounts afterwards; `Get-MgBetaAuditLogSignIn -All` and `Get-MgAuditLogDirectoryAudit -All` come to that.

usage: naive.py STATE ACCOUNT…    with the directory of the simulated tenant and object ids

Prints how many rows it read and how many are about the accounts. A 429 is answered by the wait that it names, as the SDK does.
"""

import importlib.util
import sys
from pathlib import Path

found = importlib.util.spec_from_file_location("tenant", Path(__file__).parents[1] / "tenant" / "naive.py")
tenant = importlib.util.module_from_spec(found)
found.loader.exec_module(tenant)


def main(state, *accounts):
    graph = tenant.Graph(Path(state))
    sign_ins = graph.all("/beta/auditLogs/signIns?$top=1000")
    changes = graph.all("/v1.0/auditLogs/directoryAudits?$top=1000")
    ours = [row for row in sign_ins if row["userId"] in accounts]
    ours += [row for row in changes if any(target["id"] in accounts for target in row["targetResources"])]
    print(f"{len(sign_ins)} sign-ins and {len(changes)} changes, {len(ours)} of them of the accounts")


if __name__ == "__main__":
    main(*sys.argv[1:])
