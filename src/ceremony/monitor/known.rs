//! What the ledger knows: what was announced and done, and what earlier looks have seen.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::who::{Retention, Who};
use super::{OVERLAP, Request, Unread};
use crate::graph::Window;
use crate::ledger::{
    self, Ceremony, DrillIntended, Entry, Event, Kind, OutcomeVerdict, State, TenantChange,
    TenantChangeIntended, TenantMonitored,
};
use crate::tenant::activity::{Announced, Deed, Drill, Log, Recorded};

/// How long after its announcement a drill can sign in, while nothing says that it is over.
const DRILL_LIMIT: SignedDuration = SignedDuration::from_hours(1);

/// What the ledger knows.
pub(super) struct Known {
    pub(super) announced: Announced,
    /// Ids of rows of which an earlier look has told.
    pub(super) told: HashSet<String>,
    sign_ins_until: Option<Timestamp>,
    directory_audits_until: Option<Timestamp>,
}

impl Known {
    pub(super) fn new(entries: &[Entry], state: &State, who: &Who, request: &Request) -> Self {
        let application = request.drill_application.as_deref();
        let (mut drills, mut recorded) = (Vec::new(), Vec::new());
        for ceremony in state.ceremonies() {
            match &ceremony.intent {
                Event::DrillIntended(intent) => {
                    drills.extend(drill(entries, ceremony, intent, application));
                    recorded.extend(deeds(entries, ceremony));
                }
                _ => recorded.extend(deeds(entries, ceremony)),
            }
        }
        let looks = looks(entries, &who.tenant);
        let until = |log| until(&looks, who, log);
        let mut known = Self {
            announced: Announced::new(drills, recorded),
            told: request.told.clone(),
            sign_ins_until: until(ledger::Log::SignIns),
            directory_audits_until: until(ledger::Log::DirectoryAudits),
        };
        // Who names the beginning wants to see everything from there.
        if request.since.is_none() {
            looks.into_iter().for_each(|look| known.take_in(look));
        }
        known
    }

    fn take_in(&mut self, look: TenantMonitored) {
        self.told.extend(look.seen);
        for event in look.events {
            if let Some(entry) = event.explained_by {
                self.announced.use_up(entry, &event.activity);
            }
            self.told.insert(event.id);
        }
    }
}

/// The looks at this tenant, oldest first.
fn looks(entries: &[Entry], tenant: &str) -> Vec<TenantMonitored> {
    let looks = entries
        .iter()
        .filter(|entry| entry.kind == Kind::TenantMonitored);
    let looks = looks.filter_map(|entry| match Event::parse(&entry.kind, &entry.body) {
        Ok(Some(Event::TenantMonitored(look))) if look.tenant == tenant => Some(look),
        _ => None,
    });
    looks.collect()
}

/// Up to when this log has been looked at for all these accounts.
fn until(looks: &[TenantMonitored], who: &Who, log: ledger::Log) -> Option<Timestamp> {
    let whole = looks.iter().filter(|look| {
        let mut unread = look.unread.iter();
        let read = !unread.any(|one| one.log == log && one.period.until == look.period.until);
        let all = who.accounts.iter().all(|account| {
            let mut looked_for = look.accounts.iter();
            looked_for.any(|one| one.id.eq_ignore_ascii_case(&account.id))
        });
        read && all
    });
    whole
        .filter_map(|look| look.period.until.parse().ok())
        .max()
}

fn entry_at(entries: &[Entry], index: u64) -> Option<&Entry> {
    entries.get(usize::try_from(index).ok()?)
}

fn drill(
    entries: &[Entry],
    ceremony: &Ceremony,
    intent: &DrillIntended,
    application: Option<&str>,
) -> Option<Drill> {
    let entry = *ceremony.entries.first()?;
    let from = entry_at(entries, entry)?.time;
    let last = entry_at(entries, *ceremony.entries.last()?)?;
    let row = match Event::parse(&last.kind, &last.body) {
        Ok(Some(Event::DrillCompleted(completed))) => completed.log.map(|row| row.id),
        _ => None,
    };
    Some(Drill {
        entry,
        label: intent.label.clone(),
        account: intent.account.id.clone(),
        from,
        until: match ceremony.is_open() {
            true => from.saturating_add(DRILL_LIMIT).unwrap_or(Timestamp::MAX),
            false => last.time,
        },
        application: application.map(str::to_owned),
        row,
    })
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

/// The time that each log is asked for, and what of it the service has forgotten.
pub(super) struct Spans {
    now: Timestamp,
    wanted: [(Log, Timestamp); 2],
    retention: Retention,
}

impl Spans {
    pub(super) fn new(
        known: &Known,
        since: Option<Timestamp>,
        retention: Retention,
        now: Timestamp,
    ) -> Self {
        let oldest = before(now, retention.certain);
        let from = |until: Option<Timestamp>| {
            since.unwrap_or_else(|| {
                until
                    .map_or(oldest, |until| before(until, OVERLAP))
                    .min(now)
            })
        };
        Self {
            now,
            wanted: [
                (Log::SignIns, from(known.sign_ins_until)),
                (Log::DirectoryAudits, from(known.directory_audits_until)),
            ],
            retention,
        }
    }

    /// What this log is asked for.
    pub(super) fn of(&self, log: Log) -> Window {
        let oldest = before(self.now, self.retention.longest);
        Window {
            from: self.wanted(log).max(oldest),
            until: self.now,
        }
    }

    /// From the first moment that is wanted of any log.
    pub(super) fn whole(&self) -> Window {
        Window {
            from: self.wanted[0].1.min(self.wanted[1].1),
            until: self.now,
        }
    }

    fn wanted(&self, log: Log) -> Timestamp {
        self.wanted[usize::from(log == self.wanted[1].0)].1
    }

    /// What is no longer there, and what could not be found out beforehand.
    pub(super) fn forgotten(&self, who: &Who) -> Vec<Unread> {
        let kept = before(self.now, self.retention.certain);
        let forgotten = self.wanted.iter().filter(|(_, from)| *from < kept);
        let forgotten = forgotten.map(|&(log, from)| Unread {
            log,
            window: Window { from, until: kept },
            why: self.retention.why.clone(),
            permission: None,
        });
        let unknown = who.unknown.iter().map(|(log, unread)| Unread {
            log: *log,
            window: self.of(*log),
            why: unread.why.clone(),
            permission: unread.permission.as_deref().map(str::to_owned),
        });
        forgotten.chain(unknown).collect()
    }
}

fn before(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.saturating_sub(span).unwrap_or(Timestamp::MIN)
}
