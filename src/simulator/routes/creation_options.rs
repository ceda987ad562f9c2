//! `fido2Methods/creationOptions`: the function's two spellings, and its answer.

use std::time::Duration;

use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::simulator::relying_party::{self, challenge};
use crate::simulator::routes::fido2_methods::{authorized, require_other};
use crate::simulator::routes::{Access, Caller, GraphError, Version, odata};
use crate::simulator::service::Service;
use crate::simulator::tenant::{IssuedChallenge, State};

/// The name of the only parameter, which only beta has.
const PARAMETER: &str = "challengeTimeoutInMinutes";

/// Minutes without the parameter, and the least and the most with it.
const DEFAULT_MINUTES: u64 = 5;
const MINUTES: std::ops::RangeInclusive<u64> = 5..=43_200;

/// Challenges remembered; the oldest gives way.
const CHALLENGE_LIMIT: usize = 1000;

/// Expired challenges are remembered this long, to tell "expired" from "unknown".
const MEMORY: Duration = Duration::from_secs(3600);

/// How long the challenge is to live, from the path segment or the query.
pub(super) fn lifetime(
    version: Version,
    segment: &str,
    query: Option<&str>,
) -> Result<Duration, GraphError> {
    let in_segment = parameter_in(segment, version)?;
    let in_query = query
        .into_iter()
        .flat_map(|query| url::form_urlencoded::parse(query.as_bytes()))
        .find(|(name, _)| name == PARAMETER)
        .map(|(_, value)| value.into_owned());
    let minutes = match (version, in_segment.or(in_query)) {
        // v1.0 ignores a query parameter that it does not know.
        (Version::V1, _) | (_, None) => DEFAULT_MINUTES,
        (Version::Beta, Some(text)) => text
            .parse()
            .ok()
            .filter(|minutes| MINUTES.contains(minutes))
            .ok_or_else(|| {
                GraphError::refused(format!(
                    "{PARAMETER} must be between {} and {}.",
                    MINUTES.start(),
                    MINUTES.end()
                ))
            })?,
    };
    Ok(Duration::from_secs(minutes * 60))
}

/// The parameter in `creationOptions(name=value)`; v1.0 has no function of that shape.
fn parameter_in(segment: &str, version: Version) -> Result<Option<String>, GraphError> {
    let arguments = segment.strip_prefix("creationOptions").unwrap_or_default();
    if arguments.is_empty() || arguments == "()" {
        return Ok(None);
    }
    arguments
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|rest| rest.strip_prefix(PARAMETER))
        .and_then(|rest| rest.strip_prefix('='))
        .filter(|_| version == Version::Beta)
        .map(|value| Some(value.to_owned()))
        .ok_or_else(|| GraphError::no_such_segment(segment))
}

/// Issues a challenge and answers the options.
pub(super) fn answer(
    service: &Service,
    version: Version,
    caller: &Caller,
    user: &str,
    lifetime: Duration,
) -> Result<Response, GraphError> {
    let now = service.env.now();
    let expires = now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
    let challenge = challenge::generate(&service.env);
    let options = service.tenant.try_update(|state| {
        let user = authorized(state, caller, user, Access::ReadOptions)?;
        let user = state.with_every_group(user);
        require_other(caller, &user)?;
        if !state.quirks.late_refusals {
            state
                .fido2_policy
                .admit_user(&user)
                .map_err(|refusal| GraphError::refused(refusal.to_string()))?;
        }
        remember(
            state,
            IssuedChallenge {
                hash: challenge::hash(&challenge).to_vec().into(),
                user_id: user.id,
                expires,
            },
            now,
        );
        Ok::<_, GraphError>(relying_party::creation_options(
            state, &user, &challenge, expires, now,
        ))
    })?;
    let mut body = json!(options);
    if version == Version::V1 {
        annotate(&mut body);
    }
    let context = "microsoft.graph.webauthnCredentialCreationOptions";
    Ok(odata::entity(service, version, context, body))
}

fn remember(state: &mut State, challenge: IssuedChallenge, now: Timestamp) {
    let forgotten = now.saturating_sub(MEMORY).unwrap_or(Timestamp::MIN);
    state.challenges.retain(|known| known.expires > forgotten);
    if state.challenges.len() >= CHALLENGE_LIMIT {
        state.challenges.remove(0);
    }
    state.challenges.push(challenge);
}

/// v1.0 annotates every nested object with its type.
fn annotate(body: &mut Value) {
    let types = [
        ("", "webauthnCredentialCreationOptions"),
        ("/publicKey", "webauthnPublicKeyCredentialCreationOptions"),
        ("/publicKey/rp", "webauthnPublicKeyCredentialRpEntity"),
        ("/publicKey/user", "webauthnPublicKeyCredentialUserEntity"),
        (
            "/publicKey/authenticatorSelection",
            "webauthnAuthenticatorSelectionCriteria",
        ),
        (
            "/publicKey/extensions",
            "webauthnAuthenticationExtensionsClientInputs",
        ),
    ];
    for (pointer, name) in types {
        if let Some(object) = body.pointer_mut(pointer) {
            annotate_one(object, name);
        }
    }
    let collections = [
        (
            "/publicKey/pubKeyCredParams",
            "webauthnPublicKeyCredentialParameters",
        ),
        (
            "/publicKey/excludeCredentials",
            "webauthnPublicKeyCredentialDescriptor",
        ),
    ];
    for (pointer, name) in collections {
        let items = body.pointer_mut(pointer).and_then(Value::as_array_mut);
        items
            .into_iter()
            .flatten()
            .for_each(|item| annotate_one(item, name));
    }
}

fn annotate_one(object: &mut Value, name: &str) {
    object["@odata.type"] = format!("#microsoft.graph.{name}").into();
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn minutes(version: Version, segment: &str, query: Option<&str>) -> Option<u64> {
        let lifetime = lifetime(version, segment, query).ok()?;
        Some(lifetime.as_secs() / 60)
    }

    #[test]
    fn only_beta_takes_a_timeout_and_only_within_range() {
        let form = "creationOptions(challengeTimeoutInMinutes=10)";
        assert_eq!(minutes(Version::V1, "creationOptions", None), Some(5));
        assert_eq!(minutes(Version::V1, "creationOptions()", None), Some(5));
        assert_eq!(minutes(Version::V1, form, None), None);
        let query = Some("challengeTimeoutInMinutes=60");
        assert_eq!(minutes(Version::V1, "creationOptions", query), Some(5));
        assert_eq!(minutes(Version::Beta, "creationOptions", query), Some(60));
        assert_eq!(minutes(Version::Beta, form, None), Some(10));
        for bad in ["4", "43201", "-1", "x", ""] {
            let segment = format!("creationOptions(challengeTimeoutInMinutes={bad})");
            assert_eq!(minutes(Version::Beta, &segment, None), None, "{bad}");
        }
        assert_eq!(minutes(Version::Beta, "creationOptionsX", None), None);
    }
}
