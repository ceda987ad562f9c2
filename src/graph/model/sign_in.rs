//! `signIn`: one row of the sign-in log.

use serde::{Deserialize, Serialize};

/// `signIn`, the members that explain what somebody was asked for. Those that only beta has are empty from v1.0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignIn {
    /// Its own id.
    #[serde(deserialize_with = "super::null::as_empty")]
    pub id: String,
    /// RFC 3339.
    pub created_date_time: Option<String>,
    /// Who.
    pub user_id: Option<String>,
    /// The same, for people.
    pub user_principal_name: Option<String>,
    /// The same of all rows of one sign-in.
    pub correlation_id: Option<String>,
    /// Whether a person took part.
    pub is_interactive: Option<bool>,
    /// To what, for people.
    pub resource_display_name: Option<String>,
    /// By which application.
    pub app_id: Option<String>,
    /// The same, for people.
    pub app_display_name: Option<String>,
    /// `Browser`, `Mobile Apps and Desktop clients`, …
    pub client_app_used: Option<String>,
    /// From where.
    pub ip_address: Option<String>,
    /// By which program, as it says itself.
    pub user_agent: Option<String>,
    /// How it ended.
    pub status: Option<SignInStatus>,
    /// `success`, `failure`, `notApplied`
    pub conditional_access_status: Option<String>,
    /// What each policy did; empty without a permission to read policies.
    #[serde(deserialize_with = "super::null::as_empty")]
    pub applied_conditional_access_policies: Vec<AppliedConditionalAccessPolicy>,
    /// `singleFactorAuthentication` or `multiFactorAuthentication` (beta only).
    pub authentication_requirement: Option<String>,
    /// Who asked for that (beta only).
    #[serde(deserialize_with = "super::null::as_empty")]
    pub authentication_requirement_policies: Vec<AuthenticationRequirementPolicy>,
    /// By which methods (beta only).
    #[serde(deserialize_with = "super::null::as_empty")]
    pub authentication_details: Vec<AuthenticationDetail>,
    /// `interactiveUser`, `nonInteractiveUser`, … (beta only).
    #[serde(deserialize_with = "super::null::as_empty")]
    pub sign_in_event_types: Vec<String>,
    /// The same as `uti` of the token that was issued (beta only).
    pub unique_token_identifier: Option<String>,
}

/// `signInStatus`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignInStatus {
    /// 0 for success, else the number of an AADSTS error.
    pub error_code: Option<i32>,
    /// For people.
    pub failure_reason: Option<String>,
    /// For people.
    pub additional_details: Option<String>,
}

/// `appliedConditionalAccessPolicy`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppliedConditionalAccessPolicy {
    /// The policy.
    pub id: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// `success`, `failure`, `notApplied`, `notEnabled`, `reportOnlySuccess`, …
    pub result: Option<String>,
    /// What it asked for.
    #[serde(deserialize_with = "super::null::as_empty")]
    pub enforced_grant_controls: Vec<String>,
}

/// `authenticationRequirementPolicy`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticationRequirementPolicy {
    /// `multiConditionalAccess`, `user`, `securityDefaults`, …
    pub requirement_provider: Option<String>,
    /// For people.
    pub detail: Option<String>,
}

/// `authenticationDetail`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticationDetail {
    /// `Passkey (device-bound)`, `Password`, …
    pub authentication_method: Option<String>,
    /// Whether it went well.
    pub succeeded: Option<bool>,
    /// For people.
    pub authentication_step_result_detail: Option<String>,
}
