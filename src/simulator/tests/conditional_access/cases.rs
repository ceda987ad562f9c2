//! The table of cases against `evaluate`: what the tool thinks of a policy, and what this service says.

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Bench, EVALUATE, POLICIES};
use crate::simulator::tenant::{Group, Role, User};

const GROUPS: [&str; 2] = [
    "11111111-1111-4111-8111-111111111111",
    "22222222-2222-4222-8222-222222222222",
];

/// One of the cases names an account by the id that the others have for a group.
const ANOTHER: &str = GROUPS[0];

/// An address of the named location of the cases, and one of none.
const INSIDE: &str = "203.0.113.5";
const OUTSIDE: &str = "198.51.100.1";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    conditions: Value,
    scenario: Scenario,
    applies: String,
    by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Scenario {
    person: Person,
    application: Option<String>,
    user_action: Option<String>,
    authentication_context: Option<String>,
    client: Option<String>,
    platform: Option<String>,
    place: Option<Place>,
    sign_in_risk: Option<String>,
    user_risk: Option<String>,
    transfer_method: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Person {
    id: Uuid,
    groups: Option<Vec<String>>,
    roles: Option<Vec<String>>,
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Place {
    named_locations: Vec<Uuid>,
    trusted: bool,
}

/// What the service says where the case has another answer or leaves it open.
enum Here {
    /// It cannot be asked.
    NotAsked(&'static str),
    /// The policy cannot be stored.
    Refused(&'static str),
    /// `None`: applies; otherwise the reason why not.
    Says(Option<&'static str>, &'static str),
}

use Here::{NotAsked, Refused, Says};

const OTHERWISE: [(&str, Here); 21] = [
    (
        "groups that could not be read leave an exclusion open",
        NotAsked("the service knows the groups of its users"),
    ),
    (
        "roles that could not be read leave an inclusion open",
        NotAsked("the service knows the roles of its users"),
    ),
    (
        "guests of some tenants",
        Says(
            Some("users"),
            "a tenant that is not told is none of those named",
        ),
    ),
    (
        "a way of meaning people that is not known here",
        Refused("excludeAgents is no member of conditionalAccessUsers in the metadata"),
    ),
    (
        "the Azure Service Management API may be asked for by Azure CLI",
        Says(
            Some("application"),
            "documented among its applications is the portal; the tools depend on it",
        ),
    ),
    (
        "whether Graph is of Office 365 is not said",
        Says(
            Some("application"),
            "the documented content of Office 365 does not have Graph",
        ),
    ),
    (
        "an excluded suite is open too",
        Says(
            None,
            "the documented content of Office 365 does not have Graph",
        ),
    ),
    (
        "a filter for applications",
        Says(
            Some("application"),
            "no application here has custom security attributes",
        ),
    ),
    (
        "all resources have no user actions among them",
        Says(
            None,
            "in the third documented example of evaluate, policies for all resources apply to a user action",
        ),
    ),
    (
        "a program that is not said",
        Says(
            Some("clientApps"),
            "documented default: all, which is not browser",
        ),
    ),
    (
        "a platform that is not said",
        Says(None, "documented default: all, which is not linux"),
    ),
    (
        "a place that is not said",
        Says(
            None,
            "what is not told is taken for none: a place that is not trusted",
        ),
    ),
    (
        "a risk that is not said",
        Says(Some("signInRisk"), "documented default: none"),
    ),
    (
        "insider risk",
        Says(Some("insiderRisk"), "documented default: none"),
    ),
    (
        "a device filter",
        Says(
            None,
            "a device that is not told of is not registered: isCompliant is null",
        ),
    ),
    (
        "a condition that is not known here",
        Refused("times is no member of conditionalAccessConditionSet in the metadata"),
    ),
    (
        "a condition that is not known here, and empty",
        Refused("agentIdRiskLevels is no member in v1.0, and no collection in beta"),
    ),
    // These agree; that they are decided at all although something was not read is the tool's matter.
    (
        "groups that could not be read do not matter to a direct exclusion",
        Says(Some("users"), "the account is excluded"),
    ),
    (
        "groups that could not be read do not matter where none is named",
        Says(None, "all users"),
    ),
    (
        "all platforms, and none is said",
        Says(None, "documented default: all"),
    ),
    (
        "what is not met decides over what is open",
        Says(
            Some("devicePlatform"),
            "the first condition that is not met",
        ),
    ),
];

#[tokio::test]
async fn the_service_agrees_with_every_case_or_says_why_not() {
    let text = include_str!("../../../../tests/vectors/conditional_access/cases.json");
    let cases: Vec<Case> = serde_json::from_str(text).unwrap();
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let mut otherwise: Vec<_> = OTHERWISE.iter().collect();
    for case in &cases {
        prepare(&bench, &case.scenario);
        let at = otherwise.iter().position(|(name, _)| *name == case.name);
        let here = at.map(|at| &otherwise.remove(at).1);
        let found = match here {
            Some(NotAsked(why)) => {
                let person = &case.scenario.person;
                let unread = person.groups.is_none() || person.roles.is_none();
                assert!(unread, "{}: {why}", case.name);
                continue;
            }
            Some(Refused(why)) => {
                let refused = bench.post(POLICIES, &token, &body(case)).await;
                assert_eq!(
                    refused.status,
                    StatusCode::BAD_REQUEST,
                    "{}: {why}",
                    case.name
                );
                assert!(refused.text.contains("1007"), "{}", refused.text);
                continue;
            }
            _ => asked(&bench, &token, case).await,
        };
        let (wanted, why) = match here {
            Some(Says(wanted, why)) => (wanted.map(str::to_owned), *why),
            _ => (expected(case), "as the case says"),
        };
        assert_eq!(found, wanted, "{}: {why}", case.name);
    }
    assert!(otherwise.is_empty(), "{} names of no case", otherwise.len());
    assert_eq!(cases.len(), 65);
}

/// As the service says what the case says.
fn expected(case: &Case) -> Option<String> {
    let scenario = &case.scenario;
    let reason = match (case.applies.as_str(), case.by.as_deref()) {
        ("yes", None) => return None,
        ("no", Some("resource")) if scenario.user_action.is_some() => "userActions",
        ("no", Some("resource")) if scenario.authentication_context.is_some() => {
            "authenticationContext"
        }
        ("no", Some("resource")) => "application",
        ("no", Some("clientApp")) => "clientApps",
        ("no", Some("platform")) => "devicePlatform",
        ("no", Some(same)) => same,
        (applies, by) => panic!("{}: {applies} {by:?} needs a word from here", case.name),
    };
    Some(reason.to_owned())
}

/// Makes the tenant one in which the person and the place of the scenario are.
fn prepare(bench: &Bench, scenario: &Scenario) {
    let person = &scenario.person;
    let roles = person.roles.iter().flatten();
    let roles: Vec<Role> = roles.map(|id| Role::of_template(id).unwrap()).collect();
    bench.change(|state| {
        let other: Uuid = ANOTHER.parse().unwrap();
        state
            .users
            .retain(|user| user.id != person.id && user.id != other);
        let user = User::member("case@contoso.example", "Case", &crate::env::Env::system());
        let another = User::member(
            "another@contoso.example",
            "Another",
            &crate::env::Env::system(),
        );
        state.users.push(User {
            id: other,
            ..another
        });
        state.users.push(User {
            id: person.id,
            groups: person.groups.clone().unwrap_or_default(),
            ..user
        });
        state.set_roles(person.id, &roles);
        for id in GROUPS {
            state.groups.retain(|group| group.id != id);
            let (id, display_name) = (id.to_owned(), id.to_owned());
            let members = Vec::new();
            state.groups.push(Group {
                id,
                display_name,
                members,
                ..Group::default()
            });
        }
        let trusted = scenario.place.as_ref().is_some_and(|place| place.trusted);
        let location = json!({
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": "33333333-3333-4333-8333-333333333333",
            "displayName": "here",
            "isTrusted": trusted,
            "ipRanges": [
                {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}
            ],
        });
        let location = serde_json::from_value(location).unwrap();
        state.conditional_access.named_locations = vec![location];
        state.conditional_access.policies.clear();
    });
}

fn body(case: &Case) -> Value {
    json!({
        "displayName": case.name,
        "state": "enabled",
        "conditions": case.conditions,
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    })
}

/// Why the policy does not apply, if it does not.
async fn asked(bench: &Bench, token: &str, case: &Case) -> Option<String> {
    let created = bench.post(POLICIES, token, &body(case)).await;
    assert_eq!(
        created.status,
        StatusCode::CREATED,
        "{}: {}",
        case.name,
        created.text
    );
    let answer = bench.post(EVALUATE, token, &question(&case.scenario)).await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "{}: {}",
        case.name,
        answer.text
    );
    let result = &answer.body["value"][0];
    let reason = result["analysisReasons"].as_str().unwrap();
    assert_eq!(
        result["policyApplies"] == true,
        reason == "notSet",
        "{}",
        case.name
    );
    (reason != "notSet").then(|| reason.to_owned())
}

fn question(scenario: &Scenario) -> Value {
    let mut identity = json!({
        "@odata.type": "#microsoft.graph.userSignIn",
        "userId": scenario.person.id,
    });
    if scenario.person.kind != "member" {
        identity["externalUserType"] = scenario.person.kind.clone().into();
    }
    let place = scenario.place.as_ref();
    let address = place.map(|place| {
        if place.named_locations.is_empty() {
            OUTSIDE
        } else {
            INSIDE
        }
    });
    let flow = scenario.transfer_method.as_ref();
    let flow = flow.map(|method| json!({"transferMethod": method}));
    json!({
        "signInIdentity": identity,
        "signInContext": context(scenario),
        "signInConditions": {
            "clientAppType": scenario.client,
            "devicePlatform": scenario.platform,
            "ipAddress": address,
            "signInRiskLevel": scenario.sign_in_risk,
            "userRiskLevel": scenario.user_risk,
            "authenticationFlow": flow,
        },
    })
}

fn context(scenario: &Scenario) -> Value {
    if let Some(application) = &scenario.application {
        return json!({
            "@odata.type": "#microsoft.graph.applicationContext",
            "includeApplications": [application],
        });
    }
    if let Some(context) = &scenario.authentication_context {
        return json!({
            "@odata.type": "#microsoft.graph.authContext",
            "authenticationContextValue": context,
        });
    }
    let action = scenario.user_action.as_deref();
    assert_eq!(action, Some("urn:user:registersecurityinfo"));
    json!({
        "@odata.type": "#microsoft.graph.userActionContext",
        "userAction": "registerSecurityInformation",
    })
}
