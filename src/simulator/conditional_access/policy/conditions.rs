//! `conditionalAccessConditionSet`: when a policy applies.

use serde::{Deserialize, Serialize};

use crate::simulator::conditional_access::policy::{Flags, Users};

/// `conditionalAccessConditionSet`. All conditions that are set must be met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConditionSet {
    /// Of the account. Empty: any.
    #[serde(default)]
    pub user_risk_levels: Vec<RiskLevel>,
    /// Of the sign-in. Empty: any.
    #[serde(default)]
    pub sign_in_risk_levels: Vec<RiskLevel>,
    /// The programs.
    pub client_app_types: Vec<ClientApp>,
    /// Of a workload identity. Empty: any.
    #[serde(default)]
    pub service_principal_risk_levels: Vec<RiskLevel>,
    /// By Microsoft Purview.
    #[serde(default)]
    pub insider_risk_levels: Option<Flags<InsiderRisk>>,
    /// Operating systems.
    #[serde(default)]
    pub platforms: Option<Platforms>,
    /// Networks and countries.
    #[serde(default)]
    pub locations: Option<Locations>,
    /// A filter for devices.
    #[serde(default)]
    pub devices: Option<Devices>,
    /// Workload identities, instead of users.
    #[serde(default)]
    pub client_applications: Option<ClientApplications>,
    /// Ways to hand a sign-in over to another device.
    #[serde(default)]
    pub authentication_flows: Option<AuthenticationFlows>,
    /// The resources.
    pub applications: Applications,
    /// Whom.
    #[serde(default)]
    pub users: Option<Users>,
}

/// `riskLevel`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words are the metadata's")]
pub enum RiskLevel {
    Hidden,
    High,
    Low,
    Medium,
    #[default]
    None,
}

/// `conditionalAccessInsiderRiskLevels`, and `insiderRiskLevel`, which has `none` too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words are the metadata's")]
pub enum InsiderRisk {
    Elevated,
    Minor,
    Moderate,
    #[default]
    None,
}

/// `conditionalAccessClientApp`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words are the metadata's")]
pub enum ClientApp {
    #[default]
    All,
    Browser,
    EasSupported,
    ExchangeActiveSync,
    MobileAppsAndDesktopClients,
    Other,
}

/// `conditionalAccessDevicePlatform`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words are the metadata's")]
pub enum DevicePlatform {
    #[default]
    All,
    Android,
    #[serde(rename = "iOS")]
    Ios,
    Linux,
    #[serde(rename = "macOS")]
    MacOs,
    Windows,
    WindowsPhone,
}

/// `conditionalAccessTransferMethods`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words are the metadata's")]
pub enum TransferMethod {
    AuthenticationTransfer,
    DeviceCodeFlow,
    #[default]
    None,
}

/// `conditionalAccessPlatforms`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Platforms {
    /// Meant.
    #[serde(default)]
    pub include_platforms: Vec<DevicePlatform>,
    /// Not meant after all.
    #[serde(default)]
    pub exclude_platforms: Vec<DevicePlatform>,
}

/// `conditionalAccessLocations`: ids of named locations, `All`, `AllTrusted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Locations {
    /// Meant.
    #[serde(default)]
    pub include_locations: Vec<String>,
    /// Not meant after all.
    #[serde(default)]
    pub exclude_locations: Vec<String>,
}

/// `conditionalAccessDevices`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Devices {
    /// Which.
    #[serde(default)]
    pub device_filter: Option<Filter>,
}

/// `conditionalAccessFilter`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filter {
    /// Whether what the rule selects is meant, or everything else.
    pub mode: FilterMode,
    /// In the language of dynamic groups.
    pub rule: String,
}

/// `filterMode`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words are the metadata's")]
pub enum FilterMode {
    Exclude,
    Include,
}

/// `conditionalAccessClientApplications`: object ids of service principals, `ServicePrincipalsInMyTenant`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientApplications {
    /// Meant.
    #[serde(default)]
    pub include_service_principals: Vec<String>,
    /// Not meant after all.
    #[serde(default)]
    pub exclude_service_principals: Vec<String>,
    /// By custom security attributes.
    #[serde(default)]
    pub service_principal_filter: Option<Filter>,
}

/// `conditionalAccessAuthenticationFlows`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthenticationFlows {
    /// Any of them.
    pub transfer_methods: Flags<TransferMethod>,
}

/// `conditionalAccessApplications`: client ids of applications, `All`, `None`, `Office365`, `MicrosoftAdminPortals`; or user
/// actions; or authentication contexts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Applications {
    /// Meant.
    #[serde(default)]
    pub include_applications: Vec<String>,
    /// Not meant after all.
    #[serde(default)]
    pub exclude_applications: Vec<String>,
    /// `urn:user:registersecurityinfo`, `urn:user:registerdevice`
    #[serde(default)]
    pub include_user_actions: Vec<String>,
    /// `c1` to `c99`
    #[serde(default)]
    pub include_authentication_context_class_references: Vec<String>,
    /// By custom security attributes.
    #[serde(default)]
    pub application_filter: Option<Filter>,
}
