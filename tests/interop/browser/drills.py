"""Drills in which a browser signs in with the account's key: one that proves it, and those that must not."""

import urllib.parse

import expect
from stage import PAGE, Drill, Key, Stage, stage

EVERYBODY = {
    "clientAppTypes": ["all"],
    "applications": {"includeApplications": ["All"]},
    "users": {"includeUsers": ["All"]},
}


def check_held(at: Stage) -> None:
    expect.step("the page at login.microsoft.com asks for the key, by a certificate that the browser takes")
    with at.drill("--key", "BG1-A", "--reason", "first quarter") as drill:
        at.to_the_key(drill.address)
        at.browser.wait("the relying party's page", lambda: at.browser.address().startswith(PAGE))
        at.browser.picture("sign-in")
        expect.equal("title", at.keys[0].account, at.browser.text("h1"))
        expect.equal("what it asks", True, "Touch the security key" in at.browser.text("#status"))
        expect.step("with the key in it, the browser gets to the tool")
        at.signs_in(drill, at.keys[0])
        at.browser.picture("signed-in")
        expect.step("the drill proves that the account gets in")
        drill.ends(0)
    for one in drill.document["findings"]:
        expect.holds(one["subject"], one["verdict"] in ("pass", "not_applicable"), one)
    drill.finds("log", "pass", "the row of this token")
    drill.finds("method", "pass", "Passkey (device-bound)")
    expect.step("the ledger says so")
    check_ledger(at, drill)


def check_ledger(at: Stage, drill: Drill) -> None:
    """The drill is completed there, with the outcome that it printed."""
    entries = at.ledger()[-4:]
    kinds = ["drill.intended", "drill.attempted", "drill.attempted", "drill.completed"]
    expect.equal("the last entries", kinds, [entry["kind"] for entry in entries])
    completed = entries[-1]["body"]
    for member in ("passed", "findings", "signed_in_at"):
        expect.equal(member, drill.document[member], completed[member])
    expect.equal("row of the log", drill.document["log"]["id"], completed["log"]["id"])


def check_wrong_key(at: Stage) -> None:
    expect.step("the browser does not offer another account's key, and the page another try")
    with at.drill() as drill, at.keys[1].plugged_in(at.browser):
        at.to_the_key(drill.address)
        at.browser.wait("the refusal", lambda: "NotAllowedError" in at.browser.text("#status"))
        at.browser.picture("wrong-key")
        expect.step("whoever gives up ends a drill that proves nothing")
        at.browser.click("button.cancel")
        at.signed_in()
        drill.ends(1)
    drill.finds("sign_in", "fail", "cancelled")
    expect.step("a page that takes any key gets it, and the authority refuses it: AADSTS135010")
    with at.drill() as drill, at.keys[1].plugged_in(at.browser):
        at.to_the_key(drill.address)
        at.browser.wait("the refusal", lambda: "NotAllowedError" in at.browser.text("#status"))
        at.browser.evaluate("document.getElementById('key').dataset.credentials = ''")
        at.browser.click("#ask")
        at.signed_in()
        at.browser.picture("refused")
        drill.ends(1)
    drill.finds("sign_in", "fail", "AADSTS135010")
    drill.finds("result", "fail", "135010")


def check_copied_key(at: Stage) -> None:
    expect.step("a copy of the key that counts from the beginning: AADSTS500121")
    own = at.keys[0]
    with at.drill() as drill:
        at.signs_in(drill, Key(own.account, own.credential | {"signCount": 0}))
        drill.ends(1)
    drill.finds("sign_in", "fail", "AADSTS500121")


def check_wrong_account(at: Stage) -> None:
    expect.step("another account signs in, as a person may choose: the drill names it")
    with at.drill() as drill, at.keys[1].plugged_in(at.browser):
        at.to_the_key(without(drill.address, "login_hint", "prompt"))
        at.signed_in()
        drill.ends(1)
    drill.finds("sign_in", "pass")
    drill.finds("signed_in_account", "fail", at.keys[1].account)


def without(address: str, *names: str) -> str:
    parts = urllib.parse.urlsplit(address)
    kept = [pair for pair in urllib.parse.parse_qsl(parts.query) if pair[0] not in names]
    return parts._replace(query=urllib.parse.urlencode(kept)).geturl()


def check_policy(at: Stage) -> None:
    expect.step("a Conditional Access policy blocks: AADSTS53003, and the policy by its name")
    policy = {"displayName": "Nobody at all", "conditions": EVERYBODY}
    policy["grantControls"] = {"operator": "OR", "builtInControls": ["block"]}
    at.seed(conditionalAccessPolicies=[policy | {"state": "enabled"}])
    try:
        with at.drill() as drill:
            at.signs_in(drill, at.keys[0])
            drill.ends(1)
    finally:
        at.seed(conditionalAccessPolicies=[policy | {"state": "disabled"}])
    drill.finds("sign_in", "fail", "AADSTS53003")
    drill.finds("policies", "fail", "refused by Nobody at all")


def check_log(at: Stage) -> None:
    expect.step("a row that never comes ends a drill that is not proven")
    at.seed(logDelaySeconds=86_400)
    try:
        with at.drill("--log-limit", "2s") as drill:
            at.signs_in(drill, at.keys[0])
            drill.ends(1)
    finally:
        at.seed(logDelaySeconds=0)
    drill.finds("sign_in", "pass")
    drill.finds("signed_in_account", "pass")
    drill.finds("log", "fail")
    drill.finds("method", "unknown")


if __name__ == "__main__":
    with stage() as made:
        for title, check in (
            # First, as the row of another drill would fit by its time.
            ("a drill without a row in the log", check_log),
            ("a drill", check_held),
            ("a drill with the wrong key", check_wrong_key),
            ("a drill with a copy of the key", check_copied_key),
            ("a drill in which another account signs in", check_wrong_account),
            ("a drill that a policy stops", check_policy),
        ):
            expect.group(title, check, made)
    expect.summary()
