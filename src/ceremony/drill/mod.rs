//! A drill: an emergency account really signs in, with evidence.
//!
//! Everything that can be known is read first; then the intent is written, so that whatever the logs show from here on is
//! explained. Somebody signs in with a browser; the ID token says who it was, Graph what they can. At last the sign-in log, which
//! another identity reads, says how. What finds its row there is recorded as soon as somebody is in, and what was seen by then
//! before the log is waited for, which takes minutes: from there [`resume`](crate::ceremony::resume) goes on.

pub mod alert;
mod attempt;
mod finding;
mod hold;
mod judge;
mod log;
mod prepare;
mod refusal;
mod resume;
#[cfg(test)]
mod tests;

use std::time::Duration;

use url::Url;
use uuid::Uuid;

pub use finding::Subject;
pub use hold::hold;
pub use prepare::Plan;
pub(crate) use resume::{finish, held, inspect, undo};

use crate::graph::credential::PublicClient;
use crate::ledger::{Account, DrillCompleted, EntryRef, LoggedSignIn, Outcome};

/// How long the log is waited for where nobody says otherwise. The service takes minutes, and seldom more than 15.
pub const LOG_LIMIT: Duration = Duration::from_secs(30 * 60);

/// The longest that whoever signs in may have: what the logs show later than this after its announcement no drill explains.
pub const SIGN_IN_LIMIT: Duration = Duration::from_secs(60 * 60);

/// What the operator asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The account, by a name that the directory or the configuration knows.
    pub account: String,
    /// The label of the key that is to be used, if it is to be a certain one.
    pub key: Option<String>,
    /// Who is there.
    pub by: Vec<String>,
    /// What it is held for.
    pub reason: Option<String>,
    /// The names of the policies that are meant to ask the account for something.
    pub expected_policies: Vec<String>,
    /// How long whoever signs in has.
    pub limit: Duration,
    /// How long the log is waited for.
    pub log_limit: Duration,
    /// Whether all sessions of the account are revoked at the end.
    pub revoke_sessions: bool,
    /// Stop before anything happens.
    pub dry_run: bool,
}

/// Why a page is to be visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit<'a> {
    /// To sign in, with this user principal name.
    SignIn(&'a str),
    /// To end the session that the browser has afterwards.
    SignOut,
}

/// How the account comes in: as which application, and who has a page visited.
pub struct Door<'a> {
    /// The application.
    pub client: PublicClient,
    /// Opens a page in a browser, or shows its address.
    pub visit: &'a (dyn Fn(Visit<'_>, &Url) + Sync),
}

/// A drill that was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its ceremony.
    pub id: Uuid,
    /// Who was to sign in.
    pub account: Account,
    /// Whether everything is as it should be.
    pub passed: bool,
    /// One line per subject.
    pub findings: Vec<Outcome>,
    /// When the account was signed in, RFC 3339; none if it was not.
    pub signed_in_at: Option<String>,
    /// What the log says of it.
    pub log: Option<LoggedSignIn>,
    /// The entry that records it.
    pub entry: EntryRef,
}

/// How far it went.
#[derive(Debug, Clone)]
pub enum Conclusion {
    /// A dry run: what was found beforehand.
    Planned(Plan),
    /// It was held.
    Held(Held),
}

impl Held {
    fn new(id: Uuid, account: Account, completed: DrillCompleted, entry: EntryRef) -> Self {
        Self {
            id,
            account,
            passed: completed.passed,
            findings: completed.findings,
            signed_in_at: completed.signed_in_at,
            log: completed.log,
            entry,
        }
    }
}

/// The name of a drill of this account, by which it can be resumed.
fn label(account: &Account) -> String {
    format!("drill/{}", account.upn)
}
