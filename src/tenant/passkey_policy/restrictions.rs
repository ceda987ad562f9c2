//! One set of settings, of a profile or of the whole tenant: attestation and models.

use super::{Attestation, Key, Purpose, Ruling};
use crate::graph::model::Fido2KeyRestrictions;
use crate::tenant::{Scope, Setting};
use crate::webauthn::Aaguid;

/// What a profile and the whole tenant have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings<'a> {
    /// Whose they are, for people.
    pub(super) title: &'a str,
    pub(super) scope: &'a Scope,
    /// None if it could not be read.
    pub(super) attestation_enforced: Option<bool>,
    pub(super) restrictions: Option<&'a Fido2KeyRestrictions>,
}

impl Settings<'_> {
    /// What they say of a key. Attestation counts at registration only.
    pub(super) fn rule(self, key: Key, purpose: Purpose) -> Ruling {
        let models = self.of_models(key.aaguid);
        match purpose {
            Purpose::Registration => self.of_attestation(key.attestation).and(models),
            Purpose::SignIn => models,
        }
    }

    fn of_attestation(self, attestation: Attestation) -> Ruling {
        let title = self.title;
        match (self.attestation_enforced, attestation) {
            (Some(false), _) => Ruling::allowed(format!("{title}: attestation is not enforced")),
            (Some(true), Attestation::Verified) => Ruling::allowed(format!(
                "{title}: attestation is enforced, and can be verified"
            )),
            (Some(true), Attestation::SelfSigned | Attestation::None) => Ruling::refused(
                Setting::AttestationEnforcement(self.scope.clone()),
                format!("{title}: attestation is enforced, and the key's cannot be verified"),
            ),
            (Some(true), Attestation::Unknown) => Ruling::unknown(format!(
                "{title}: attestation is enforced, and nobody knows yet whether the service can verify the key's"
            )),
            (None, _) => Ruling::unknown(format!(
                "{title}: whether attestation is enforced could not be read"
            )),
        }
    }

    fn of_models(self, model: Option<Aaguid>) -> Ruling {
        let title = self.title;
        let Some(restrictions) = self.restrictions else {
            return Ruling::unknown(format!("{title}: keyRestrictions could not be read"));
        };
        match restrictions.is_enforced {
            Some(false) => Ruling::allowed(format!("{title}: keyRestrictions are not enforced")),
            Some(true) => self.of_list(restrictions, model),
            None => Ruling::unknown(format!(
                "{title}: whether keyRestrictions are enforced could not be read"
            )),
        }
    }

    fn of_list(self, restrictions: &Fido2KeyRestrictions, model: Option<Aaguid>) -> Ruling {
        let title = self.title;
        let Some(model) = model else {
            return Ruling::unknown(format!(
                "{title}: keyRestrictions are enforced, and the key's model is not known yet"
            ));
        };
        let refused =
            |by: String| Ruling::refused(Setting::KeyRestrictions(self.scope.clone()), by);
        let list = restrictions.aa_guids.as_deref().unwrap_or_default();
        let listed = list.iter().any(|listed| listed.parse() == Ok(model));
        let readable = list.iter().all(|listed| listed.parse::<Aaguid>().is_ok());
        match (restrictions.enforcement_type.as_deref(), listed) {
            (Some("allow"), true) => {
                Ruling::allowed(format!("{title}: keyRestrictions allow the model"))
            }
            (Some("block"), true) => refused(format!("{title}: keyRestrictions block {model}")),
            (Some("allow" | "block"), false) if !readable => Ruling::unknown(format!(
                "{title}: keyRestrictions list something that is no AAGUID"
            )),
            (Some("allow"), false) => {
                refused(format!("{title}: keyRestrictions do not list {model}"))
            }
            (Some("block"), false) => {
                Ruling::allowed(format!("{title}: keyRestrictions do not block the model"))
            }
            _ => Ruling::unknown(format!(
                "{title}: keyRestrictions are neither of type allow nor of type block"
            )),
        }
    }
}
