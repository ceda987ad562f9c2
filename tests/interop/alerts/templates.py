"""The deployments: Bicep and JSON say the same, and the resources are what Microsoft's SDK for Python would send."""

import json
import re
from typing import Any

import azure.mgmt.monitor.models as monitor
import azure.mgmt.securityinsight.models as securityinsight
import expect
import written
from bicep import NoBicep, Template, said

FILES = written.files()
FOLDERS = ("entra-diagnostic-setting", *written.SERVICES)

# By resource type: the interface's version, and the module and model of the SDK that has it. Sentinel's SDK on PyPI is of 2021-10-01;
# the members of a scheduled rule are the same in 2024-09-01, by Microsoft's published types.
MODELS = {
    "Microsoft.Insights/actionGroups": ("2023-01-01", monitor, "ActionGroupResource"),
    "Microsoft.Insights/scheduledQueryRules": ("2023-12-01", monitor, "ScheduledQueryRuleResource"),
    "Microsoft.SecurityInsights/alertRules": ("2024-09-01", securityinsight, "ScheduledAlertRule"),
    "Microsoft.SecurityInsights/automationRules": ("2024-09-01", securityinsight, "AutomationRule"),
}
# What belongs to a template and not to the resource.
OF_TEMPLATE = {"type", "apiVersion", "name", "scope", "condition", "dependsOn"}
FUNCTIONS = {"empty", "extensionResourceId", "format", "guid", "not", "parameters", "resourceGroup", "resourceId", "tenant"}
# No SDK on PyPI has it: members by Microsoft's published types of 2017-04-01, categories by the diagnostic settings of Entra.
SETTING = {"workspaceId", "storageAccountId", "logs"}
CATEGORIES = ["SignInLogs", "NonInteractiveUserSignInLogs", "AuditLogs"]
# What Azure Monitor takes, by the documentation of Terraform's provider, whose checks follow the service's.
SPANS = {"PT5M", "PT10M", "PT15M", "PT30M", "PT45M", *(f"PT{hours}H" for hours in range(1, 7)), "P1D", "P2D"}


def said_in_json(folder: str) -> dict[str, Any]:
    parameters = written.document(FILES, f"{folder}/azuredeploy.parameters.json")["parameters"]
    return {name: one["value"] for name, one in parameters.items()}


def same_in_both() -> None:
    for folder in FOLDERS:
        expect.step(f"{folder}: the Bicep comes to the JSON")
        read = lambda path, folder=folder: FILES[f"{folder}/{path}"]  # noqa: E731
        bicep = Template(FILES[f"{folder}/main.bicep"], read)
        arm = written.document(FILES, f"{folder}/azuredeploy.json")
        scope = "tenant" if "tenantDeploymentTemplate" in arm["$schema"] else "resourceGroup"
        expect.equal("scope", bicep.scope, scope)
        expect.equal("parameters", bicep.parameters, arm["parameters"])
        expect.equal("number of resources", len(bicep.resources), len(arm["resources"]))
        for one, other in zip(bicep.resources, arm["resources"], strict=True):
            expect.equal(f"resource {other['name']}", one, other)
        expect.step(f"{folder}: both files of parameters say the same, and everything that is needed")
        values = said_in_json(folder)
        expect.equal("parameters", said(FILES[f"{folder}/main.bicepparam"]), values)
        needed = {name for name, one in arm["parameters"].items() if "defaultValue" not in one}
        expect.equal("needed and not said", set(), needed - set(values))
        expect.equal("said and not declared", set(), set(values) - set(arm["parameters"]))


def only_known_expressions() -> None:
    for folder in FOLDERS:
        expect.step(f"{folder}: expressions name functions and parameters that exist")
        arm = written.document(FILES, f"{folder}/azuredeploy.json")
        # Texts within an expression are left out.
        for text in re.findall(r'"(\[[^"]*\])"', json.dumps(arm)):
            bare = re.sub(r"'(?:[^']|'')*'", "''", text)
            functions = set(re.findall(r"(\w+)\(", bare))
            expect.equal(f"unknown functions of {text}", set(), functions - FUNCTIONS)
            expect.equal(f"brackets of {text}", bare.count("("), bare.count(")"))
            for name in re.findall(r"parameters\('(\w+)'\)", text):
                expect.holds(f"parameter {name}", name in arm["parameters"], arm["parameters"].keys())


class Judge:
    """What one module of the SDK knows."""

    def __init__(self, module: Any) -> None:
        self.module = module

    def complaints(self, value: Any, kind: str, at: str) -> list[str]:
        """What is wrong with a value of this type, in the SDK's words for types."""
        if kind.startswith("["):
            if not isinstance(value, list):
                return [f"{at}: no list"]
            return [one for index, item in enumerate(value) for one in self.complaints(item, kind[1:-1], f"{at}[{index}]")]
        if kind.startswith("{"):
            return [one for name, item in value.items() for one in self.complaints(item, kind[1:-1], f"{at}.{name}")]
        model = getattr(self.module, kind, None)
        if model is not None and hasattr(model, "_attribute_map"):
            return self.of_model(value, model, at)
        plain = {"bool": bool, "int": int, "float": (int, float), "duration": str, "str": str, "object": object}
        expected = plain.get(kind, str)
        fits = isinstance(value, expected) and (kind == "bool" or not isinstance(value, bool))
        if kind == "duration":
            fits = fits and re.fullmatch(r"P(\d+D)?(T(\d+H)?(\d+M)?)?", value) is not None
        return [] if fits else [f"{at}: {value!r} is no {kind}"]

    def of_model(self, value: dict[str, Any], model: Any, at: str) -> list[str]:
        # A kind inherits the map of kinds, and is not asked again.
        for key, kinds in vars(model).get("_subtype_map", {}).items():
            word = value.get(model._attribute_map[key]["key"])
            if word in kinds:
                return self.of_model(value, getattr(self.module, kinds[word]), at)
        found, seen = [], set()
        for name, described in model._attribute_map.items():
            path = re.split(r"(?<!\\)\.", described["key"])
            inner = value
            for part in path:
                inner = inner.get(part) if isinstance(inner, dict) else None
            rules = model._validation.get(name, {}) if hasattr(model, "_validation") else {}
            if inner is None:
                if rules.get("required"):
                    found.append(f"{at}: {described['key']} is missing")
                continue
            seen.add(described["key"])
            if rules.get("readonly"):
                found.append(f"{at}.{described['key']}: only the service writes it")
            found += self.complaints(inner, described["type"], f"{at}.{described['key']}")
            found += self.of_words(inner, name, model, at)
        return found + [f"{at}.{path}: unknown" for path in self.paths(value, model) if path not in seen]

    def of_words(self, value: Any, name: str, model: Any, at: str) -> list[str]:
        """A member whose description lists the words that it may be."""
        told = re.search(rf":ivar {name}:(.*?):vartype", model.__doc__ or "", re.DOTALL)
        words = re.search(r"(?:Known|Possible) values (?:are|include):(.*)", told[1], re.DOTALL) if told else None
        if not words or not isinstance(value, str):
            return []
        known = re.findall(r'"([^"]+)"', words[1])
        return [] if value in known else [f"{at}.{name}: {value!r} is none of {known}"]

    @staticmethod
    def paths(value: dict[str, Any], model: Any) -> list[str]:
        """The members; for one that the model flattens, those in it."""
        keys = {described["key"] for described in model._attribute_map.values()}
        flat = {key.split(".")[0] for key in keys if "." in key}
        inner = [f"{name}.{one}" for name in value if name in flat for one in value[name]]
        return [name for name in value if name not in flat] + inner


def resolved(value: Any, values: dict[str, Any]) -> Any:
    """A resource as it is deployed: parameters are what was said, other expressions stay texts."""
    match value:
        case dict():
            return {name: resolved(one, values) for name, one in value.items()}
        case list():
            return [resolved(one, values) for one in value]
        case str() if named := re.fullmatch(r"\[parameters\('(\w+)'\)\]", value):
            return values.get(named[1], value)
        case _:
            return value


def deployed() -> list[dict[str, Any]]:
    found = []
    for folder in FOLDERS:
        values = said_in_json(folder)
        found += [resolved(one, values) for one in written.document(FILES, f"{folder}/azuredeploy.json")["resources"]]
    return found


def judged(resource: dict[str, Any]) -> list[str]:
    api_version, module, name = MODELS[resource["type"]]
    expect.equal(f"version of {resource['type']}", api_version, resource["apiVersion"])
    body = {name: value for name, value in resource.items() if name not in OF_TEMPLATE}
    return Judge(module).of_model(body, getattr(module, name), resource["type"])


def the_judge_judges() -> None:
    expect.step("members that are missing, unknown, of another type or another word are noticed")
    [rule] = [one for one in deployed() if one["name"] == "halligan-emergency-sign-in"]
    damages: list[Any] = [
        lambda one: one.pop("location"),
        lambda one: one["properties"].update(severety=0),
        lambda one: one["properties"].update(severity="0"),
        lambda one: one["properties"].update(windowSize="15 minutes"),
        lambda one: one["properties"]["criteria"]["allOf"][0].update(operator="More"),
        lambda one: one["properties"]["criteria"]["allOf"][0]["dimensions"][0].pop("values"),
        lambda one: one["properties"].update(isLegacyLogAnalyticsRule=False),
    ]
    for damage in damages:
        broken = json.loads(json.dumps(rule))
        damage(broken)
        expect.holds("complaints", judged(broken), broken)
    expect.step("Bicep that is none is noticed")
    for text in ("param x string = 'a", "resource x 'A/b@1' = {", "param x string = 'a${b}'\ntargetScope = 'tenant'"):
        expect.refused(text, NoBicep, lambda text=text: Template(text, lambda _: ""))


def the_resources() -> None:
    for resource in deployed():
        if resource["type"] not in MODELS:
            continue
        expect.step(f"{resource['type']} {resource['name']}")
        expect.equal("complaints", [], judged(resource))
        properties = resource["properties"]
        if "windowSize" in properties:
            spans = {properties[name] for name in ("evaluationFrequency", "windowSize", "overrideQueryTimeRange")}
            expect.equal("spans that Azure Monitor does not take", set(), spans - SPANS)
            size = len(json.dumps(properties))
            expect.holds("size, of 64 KiB at most", size < 64 * 1024, size)
            expect.holds("number of dimensions, six at most", len(properties["criteria"]["allOf"][0]["dimensions"]) <= 6, properties)
        if "queryPeriod" in properties:
            often, back = properties["queryFrequency"], properties["queryPeriod"]
            expect.holds("Sentinel asks every hour at most from two days on", often == "PT1H" or back == "P1D", (often, back))


def the_setting() -> None:
    expect.step("the diagnostic setting has the members and categories that are documented")
    [setting] = [one for one in deployed() if one["type"] == "microsoft.aadiam/diagnosticSettings"]
    expect.equal("version", "2017-04-01", setting["apiVersion"])
    expect.equal("members", {"type", "apiVersion", "name", "properties"}, set(setting))
    properties = setting["properties"]
    expect.equal("properties", SETTING, set(properties))
    expect.equal("workspace", written.WORKSPACE, properties["workspaceId"])
    expect.equal("categories", [{"category": one, "enabled": True} for one in CATEGORIES], properties["logs"])


def the_receivers() -> None:
    expect.step("the receivers are those that were named, to the letter")
    [group] = [one for one in deployed() if one["type"].endswith("actionGroups")]
    properties = group["properties"]
    expect.equal("mail", ["soc@contoso.com", "o'duty@contoso.com"], [one["emailAddress"] for one in properties["emailReceivers"]])
    expect.equal("calls", [("1", "5550100")], [(one["countryCode"], one["phoneNumber"]) for one in properties["voiceReceivers"]])
    expect.equal("program", [written.WEBHOOK.replace("'", "%27")], [one["serviceUri"] for one in properties["webhookReceivers"]])
    expect.holds("short name, twelve characters at most", len(properties["groupShortName"]) <= 12, properties["groupShortName"])


expect.group("The judges", the_judge_judges)
expect.group("Bicep and JSON", same_in_both)
expect.group("Expressions", only_known_expressions)
expect.group("Resources", the_resources)
expect.group("Diagnostic setting", the_setting)
expect.group("Receivers", the_receivers)
expect.summary()
