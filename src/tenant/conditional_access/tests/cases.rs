//! The table of cases: `tests/vectors/conditional_access/cases.json`, in Graph's form, each with where its answer is from:
//! `documented` by Microsoft, `inferred` from that, or `ours`, where the point is what is left open.

use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

const CASES: &str = include_str!("../../../../tests/vectors/conditional_access/cases.json");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: String,
    conditions: Value,
    scenario: Told,
    applies: String,
    by: Option<String>,
}

/// A scenario, as the table tells it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Told {
    person: Who,
    application: Option<String>,
    user_action: Option<String>,
    authentication_context: Option<String>,
    client: Option<String>,
    platform: Option<String>,
    place: Option<Where>,
    sign_in_risk: Option<String>,
    user_risk: Option<String>,
    transfer_method: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Who {
    id: String,
    groups: Option<Vec<String>>,
    roles: Option<Vec<String>>,
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Where {
    named_locations: Vec<String>,
    trusted: bool,
}

#[test]
fn every_case_of_the_table_is_answered_as_it_says() {
    let cases: Vec<Case> = serde_json::from_str(CASES).unwrap();
    assert!(cases.len() >= 60, "{}", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn wrong(case: &Case) -> Option<String> {
    let policy = policy(
        json!({"displayName": case.name, "state": "enabled", "conditions": case.conditions}),
    );
    let person = case.scenario.person();
    let applied = apply(&policy, &case.scenario.about(&person));
    let answer = match &applied.applies {
        Match::Yes(_) => "yes",
        Match::No(_) => "no",
        Match::Open(_) => "open",
    };
    let by = applied.by.map(word);
    let right = answer == case.applies && by == case.by.as_deref();
    (!right).then(|| format!("{}: {applied:?}", case.name))
}

fn word(condition: Condition) -> &'static str {
    match condition {
        Condition::Users => "users",
        Condition::Resource => "resource",
        Condition::ClientApp => "clientApp",
        Condition::Platform => "platform",
        Condition::Location => "location",
        Condition::SignInRisk => "signInRisk",
        Condition::UserRisk => "userRisk",
        Condition::InsiderRisk => "insiderRisk",
        Condition::Device => "device",
        Condition::AuthenticationFlow => "authenticationFlow",
        Condition::Other => "other",
    }
}

impl Told {
    fn person(&self) -> Person {
        let kind = match self.person.kind.as_str() {
            "member" => PersonKind::Member,
            "internalGuest" => PersonKind::InternalGuest,
            "b2bCollaborationGuest" => PersonKind::B2bCollaborationGuest,
            other => panic!("the table has no word {other}"),
        };
        Person {
            id: self.person.id.clone(),
            groups: self.person.groups.clone(),
            roles: self.person.roles.clone(),
            kind: Some(kind),
        }
    }

    fn about<'a>(&self, person: &'a Person) -> Scenario<'a> {
        let resource = match (
            &self.application,
            &self.user_action,
            &self.authentication_context,
        ) {
            (Some(id), None, None) => Resource::Application(id.clone()),
            (None, Some(action), None) => Resource::UserAction(action.clone()),
            (None, None, Some(context)) => Resource::AuthenticationContext(context.clone()),
            _ => panic!("a case has one resource"),
        };
        Scenario {
            client: self.client.as_deref().map(client),
            platform: self.platform.as_deref().map(platform),
            place: self.place.as_ref().map(|place| Place {
                named_locations: place.named_locations.clone(),
                trusted: place.trusted,
            }),
            sign_in_risk: self.sign_in_risk.as_deref().map(risk),
            user_risk: self.user_risk.as_deref().map(risk),
            transfer_method: self.transfer_method.clone(),
            ..Scenario::of(person, resource)
        }
    }
}

fn client(word: &str) -> ClientApp {
    match word {
        "browser" => ClientApp::Browser,
        "other" => ClientApp::Other,
        other => panic!("the table has no word {other}"),
    }
}

fn platform(word: &str) -> Platform {
    match word {
        "linux" => Platform::Linux,
        "windows" => Platform::Windows,
        other => panic!("the table has no word {other}"),
    }
}

fn risk(word: &str) -> RiskLevel {
    match word {
        "none" => RiskLevel::None,
        "low" => RiskLevel::Low,
        "high" => RiskLevel::High,
        other => panic!("the table has no word {other}"),
    }
}
