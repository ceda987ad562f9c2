//! What a user may have been written with.

use serde_json::{Map, Value};

use crate::simulator::routes::GraphError;
use crate::simulator::tenant::{AuthenticationType, State};

/// The longest part of a sign-in name before the @, and the longest name.
const LONGEST_LOCAL_PART: usize = 64;
const LONGEST_NAME: usize = 113;

/// Characters of a sign-in name besides letters and digits.
const PUNCTUATION: &str = "'.-_!#^~";

/// The words of `passwordPolicies`.
const POLICIES: [&str; 3] = ["None", "DisablePasswordExpiration", "DisableStrongPassword"];

/// A text that must be there and not be empty.
pub(super) fn text(members: &Map<String, Value>, name: &str) -> Result<String, GraphError> {
    let text = members.get(name).and_then(Value::as_str);
    let text = text.filter(|text| !text.is_empty());
    text.map(str::to_owned)
        .ok_or_else(|| GraphError::required(name, "User"))
}

/// A sign-in name that nobody has, in a verified domain; answers who checks the password there.
pub(super) fn name(state: &State, name: &str) -> Result<AuthenticationType, GraphError> {
    let invalid = || GraphError::bad_request("Property userPrincipalName is invalid.");
    let (local, domain) = name.split_once('@').ok_or_else(invalid)?;
    let fits =
        |character: char| character.is_ascii_alphanumeric() || PUNCTUATION.contains(character);
    let long = local.len() > LONGEST_LOCAL_PART || name.len() > LONGEST_NAME;
    if local.is_empty() || long || local.ends_with('.') || !local.chars().all(fits) {
        return Err(invalid());
    }
    let domain = state.verified_domain(domain).ok_or_else(|| {
        GraphError::bad_request(
            "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain \
             names in your organization.",
        )
    })?;
    free(state, name)?;
    Ok(domain.authentication_type)
}

/// Whether nobody has a sign-in name.
pub(super) fn free(state: &State, name: &str) -> Result<(), GraphError> {
    match state.user(name) {
        None => Ok(()),
        Some(_) => Err(GraphError::bad_request(
            "Another object with the same value for property userPrincipalName already exists.",
        )),
    }
}

/// `passwordPolicies`: words with commas between, or null.
pub(super) fn policies(value: &Value) -> Result<Option<String>, GraphError> {
    let invalid = || GraphError::invalid_value("passwordPolicies", "User");
    if value.is_null() {
        return Ok(None);
    }
    let text = value.as_str().ok_or_else(invalid)?;
    let known = |word: &str| POLICIES.contains(&word.trim());
    text.split(',')
        .all(known)
        .then(|| Some(text.to_owned()))
        .ok_or_else(invalid)
}

/// `passwordProfile`: a password that is strong enough, of which nothing is kept; answers whether it must be changed.
pub(super) fn password(profile: &Value, policies: Option<&str>) -> Result<bool, GraphError> {
    let required = || GraphError::required("passwordProfile", "User");
    let profile = profile.as_object().ok_or_else(required)?;
    let password = profile.get("password").and_then(Value::as_str);
    let weak_is_fine = policies.is_some_and(|policies| policies.contains("DisableStrongPassword"));
    if !is_strong(password.ok_or_else(required)?, weak_is_fine) {
        return Err(GraphError::bad_request(
            "The specified password does not comply with password complexity requirements. Please provide a different \
             password.",
        ));
    }
    let must_change = profile.get("forceChangePasswordNextSignIn");
    Ok(must_change.and_then(Value::as_bool).unwrap_or(true))
}

/// Eight to 256 characters, of three of the four kinds.
fn is_strong(password: &str, weak_is_fine: bool) -> bool {
    let has = |kind: fn(char) -> bool| usize::from(password.chars().any(kind));
    let other = |character: char| !character.is_alphanumeric();
    let kinds =
        has(char::is_lowercase) + has(char::is_uppercase) + has(char::is_numeric) + has(other);
    (8..=256).contains(&password.chars().count()) && (weak_is_fine || kinds >= 3)
}
