//! One set of settings, of a profile or of the whole tenant: attestation and models.

use super::{Key, Purpose, Ruling};
use crate::graph::model::Fido2KeyRestrictions;
use crate::webauthn::Aaguid;

/// What one set of settings says of a key. `enforced` is whether attestation is.
pub(super) fn rule(
    name: &str,
    enforced: Option<bool>,
    restrictions: Option<&Fido2KeyRestrictions>,
    key: Key,
    purpose: Purpose,
) -> Ruling {
    let models = of_models(name, restrictions, key.aaguid);
    if purpose == Purpose::SignIn {
        return models;
    }
    match (of_attestation(name, enforced, key.attested), models) {
        (Some(refused @ Ruling::Refused { .. }), _) | (_, refused @ Ruling::Refused { .. }) => {
            refused
        }
        (Some(objection), _) => objection,
        (None, models) => models,
    }
}

/// The objection to the attestation, if there is one.
fn of_attestation(name: &str, enforced: Option<bool>, attested: Option<bool>) -> Option<Ruling> {
    match (enforced, attested) {
        (Some(false), _) | (Some(true), Some(true)) => None,
        (Some(true), Some(false)) => Some(Ruling::refused(format!(
            "{name}: attestation is enforced, and the key's cannot be verified"
        ))),
        (Some(true), None) => Some(Ruling::unknown(format!(
            "{name}: attestation is enforced, and nobody knows yet whether the service can verify the key's"
        ))),
        (None, _) => Some(Ruling::unknown(format!(
            "{name}: whether attestation is enforced could not be read"
        ))),
    }
}

fn of_models(name: &str, restrictions: Option<&Fido2KeyRestrictions>, model: Aaguid) -> Ruling {
    let Some(restrictions) = restrictions else {
        return Ruling::unknown(format!("{name}: keyRestrictions could not be read"));
    };
    match restrictions.is_enforced {
        Some(false) => return Ruling::allowed(format!("{name}: keyRestrictions are not enforced")),
        Some(true) => {}
        None => {
            return Ruling::unknown(format!(
                "{name}: whether keyRestrictions are enforced could not be read"
            ));
        }
    }
    let list = restrictions.aa_guids.as_deref().unwrap_or_default();
    let listed = list.iter().any(|listed| listed.parse() == Ok(model));
    let readable = list.iter().all(|listed| listed.parse::<Aaguid>().is_ok());
    match (restrictions.enforcement_type.as_deref(), listed) {
        (Some("allow"), true) => {
            Ruling::allowed(format!("{name}: keyRestrictions allow the model"))
        }
        (Some("block"), true) => Ruling::refused(format!("{name}: keyRestrictions block {model}")),
        (Some("allow" | "block"), false) if !readable => Ruling::unknown(format!(
            "{name}: keyRestrictions list something that is no AAGUID"
        )),
        (Some("allow"), false) => {
            Ruling::refused(format!("{name}: keyRestrictions do not list {model}"))
        }
        (Some("block"), false) => {
            Ruling::allowed(format!("{name}: keyRestrictions do not block the model"))
        }
        _ => Ruling::unknown(format!(
            "{name}: keyRestrictions are neither of type allow nor of type block"
        )),
    }
}
