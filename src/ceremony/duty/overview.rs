//! Everything that the operator's screen shows.

use jiff::Timestamp;

use super::accounts::{self, Account};
use super::calendar::{Calendar, is_ahead};
use super::record::{Record, Reviews};
use super::tenancy::Tenancy;
use super::{Duty, DutyKind, DutyState, Terms, keys, tenant};
use crate::ledger::{Branches, Custody, Entry, EntryRef, State, Told, Warning};

/// How it stands with everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// As of when.
    pub now: Timestamp,
    /// The tenant as the configuration names it.
    pub tenant: Option<String>,
    /// The domain in which the accounts sign in, if it is one, and the ledger knows it.
    pub domain: Option<String>,
    /// The emergency accounts.
    pub accounts: Vec<AccountOverview>,
    /// What has to be done, the most urgent first.
    pub duties: Vec<Duty>,
    /// What the schedule leaves alone.
    pub unscheduled: Vec<DutyKind>,
    /// The ledger that this is from.
    pub ledger: LedgerOverview,
    /// How many ceremonies are open.
    pub open_ceremonies: usize,
    /// How many rows of the logs nothing explains.
    pub unexplained: u32,
}

/// An emergency account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOverview {
    /// Its name.
    pub name: String,
    /// Its identifier in the directory, if the ledger knows it.
    pub id: Option<String>,
    /// Its keys in service, in the order of their enrolment.
    pub keys: Vec<KeyOverview>,
}

/// A key in service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOverview {
    /// What people call it.
    pub label: String,
    /// When it last proved that it works.
    pub last_proof: Option<Timestamp>,
    /// Where it lies, if anybody said so.
    pub custody: Option<Custody>,
}

/// A ledger that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerOverview {
    /// Where it is.
    pub location: String,
    /// How many entries it has.
    pub entries: u64,
    /// The newest entry.
    pub head: Option<EntryRef>,
    /// When that was written.
    pub written_at: Option<Timestamp>,
    /// How many remarks verifying it made.
    pub warnings: usize,
    /// The first remark that leaves open what the ledger says.
    pub doubt: Option<String>,
}

impl LedgerOverview {
    /// Of a ledger that was verified with these remarks.
    #[must_use]
    pub fn of(location: &str, state: &State, warnings: &[Warning]) -> Self {
        // A clock that was behind makes what it dates look older than it is, and that stays so for ever.
        let mut doubts = warnings
            .iter()
            .filter(|warning| !matches!(warning, Warning::TimeWentBack { .. }));
        Self {
            location: location.to_owned(),
            entries: state.next_index(),
            head: state.head(),
            written_at: state.last_time(),
            warnings: warnings.len(),
            doubt: doubts.next().map(ToString::to_string),
        }
    }

    fn duty(&self, now: Timestamp) -> Duty {
        let ahead = self.written_at.filter(|time| is_ahead(*time, now));
        let (state, why) = match (self.head, ahead, &self.doubt) {
            (None, ..) => (DutyState::Unknown, "no entry yet".to_owned()),
            (_, Some(time), _) => {
                let why = format!(
                    "the newest entry is dated {time}, which is in the future: a clock is wrong"
                );
                (DutyState::Unknown, why)
            }
            (_, None, Some(doubt)) => (DutyState::Unknown, doubt.clone()),
            (_, None, None) => (
                DutyState::Done,
                format!("{} entries verified", self.entries),
            ),
        };
        let command = "halligan ledger verify".to_owned();
        Duty::new(DutyKind::Ledger, "the ledger", state, command).because(why)
    }
}

impl Overview {
    /// From the entries of a ledger that was verified, and what they add up to.
    #[must_use]
    pub fn of(
        entries: &[Entry],
        state: &State,
        ledger: LedgerOverview,
        terms: &Terms,
        now: Timestamp,
    ) -> Self {
        let story = Told::all(entries);
        let tenancy = Tenancy::of(
            terms.tenant.as_deref(),
            story.iter().map(|told| &told.event),
        );
        let branches = Branches::of(entries);
        let reviews = Reviews::of(state, &branches, &tenancy, terms.signatures, now);
        let record = Record::of(story, state, &tenancy, reviews, now);
        let accounts = accounts::accounts(terms, state, &record, &tenancy);
        let calendar = Calendar { terms, now };
        let began = entries.first().map(|entry| entry.time);
        let mut open = state.open_ceremonies();
        open.retain(|ceremony| tenancy.has_ceremony(ceremony, state));
        let mut duties = tenant::duties(&accounts, &record, began, &calendar);
        duties.push(ledger.duty(now));
        duties.extend(tenant::ceremonies(&open, entries, &calendar));
        for account in &accounts {
            duties.extend(accounts::duties(account, &record, &calendar));
            for key in &account.keys {
                duties.extend(keys::duties(key, &record, &calendar));
            }
        }
        duties.sort_by(|one, other| urgency(one).cmp(&urgency(other)));
        let ids = accounts.iter().filter_map(|account| account.id.as_deref());
        Self {
            now,
            tenant: terms.tenant.clone(),
            domain: record.domain(ids),
            accounts: accounts.iter().map(|one| account(one, &record)).collect(),
            duties,
            unscheduled: terms.schedule.unscheduled(),
            ledger,
            open_ceremonies: open.len(),
            unexplained: record.looks.unexplained().rows,
        }
    }

    /// Whether nothing is overdue, never done, failed or unknown.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.duties.iter().all(|duty| duty.state.is_satisfied())
    }

    /// How many duties are in this state.
    #[must_use]
    pub fn count(&self, state: DutyState) -> usize {
        let those = self.duties.iter().filter(|duty| duty.state == state);
        those.count()
    }

    /// The duties of this kind, the most urgent first.
    pub fn of_kind(&self, kind: DutyKind) -> impl Iterator<Item = &Duty> {
        self.duties.iter().filter(move |duty| duty.kind == kind)
    }

    /// The duty of this kind about this subject.
    #[must_use]
    pub fn duty(&self, kind: DutyKind, subject: &str) -> Option<&Duty> {
        self.of_kind(kind).find(|duty| duty.subject == subject)
    }
}

fn urgency(duty: &Duty) -> (DutyState, Timestamp, DutyKind, &str) {
    let due_at = duty.due_at.unwrap_or(Timestamp::MIN);
    (duty.state, due_at, duty.kind, &duty.subject)
}

fn account(account: &Account<'_>, record: &Record) -> AccountOverview {
    let keys = account.keys.iter().map(|key| {
        let proofs = record.proofs.get(&key.enrolled.credential_id);
        KeyOverview {
            label: key.enrolled.label.clone(),
            last_proof: proofs.and_then(|proofs| proofs.time()),
            custody: key.custody.clone(),
        }
    });
    AccountOverview {
        name: account.name.clone(),
        id: account.id.clone(),
        keys: keys.collect(),
    }
}
