"""The two tenants of the measurement, as seeds of the simulator (docs/simulator.md, "Seeds")."""

# Object ids of generated groups, and of the groups that the seeds make themselves.
GENERATED = "5eed0000-0000-4002-8000-{:012x}"
OWN = "ea000000-0000-4000-8000-{:012x}"
# Authentication strengths and named locations get their ids here, so that policies can name them.
STRENGTH = "57000000-0000-4000-8000-{:012x}"
LOCATION = "10000000-0000-4000-8000-{:012x}"

ROLES = [
    "62e90394-69f5-4237-9190-012177145e10",  # Global Administrator
    "194ae4cb-b126-40b2-bd5b-6091b380977d",  # Security Administrator
    "fe930be7-5e62-47db-91af-98c3a49a38b1",  # User Administrator
]
APPLICATIONS = [
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",  # Windows Azure Service Management API
    "00000003-0000-0ff1-ce00-000000000000",  # SharePoint Online
    "00000002-0000-0ff1-ce00-000000000000",  # Exchange Online
]
DEPTH = 5


def tenant(users, groups, policies):
    """A tenant of this size; in both the emergency accounts stand at the end of the same chains of groups."""
    return {
        "license": "p2",
        "throttleConditionalAccess": True,
        "population": {"users": users, "groups": groups, "depth": DEPTH},
        "groups": [emergency_group(), *chain(1), *chain(2)],
        "namedLocations": [location(number) for number in range(min(policies, 20))],
        "authenticationStrengths": [strength(number) for number in range(3)],
        "conditionalAccessPolicies": [policy(number, groups) for number in range(policies)],
    }


def emergency_group():
    return {
        "id": OWN.format(0),
        "displayName": "Emergency access accounts",
        "isAssignableToRole": True,
        "members": ["bg1", "bg2"],
    }


def chain(number):
    """Groups within groups, the emergency accounts in the innermost; the first is the outermost."""
    ids = [OWN.format(number * 16 + level) for level in range(DEPTH)]
    inner = [[one] for one in ids[1:]] + [["bg1", "bg2"]]
    return [
        {"id": one, "displayName": f"Chain {number} level {level}", "members": members}
        for level, (one, members) in enumerate(zip(ids, inner))
    ]


def location(number):
    return {
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "id": LOCATION.format(number),
        "displayName": f"Place {number}",
        "countriesAndRegions": ["CH"],
    }


def strength(number):
    return {
        "id": STRENGTH.format(number),
        "displayName": f"Strength {number}",
        "allowedCombinations": ["fido2"],
    }


def policy(number, groups):
    """One of many: whom it means, what it covers and what it asks for vary with its number, at different pace."""
    return {
        "displayName": f"Policy {number}",
        "state": ["enabled", "enabled", "enabledForReportingButNotEnforced", "disabled"][number % 4],
        "conditions": conditions(number, groups),
        "grantControls": controls(number),
    }


def conditions(number, groups):
    members = {
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": ["All"] if number % 3 else [APPLICATIONS[number // 3 % 3]]},
        "users": people(number, groups),
    }
    if number % 5 == 1:
        places = [LOCATION.format(number % 20)]
        members["locations"] = {"includeLocations": ["All"], "excludeLocations": places}
    if number % 7 == 2:
        members["platforms"] = {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]}
    if number % 11 == 3:
        members["signInRiskLevels"] = ["high", "medium"]
    return members


def people(number, groups):
    """Policies name ten nested groups each; the emergency accounts are excluded directly, or by a chain of groups."""
    named = sorted({GENERATED.format((number * 97 + step * DEPTH) % groups) for step in range(10)})
    excluded = [OWN.format([0, 0, 16, 32][number % 4])]
    kinds = [
        {"includeUsers": ["All"], "excludeGroups": excluded + named},
        {"includeGroups": named + [OWN.format(0)], "excludeGroups": excluded},
        {"includeRoles": ROLES, "excludeGroups": excluded + named},
    ]
    return kinds[number % 3]


def controls(number):
    if number % 6 == 5:
        return {"operator": "OR", "builtInControls": ["block"]}
    if number % 6 == 4:
        return {"operator": "AND", "builtInControls": ["compliantDevice"]}
    if number % 6 == 3:
        return {"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": STRENGTH.format(number % 3)}}
    return {"operator": "OR", "builtInControls": ["mfa"]}
