"""The queries by Microsoft's own parser: no complaint, and the columns that the rules name are there and of a type that they may have."""

import json
import subprocess
from typing import Any

import expect
import tool
import written

PARSER = tool.ROOT / "target/interop/alerts/parser"
ANALYZE = tool.ROOT / "tests/interop/alerts/parser/analyze.js"
FILES = written.files()


def analyze(queries: dict[str, str]) -> dict[str, Any]:
    request = json.dumps({"tables": written.TABLES, "queries": queries})
    command = ["node", str(ANALYZE), str(PARSER)]
    done = subprocess.run(command, input=request, capture_output=True, text=True, timeout=120, check=False)
    expect.equal(f"status of the parser ({done.stderr})", 0, done.returncode)
    return json.loads(done.stdout)


def dimensions(service: str, rule: str) -> list[str]:
    """The columns that the rule tells alerts apart by, and those that it takes entities from."""
    template = written.document(FILES, f"{service}/azuredeploy.json")
    for resource in template["resources"]:
        properties = resource["properties"]
        criteria = properties.get("criteria", {"allOf": [{}]})["allOf"][0]
        if rule not in resource["name"] or "query" not in {**properties, **criteria}:
            continue
        entities = properties.get("entityMappings", [])
        return [
            *(one["name"] for one in criteria.get("dimensions", [])),
            *properties.get("customDetails", {}).values(),
            *(field["columnName"] for one in entities for field in one["fieldMappings"]),
        ]
    raise expect.Unexpected(f"no rule {rule} in the template of {service}")


def the_judge_judges() -> None:
    expect.step("a broken query, a column that is not there and a name that is not escaped are noticed")
    broken = {
        "syntax": "SigninLogs | where (UserId == 'x'",
        "column": "SigninLogs | where UserIdd == 'x'",
        "escape": f'SigninLogs | where UserPrincipalName == "{written.HOSTILE_NAME}"',
        "table": "SignInLogs | take 1",
    }
    for name, found in analyze(broken).items():
        expect.holds(f"complaints about {name}", found["diagnostics"], found)


def the_queries() -> None:
    queries = {path: text for path, text in FILES.items() if path.endswith(".kql")}
    expect.equal("queries", len(written.SERVICES) * len(written.RULES), len(queries))
    analyzed = analyze(queries)
    for path, found in analyzed.items():
        service, _, rule = path.removesuffix(".kql").split("/")
        expect.step(f"{path}: {len(found['columns'])} columns, no complaint")
        expect.equal(f"complaints about {path}", [], found["diagnostics"])
        named = dimensions(service, rule)
        expect.holds(f"columns that {rule} names", named, named)
        for column in named:
            expect.equal(f"type of {column}", "string", found["columns"].get(column))


def a_table_that_is_not_there() -> None:
    expect.step("the fuzzy unions are no error where a table has never had a row")
    path = "azure-monitor/queries/log-silence.kql"
    kept = dict(written.TABLES)
    del written.TABLES["AADNonInteractiveUserSignInLogs"]
    try:
        found = analyze({path: FILES[path]})[path]
    finally:
        written.TABLES.update(kept)
    errors = [one for one in found["diagnostics"] if one.startswith("Error")]
    expect.equal("errors", [], errors)


expect.group("The judge", the_judge_judges)
expect.group("The queries", the_queries)
expect.group("Missing tables", a_table_that_is_not_there)
expect.summary()
