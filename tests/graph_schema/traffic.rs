//! What goes over the wire, by path: which type a request has, and which its answer.

use halligan::simulator::Exchange;
use serde_json::Value;

use super::schema::{Problem, Version, validate};

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One object of the type.
    One(&'static str),
    /// A page of them, in `value`.
    Many(&'static str),
    /// Requests or answers of `$batch`, each of which is heard by itself.
    Batch,
    /// Members of a function's call, each with its type.
    Parameters(&'static [(&'static str, &'static str)]),
    /// A reference to an object, `@odata.id`.
    Reference,
    /// Nothing, or what says nothing.
    Empty,
}

use Shape::{Batch, Empty, Many, One, Parameters, Reference};

/// Method, path below the version with `*` for one segment, request, answer.
type Route = (&'static str, &'static str, Shape, Shape);

const FIDO2: &str = "fido2AuthenticationMethod";
const POLICY: &str = "conditionalAccessPolicy";
const SIGN_IN: &[(&str, &str)] = &[
    ("signInIdentity", "signInIdentity"),
    ("signInContext", "signInContext"),
    ("signInConditions", "signInConditions"),
];

const ROUTES: &[Route] = &[
    ("POST", "$batch", Batch, Batch),
    ("GET", "me", Empty, One("user")),
    (
        "GET",
        "me/transitiveMemberOf",
        Empty,
        Many("directoryObject"),
    ),
    (
        "GET",
        "me/transitiveMemberOf/*",
        Empty,
        Many("directoryObject"),
    ),
    ("GET", "organization", Empty, Many("organization")),
    ("GET", "domains", Empty, Many("domain")),
    ("GET", "domains/*", Empty, One("domain")),
    ("GET", "users", Empty, Many("user")),
    ("POST", "users", One("user"), One("user")),
    ("GET", "users/*", Empty, One("user")),
    ("PATCH", "users/*", One("user"), Empty),
    (
        "GET",
        "users/*/transitiveMemberOf",
        Empty,
        Many("directoryObject"),
    ),
    (
        "GET",
        "users/*/transitiveMemberOf/*",
        Empty,
        Many("directoryObject"),
    ),
    ("GET", "users/*/memberOf", Empty, Many("directoryObject")),
    (
        "GET",
        "users/*/authentication/methods",
        Empty,
        Many("authenticationMethod"),
    ),
    (
        "GET",
        "users/*/authentication/requirements",
        Empty,
        One("strongAuthenticationRequirements"),
    ),
    (
        "PATCH",
        "users/*/authentication/requirements",
        One("strongAuthenticationRequirements"),
        Empty,
    ),
    (
        "GET",
        "users/*/authentication/fido2Methods",
        Empty,
        Many(FIDO2),
    ),
    (
        "POST",
        "users/*/authentication/fido2Methods",
        One(FIDO2),
        One(FIDO2),
    ),
    (
        "GET",
        "users/*/authentication/fido2Methods/creationOptions*",
        Empty,
        One("webauthnCredentialCreationOptions"),
    ),
    (
        "GET",
        "users/*/authentication/fido2Methods/*",
        Empty,
        One(FIDO2),
    ),
    (
        "DELETE",
        "users/*/authentication/fido2Methods/*",
        Empty,
        Empty,
    ),
    ("GET", "groups", Empty, Many("group")),
    ("POST", "groups", One("group"), One("group")),
    ("GET", "groups/*", Empty, One("group")),
    ("PATCH", "groups/*", One("group"), Empty),
    ("GET", "groups/*/members", Empty, Many("directoryObject")),
    ("GET", "groups/*/members/*", Empty, Many("directoryObject")),
    ("GET", "groups/*/owners", Empty, Many("directoryObject")),
    ("GET", "groups/*/memberOf", Empty, Many("directoryObject")),
    (
        "GET",
        "groups/*/transitiveMembers",
        Empty,
        Many("directoryObject"),
    ),
    (
        "GET",
        "groups/*/transitiveMembers/*",
        Empty,
        Many("directoryObject"),
    ),
    (
        "GET",
        "groups/*/transitiveMemberOf",
        Empty,
        Many("directoryObject"),
    ),
    ("POST", "groups/*/members/$ref", Reference, Empty),
    ("DELETE", "groups/*/members/*/$ref", Empty, Empty),
    (
        "GET",
        "directory/administrativeUnits",
        Empty,
        Many("administrativeUnit"),
    ),
    (
        "GET",
        "directory/administrativeUnits/*",
        Empty,
        One("administrativeUnit"),
    ),
    (
        "GET",
        "directory/administrativeUnits/*/members",
        Empty,
        Many("directoryObject"),
    ),
    (
        "GET",
        "roleManagement/directory/roleDefinitions",
        Empty,
        Many("unifiedRoleDefinition"),
    ),
    (
        "GET",
        "roleManagement/directory/roleDefinitions/*",
        Empty,
        One("unifiedRoleDefinition"),
    ),
    (
        "GET",
        "roleManagement/directory/roleAssignments",
        Empty,
        Many("unifiedRoleAssignment"),
    ),
    (
        "POST",
        "roleManagement/directory/roleAssignments",
        One("unifiedRoleAssignment"),
        One("unifiedRoleAssignment"),
    ),
    (
        "GET",
        "roleManagement/directory/roleAssignments/*",
        Empty,
        One("unifiedRoleAssignment"),
    ),
    (
        "DELETE",
        "roleManagement/directory/roleAssignments/*",
        Empty,
        Empty,
    ),
    (
        "GET",
        "roleManagement/directory/roleAssignmentScheduleInstances",
        Empty,
        Many("unifiedRoleAssignmentScheduleInstance"),
    ),
    (
        "GET",
        "roleManagement/directory/roleEligibilityScheduleInstances",
        Empty,
        Many("unifiedRoleEligibilityScheduleInstance"),
    ),
    (
        "GET",
        "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2",
        Empty,
        One("fido2AuthenticationMethodConfiguration"),
    ),
    (
        "PATCH",
        "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2",
        One("fido2AuthenticationMethodConfiguration"),
        Empty,
    ),
    (
        "GET",
        "policies/identitySecurityDefaultsEnforcementPolicy",
        Empty,
        One("identitySecurityDefaultsEnforcementPolicy"),
    ),
    (
        "PATCH",
        "policies/identitySecurityDefaultsEnforcementPolicy",
        One("identitySecurityDefaultsEnforcementPolicy"),
        Empty,
    ),
    (
        "GET",
        "policies/authenticationStrengthPolicies",
        Empty,
        Many("authenticationStrengthPolicy"),
    ),
    (
        "GET",
        "policies/authenticationStrengthPolicies/*",
        Empty,
        One("authenticationStrengthPolicy"),
    ),
    (
        "GET",
        "identity/conditionalAccess/policies",
        Empty,
        Many(POLICY),
    ),
    (
        "POST",
        "identity/conditionalAccess/policies",
        One(POLICY),
        One(POLICY),
    ),
    (
        "GET",
        "identity/conditionalAccess/policies/*",
        Empty,
        One(POLICY),
    ),
    (
        "PATCH",
        "identity/conditionalAccess/policies/*",
        One(POLICY),
        Empty,
    ),
    (
        "DELETE",
        "identity/conditionalAccess/policies/*",
        Empty,
        Empty,
    ),
    (
        "GET",
        "identity/conditionalAccess/deletedItems/policies",
        Empty,
        Many(POLICY),
    ),
    (
        "GET",
        "identity/conditionalAccess/deletedItems/policies/*",
        Empty,
        One(POLICY),
    ),
    (
        "DELETE",
        "identity/conditionalAccess/deletedItems/policies/*",
        Empty,
        Empty,
    ),
    (
        "POST",
        "identity/conditionalAccess/deletedItems/policies/*/restore",
        Empty,
        One(POLICY),
    ),
    (
        "GET",
        "identity/conditionalAccess/namedLocations",
        Empty,
        Many("namedLocation"),
    ),
    (
        "GET",
        "identity/conditionalAccess/namedLocations/*",
        Empty,
        One("namedLocation"),
    ),
    (
        "POST",
        "identity/conditionalAccess/evaluate",
        Parameters(SIGN_IN),
        Many("whatIfAnalysisResult"),
    ),
    ("GET", "auditLogs/signIns", Empty, Many("signIn")),
    (
        "GET",
        "auditLogs/directoryAudits",
        Empty,
        Many("directoryAudit"),
    ),
    (
        "GET",
        "identityGovernance/accessReviews/definitions",
        Empty,
        Many("accessReviewScheduleDefinition"),
    ),
    (
        "GET",
        "identityGovernance/lifecycleWorkflows/workflows",
        Empty,
        Many("identityGovernance.workflow"),
    ),
];

/// Everything about these exchanges that the metadata does not have.
pub(crate) fn problems(exchanges: &[Exchange]) -> Vec<String> {
    exchanges.iter().flat_map(of_exchange).collect()
}

fn of_exchange(exchange: &Exchange) -> Vec<String> {
    let method = exchange.method.as_str();
    let Some((version, path)) = versioned(&exchange.path) else {
        return vec![format!("{method} {}: no version", exchange.path)];
    };
    let refused = exchange.status.as_u16() >= 400;
    let answer = exchange.answer.as_ref().filter(|_| !refused);
    // What was refused need not have been right.
    let request = exchange.request.as_ref().filter(|_| !refused);
    of_route(version, method, path, request, answer)
}

fn versioned(path: &str) -> Option<(Version, &str)> {
    let v1 = path.strip_prefix("/v1.0/").map(|path| (Version::V1, path));
    v1.or_else(|| {
        path.strip_prefix("/beta/")
            .map(|path| (Version::Beta, path))
    })
}

fn of_route(
    version: Version,
    method: &str,
    path: &str,
    request: Option<&Value>,
    answer: Option<&Value>,
) -> Vec<String> {
    let mut routes = ROUTES.iter();
    let route = routes.find(|(own, pattern, _, _)| *own == method && matches(pattern, path));
    let Some((_, _, asked, answered)) = route else {
        return vec![format!("{method} {path}: its types are not known here")];
    };
    let of_request = request.map(|body| of_body(version, *asked, body));
    let of_answer = answer.map(|body| of_body(version, *answered, body));
    let named =
        |side: &'static str| move |problem: Problem| format!("{method} {path}: {side} {problem}");
    let of_request = of_request.into_iter().flatten().map(named("request"));
    let of_answer = of_answer.into_iter().flatten().map(named("answer"));
    of_request.chain(of_answer).collect()
}

fn of_body(version: Version, shape: Shape, body: &Value) -> Vec<Problem> {
    let other = |what: &str| {
        vec![Problem {
            at: String::new(),
            what: what.to_owned(),
        }]
    };
    match shape {
        One(name) => validate(version, name, body),
        Many(name) => match body["value"].as_array() {
            Some(items) => of_items(version, name, items),
            None => other("is no page"),
        },
        Parameters(parameters) => {
            let each = parameters.iter().flat_map(|(name, type_name)| {
                let body = body.get(*name).unwrap_or(&Value::Null);
                within(validate(version, type_name, body), name)
            });
            each.collect()
        }
        Reference if body["@odata.id"].is_string() => Vec::new(),
        Reference => other("is no reference"),
        Empty if body.is_null() || body.as_object().is_some_and(|body| body.is_empty()) => {
            Vec::new()
        }
        Empty => other("says something"),
        Batch => Vec::new(),
    }
}

fn of_items(version: Version, name: &str, items: &[Value]) -> Vec<Problem> {
    let each = items.iter().enumerate().flat_map(|(number, item)| {
        within(validate(version, name, item), &format!("value/{number}"))
    });
    each.collect()
}

fn within(problems: Vec<Problem>, part: &str) -> Vec<Problem> {
    let each = problems.into_iter().map(|problem| Problem {
        at: format!("/{part}{}", problem.at),
        ..problem
    });
    each.collect()
}

/// Whether a path is the pattern with one segment, or the rest of one, for each `*`.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) =
        (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len()
        && pattern
            .iter()
            .zip(path)
            .all(|(pattern, segment)| match pattern.strip_suffix('*') {
                Some(start) => segment.starts_with(start),
                None => *pattern == segment,
            })
}
