//! What is due for an account.

use super::calendar::{Calendar, Last, is_ahead};
use super::command::option;
use super::newest::Newest;
use super::record::{Drill, Ending, Record};
use super::tenancy::Tenancy;
use super::{Duty, DutyKind, DutyState, Terms};
use crate::ledger::{EnrolledKey, State};

/// An emergency account, and its keys in service.
pub(super) struct Account<'a> {
    /// As the configuration has it, else as the ledger does; no two have the same.
    pub(super) name: String,
    /// Its identifier in the directory; none of one of which the ledger knows nothing.
    pub(super) id: Option<String>,
    pub(super) keys: Vec<&'a EnrolledKey>,
}

impl Account<'_> {
    fn has_id(&self, id: &str) -> bool {
        let own = self.id.as_deref();
        own.is_some_and(|own| own.eq_ignore_ascii_case(id))
    }
}

/// The accounts that the configuration names, in its order, and then the others that have keys.
pub(super) fn accounts<'a>(
    terms: &Terms,
    state: &'a State,
    record: &Record,
    tenancy: &Tenancy,
) -> Vec<Account<'a>> {
    let mut accounts: Vec<Account<'a>> = Vec::new();
    for name in &terms.accounts {
        let id = record.id_of(name).map(str::to_owned);
        // One account may be named in two ways.
        let again = accounts.iter().any(|known| {
            let same = id.as_deref().is_some_and(|id| known.has_id(id));
            same || known.name.eq_ignore_ascii_case(name)
        });
        if !again {
            accounts.push(Account {
                name: name.clone(),
                id,
                keys: Vec::new(),
            });
        }
    }
    let keys = state.keys_in_service();
    for key in keys.filter(|key| tenancy.has(&key.enrolled.tenant)) {
        let owner = &key.enrolled.account;
        match accounts
            .iter_mut()
            .find(|account| account.has_id(&owner.id))
        {
            Some(account) => account.keys.push(key),
            None => {
                let mut taken = accounts.iter();
                // An account that was made anew has the old one's name.
                let name = match taken.any(|other| other.name.eq_ignore_ascii_case(&owner.upn)) {
                    true => format!("{} ({})", owner.upn, owner.id),
                    false => owner.upn.clone(),
                };
                accounts.push(Account {
                    name,
                    id: Some(owner.id.clone()),
                    keys: vec![key],
                });
            }
        }
    }
    accounts
}

/// All of them for one account but those of its keys.
pub(super) fn duties(account: &Account<'_>, record: &Record, calendar: &Calendar<'_>) -> Vec<Duty> {
    let drills = record.drills.iter();
    let drills: Vec<&Drill> = drills
        .filter(|drill| account.has_id(&drill.account.id))
        .collect();
    let others = [
        drill(account, &drills, calendar),
        alerts(account, &drills, record, calendar),
    ];
    let keys = keys(account, calendar.terms.keys_per_account);
    std::iter::once(keys)
        .chain(others.into_iter().flatten())
        .collect()
}

fn keys(account: &Account<'_>, wanted: usize) -> Duty {
    let found = account.keys.len();
    let state = match found < wanted {
        true => DutyState::Failed,
        false => DutyState::Done,
    };
    let command = format!(
        "halligan enroll {} --label LABEL --location PLACE --custodian NAME",
        option("--account", called(account))
    );
    let why = format!("{found} of {wanted} keys in service");
    Duty::new(DutyKind::Keys, &account.name, state, command).because(why)
}

/// As a command takes it: of two accounts of one name the identifier.
fn called<'b>(account: &'b Account<'_>) -> &'b str {
    match &account.id {
        Some(id) if account.name.ends_with(&format!("({id})")) => id,
        _ => &account.name,
    }
}

/// One that failed does not count, and is not hidden by an earlier one that passed.
fn drill(account: &Account<'_>, drills: &[&Drill], calendar: &Calendar<'_>) -> Option<Duty> {
    let account_option = option("--account", called(account));
    let command = format!("halligan drill {account_option} --by NAME");
    let all = drills.iter().map(|drill| (drill.time, &drill.ending));
    let newest = Newest::of(all.clone(), calendar.now);
    let passed = all.filter(|(_, ending)| **ending == Ending::Passed);
    let last = Newest::of(passed, calendar.now).last();
    let duty = calendar.duty(DutyKind::Drill, &account.name, last, command)?;
    Some(duty.ended(newest.what().copied()))
}

/// Nothing where no drill has passed: there was nothing to be alarmed by, and the drill's own line says so.
fn alerts(
    account: &Account<'_>,
    drills: &[&Drill],
    record: &Record,
    calendar: &Calendar<'_>,
) -> Option<Duty> {
    let passed = drills.iter().filter(|drill| {
        let passed = drill.ending == Ending::Passed;
        passed && !is_ahead(drill.time, calendar.now)
    });
    let drill = passed.max_by_key(|drill| drill.time)?;
    let command = format!(
        "halligan alerts verify --drill {} --received TIME --channel WAY --by NAME",
        drill.ceremony
    );
    let name = &account.name;
    let missing = Last::NotSince(drill.time);
    let duty = calendar.duty(DutyKind::Alerts, name, missing, command.clone())?;
    let Some(received) = record.alerts.get(&drill.ceremony) else {
        let day = drill.time.strftime("%Y-%m-%d");
        return Some(duty.because(format!("nobody said that the one of {day} came")));
    };
    let done = Duty::new(DutyKind::Alerts, name, DutyState::Done, command);
    Some(done.last(Some(*received)))
}
