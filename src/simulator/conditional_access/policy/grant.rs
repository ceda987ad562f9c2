//! `conditionalAccessGrantControls`: what a policy asks for.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `conditionalAccessGrantControls`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantControls {
    /// Whether all of the controls are needed or one of them.
    #[serde(default)]
    pub operator: Option<Operator>,
    /// By their words.
    #[serde(default)]
    pub built_in_controls: Vec<GrantControl>,
    /// Services of others, by id.
    #[serde(default)]
    pub custom_authentication_factors: Vec<String>,
    /// Agreements, by id.
    #[serde(default)]
    pub terms_of_use: Vec<String>,
    /// Which methods will do.
    #[serde(default)]
    pub authentication_strength: Option<StrengthReference>,
}

/// The strength that a policy names; answers have the whole strength in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrengthReference {
    /// Of a built-in strength or one of the tenant's own.
    pub id: Uuid,
}

/// How the controls are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the words are the documentation's")]
pub enum Operator {
    And,
    Or,
}

/// `conditionalAccessGrantControl`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words are the metadata's")]
pub enum GrantControl {
    ApprovedApplication,
    Block,
    CompliantApplication,
    CompliantDevice,
    DomainJoinedDevice,
    Mfa,
    PasswordChange,
    RiskRemediation,
}

impl GrantControls {
    /// How many controls of all kinds there are.
    pub(in crate::simulator) fn count(&self) -> usize {
        self.built_in_controls.len()
            + self.custom_authentication_factors.len()
            + self.terms_of_use.len()
            + usize::from(self.authentication_strength.is_some())
    }

    /// Whether this is one of the built-in controls.
    pub(in crate::simulator) fn has(&self, control: GrantControl) -> bool {
        self.built_in_controls.contains(&control)
    }
}
