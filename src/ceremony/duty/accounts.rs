//! What is due for an account.

use super::calendar::{Calendar, Last};
use super::record::{Drill, Ending, Record, is_same};
use super::{Duty, DutyKind, DutyState, Terms};
use crate::encoding::shell_word;
use crate::ledger::{EnrolledKey, State};

/// An emergency account, and its keys in service.
pub(super) struct Account<'a> {
    /// As the configuration has it, else as the ledger does.
    pub(super) name: String,
    /// Its identifier in the directory; none of one of which the ledger knows nothing.
    pub(super) id: Option<String>,
    pub(super) keys: Vec<&'a EnrolledKey>,
}

/// The accounts that the configuration names, in its order, and then the others that have keys.
pub(super) fn accounts<'a>(terms: &Terms, state: &'a State, record: &Record) -> Vec<Account<'a>> {
    let named = terms.accounts.iter().map(|name| Account {
        name: name.clone(),
        id: record.id_of(name).map(str::to_owned),
        keys: Vec::new(),
    });
    let mut accounts: Vec<Account<'a>> = named.collect();
    let tenant = terms.tenant.as_deref();
    let keys = state.keys_in_service();
    for key in keys.filter(|key| is_same(tenant, &key.enrolled.tenant)) {
        let owner = &key.enrolled.account;
        let is_owner = |account: &Account<'_>| {
            let id = account.id.as_deref();
            id.is_some_and(|id| id.eq_ignore_ascii_case(&owner.id))
        };
        match accounts.iter_mut().find(|account| is_owner(account)) {
            Some(account) => account.keys.push(key),
            None => accounts.push(Account {
                name: owner.upn.clone(),
                id: Some(owner.id.clone()),
                keys: vec![key],
            }),
        }
    }
    accounts
}

/// All of them for one account but those of its keys.
pub(super) fn duties(account: &Account<'_>, record: &Record, calendar: &Calendar<'_>) -> Vec<Duty> {
    let drills: Vec<&Drill> = record
        .drills
        .iter()
        .filter(|drill| {
            let id = account.id.as_deref();
            id.is_some_and(|id| id.eq_ignore_ascii_case(&drill.account.id))
        })
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
    let name = shell_word(&account.name);
    let command = format!("halligan enroll --account {name} --label LABEL");
    let why = format!("{found} of {wanted} keys in service");
    Duty::new(DutyKind::Keys, &account.name, state, command).because(why)
}

/// One that failed does not count, and is not hidden by an earlier one that passed.
fn drill(account: &Account<'_>, drills: &[&Drill], calendar: &Calendar<'_>) -> Option<Duty> {
    let command = format!(
        "halligan drill --account {} --by NAME",
        shell_word(&account.name)
    );
    let last = passed(drills).map(|drill| drill.time);
    let duty = calendar.duty(DutyKind::Drill, &account.name, last.into(), command)?;
    Some(match drills.last().map(|drill| &drill.ending) {
        Some(Ending::Failed(what)) => duty.at_least(DutyState::Failed, what),
        Some(Ending::Inconclusive(what)) => duty.at_least(DutyState::Unknown, what),
        Some(Ending::Passed) | None => duty,
    })
}

/// Nothing where no drill has passed: there was nothing to be alarmed by, and the drill's own line says so.
fn alerts(
    account: &Account<'_>,
    drills: &[&Drill],
    record: &Record,
    calendar: &Calendar<'_>,
) -> Option<Duty> {
    let drill = passed(drills)?;
    let command = format!(
        "halligan alerts verify --drill {} --received TIME --channel WAY --by NAME",
        drill.ceremony
    );
    let name = &account.name;
    let missing = Last::NotSince(drill.time);
    let duty = calendar.duty(DutyKind::Alerts, name, missing, command.clone())?;
    let Some(received) = record.alerts.get(&drill.ceremony) else {
        return Some(duty.because(format!("nobody said that the one of {} came", day(drill))));
    };
    let done = Duty::new(DutyKind::Alerts, name, DutyState::Done, command);
    Some(done.last(Some(*received)))
}

fn passed<'a>(drills: &[&'a Drill]) -> Option<&'a Drill> {
    let passed = |drill: &&&Drill| drill.ending == Ending::Passed;
    drills.iter().rev().find(passed).copied()
}

fn day(drill: &Drill) -> String {
    drill.time.strftime("%Y-%m-%d").to_string()
}
