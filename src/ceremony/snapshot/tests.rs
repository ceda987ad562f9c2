#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::accounts::Found;
use super::paths::{Children, walk};
use super::{Power, ROLES, accounts, paths, redact};
use crate::graph::model::{AuthenticationMethod, ConditionalAccessPolicy, DirectoryObject, Domain};
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::Edge;

fn unread() -> Value {
    json!({"unread": {"why": "HTTP 403"}})
}

fn groups(ids: &str) -> Value {
    let group = |id: &str| json!({"@odata.type": "#microsoft.graph.group", "id": id});
    ids.split_whitespace().map(group).collect()
}

/// An account `u` that is in these groups, and directly in these.
fn account(memberships: &str, direct: &str) -> Found {
    let mut account = json!({"name": "bg1", "user": {"read": {"id": "u"}}, "memberships": {"read": groups(memberships)}});
    for part in [
        "edges",
        "keys",
        "methods",
        "role_schedules",
        "role_eligibilities",
        "per_user_mfa",
        "sign_ins",
    ] {
        account[part] = unread();
    }
    Found {
        account: serde_json::from_value(account).unwrap(),
        direct: Ok(serde_json::from_value(groups(direct)).unwrap()),
    }
}

fn names(ids: &str) -> BTreeSet<String> {
    ids.split_whitespace().map(str::to_owned).collect()
}

fn children(known: &[(&str, &str)]) -> Children {
    let members =
        |ids: &str| -> Vec<DirectoryObject> { serde_json::from_value(groups(ids)).unwrap() };
    let known = known.iter();
    known
        .map(|(group, ids)| ((*group).to_owned(), Ok(members(ids))))
        .collect()
}

fn edges(edges: &Read<Vec<Edge>>) -> BTreeSet<String> {
    let edges = edges.as_ref().unwrap().iter();
    edges
        .map(|edge| format!("{}-{}", edge.member, edge.group))
        .collect()
}

#[test]
fn a_direct_membership_needs_no_further_question() {
    let walked = walk(&account("a b c", "a b c"), &names("a z"), &children(&[])).unwrap();
    assert_eq!(edges(&walked.edges), names("u-a"));
    assert!(walked.unknown.is_empty());
}

#[test]
fn a_path_is_followed_down_to_the_account() {
    let found = account("top middle other low", "low other");
    let named = names("top");
    let walked = walk(&found, &named, &children(&[])).unwrap();
    assert_eq!(walked.unknown, names("top"));
    let known = children(&[("top", "middle strange")]);
    let walked = walk(&found, &named, &known).unwrap();
    assert_eq!(walked.unknown, names("middle"));
    let known = children(&[("top", "middle strange"), ("middle", "low")]);
    let walked = walk(&found, &named, &known).unwrap();
    assert!(walked.unknown.is_empty());
    assert_eq!(edges(&walked.edges), names("middle-top low-middle u-low"));
}

#[test]
fn groups_within_each_other_end_somewhere() {
    let known = children(&[("a", "b"), ("b", "a")]);
    let walked = walk(&account("a b", ""), &names("a b"), &known).unwrap();
    assert!(walked.unknown.is_empty());
    assert_eq!(edges(&walked.edges), names("b-a a-b"));
}

#[test]
fn a_group_whose_members_are_not_shown_leaves_the_paths_unread() {
    let denied = Unread {
        why: "HTTP 403".to_owned(),
        permission: None,
    };
    let known: Children = BTreeMap::from([("a".to_owned(), Err(denied.clone()))]);
    let walked = walk(&account("a b", "b"), &names("a"), &known).unwrap();
    assert_eq!(walked.edges, Err(denied.clone()));
    assert!(walked.unknown.is_empty());
    let mut hidden = account("a", "a");
    hidden.direct = Err(denied);
    let walked = walk(&hidden, &names("a"), &children(&[])).unwrap();
    assert!(walked.edges.is_err());
    hidden.account.user = Ok(None);
    assert!(walk(&hidden, &names("a"), &children(&[])).is_none());
}

#[test]
fn the_groups_that_matter_are_those_that_policies_name_and_ours() {
    let policies: Vec<ConditionalAccessPolicy> = serde_json::from_value(json!([
        {"displayName": "1", "state": "disabled", "conditions": {"clientAppTypes": ["all"], "users": {"includeGroups": ["a"]}}},
        {"displayName": "2", "state": "enabled", "conditions": {"clientAppTypes": ["all"], "users": {"excludeGroups": ["b", "a"]}}},
        {"displayName": "3", "state": "enabled", "conditions": {"clientAppTypes": ["all"]}}
    ]))
    .unwrap();
    let ours = json!({"group": {"id": "g"}, "transitive_members": unread(), "owners": unread()});
    let ours = Ok(Some(serde_json::from_value(ours).unwrap()));
    assert_eq!(
        paths::groups_that_matter(&Ok(policies), &ours),
        names("a b g")
    );
    let denied = Err(Unread::not_asked());
    assert_eq!(paths::groups_that_matter(&denied, &ours), names("g"));
}

#[test]
fn a_name_alone_is_in_the_initial_domain() {
    let domain = |id: &str, is_initial| Domain {
        id: id.to_owned(),
        is_initial: Some(is_initial),
        ..Domain::default()
    };
    let domains = Ok(vec![
        domain("c.example", false),
        domain("c.onmicrosoft.com", true),
    ]);
    let name = |name: &str, domains: &Read<Vec<Domain>>| accounts::in_directory(name, domains);
    assert_eq!(
        name("bg1", &domains),
        Ok("bg1@c.onmicrosoft.com".to_owned())
    );
    let whole = ["bg1@c.example", "6be4b305-0000-4000-8000-000000000001"];
    let hidden = Err(Unread {
        why: "HTTP 403".to_owned(),
        permission: Some("Domain.Read.All".into()),
    });
    for one in whole {
        assert_eq!(name(one, &hidden), Ok(one.to_owned()));
    }
    let unread = name("bg1", &hidden).unwrap_err();
    assert_eq!(unread.permission.as_deref(), Some("Domain.Read.All"));
    assert!(name("bg1", &Ok(Vec::new())).is_err());
}

#[test]
fn an_export_says_nothing_of_the_person_behind_a_method() {
    let method: AuthenticationMethod = serde_json::from_value(json!({
        "@odata.type": "#microsoft.graph.phoneAuthenticationMethod", "id": "3179e48a", "phoneNumber": "+1 2065555555",
        "phoneType": "mobile", "emailAddress": "kim@home.example", "displayName": "Kim's phone", "device": {"displayName": "Kim"},
        "deviceTag": "x", "temporaryAccessPass": "secret", "isUsable": true
    }))
    .unwrap();
    let kept = serde_json::to_value(redact::method(method)).unwrap();
    assert_eq!(
        kept,
        json!({"@odata.type": "#microsoft.graph.phoneAuthenticationMethod", "id": "3179e48a", "phoneType": "mobile", "isUsable": true})
    );
}

#[test]
fn the_roles_are_different_ones_and_fit_into_a_batch() {
    let templates: BTreeSet<_> = ROLES.iter().map(|role| role.template).collect();
    assert_eq!(templates.len(), ROLES.len());
    assert!(ROLES.len() <= 20);
    assert_eq!(ROLES[0].power, Power::TakeOver);
}
