//! Which keys of which account lie where. What one fire, one thief, one absent person or one recalled model can take away at once is
//! one key too few.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::ledger::{EnrolledKey, State};

/// Accounts and places.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The places, in the order of the columns.
    pub places: Vec<String>,
    /// The accounts.
    pub rows: Vec<CoverageRow>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverageRow {
    /// Its sign-in name.
    pub account: String,
    /// The labels of its keys in each place.
    pub cells: Vec<Vec<String>>,
    /// The keys of which nobody said where they are.
    pub nowhere: Vec<String>,
    /// What all its keys have in common and should not.
    pub warnings: Vec<String>,
}

/// The keys in service.
pub(super) fn of(state: &State) -> Coverage {
    let mut accounts: BTreeMap<&str, Vec<&EnrolledKey>> = BTreeMap::new();
    for key in state.keys_in_service() {
        accounts
            .entry(&key.enrolled.account.upn)
            .or_default()
            .push(key);
    }
    let places: BTreeSet<&str> = state.keys_in_service().filter_map(place).collect();
    let rows = accounts.iter().map(|(account, keys)| CoverageRow {
        account: (*account).to_owned(),
        cells: places
            .iter()
            .map(|wanted| labels(keys, |found| found == Some(*wanted)))
            .collect(),
        nowhere: labels(keys, |found| found.is_none()),
        warnings: warnings(keys),
    });
    Coverage {
        rows: rows.collect(),
        places: places.iter().map(|&place| place.to_owned()).collect(),
    }
}

fn place(key: &EnrolledKey) -> Option<&str> {
    key.custody
        .as_ref()
        .map(|custody| custody.location.as_str())
}

fn labels(keys: &[&EnrolledKey], is_there: impl Fn(Option<&str>) -> bool) -> Vec<String> {
    let there = keys.iter().filter(|key| is_there(place(key)));
    there.map(|key| key.enrolled.label.clone()).collect()
}

fn warnings(keys: &[&EnrolledKey]) -> Vec<String> {
    let mut warnings = Vec::new();
    if let [only] = keys {
        return vec![format!("{} is its only key", only.enrolled.label)];
    }
    let places: BTreeSet<Option<&str>> = keys.iter().map(|key| place(key)).collect();
    if let [Some(place)] = places.iter().collect::<Vec<_>>()[..] {
        warnings.push(format!("all keys lie in {place}"));
    }
    let is_placed = keys.iter().all(|key| key.custody.is_some());
    let custodians = keys.iter().filter_map(|key| key.custody.as_ref());
    let custodians: BTreeSet<&str> = custodians
        .flat_map(|custody| custody.custodians.iter().map(String::as_str))
        .collect();
    if let ([custodian], true) = (&custodians.iter().collect::<Vec<_>>()[..], is_placed) {
        warnings.push(format!("{custodian} alone gets at all keys"));
    }
    let models: BTreeSet<String> = keys
        .iter()
        .map(|key| key.enrolled.aaguid.to_string())
        .collect();
    if let [model] = &models.iter().collect::<Vec<_>>()[..] {
        warnings.push(format!("all keys are of the model {model}"));
    }
    warnings
}
