//! Whether a key satisfies an authentication strength.

use super::demand::Demand;
use crate::graph::model::{AuthenticationStrengthPolicy, ConditionalAccessPolicy};
use crate::webauthn::Aaguid;

/// The built-in strengths, from the weakest. They all take passkeys of every model, and their definitions cannot be changed.
pub mod built_in_strength {
    /// "Multifactor authentication".
    pub const MULTIFACTOR: &str = "00000000-0000-0000-0000-000000000002";
    /// "Passwordless MFA".
    pub const PASSWORDLESS: &str = "00000000-0000-0000-0000-000000000003";
    /// "Phishing-resistant MFA".
    pub const PHISHING_RESISTANT: &str = "00000000-0000-0000-0000-000000000004";
    /// All of them.
    pub(super) const ALL: [&str; 3] = [MULTIFACTOR, PASSWORDLESS, PHISHING_RESISTANT];
}

/// The word for passkeys of either kind.
const FIDO2: &str = "fido2";

/// What a strength demands of somebody who has keys of these models.
pub(super) fn demand(strength: &AuthenticationStrengthPolicy, models: &[Aaguid]) -> Demand {
    let name = strength.display_name.as_deref().unwrap_or(&strength.id);
    if built_in_strength::ALL.contains(&strength.id.as_str()) {
        return Demand::Key(format!("authentication strength {name}"));
    }
    let Some(combinations) = &strength.allowed_combinations else {
        return Demand::Open(format!(
            "what authentication strength {name} takes is not shown"
        ));
    };
    if !combinations.iter().any(|one| one == FIDO2) {
        return Demand::Barrier(format!("authentication strength {name} takes no passkey"));
    }
    let Some(configurations) = &strength.combination_configurations else {
        return Demand::Open(format!(
            "which models authentication strength {name} takes is not shown"
        ));
    };
    let mut narrowed = configurations
        .iter()
        .filter(|one| one.applies_to_combinations.iter().any(|one| one == FIDO2))
        .filter_map(|one| one.allowed_aaguids.as_deref());
    let takes_some = narrowed.all(|allowed| {
        let is_allowed = |model: &Aaguid| {
            let model = model.to_string();
            allowed.iter().any(|one| one.eq_ignore_ascii_case(&model))
        };
        models.iter().any(is_allowed)
    });
    match takes_some {
        true => Demand::Key(format!("authentication strength {name}")),
        false => Demand::Barrier(format!(
            "authentication strength {name} takes none of the account's models"
        )),
    }
}

/// The policies, each with its strength as it is known apart from the policy: there the models are that it demands, and a change of
/// the strength shows.
#[must_use]
pub fn with_strengths<'a>(
    policies: impl IntoIterator<Item = &'a ConditionalAccessPolicy>,
    strengths: &[AuthenticationStrengthPolicy],
) -> Vec<ConditionalAccessPolicy> {
    let mut policies: Vec<_> = policies.into_iter().cloned().collect();
    let controls = policies
        .iter_mut()
        .filter_map(|one| one.grant_controls.as_mut());
    for named in controls.filter_map(|one| one.authentication_strength.as_mut()) {
        let same = |one: &&AuthenticationStrengthPolicy| one.id.eq_ignore_ascii_case(&named.id);
        match strengths.iter().find(same) {
            Some(known) => named.clone_from(known),
            // The copy in a policy says that no model is demanded, whatever is.
            None => named.combination_configurations = None,
        }
    }
    policies
}
