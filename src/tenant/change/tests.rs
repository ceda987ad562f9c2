#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::super::snapshot::example;
use super::*;

const MIXED: &str = "ABCDEF00-0000-4000-8000-00000000000A";

fn put(change: &Value) -> Value {
    let mut snapshot = example::read(example::document());
    for change in read(&change.to_string()).unwrap() {
        change.put_into(&mut snapshot).unwrap();
    }
    serde_json::to_value(&snapshot).unwrap()
}

#[test]
fn what_a_change_does_not_mention_stays() {
    let after = put(&json!({"id": example::MFA_POLICY, "state": "disabled"}));
    let policy = &after["policies"]["read"][0];
    assert_eq!(policy["state"], "disabled");
    assert_eq!(policy["displayName"], "Require MFA for all users");
    let exclusions = &policy["conditions"]["users"]["excludeGroups"];
    assert_eq!(*exclusions, json!([example::GROUP]));
}

#[test]
fn each_condition_is_replaced_as_a_whole() {
    let users = json!({"includeUsers": ["All"]});
    let after = put(&json!({"id": example::MFA_POLICY, "conditions": {"users": users}}));
    let conditions = &after["policies"]["read"][0]["conditions"];
    assert_eq!(conditions["users"]["excludeGroups"], json!([]));
    let applications = &conditions["applications"]["includeApplications"];
    assert_eq!(*applications, json!(["All"]));
}

#[test]
fn a_policy_without_an_id_or_with_a_new_one_is_added() {
    for id in [json!(null), json!("99999999-0000-4000-8000-00000000000f")] {
        let after =
            put(&json!({"id": id, "displayName": "New", "state": "enabled", "conditions": {}}));
        assert_eq!(after["policies"]["read"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn strengths_and_the_passkey_policy_change_too() {
    let after = put(&json!({"value": [
        {"id": "s", "displayName": "Keys", "allowedCombinations": ["fido2"]},
        {"@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration", "state": "disabled"},
        {"id": "s", "allowedCombinations": ["password,sms"]}
    ]}));
    let strength = &after["strengths"]["read"][0];
    assert_eq!(strength["allowedCombinations"], json!(["password,sms"]));
    assert_eq!(strength["displayName"], "Keys");
    assert_eq!(after["passkeys"]["read"]["state"], "disabled");
    let self_service = &after["passkeys"]["read"]["isSelfServiceRegistrationAllowed"];
    assert_eq!(*self_service, true);
}

#[test]
fn ids_are_the_same_in_either_case() {
    let change = json!([
        {"id": "abc", "displayName": "Keys", "allowedCombinations": ["fido2"]},
        {"id": "ABC", "allowedCombinations": ["password,sms"]},
        {"id": MIXED, "state": "disabled"}
    ]);
    let mut document = example::document();
    document["policies"]["read"][0]["id"] = json!(MIXED.to_lowercase());
    let mut snapshot = example::read(document);
    for change in read(&change.to_string()).unwrap() {
        change.put_into(&mut snapshot).unwrap();
    }
    let after = serde_json::to_value(&snapshot).unwrap();
    let (policies, strengths) = (&after["policies"]["read"], &after["strengths"]["read"]);
    let count = |objects: &Value| objects.as_array().unwrap().len();
    assert_eq!((count(policies), count(strengths)), (1, 1));
    // What refers to it has the id as it was.
    assert_eq!(policies[0]["id"], MIXED.to_lowercase());
    assert_eq!(policies[0]["state"], "disabled");
    assert_eq!(strengths[0]["id"], "abc");
    assert_eq!(strengths[0]["allowedCombinations"], json!(["password,sms"]));
}

#[test]
fn an_id_that_nothing_has_makes_nothing_new_out_of_a_part() {
    for (change, needed) in [
        (json!({"id": "typo", "state": "disabled"}), "conditions"),
        (json!({"id": "typo", "grantControls": null}), "conditions"),
        (
            json!({"id": "typo", "combinationConfigurations": []}),
            "allowedCombinations",
        ),
    ] {
        let mut snapshot = example::read(example::document());
        let [change] = &read(&change.to_string()).unwrap()[..] else {
            panic!("one object")
        };
        let refused = change.put_into(&mut snapshot).unwrap_err().to_string();
        assert!(
            refused.starts_with("object 1 has the id \"typo\""),
            "{refused}"
        );
        assert!(refused.ends_with(needed), "{refused}");
    }
    let nameless = json!({"displayName": "New", "grantControls": null});
    let [change] = &read(&nameless.to_string()).unwrap()[..] else {
        panic!("one object")
    };
    let refused = change.put_into(&mut example::read(example::document()));
    assert!(matches!(refused, Err(Error::NoneSuch { id: None, .. })));
}

#[test]
fn what_is_none_of_the_known_objects_is_refused() {
    let refused = |text: &str| read(text).unwrap_err().to_string();
    assert!(refused("{").starts_with("it is not JSON"));
    assert_eq!(refused("[]"), "it holds no object");
    for text in [
        "1",
        "null",
        "{}",
        "[{\"displayName\": \"x\"}]",
        "{\"state\": \"disabled\"}",
    ] {
        assert!(refused(text).starts_with("object 1 is neither"), "{text}");
    }
    let other = json!({"@odata.type": "#microsoft.graph.group", "conditions": {}});
    assert!(refused(&other.to_string()).starts_with("object 1 is neither"));
}

#[test]
fn members_of_another_type_are_refused_and_nothing_is_changed() {
    let mut snapshot = example::read(example::document());
    let change =
        json!({"id": example::MFA_POLICY, "conditions": {"users": {"includeUsers": "All"}}});
    let [change] = &read(&change.to_string()).unwrap()[..] else {
        panic!("one object")
    };
    assert!(matches!(
        change.put_into(&mut snapshot),
        Err(Error::Members { at: 1, .. })
    ));
    let untouched = example::read(example::document());
    assert_eq!(snapshot.policies, untouched.policies);
}

#[test]
fn what_could_not_be_read_cannot_be_changed() {
    let mut document = example::document();
    document["policies"] = json!({"unread": {"why": "HTTP 403"}});
    let change = json!({"displayName": "New", "conditions": {}});
    let [change] = &read(&change.to_string()).unwrap()[..] else {
        panic!("one object")
    };
    let refused = change.put_into(&mut example::read(document)).unwrap_err();
    assert!(refused.to_string().ends_with("HTTP 403"), "{refused}");
}
