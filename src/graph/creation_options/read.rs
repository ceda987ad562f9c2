//! From JSON to checked options.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    AttestationConveyance, CreationOptions, CredentialProtectionPolicy, Error,
    UserVerificationRequirement, exclude_list,
};
use crate::encoding::base64url;
use crate::graph::error::excerpt;
use crate::graph::model::WebauthnCredentialCreationOptions;
use crate::graph::model::credential_creation_options::{
    AuthenticatorSelectionCriteria, CredentialParameters, PublicKeyCredentialCreationOptions,
};

/// What keys surely store of a name, in bytes (CTAP 2.1 §6.1.2 lets them cut there). A longer user principal name sent
/// a known client into an endless loop.
const NAME_LIMIT: usize = 64;
/// The longest user handle (WebAuthn L3 §5.4.3), in bytes.
const USER_HANDLE_LIMIT: usize = 64;

pub(super) fn creation_options(answer: &Value) -> Result<CreationOptions, Error> {
    let WebauthnCredentialCreationOptions {
        challenge_timeout_date_time,
        public_key,
    } = wire_types(answer)?;
    let public_key = public_key.ok_or(Error::Missing("publicKey"))?;
    let rp = public_key
        .rp
        .as_ref()
        .ok_or(Error::Missing("publicKey.rp"))?;
    let user = public_key
        .user
        .as_ref()
        .ok_or(Error::Missing("publicKey.user"))?;
    let selection = public_key
        .authenticator_selection
        .clone()
        .unwrap_or_default();
    let no_extensions = Map::new();
    let extensions = public_key.extensions.as_ref().unwrap_or(&no_extensions);
    let (exclude_list, undecodable_exclusions) = exclude_list::read(
        public_key
            .exclude_credentials
            .as_deref()
            .unwrap_or_default(),
    );
    Ok(CreationOptions {
        rp_id: required(rp.id.as_deref(), "publicKey.rp.id")?.parse()?,
        rp_name: rp.name.as_deref().map(truncated),
        user_handle: user_handle(user.id.as_deref())?,
        user_name: user.name.as_deref().map(truncated),
        user_display_name: user.display_name.as_deref().map(truncated),
        challenge: challenge(public_key.challenge.as_deref())?,
        algorithms: algorithms(public_key.pub_key_cred_params.as_deref())?,
        exclude_list,
        undecodable_exclusions,
        expires: expires(challenge_timeout_date_time.as_deref())?,
        timeout: timeout(&public_key),
        require_resident_key: selection.require_resident_key.unwrap_or(false),
        user_verification: user_verification(&selection),
        authenticator_attachment: selection.authenticator_attachment,
        attestation: attestation(public_key.attestation.as_deref()),
        hmac_secret: flag(extensions, "hmacCreateSecret", true),
        cred_protect: cred_protect(extensions),
        enforce_cred_protect: flag(extensions, "enforceCredentialProtectionPolicy", false),
    })
}

/// Beta's documentation shows the options wrapped in `value`; the service sends them bare.
fn wire_types(answer: &Value) -> Result<WebauthnCredentialCreationOptions, Error> {
    let wrapped = answer
        .get("value")
        .filter(|_| answer.get("publicKey").is_none());
    serde_path_to_error::deserialize(wrapped.unwrap_or(answer)).map_err(|error| Error::Malformed {
        member: error.path().to_string(),
        reason: excerpt(&error.inner().to_string()),
    })
}

fn required<'a>(value: Option<&'a str>, member: &'static str) -> Result<&'a str, Error> {
    value
        .filter(|text| !text.is_empty())
        .ok_or(Error::Missing(member))
}

fn malformed(member: &str, reason: impl ToString) -> Error {
    Error::Malformed {
        member: member.to_owned(),
        reason: excerpt(&reason.to_string()),
    }
}

fn user_handle(id: Option<&str>) -> Result<Vec<u8>, Error> {
    const MEMBER: &str = "publicKey.user.id";
    let handle = base64url::decode_lenient(required(id, MEMBER)?)
        .map_err(|error| malformed(MEMBER, error))?;
    match handle.len() {
        1..=USER_HANDLE_LIMIT => Ok(handle),
        found => Err(malformed(
            MEMBER,
            format!("{found} bytes, 1 to {USER_HANDLE_LIMIT} are possible"),
        )),
    }
}

/// The text is kept: decoding and encoding again gives the same, so a text that would not is refused.
fn challenge(text: Option<&str>) -> Result<String, Error> {
    const MEMBER: &str = "publicKey.challenge";
    let text = required(text, MEMBER)?.trim_end_matches('=');
    match base64url::decode(text) {
        Ok(bytes) if bytes.is_empty() => Err(malformed(MEMBER, "no bytes")),
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(malformed(MEMBER, error)),
    }
}

fn algorithms(parameters: Option<&[CredentialParameters]>) -> Result<Vec<i64>, Error> {
    let algorithms: Vec<i64> = parameters
        .unwrap_or_default()
        .iter()
        .filter(|parameters| parameters.kind.as_deref() == Some("public-key"))
        .filter_map(|parameters| parameters.alg.map(i64::from))
        .collect();
    if algorithms.is_empty() {
        return Err(Error::Missing("publicKey.pubKeyCredParams"));
    }
    Ok(algorithms)
}

fn expires(text: Option<&str>) -> Result<Option<Timestamp>, Error> {
    text.map(|text| {
        text.parse()
            .map_err(|error: jiff::Error| malformed("challengeTimeoutDateTime", error))
    })
    .transpose()
}

fn timeout(public_key: &PublicKeyCredentialCreationOptions) -> Option<Duration> {
    let milliseconds = u64::try_from(public_key.timeout?).ok()?;
    Some(Duration::from_millis(milliseconds))
}

fn user_verification(selection: &AuthenticatorSelectionCriteria) -> UserVerificationRequirement {
    match selection.user_verification.as_deref() {
        Some("required") => UserVerificationRequirement::Required,
        Some("discouraged") => UserVerificationRequirement::Discouraged,
        _ => UserVerificationRequirement::Preferred,
    }
}

fn attestation(text: Option<&str>) -> AttestationConveyance {
    match text {
        Some("direct") => AttestationConveyance::Direct,
        Some("enterprise") => AttestationConveyance::Enterprise,
        Some("indirect") => AttestationConveyance::Indirect,
        _ => AttestationConveyance::None,
    }
}

fn flag(extensions: &Map<String, Value>, name: &str, absent: bool) -> bool {
    extensions
        .get(name)
        .and_then(Value::as_bool)
        .unwrap_or(absent)
}

fn cred_protect(extensions: &Map<String, Value>) -> CredentialProtectionPolicy {
    let policy = extensions
        .get("credentialProtectionPolicy")
        .and_then(Value::as_str);
    match policy {
        Some("userVerificationRequired") => CredentialProtectionPolicy::UserVerificationRequired,
        Some("userVerificationOptionalWithCredentialIDList") => {
            CredentialProtectionPolicy::UserVerificationOptionalWithCredentialIdList
        }
        _ => CredentialProtectionPolicy::UserVerificationOptional,
    }
}

fn truncated(name: &str) -> String {
    let mut bytes = 0;
    name.chars()
        .take_while(|character| {
            bytes += character.len_utf8();
            bytes <= NAME_LIMIT
        })
        .collect()
}
