//! `directoryAudit`: one row of the log of changes in the directory.

use serde::{Deserialize, Serialize};

/// `directoryAudit`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DirectoryAudit {
    /// Its own id.
    #[serde(deserialize_with = "super::null::as_empty")]
    pub id: String,
    /// RFC 3339.
    pub activity_date_time: Option<String>,
    /// `Add member to role`, `Update conditional access policy`, …
    pub activity_display_name: Option<String>,
    /// `UserManagement`, `RoleManagement`, `Policy`, …
    pub category: Option<String>,
    /// The same of all rows that one request brought about.
    pub correlation_id: Option<String>,
    /// `Core Directory`, `Conditional Access`, `Authentication Methods`, …
    pub logged_by_service: Option<String>,
    /// `Add`, `Update`, `Delete`, …
    pub operation_type: Option<String>,
    /// `success`, `failure`, `timeout`
    pub result: Option<String>,
    /// For people.
    pub result_reason: Option<String>,
    /// Who did it.
    #[serde(deserialize_with = "super::null::as_empty")]
    pub initiated_by: AuditActivityInitiator,
    /// To what it was done.
    #[serde(deserialize_with = "super::null::as_empty")]
    pub target_resources: Vec<TargetResource>,
}

/// `auditActivityInitiator`: a person or an application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditActivityInitiator {
    /// The application.
    pub app: Option<AppIdentity>,
    /// The person.
    pub user: Option<UserIdentity>,
}

/// `appIdentity`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppIdentity {
    /// The application (client) id.
    pub app_id: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// The directory object's.
    pub service_principal_id: Option<String>,
}

/// `userIdentity`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserIdentity {
    /// The directory object's.
    pub id: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// The sign-in name.
    pub user_principal_name: Option<String>,
    /// From where.
    pub ip_address: Option<String>,
}

/// `targetResource`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetResource {
    /// The object's.
    pub id: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// `User`, `Group`, `Role`, `Policy`, …
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Of a user, the sign-in name.
    pub user_principal_name: Option<String>,
    /// What was changed.
    #[serde(deserialize_with = "super::null::as_empty")]
    pub modified_properties: Vec<ModifiedProperty>,
}

/// `modifiedProperty`; the values are JSON in a string.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ModifiedProperty {
    /// The property's name.
    pub display_name: Option<String>,
    /// Before.
    pub old_value: Option<String>,
    /// After.
    pub new_value: Option<String>,
}
