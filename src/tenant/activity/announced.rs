//! What was announced, and what was recorded: the only things that explain an event.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::sign_in::{is_earlier, is_passkey};
use super::{Ended, Event, Explanation, Log, same};
use crate::graph::model::DirectoryAudit;

/// How far the service's clock and a station's may be apart.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// How long before its entry, or after the entry before it, a deed can have been done. In between a ceremony may have waited for days to
/// be resumed.
const STEP: SignedDuration = SignedDuration::from_mins(15);

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
    /// When its sign-in ended, or the latest moment at which it can.
    pub until: Timestamp,
    /// Whether its sign-in may still come to its end: until then nobody knows which one it is.
    pub is_running: bool,
    /// The application that signs in, if that is known.
    pub application: Option<String>,
    /// By what its own sign-in is known.
    pub own: Marks,
}

/// By what the drill's own sign-in is known among others of the same time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// The row that the drill found, by its identifiers, and found to be as it should.
    pub row: Option<String>,
    /// What its requests were marked with.
    pub requests: Vec<String>,
    /// `uti` of its tokens.
    pub tokens: Vec<String>,
}

impl Marks {
    fn are_of(&self, event: &Event) -> bool {
        let is_one_of = |marks: &[String], mark: &Option<String>| {
            let mark = mark.as_deref().filter(|mark| !mark.is_empty());
            mark.is_some_and(|mark| marks.iter().any(|one| same(one, mark)))
        };
        is_one_of(&self.requests, &event.correlation_id) || is_one_of(&self.tokens, &event.token_id)
    }
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

/// What the log says of a user's update besides what was changed.
const BESIDES: [&str; 3] = [
    "included updated properties",
    "targetid.",
    "action client name",
];

/// Whether an update of a user is of those that the deed brings about. The log calls every change of an account so: who renames or
/// disables it while a key is enrolled must not pass for the enrolment.
fn is_of_deed(deed: Deed, row: &DirectoryAudit) -> bool {
    let own: &[&str] = match deed {
        Deed::RegisterKey | Deed::RemoveKey => &["searchabledevicekey", "strongauthentication"],
        Deed::RevokeSessions => &[
            "stsrefreshtoken",
            "signinsessionsvalidfrom",
            "refreshtokensvalidfrom",
        ],
        Deed::UpdateAccount => &["passwordpolicies"],
        // Whoever makes an account sets all of it.
        Deed::CreateAccount => return true,
        Deed::AddMember
        | Deed::AssignRole
        | Deed::ChangePolicy
        | Deed::CreateGroup
        | Deed::CreatePolicy => return false,
    };
    let targets = row.target_resources.iter();
    let changed = targets.flat_map(|target| &target.modified_properties);
    let mut changed = changed.peekable();
    // A row that does not say what was changed may be of anything.
    changed.peek().is_some()
        && changed.all(|property| {
            let name = property.display_name.as_deref().unwrap_or_default();
            let name = name.to_ascii_lowercase();
            let mut known = own.iter().chain(&BESIDES);
            known.any(|known| name.starts_with(known))
        })
}

/// All that was announced and recorded, and what of it has been used up.
#[derive(Debug, Clone, Default)]
pub struct Announced {
    drills: Vec<Drill>,
    recorded: Vec<Recorded>,
    /// Which request a deed's activity was seen of: a second one like it is somebody else's.
    used: HashMap<(u64, String), String>,
}

/// A change that a deed may explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    event: Event,
    /// The row's request, or the row itself where that is not told.
    request: String,
    /// The deeds that may explain it, the nearest first, and how far they are.
    by: Vec<(SignedDuration, usize)>,
}

impl Change {
    /// What the row says.
    #[must_use]
    pub fn into_event(self) -> Event {
        self.event
    }
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

    /// Takes for used what an earlier look saw, of this request.
    pub fn use_up(&mut self, entry: u64, activity: &str, request: &str) {
        let key = (entry, activity.to_owned());
        self.used.insert(key, request.to_owned());
    }

    /// What of deeds has been used up: the entry, the activity, and the request.
    pub fn used(&self) -> impl Iterator<Item = (u64, &str, &str)> {
        let used = self.used.iter();
        used.map(|((entry, activity), request)| (*entry, activity.as_str(), request.as_str()))
    }

    /// What explains a sign-in; nothing at all while a drill goes on of which it may be the sign-in: only the drill's end tells.
    #[must_use]
    pub fn of_sign_in(&self, event: &Event) -> Option<Explanation> {
        debug_assert_eq!(event.log, Log::SignIns);
        let account = event.account.as_deref().unwrap_or_default();
        let drills = self.drills.iter().filter(|one| same(&one.account, account));
        let near: Vec<&Drill> = drills.filter(|one| one.is_around(event)).collect();
        let of_course = |drill: &&&Drill| drill.against(event).is_none();
        if let Some(drill) = near.iter().find(of_course) {
            return match drill.is_running {
                true => None,
                false => Some(drill.explanation()),
            };
        }
        let why = near.first().and_then(|drill| {
            let against = drill.against(event)?;
            Some(format!("within the drill {}, but {against}", drill.label))
        });
        Some(Explanation::Nothing { why })
    }

    /// A change with the deeds that may explain it; the event alone if there are none. Which deed explains which change can be told only
    /// once all are known ([`Self::of_changes`]): rows come newest first, and the newest need not be ours.
    ///
    /// # Errors
    /// The event, of which nothing comes near.
    pub fn change(
        &self,
        event: Event,
        row: &DirectoryAudit,
        by_account: bool,
    ) -> Result<Change, Box<Event>> {
        // The tool acts as an operator or an application, never as the account that it looks after.
        if by_account {
            return Err(Box::new(event));
        }
        let recorded = self.recorded.iter().enumerate();
        let by = recorded.filter_map(|(at, one)| Some((one.distance(&event, row)?, at)));
        let mut by: Vec<_> = by.collect();
        by.sort();
        if by.is_empty() {
            return Err(Box::new(event));
        }
        let request = row.correlation_id.clone();
        let request = request.filter(|request| !request.is_empty());
        Ok(Change {
            request: request.unwrap_or_else(|| event.id.clone()),
            event,
            by,
        })
    }

    /// What explains changes: each deed one of a kind, the nearest to it, of several the oldest.
    pub fn of_changes(&mut self, mut changes: Vec<Change>) -> Vec<(Event, Explanation)> {
        changes.sort_by(|one, other| {
            let key = |change: &Change| {
                let distance = change.by.first().map(|(distance, _)| *distance);
                (distance, change.event.time, change.event.id.clone())
            };
            key(one).cmp(&key(other))
        });
        let explained = changes.into_iter().map(|change| {
            let explanation = self.of_change(&change);
            (change.event, explanation)
        });
        explained.collect()
    }

    fn of_change(&mut self, change: &Change) -> Explanation {
        let mut twice = None;
        for (_, at) in &change.by {
            let recorded = &self.recorded[*at];
            let key = (recorded.entry, change.event.activity.clone());
            match self.used.get(&key) {
                Some(used) if *used != change.request => twice = twice.or(Some(recorded)),
                _ => {
                    let (entry, what) = (recorded.entry, recorded.what.clone());
                    self.used.insert(key, change.request.clone());
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
        self.is_own_row(event) || within(event.time, self.from, self.until)
    }

    fn is_own_row(&self, event: &Event) -> bool {
        self.own.row.as_deref() == Some(&event.id)
    }

    fn explanation(&self) -> Explanation {
        let (entry, what) = (self.entry, format!("drill {}", self.label));
        Explanation::By { entry, what }
    }

    /// What about a sign-in is not as in a drill.
    fn against(&self, event: &Event) -> Option<String> {
        if self.is_own_row(event) {
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
        match event.ended == Ended::Succeeded {
            true => self.against_entry(event),
            false => None,
        }
    }

    /// What stands against a sign-in that succeeded. Whoever else has a key could wait for a drill to use it in.
    fn against_entry(&self, event: &Event) -> Option<String> {
        let by_key = event.methods.iter().any(|one| is_passkey(one));
        if event.is_interactive && !by_key {
            return Some("the log does not say that it was by a passkey".to_owned());
        }
        if self.is_running || self.own.are_of(event) {
            return None;
        }
        let has_marks = !(self.own.requests.is_empty() && self.own.tokens.is_empty());
        match (event.is_interactive, has_marks) {
            (true, true) => Some("it is another one than the drill's own".to_owned()),
            (true, false) => Some("the drill tells of no sign-in".to_owned()),
            (false, _) if self.application.is_some() => None,
            (false, _) => Some("it is not known by which application drills sign in".to_owned()),
        }
    }
}

impl Recorded {
    /// How far a change is from the time of this deed; nothing if it cannot be this deed.
    fn distance(&self, event: &Event, row: &DirectoryAudit) -> Option<SignedDuration> {
        let mut activities = self.deed.activities().iter();
        let targets = |id: &String| {
            let mut targets = row.target_resources.iter();
            targets.any(|one| one.id.as_deref().is_some_and(|target| same(target, id)))
        };
        let is_it = event.ended == Ended::Succeeded
            && activities.any(|one| one.eq_ignore_ascii_case(&event.activity))
            && !self.objects.is_empty()
            && self.objects.iter().all(targets)
            && (!event.activity.eq_ignore_ascii_case("Update user") || is_of_deed(self.deed, row));
        let shift = |time: Timestamp, by: SignedDuration| time.saturating_add(by).unwrap_or(time);
        let distance = distance(
            event.time,
            self.from,
            self.until.min(shift(self.from, STEP)),
        )
        .min(distance(
            event.time,
            self.from.max(shift(self.until, -STEP)),
            self.until,
        ));
        (is_it && distance <= TOLERANCE).then_some(distance)
    }
}

/// How far a moment is from a time.
fn distance(time: Timestamp, from: Timestamp, until: Timestamp) -> SignedDuration {
    let outside = from.duration_since(time).max(time.duration_since(until));
    outside.max(SignedDuration::ZERO)
}

fn within(time: Timestamp, from: Timestamp, until: Timestamp) -> bool {
    distance(time, from, until) <= TOLERANCE
}
