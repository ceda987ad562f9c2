//! `conditionalAccessPolicy`, with exactly the members and words that Microsoft's metadata has. What does not fit is not
//! stored, so that an evaluation never meets a word that it does not know.

mod conditions;
mod flags;
mod grant;
mod session;
mod users;

pub use conditions::{
    Applications, AuthenticationFlows, ClientApp, ClientApplications, ConditionSet, DevicePlatform,
    Devices, Filter, FilterMode, InsiderRisk, Locations, Platforms, RiskLevel, TransferMethod,
};
pub use flags::Flags;
pub use grant::{GrantControl, GrantControls, Operator, StrengthReference};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
pub use session::{SessionControl, SessionControls};
pub use users::{ExternalTenants, GuestType, GuestsOrExternalUsers, Users};
use uuid::Uuid;

/// `conditionalAccessPolicyState`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PolicyState {
    /// Without effect.
    Disabled,
    /// Enforced.
    Enabled,
    /// Report-only: evaluated and logged, never in anybody's way.
    EnabledForReportingButNotEnforced,
}

/// `conditionalAccessPolicy`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Given by the service.
    pub id: Uuid,
    /// The template that it was made from.
    #[serde(default)]
    pub template_id: Option<String>,
    /// For people.
    pub display_name: String,
    /// Not used, says the documentation.
    #[serde(default)]
    pub description: Option<String>,
    /// When it was made.
    #[serde(default)]
    pub created_date_time: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default)]
    pub modified_date_time: Option<Timestamp>,
    /// When it was deleted, of those among the deleted items.
    #[serde(default)]
    pub deleted_date_time: Option<Timestamp>,
    /// Whether it holds.
    pub state: PolicyState,
    /// When it applies.
    pub conditions: ConditionSet,
    /// What it asks for.
    #[serde(default)]
    pub grant_controls: Option<GrantControls>,
    /// What it does to the session.
    #[serde(default)]
    pub session_controls: Option<SessionControls>,
}
