//! What a policy asks for, seen by somebody who holds a FIDO2 key, its PIN, and nothing else: an emergency account has no managed
//! device, no telephone and no password at hand.

use super::matching::unknown_members;
use super::strength;
use crate::graph::model::ConditionalAccessPolicy;
use crate::graph::model::conditional_access_policy::{
    ConditionalAccessGrantControls, ConditionalAccessSessionControl,
    ConditionalAccessSessionControls,
};
use crate::webauthn::Aaguid;

/// What is asked for, from the least to the most that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Demand {
    /// Nothing that the holder of a key would notice.
    Nothing,
    /// The key, which satisfies it.
    Key(String),
    /// That cannot be told.
    Open(String),
    /// Something that a key is not.
    Barrier(String),
}

impl Demand {
    /// How much stands in the way, whatever it is.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Key(_) => 1,
            Self::Open(_) => 2,
            Self::Barrier(_) => 3,
        }
    }
}

/// What a policy asks for when it applies to an account with keys of these models.
#[must_use]
pub fn demand(policy: &ConditionalAccessPolicy, models: &[Aaguid]) -> Demand {
    let granted = policy
        .grant_controls
        .as_ref()
        .map_or(Demand::Nothing, |controls| grant(controls, models));
    let session = policy
        .session_controls
        .as_ref()
        .map_or(Demand::Nothing, session);
    granted.max(session)
}

fn grant(controls: &ConditionalAccessGrantControls, models: &[Aaguid]) -> Demand {
    let mut demands: Vec<Demand> = controls
        .built_in_controls
        .iter()
        .map(|control| built_in(control))
        .collect();
    demands.extend(
        controls
            .authentication_strength
            .iter()
            .map(|one| strength::demand(one, models)),
    );
    if !controls.custom_authentication_factors.is_empty() {
        demands.push(Demand::Barrier("a custom control".to_owned()));
    }
    if !controls.terms_of_use.is_empty() {
        demands.push(Demand::Open(
            "terms of use must have been accepted".to_owned(),
        ));
    }
    let unknown = unknown_members(&controls.other);
    demands.extend(
        unknown
            .into_iter()
            .map(|name| Demand::Open(format!("grantControls.{name}, which is not known here"))),
    );
    let blocks = controls.built_in_controls.iter().any(|one| one == "block");
    let one_is_enough = controls.operator.as_deref() == Some("OR") && !blocks;
    let decisive = match one_is_enough {
        true => demands.into_iter().min(),
        false => demands.into_iter().max(),
    };
    decisive.unwrap_or(Demand::Nothing)
}

fn built_in(control: &str) -> Demand {
    match control {
        "mfa" => Demand::Key("multifactor authentication".to_owned()),
        "block" => Demand::Barrier("block".to_owned()),
        "compliantDevice" => Demand::Barrier("a compliant device".to_owned()),
        "domainJoinedDevice" => Demand::Barrier("a hybrid joined device".to_owned()),
        "approvedApplication" => Demand::Barrier("an approved application".to_owned()),
        "compliantApplication" => Demand::Barrier("an application protection policy".to_owned()),
        "passwordChange" => Demand::Barrier("a password change".to_owned()),
        "riskRemediation" => Demand::Barrier("the remediation of a risk".to_owned()),
        other => Demand::Open(format!("the control {other}, which is not known here")),
    }
}

/// To sign in again, or to be signed out with the browser, costs the holder of a key a touch.
fn session(controls: &ConditionalAccessSessionControls) -> Demand {
    let is_on = |control: &Option<ConditionalAccessSessionControl>| {
        control
            .as_ref()
            .is_some_and(|one| one.is_enabled != Some(false))
    };
    let mut demands = vec![Demand::Nothing];
    if is_on(&controls.secure_sign_in_session) {
        demands.push(Demand::Barrier(
            "tokens that are bound to a device".to_owned(),
        ));
    }
    if is_on(&controls.cloud_app_security) {
        demands.push(Demand::Open("Defender for Cloud Apps decides".to_owned()));
    }
    if is_on(&controls.application_enforced_restrictions) {
        demands.push(Demand::Open("the application decides".to_owned()));
    }
    let unknown = unknown_members(&controls.other);
    demands.extend(
        unknown
            .into_iter()
            .map(|name| Demand::Open(format!("sessionControls.{name}, which is not known here"))),
    );
    demands.into_iter().max().unwrap_or(Demand::Nothing)
}
