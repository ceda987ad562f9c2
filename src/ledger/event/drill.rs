//! Bodies of the entries about drills: a real sign-in by an emergency account, to see that it can.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Account, Outcome};

/// `drill.intended`: somebody is about to sign in with an emergency account. What the logs then show of it is explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillIntended {
    /// The drill's own name, by which it can be resumed.
    pub label: String,
    /// The tenant's identifier.
    pub tenant: String,
    /// Who is to sign in.
    pub account: Account,
    /// The label of the key that is to open it, where that is known beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Who is there.
    pub by: Vec<String>,
    /// What it is held for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The names of the policies that are meant to ask the account for something. Any other that does is a finding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected_policies: Vec<String>,
}

/// `drill.attempted`: the page let somebody in, or the sign-in came to its end, well or not. It is written as soon as somebody is in,
/// and once more with what was found then. What is left is the sign-in log, which takes its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillAttempted {
    /// The drill's own name.
    pub label: String,
    /// When the sign-in began, RFC 3339.
    pub began_at: String,
    /// When the sign-in page let somebody in, whoever it was, RFC 3339; none if it let nobody in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub let_in_at: Option<String>,
    /// When the account was signed in, RFC 3339; none if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in_at: Option<String>,
    /// What the request for the sign-in was marked with; the rows of the log have it as `correlationId`.
    pub correlation_id: Uuid,
    /// `uti` of the ID token; the row of the log has it as `uniqueTokenIdentifier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    /// What was found so far, one line per subject.
    pub findings: Vec<Outcome>,
}

impl DrillAttempted {
    /// Whether the page let somebody in, whoever it was. An account that was signed in was let in.
    #[must_use]
    pub fn is_let_in(&self) -> bool {
        self.let_in_at.is_some() || self.signed_in_at.is_some()
    }
}

/// The row of the sign-in log that belongs to a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedSignIn {
    /// The row's own identifier.
    pub id: String,
    /// When the service says it was, RFC 3339.
    pub time: String,
    /// How many seconds after the sign-in the row was first seen.
    pub seen_after: u32,
    /// The method as the service names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}

/// `drill.completed`: what was seen of it; closes the ceremony. The station's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillCompleted {
    /// The drill's own name.
    pub label: String,
    /// Whether everything was as it should be.
    pub passed: bool,
    /// One line per subject.
    pub findings: Vec<Outcome>,
    /// When the account was signed in, RFC 3339; none if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in_at: Option<String>,
    /// What the log says of it; none if it said nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LoggedSignIn>,
}

/// `alert.received`: a drill was noticed by those who are to notice it. The word of whoever says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertReceived {
    /// The drill's ceremony.
    pub drill: Uuid,
    /// When the alert arrived, RFC 3339.
    pub received_at: String,
    /// How many seconds after the sign-in that was.
    pub delay: u32,
    /// By which way it came: mail, text message, call.
    pub channel: String,
    /// Who got it.
    pub by: String,
}
