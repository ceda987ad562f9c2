//! `/auditLogs/directoryAudits`: what was changed in the directory. Paced as the sign-in log is.

use uuid::Uuid;

use super::client::{Client, LogRow, Rows, Window};
use super::model::DirectoryAudit;

/// Which changes. Each is one filter of those that the resource's page documents; none of them can be told apart by category,
/// which cannot be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditsOf {
    /// Of what authenticates: the authentication methods policy and the authentication strengths. Not what people register.
    AuthenticationPolicies,
    /// Of Conditional Access: policies, named locations, security defaults.
    ConditionalAccess,
    /// Whatever this user did.
    InitiatedBy(Uuid),
    /// Whatever was done to this object.
    Target(Uuid),
}

impl AuditsOf {
    fn filter(self) -> String {
        match self {
            Self::AuthenticationPolicies => {
                "loggedByService eq 'Authentication Methods' and startswith(activityDisplayName,'Authentication ')".to_owned()
            }
            Self::ConditionalAccess => "loggedByService eq 'Conditional Access'".to_owned(),
            Self::InitiatedBy(user) => format!("initiatedBy/user/id eq '{user}'"),
            Self::Target(object) => format!("targetResources/any(t:t/id eq '{object}')"),
        }
    }
}

impl LogRow for DirectoryAudit {
    const TIME: &'static str = "activityDateTime";

    fn id(&self) -> &str {
        &self.id
    }

    fn time(&self) -> Option<&str> {
        self.activity_date_time.as_deref()
    }
}

impl Client {
    /// The changes in this time, newest first. `AuditLog.Read.All`; no licence.
    pub fn directory_audits(&self, of: AuditsOf, window: Window) -> Rows<DirectoryAudit> {
        let url = self.url(["auditLogs", "directoryAudits"]);
        Rows::new(self, url, of.filter(), window)
    }
}
