//! `conditionalAccessPolicy`: whom it means, in which circumstances, and what it then asks for.
//!
//! Members that are not known here are kept, in `other`: a condition that nobody looked at would make a policy seem wider than
//! it is, and a control that nobody looked at would make it seem harmless.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::AuthenticationStrengthPolicy;

/// Members without a field of their own.
pub type Other = Map<String, Value>;

/// `conditionalAccessPolicy`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionalAccessPolicy {
    /// A GUID; a policy that is not made yet has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// `enabled`, `disabled` or `enabledForReportingButNotEnforced`.
    pub state: Option<String>,
    /// Whom and when.
    #[serde(default)]
    pub conditions: ConditionalAccessConditionSet,
    /// What it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_controls: Option<ConditionalAccessGrantControls>,
    /// What it does to the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_controls: Option<ConditionalAccessSessionControls>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_date_time: Option<String>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// The body of `PATCH …/policies/{id}`: what is not set stays as it is. Whoever sets an object sets all of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessPolicyUpdate {
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `enabled`, `disabled` or `enabledForReportingButNotEnforced`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Whom and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<ConditionalAccessConditionSet>,
    /// What it asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_controls: Option<ConditionalAccessGrantControls>,
    /// What it does to the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_controls: Option<ConditionalAccessSessionControls>,
}

/// `conditionalAccessConditionSet`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessConditionSet {
    /// People.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<ConditionalAccessUsers>,
    /// Workload identities instead of people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_applications: Option<Value>,
    /// Resources, or what is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applications: Option<ConditionalAccessApplications>,
    /// `all`, `browser`, `mobileAppsAndDesktopClients`, `exchangeActiveSync`, `easSupported`, `other`.
    pub client_app_types: Vec<String>,
    /// Operating systems; none: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platforms: Option<ConditionalAccessPlatforms>,
    /// Networks; none: everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locations: Option<ConditionalAccessLocations>,
    /// `low`, `medium`, `high`, `none`; empty: any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sign_in_risk_levels: Vec<String>,
    /// Likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_risk_levels: Vec<String>,
    /// Of workload identities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service_principal_risk_levels: Vec<String>,
    /// `minor`, `moderate`, `elevated`, with commas between; none: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insider_risk_levels: Option<String>,
    /// A rule about the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<ConditionalAccessDevices>,
    /// How the sign-in is carried over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_flows: Option<ConditionalAccessAuthenticationFlows>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessUsers`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessUsers {
    /// Object ids, `All`, `None` or `GuestsOrExternalUsers`.
    pub include_users: Vec<String>,
    /// Object ids or `GuestsOrExternalUsers`.
    pub exclude_users: Vec<String>,
    /// Object ids; members of groups within are meant too.
    pub include_groups: Vec<String>,
    /// Likewise.
    pub exclude_groups: Vec<String>,
    /// Role templates.
    pub include_roles: Vec<String>,
    /// Likewise.
    pub exclude_roles: Vec<String>,
    /// Kinds of guests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_guests_or_external_users: Option<ConditionalAccessGuestsOrExternalUsers>,
    /// Likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_guests_or_external_users: Option<ConditionalAccessGuestsOrExternalUsers>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessGuestsOrExternalUsers`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessGuestsOrExternalUsers {
    /// `internalGuest`, `b2bCollaborationGuest`, …, with commas between.
    pub guest_or_external_user_types: Option<String>,
    /// Which other tenants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_tenants: Option<Value>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessApplications`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessApplications {
    /// Application ids, `All`, `None`, `Office365` or `MicrosoftAdminPortals`.
    pub include_applications: Vec<String>,
    /// Likewise, without `All`.
    pub exclude_applications: Vec<String>,
    /// `urn:user:registersecurityinfo`, `urn:user:registerdevice`.
    pub include_user_actions: Vec<String>,
    /// `c1` to `c99`.
    pub include_authentication_context_class_references: Vec<String>,
    /// A rule about the applications' attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_filter: Option<ConditionalAccessFilter>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessPlatforms`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessPlatforms {
    /// `all`, `android`, `iOS`, `windows`, `windowsPhone`, `macOS`, `linux`.
    pub include_platforms: Vec<String>,
    /// Likewise, without `all`.
    pub exclude_platforms: Vec<String>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessLocations`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessLocations {
    /// Ids of named locations, `All` or `AllTrusted`.
    pub include_locations: Vec<String>,
    /// Ids of named locations or `AllTrusted`.
    pub exclude_locations: Vec<String>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessDevices`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessDevices {
    /// A rule about the device's attributes.
    pub device_filter: Option<ConditionalAccessFilter>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessFilter`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessFilter {
    /// `include` or `exclude`.
    pub mode: Option<String>,
    /// The rule.
    pub rule: Option<String>,
}

/// `conditionalAccessAuthenticationFlows`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessAuthenticationFlows {
    /// `deviceCodeFlow`, `authenticationTransfer`, with a comma between, or `none`.
    pub transfer_methods: Option<String>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessGrantControls`. All that is known here is written, null and empty too: of what is not sent in a change, the
/// service keeps what it has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessGrantControls {
    /// `AND` or `OR`.
    pub operator: Option<String>,
    /// `block`, `mfa`, `compliantDevice`, `domainJoinedDevice`, `approvedApplication`, `compliantApplication`, `passwordChange`,
    /// `riskRemediation`.
    pub built_in_controls: Vec<String>,
    /// Ids of custom controls.
    pub custom_authentication_factors: Vec<String>,
    /// Ids of terms of use.
    pub terms_of_use: Vec<String>,
    /// The methods that count.
    pub authentication_strength: Option<AuthenticationStrengthPolicy>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessSessionControls`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessSessionControls {
    /// How often to sign in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in_frequency: Option<SignInFrequencySessionControl>,
    /// Whether the browser stays signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_browser: Option<ConditionalAccessSessionControl>,
    /// Left to the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_enforced_restrictions: Option<ConditionalAccessSessionControl>,
    /// Watched or blocked by Defender for Cloud Apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_app_security: Option<ConditionalAccessSessionControl>,
    /// Tokens that are bound to a device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secure_sign_in_session: Option<ConditionalAccessSessionControl>,
    /// Whether sessions end although the service is disturbed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_resilience_defaults: Option<bool>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}

/// `conditionalAccessSessionControl`, of whatever kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionalAccessSessionControl {
    /// Whether it counts.
    pub is_enabled: Option<bool>,
    /// What its kind has besides.
    #[serde(flatten)]
    pub other: Other,
}

/// `signInFrequencySessionControl`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignInFrequencySessionControl {
    /// Whether it counts.
    pub is_enabled: Option<bool>,
    /// `timeBased` or `everyTime`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_interval: Option<String>,
    /// `days` or `hours`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How many of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<i32>,
    /// The rest.
    #[serde(flatten)]
    pub other: Other,
}
