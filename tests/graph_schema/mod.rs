//! What goes over the wire is what Microsoft's metadata says: member names, types, null, words of enumerations, types of
//! derived objects.

mod commands;
mod conditional_access;
mod gaps;
mod logs;
mod schema;
pub(crate) mod traffic;

use serde_json::{Value, json};

use schema::{Version, validate};

#[track_caller]
fn problems(type_name: &str, document: Value) -> Vec<String> {
    let found = validate(Version::V1, type_name, &document);
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn what_the_metadata_has_is_no_problem() {
    for (type_name, document) in [
        (
            "user",
            json!({"id": "x", "accountEnabled": null, "userType": "Member", "createdDateTime": "2026-06-01T09:00:00Z"}),
        ),
        (
            "conditionalAccessPolicy",
            json!({"@odata.context": "x", "state": "enabled", "templateId": null}),
        ),
        (
            "conditionalAccessPolicy",
            json!({"conditions": {"authenticationFlows": {"transferMethods": "deviceCodeFlow, authenticationTransfer"}}}),
        ),
        (
            "signInContext",
            json!({"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": ["x"]}),
        ),
        (
            "directoryObject",
            json!({"@odata.type": "#microsoft.graph.group", "displayName": "x"}),
        ),
        (
            "group",
            json!({"members@odata.bind": ["https://graph.microsoft.com/v1.0/users/x"]}),
        ),
        (
            "namedLocation",
            json!({"@odata.type": "#microsoft.graph.ipNamedLocation", "ipRanges": 44}),
        ),
        (
            "webauthnAuthenticationExtensionsClientInputs",
            json!({"hmacCreateSecret": true}),
        ),
    ] {
        assert_eq!(
            problems(type_name, document),
            Vec::<String>::new(),
            "{type_name}"
        );
    }
}

#[test]
fn what_the_metadata_has_not_is_one() {
    for (type_name, document, wanted) in [
        ("shoe", json!({}), ": shoe is no type of the metadata"),
        (
            "conditionalAccessPolicy",
            json!([]),
            ": conditionalAccessPolicy is an object",
        ),
        (
            "conditionalAccessPolicy",
            json!({"shoeSize": 44}),
            "/shoeSize: conditionalAccessPolicy has no such member",
        ),
        (
            "conditionalAccessPolicy",
            json!({"state": "on"}),
            "/state: conditionalAccessPolicyState has no member \"on\"",
        ),
        (
            "conditionalAccessPolicy",
            json!({"displayName": null}),
            "/displayName: must not be null",
        ),
        (
            "conditionalAccessPolicy",
            json!({"createdDateTime": "yesterday"}),
            "/createdDateTime: \"yesterday\" is no Edm.DateTimeOffset",
        ),
        (
            "conditionalAccessPolicy",
            json!({"conditions": {"clientAppTypes": "all"}}),
            "/conditions/clientAppTypes: is a collection",
        ),
        (
            "conditionalAccessPolicy",
            json!({"conditions": {"clientAppTypes": null}}),
            "/conditions/clientAppTypes: is a collection",
        ),
        (
            "conditionalAccessPolicy",
            json!({"conditions": {"users": {"includeUsers": [1]}}}),
            "/conditions/users/includeUsers/0: 1 is no Edm.String",
        ),
        (
            "conditionalAccessPolicy",
            json!({"grantControls": {"builtInControls": ["mfa,block"]}}),
            "/grantControls/builtInControls/0: conditionalAccessGrantControl has no member \"mfa,block\"",
        ),
        (
            "signInContext",
            json!({"includeApplications": []}),
            "/includeApplications: signInContext has no such member",
        ),
        (
            "signInContext",
            json!({"@odata.type": "#microsoft.graph.user"}),
            ": #microsoft.graph.user is no signInContext",
        ),
        (
            "user",
            json!({"@odata.shoe": 44}),
            "/@odata.shoe: is no annotation",
        ),
        (
            "conditionalAccessPolicy",
            json!({"shoe@odata.context": "x"}),
            "/shoe@odata.context: conditionalAccessPolicy has no member to annotate",
        ),
    ] {
        assert_eq!(problems(type_name, document), [wanted], "{type_name}");
    }
}
