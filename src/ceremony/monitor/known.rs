//! What the ledger knows: what was announced and done, and what earlier looks have seen.

use std::collections::HashSet;

use jiff::Timestamp;

use super::past::{self, Marks};
use super::recent::Refused;
use super::who::Who;
use super::{Memory, Request};
use crate::ceremony::drill::SIGN_IN_LIMIT;
use crate::ledger::{
    Ceremony, DrillCompleted, DrillIntended, Entry, Event, Log, OutcomeVerdict, State,
    TenantChange, TenantChangeIntended, TenantMonitored,
};
use crate::tenant::activity::{self, Announced, Deed, Drill, Recorded, TOLERANCE};

/// What the ledger knows.
pub(super) struct Known {
    pub(super) announced: Announced,
    /// Ids of rows of which an earlier look has told.
    pub(super) told: HashSet<String>,
    /// Of which time refused sign-ins were told of without their ids.
    pub(super) refused: Vec<Refused>,
    /// Up to when each log was read.
    pub(super) read: Marks,
}

impl Known {
    pub(super) fn new(
        entries: &[Entry],
        state: &State,
        who: &Who,
        request: &Request,
        now: Timestamp,
    ) -> Self {
        let application = request.drill_application.as_deref();
        let (mut drills, mut recorded) = (Vec::new(), Vec::new());
        for ceremony in state.ceremonies() {
            if let Event::DrillIntended(intent) = &ceremony.intent {
                drills.extend(drill(entries, ceremony, intent, application, now));
            }
            recorded.extend(deeds(entries, ceremony));
        }
        let mut known = Self {
            announced: Announced::new(drills, recorded),
            told: HashSet::new(),
            refused: Vec::new(),
            read: match request.memory.read {
                Some(read) => read,
                None => Marks::of(entries, who, now),
            },
        };
        known.remember(&request.memory);
        // Who names the beginning wants to see everything from there.
        if request.since.is_none() {
            let from = known.read.earliest().unwrap_or(Timestamp::MIN);
            let from = super::before(from, super::OVERLAP);
            past::told_looks(entries, &who.tenant, now)
                .filter(|(_, until)| *until >= from)
                .for_each(|(look, _)| known.take_in(look));
        }
        known
    }

    fn remember(&mut self, memory: &Memory) {
        self.told.extend(memory.told.iter().cloned());
        self.refused.clone_from(&memory.refused);
        for (entry, activity, request) in &memory.used {
            self.announced.use_up(*entry, activity, request);
        }
    }

    fn take_in(&mut self, look: TenantMonitored) {
        for refused in refused(&look) {
            refused.add_to(&mut self.refused);
        }
        self.told.extend(look.seen);
        for event in look.events {
            if let Some(entry) = event.explained_by {
                let request = event.correlation_id.unwrap_or_default();
                self.announced.use_up(entry, &event.activity, &request);
            }
            self.told.insert(event.id);
        }
    }
}

/// The refused sign-ins for whose ids a look had no room.
fn refused(look: &TenantMonitored) -> Vec<Refused> {
    let time = |text: &str| text.parse::<Timestamp>().ok();
    let until = look.refused_until.as_deref().and_then(time);
    let (Some(from), Some(until)) = (time(&look.period.from), until) else {
        return Vec::new();
    };
    let unread = look.unread.iter();
    let unread = unread.filter(|one| one.log == Log::SignIns).map(|one| {
        let until = time(&one.period.until).unwrap_or(Timestamp::MAX);
        (one.of.clone(), until)
    });
    let unread: Vec<_> = unread.collect();
    Refused::of(&look.accounts, (from, until), &unread)
}

fn entry_at(entries: &[Entry], index: u64) -> Option<&Entry> {
    entries.get(usize::try_from(index).ok()?)
}

/// From its announcement until its sign-in came to its end, or until the latest moment at which it can.
fn drill(
    entries: &[Entry],
    ceremony: &Ceremony,
    intent: &DrillIntended,
    application: Option<&str>,
    now: Timestamp,
) -> Option<Drill> {
    let entry = *ceremony.entries.first()?;
    let from = entry_at(entries, entry)?.time;
    let last = entry_at(entries, *ceremony.entries.last()?)?.time;
    let limit = from.saturating_add(SIGN_IN_LIMIT).unwrap_or(Timestamp::MAX);
    let mut own = activity::Marks::default();
    let mut attempted_at = None;
    let of_ceremony = ceremony.entries.iter();
    for entry in of_ceremony.filter_map(|index| entry_at(entries, *index)) {
        match entry.event() {
            Ok(Some(Event::DrillAttempted(attempted))) => {
                attempted_at = attempted_at.or(Some(entry.time));
                // The page of a drill that nobody got into may stay open: who comes in by it later is not the drill's.
                if attempted.is_let_in() {
                    own.requests.push(attempted.correlation_id.to_string());
                    own.tokens.extend(attempted.token_id);
                }
            }
            Ok(Some(Event::DrillCompleted(completed))) => own.row = own_row(completed),
            _ => {}
        }
    }
    let end = match (attempted_at, ceremony.is_open()) {
        (Some(at), _) => at.min(last),
        (None, true) => limit,
        (None, false) => last,
    };
    let over = limit.saturating_add(TOLERANCE).unwrap_or(Timestamp::MAX);
    Some(Drill {
        entry,
        label: intent.label.clone(),
        account: intent.account.id.clone(),
        from,
        until: end.min(limit),
        is_running: ceremony.is_open() && attempted_at.is_none() && now <= over,
        application: application.map(str::to_owned),
        own,
    })
}

/// The row that the drill found, if the drill was sure that it is its own, and that it is as it should be.
fn own_row(completed: DrillCompleted) -> Option<String> {
    let passed = |subject: &str| {
        let mut findings = completed.findings.iter();
        findings.any(|one| one.subject == subject && one.verdict == OutcomeVerdict::Pass)
    };
    let is_sure = ["sign_in", "log", "result", "method"]
        .into_iter()
        .all(passed);
    completed.log.filter(|_| is_sure).map(|row| row.id)
}

/// What the entries of a ceremony say was done to the tenant. Each was done after the entry before it.
fn deeds(entries: &[Entry], ceremony: &Ceremony) -> Vec<Recorded> {
    let pairs = ceremony.entries.windows(2);
    let deeds = pairs.filter_map(|pair| {
        let (before, entry) = (entry_at(entries, pair[0])?, entry_at(entries, pair[1])?);
        let (deed, what, objects) = deed(ceremony, entry)?;
        Some(Recorded {
            entry: entry.index,
            what,
            from: before.time,
            until: entry.time,
            deed,
            objects,
        })
    });
    deeds.collect()
}

type Done = (Deed, String, Vec<String>);

fn deed(ceremony: &Ceremony, entry: &Entry) -> Option<Done> {
    let label = &ceremony.label;
    let event = Event::parse(&entry.kind, &entry.body).ok()??;
    match (&ceremony.intent, event) {
        (Event::EnrollIntended(intent), Event::EnrollRegistered(_)) => {
            let what = format!("enrolment of {label}");
            Some((Deed::RegisterKey, what, vec![intent.account.id.clone()]))
        }
        (Event::EnrollIntended(intent), Event::CeremonyUndone(undone)) if undone.method_deleted => {
            let what = format!("undone enrolment of {label}");
            Some((Deed::RemoveKey, what, vec![intent.account.id.clone()]))
        }
        (Event::RetireIntended(intent), Event::RetireMethodRemoved(_)) => {
            let what = format!("retirement of {label}");
            Some((Deed::RemoveKey, what, vec![intent.account.id.clone()]))
        }
        (Event::DrillIntended(intent), Event::DrillAttempted(attempted)) => {
            let mut findings = attempted.findings.iter();
            let revoked = findings
                .any(|one| one.subject == "sessions" && one.verdict == OutcomeVerdict::Pass);
            let what = format!("drill {label}");
            revoked.then(|| (Deed::RevokeSessions, what, vec![intent.account.id.clone()]))
        }
        (Event::TenantChangeIntended(intent), Event::TenantChanged(changed)) => {
            let (deed, objects) = change(intent, changed.object.id?);
            Some((deed, format!("change {label}"), objects))
        }
        _ => None,
    }
}

fn change(intent: &TenantChangeIntended, object: String) -> (Deed, Vec<String>) {
    let with = intent.with.as_ref().and_then(|with| with.id.clone());
    match intent.change {
        TenantChange::AddMember => {
            let both = std::iter::once(object).chain(with);
            (Deed::AddMember, both.collect())
        }
        // The log names a role by another id than its template's.
        TenantChange::AssignRole => (Deed::AssignRole, vec![object]),
        TenantChange::ChangeMfaPolicy
        | TenantChange::EnforceDedicatedPolicy
        | TenantChange::EnforceMfaPolicy
        | TenantChange::ExcludeGroup => (Deed::ChangePolicy, vec![object]),
        TenantChange::CreateAccount => (Deed::CreateAccount, vec![object]),
        TenantChange::CreateDedicatedPolicy | TenantChange::CreateMfaPolicy => {
            (Deed::CreatePolicy, vec![object])
        }
        TenantChange::CreateGroup => (Deed::CreateGroup, vec![object]),
        TenantChange::SetPasswordPolicy => (Deed::UpdateAccount, vec![object]),
    }
}
