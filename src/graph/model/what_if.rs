//! `identity/conditionalAccess/evaluate`: which policies would apply to a sign-in that nobody attempts.

use serde::{Deserialize, Serialize};

use super::ConditionalAccessPolicy;

/// The body of `POST …/evaluate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionalAccessWhatIf {
    /// Who.
    pub sign_in_identity: SignInIdentity,
    /// To what.
    pub sign_in_context: SignInContext,
    /// In which circumstances.
    pub sign_in_conditions: SignInConditions,
    /// Leave out policies that do not apply.
    pub applied_policies_only: bool,
}

/// `signInIdentity`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum SignInIdentity {
    /// `userSignIn`
    #[serde(rename = "#microsoft.graph.userSignIn", rename_all = "camelCase")]
    User {
        /// Object id.
        user_id: String,
    },
}

/// `signInContext`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum SignInContext {
    /// `applicationContext`
    #[serde(
        rename = "#microsoft.graph.applicationContext",
        rename_all = "camelCase"
    )]
    Applications {
        /// Application ids, or `All`.
        include_applications: Vec<String>,
    },
}

/// `signInConditions`: what is not set is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignInConditions {
    /// `windows`, `macOS`, `linux`, `iOS`, `android`, `windowsPhone`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_platform: Option<String>,
    /// `browser`, `mobileAppsAndDesktopClients`, `exchangeActiveSync`, `other`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_app_type: Option<String>,
    /// Two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// `none`, `low`, `medium`, `high`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in_risk_level: Option<String>,
    /// Likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_risk_level: Option<String>,
    /// How the sign-in is carried over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_flow: Option<AuthenticationFlow>,
}

/// `authenticationFlow`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticationFlow {
    /// `deviceCodeFlow`, `authenticationTransfer`, `none`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_method: Option<String>,
}

/// `whatIfAnalysisResult`: a policy, and whether it would apply.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhatIfAnalysisResult {
    /// Whether it would; report-only policies are among those that do.
    pub policy_applies: bool,
    /// Why not: `notSet`, `users`, `application`, …, with commas between.
    #[serde(default)]
    pub analysis_reasons: Option<String>,
    /// The policy.
    #[serde(flatten)]
    pub policy: ConditionalAccessPolicy,
}
