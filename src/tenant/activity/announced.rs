//! What was announced, and what was recorded: the only things that explain an event.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::sign_in::{is_earlier, is_passkey};
use super::{Ended, Event, Explanation, Log, same};
use crate::graph::model::DirectoryAudit;

/// How far the service's clock and a station's may be apart.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// A time in which somebody said that an account would sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// The entry that announced it.
    pub entry: u64,
    /// Its name.
    pub label: String,
    /// The account's object id.
    pub account: String,
    /// When it was announced.
    pub from: Timestamp,
    /// When it ended, or the latest moment at which it can.
    pub until: Timestamp,
    /// The application that signs in, if that is known.
    pub application: Option<String>,
    /// The row that the drill itself found, and judged.
    pub row: Option<String>,
}

/// What was done to the tenant with this tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The entry that says so.
    pub entry: u64,
    /// What it was, for people: `enrolment of BG1-A`.
    pub what: String,
    /// Not before this.
    pub from: Timestamp,
    /// Not after this.
    pub until: Timestamp,
    /// What was done.
    pub deed: Deed,
    /// All objects that the change must be about, by id.
    pub objects: Vec<String>,
}

/// What the tool does to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// A group got a member.
    AddMember,
    /// An account got a role.
    AssignRole,
    /// A policy was changed.
    ChangePolicy,
    /// An account was made.
    CreateAccount,
    /// A group was made.
    CreateGroup,
    /// A policy was made.
    CreatePolicy,
    /// A key was registered.
    RegisterKey,
    /// A key's registration was deleted.
    RemoveKey,
    /// The sessions of an account were ended.
    RevokeSessions,
    /// A property of an account was set.
    UpdateAccount,
}

impl Deed {
    /// The activities that the log has of it. One deed leaves one row of each, or several of one request.
    fn activities(self) -> &'static [&'static str] {
        match self {
            Self::AddMember => &["Add member to group"],
            Self::AssignRole => &["Add member to role"],
            Self::ChangePolicy => &["Update conditional access policy", "Update policy"],
            Self::CreateAccount => &["Add user", "Update user"],
            Self::CreateGroup => &["Add group", "Update group", "Add owner to group"],
            Self::CreatePolicy => &["Add conditional access policy", "Add policy"],
            Self::RegisterKey => &[
                "Add Passkey (device-bound)",
                "Add FIDO2 security key",
                "Admin registered security info",
                "Update user",
            ],
            Self::RemoveKey => &[
                "Delete Passkey (device-bound)",
                "Delete FIDO2 security key",
                "Admin deleted security info",
                "Update user",
            ],
            Self::RevokeSessions => &["Update StsRefreshTokenValidFrom Timestamp", "Update user"],
            Self::UpdateAccount => &["Update user"],
        }
    }
}

/// All that was announced and recorded, and what of it has been used up.
#[derive(Debug, Clone, Default)]
pub struct Announced {
    drills: Vec<Drill>,
    recorded: Vec<Recorded>,
    /// Which request a deed's activity was seen of: a second one like it is somebody else's.
    used: HashMap<(u64, String), String>,
}

impl Announced {
    /// Of drills and deeds.
    #[must_use]
    pub fn new(drills: Vec<Drill>, recorded: Vec<Recorded>) -> Self {
        Self {
            drills,
            recorded,
            used: HashMap::new(),
        }
    }

    /// Takes for used what an earlier look saw.
    pub fn use_up(&mut self, entry: u64, activity: &str) {
        let key = (entry, activity.to_owned());
        self.used.insert(key, String::new());
    }

    /// What explains a sign-in.
    #[must_use]
    pub fn of_sign_in(&self, event: &Event) -> Explanation {
        debug_assert_eq!(event.log, Log::SignIns);
        let account = event.account.as_deref().unwrap_or_default();
        let drills = self.drills.iter().filter(|one| same(&one.account, account));
        let near: Vec<&Drill> = drills.filter(|one| one.is_around(event)).collect();
        if let Some(drill) = near.iter().find(|drill| drill.against(event).is_none()) {
            return drill.explanation();
        }
        let why = near.first().and_then(|drill| {
            let against = drill.against(event)?;
            Some(format!("within the drill {}, but {against}", drill.label))
        });
        Explanation::Nothing { why }
    }

    /// What explains a change.
    pub fn of_change(&mut self, event: &Event, row: &DirectoryAudit) -> Explanation {
        let near = self.recorded.iter().filter(|one| one.says(event, row));
        let request = row.correlation_id.as_deref().unwrap_or(&row.id);
        let mut twice = None;
        for recorded in near {
            let key = (recorded.entry, event.activity.clone());
            match self.used.get(&key) {
                Some(used) if used != request => twice = Some(recorded),
                _ => {
                    self.used.insert(key, request.to_owned());
                    let (entry, what) = (recorded.entry, recorded.what.clone());
                    return Explanation::By { entry, what };
                }
            }
        }
        let why = twice
            .map(|recorded| format!("the {} explains one such change, not two", recorded.what));
        Explanation::Nothing { why }
    }
}

impl Drill {
    fn is_around(&self, event: &Event) -> bool {
        self.row.as_deref() == Some(&event.id) || within(event.time, self.from, self.until)
    }

    fn explanation(&self) -> Explanation {
        let (entry, what) = (self.entry, format!("drill {}", self.label));
        Explanation::By { entry, what }
    }

    /// What about a sign-in is not as in a drill.
    fn against(&self, event: &Event) -> Option<String> {
        if self.row.as_deref() == Some(&event.id) {
            return None;
        }
        match &event.ended {
            Ended::Failed { .. } => return Some("it failed".to_owned()),
            Ended::Unknown => return Some("the log does not say how it ended".to_owned()),
            Ended::Interrupted { .. } | Ended::Succeeded => {}
        }
        if let Some(application) = &self.application
            && !event
                .application
                .as_deref()
                .is_some_and(|one| same(one, application))
        {
            return Some("by another application than the drill's".to_owned());
        }
        let other = event
            .methods
            .iter()
            .find(|one| !is_passkey(one) && !is_earlier(one));
        if let Some(method) = other {
            return Some(format!("by {method}, which is no passkey"));
        }
        let needs_key = event.is_interactive && event.ended == Ended::Succeeded;
        let by_key = event.methods.iter().any(|one| is_passkey(one));
        (needs_key && !by_key).then(|| "the log does not say that it was by a passkey".to_owned())
    }
}

impl Recorded {
    fn says(&self, event: &Event, row: &DirectoryAudit) -> bool {
        let mut activities = self.deed.activities().iter();
        let targets = |id: &String| {
            let mut targets = row.target_resources.iter();
            targets.any(|one| one.id.as_deref().is_some_and(|target| same(target, id)))
        };
        event.ended == Ended::Succeeded
            && activities.any(|one| one.eq_ignore_ascii_case(&event.activity))
            && within(event.time, self.from, self.until)
            && !self.objects.is_empty()
            && self.objects.iter().all(targets)
    }
}

fn within(time: Timestamp, from: Timestamp, until: Timestamp) -> bool {
    time.duration_since(from) >= -TOLERANCE && time.duration_since(until) <= TOLERANCE
}
