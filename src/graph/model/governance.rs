//! Automation of Microsoft Entra ID Governance that can take accounts and memberships away: `accessReviewScheduleDefinition` and
//! `identityGovernance.workflow`, the members that tell whether it does.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `accessReviewScheduleDefinition`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessReviewScheduleDefinition {
    /// Its own id.
    pub id: String,
    /// For people.
    pub display_name: Option<String>,
    /// `NotStarted`, `InProgress`, `Completed`, …
    pub status: Option<String>,
    /// What is reviewed: by its kind a `query`, or `principalScopes` and `resourceScopes`.
    pub scope: Option<Value>,
    /// Which groups are reviewed one after the other, where it is about several.
    pub instance_enumeration_scope: Option<Value>,
    /// What becomes of the decisions.
    pub settings: Option<AccessReviewScheduleSettings>,
}

/// `accessReviewScheduleSettings`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessReviewScheduleSettings {
    /// Whether decisions are carried out without anybody.
    pub auto_apply_decisions_enabled: Option<bool>,
    /// Whether there is a decision if no reviewer answers.
    pub default_decision_enabled: Option<bool>,
    /// `Approve`, `Deny`, `Recommendation`; the service recommends to take access from who did not sign in for 30 days.
    pub default_decision: Option<String>,
    /// What is done to those who are denied; none: their access is removed.
    pub apply_actions: Vec<Value>,
    /// The rest.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// `identityGovernance.workflow`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Workflow {
    /// Its own id.
    pub id: String,
    /// For people.
    pub display_name: Option<String>,
    /// `joiner`, `leaver`, `mover`
    pub category: Option<String>,
    /// Whether it can run.
    pub is_enabled: Option<bool>,
    /// Whether it runs without anybody.
    pub is_scheduling_enabled: Option<bool>,
    /// For whom, and when.
    pub execution_conditions: Option<Value>,
}
