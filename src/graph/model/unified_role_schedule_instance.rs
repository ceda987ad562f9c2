//! Since when and until when somebody holds a role, or may take it: `unifiedRoleAssignmentScheduleInstance` and
//! `unifiedRoleEligibilityScheduleInstance`.

use serde::{Deserialize, Serialize};

/// Either of them; an eligibility has no `assignmentType`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UnifiedRoleScheduleInstance {
    /// Its own id.
    pub id: String,
    /// Who.
    pub principal_id: Option<String>,
    /// Which role, by definition or template.
    pub role_definition_id: Option<String>,
    /// `/` for the whole tenant.
    pub directory_scope_id: Option<String>,
    /// `Assigned`, or `Activated` for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment_type: Option<String>,
    /// `Direct`, `Group` or `Inherited`.
    pub member_type: Option<String>,
    /// RFC 3339; none: from the beginning.
    pub start_date_time: Option<String>,
    /// RFC 3339; none: for good.
    pub end_date_time: Option<String>,
}
