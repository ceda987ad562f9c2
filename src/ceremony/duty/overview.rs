//! Everything that the operator's screen shows.

use jiff::Timestamp;

use super::accounts::{self, Account};
use super::calendar::Calendar;
use super::record::Record;
use super::{Duty, DutyKind, DutyState, Terms, keys, tenant};
use crate::ledger::{Custody, Entry, EntryRef, State};

/// How it stands with everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// As of when.
    pub now: Timestamp,
    /// The tenant as the configuration names it.
    pub tenant: Option<String>,
    /// The emergency accounts.
    pub accounts: Vec<AccountOverview>,
    /// What has to be done, the most urgent first.
    pub duties: Vec<Duty>,
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
    /// What verifying it remarked on.
    pub warnings: usize,
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
        let record = Record::of(entries, state, terms.tenant.as_deref());
        let accounts = accounts::accounts(terms, state, &record);
        let calendar = Calendar { terms, now };
        let began = entries.first().map(|entry| entry.time);
        let mut duties = tenant::duties(&accounts, &record, began, &calendar);
        duties.extend(tenant::ceremonies(entries, state, &calendar));
        for account in &accounts {
            duties.extend(accounts::duties(account, &record, &calendar));
            for key in &account.keys {
                duties.extend(keys::duties(key, &record, &calendar));
            }
        }
        duties.sort_by(|one, other| urgency(one).cmp(&urgency(other)));
        Self {
            now,
            tenant: terms.tenant.clone(),
            accounts: accounts.iter().map(account).collect(),
            duties,
            ledger,
            open_ceremonies: state.open_ceremonies().len(),
            unexplained: record.unexplained(),
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

fn account(account: &Account<'_>) -> AccountOverview {
    let keys = account.keys.iter().map(|key| KeyOverview {
        label: key.enrolled.label.clone(),
        last_proof: key.last_proof.map(|(_, time)| time),
        custody: key.custody.clone(),
    });
    AccountOverview {
        name: account.name.clone(),
        id: account.id.clone(),
        keys: keys.collect(),
    }
}
