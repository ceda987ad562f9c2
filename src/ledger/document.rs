//! A JSON object that a station signed and that is no entry: what one room hands to another.

use serde_json::{Map, Value};

use super::canonical;
use super::state::State;
use super::station::{Station, StationName};
use crate::encoding::base64url;

/// What is wrong with a signed document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentDefect {
    /// It has no canonical form.
    #[error("not in a form that can be signed: {0}")]
    Canonical(#[from] canonical::Error),
    /// A member that says who signed is missing or malformed.
    #[error("the member {0} is missing or malformed")]
    Member(&'static str),
    /// The signature is not by that station over this document.
    #[error("the signature of station {0} does not verify")]
    Signature(StationName),
    /// The ledger does not know the station.
    #[error("station {0} never joined the ledger")]
    StationUnknown(StationName),
}

/// Signs a document: adds the members `station` and `signature`. The purpose keeps signatures for one use from passing in another,
/// and none of them is one of an entry, whose bytes begin with a brace.
///
/// # Errors
/// When the document has no canonical form.
pub fn sign(
    station: &Station,
    purpose: &str,
    mut document: Map<String, Value>,
) -> Result<Map<String, Value>, DocumentDefect> {
    document.insert("station".to_owned(), station.name().to_string().into());
    let signature = station.sign(&message(purpose, &document)?);
    document.insert("signature".to_owned(), base64url::encode(&signature).into());
    Ok(document)
}

/// Verifies a document with the public key by which its station joined the ledger, and returns it without the signature.
///
/// # Errors
/// When the ledger does not know the station, or the station did not sign this.
pub fn verify(
    state: &State,
    purpose: &str,
    mut document: Map<String, Value>,
) -> Result<(StationName, Map<String, Value>), DocumentDefect> {
    let signature = document.remove("signature");
    let signature = signature
        .as_ref()
        .and_then(Value::as_str)
        .and_then(|text| base64url::decode(text).ok())
        .ok_or(DocumentDefect::Member("signature"))?;
    let name: StationName = document
        .get("station")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
        .ok_or(DocumentDefect::Member("station"))?;
    let Some(station) = state.stations().get(&name) else {
        return Err(DocumentDefect::StationUnknown(name));
    };
    ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, station.public_key)
        .verify(&message(purpose, &document)?, &signature)
        .map_err(|_| DocumentDefect::Signature(name.clone()))?;
    Ok((name, document))
}

fn message(purpose: &str, document: &Map<String, Value>) -> Result<Vec<u8>, canonical::Error> {
    let mut message = purpose.as_bytes().to_vec();
    message.push(0);
    message.extend(canonical::to_bytes(document)?);
    Ok(message)
}
