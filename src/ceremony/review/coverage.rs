//! Which keys of which account lie where. What one fire, one thief, one absent person or one recalled model can take away at once is
//! one key too few.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::story::Story;
use crate::ledger::EnrolledKey;

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
    /// What they may have in common, as nobody said otherwise.
    pub doubts: Vec<String>,
}

/// The keys in service of the tenant.
pub(super) fn of(story: &Story<'_>) -> Coverage {
    let mut accounts: BTreeMap<&str, Vec<&EnrolledKey>> = BTreeMap::new();
    for key in story.keys() {
        accounts
            .entry(&key.enrolled.account.upn)
            .or_default()
            .push(key);
    }
    let places: BTreeSet<&str> = story.keys().filter_map(place).collect();
    let rows = accounts.iter().map(|(account, keys)| CoverageRow {
        account: (*account).to_owned(),
        cells: places
            .iter()
            .map(|wanted| labels(keys, |found| found == Some(*wanted)))
            .collect(),
        nowhere: labels(keys, |found| found.is_none()),
        warnings: warnings(keys),
        doubts: doubts(keys),
    });
    Coverage {
        rows: rows.collect(),
        places: places.iter().map(|&place| place.to_owned()).collect(),
    }
}

fn place(key: &EnrolledKey) -> Option<&str> {
    let custody = key.custody.as_ref()?;
    Some(&custody.location)
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

/// Of a single key, its loss is told already.
fn doubts(keys: &[&EnrolledKey]) -> Vec<String> {
    if keys.len() < 2 {
        return Vec::new();
    }
    let nowhere = labels(keys, |found| found.is_none());
    let in_no_hands = keys.iter().filter(|key| {
        let custody = key.custody.as_ref();
        custody.is_some_and(|custody| custody.custodians.is_empty())
    });
    let in_no_hands: Vec<&str> = in_no_hands.map(|key| key.enrolled.label.as_str()).collect();
    let mut doubts = Vec::new();
    if !nowhere.is_empty() {
        doubts.push(format!("nobody said where {} lie", nowhere.join(", ")));
    }
    if !in_no_hands.is_empty() {
        let keys = in_no_hands.join(", ");
        doubts.push(format!("nobody said who gets at {keys}"));
    }
    doubts
}
