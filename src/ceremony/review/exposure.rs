//! What each policy does to each account on the ways in that matter in an emergency, by the evaluator that audit and what-if use.

use serde::{Serialize, Serializer};
use serde_json::json;

use super::Material;
use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::conditional_access::{
    Demand, Enforcement, Match, Person, PolicyOutcome, judge, ways, with_strengths,
};
use crate::tenant::snapshot::Snapshot;
use crate::tenant::what_if::{Standing, standings};

/// A policy, and what it does to an account: of so many ways in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// The account.
    pub account: String,
    /// The policy; none for all that are enforced together, the account itself and its keys included.
    pub policy: Option<String>,
    /// Whether its demands are only written into the log.
    pub report_only: bool,
    /// Nothing is asked.
    pub free: u32,
    /// Something is asked that the key gives.
    pub by_key: u32,
    /// That cannot be told.
    pub open: u32,
    /// Nobody gets in.
    pub shut: u32,
}

impl Exposure {
    fn add(&mut self, demand: &Demand) {
        let count = match demand {
            Demand::Nothing => &mut self.free,
            Demand::Key(_) => &mut self.by_key,
            Demand::Open(_) => &mut self.open,
            Demand::Barrier(_) => &mut self.shut,
        };
        *count += 1;
    }

    /// Whether it does anything at all.
    fn matters(&self) -> bool {
        self.by_key + self.open + self.shut > 0
    }
}

/// The rows, or `{"unread": …}`.
pub(super) fn serialize<S: Serializer>(
    rows: &Result<Vec<Exposure>, String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match rows {
        Ok(rows) => rows.serialize(serializer),
        Err(why) => json!({"unread": why}).serialize(serializer),
    }
}

/// Every emergency account: all policies together first, then each that does anything. Why not, if the tenant does not say.
pub(super) fn of(material: &Material<'_>) -> Result<Vec<Exposure>, String> {
    let snapshot = material.audited.map_err(str::to_owned)?.snapshot;
    let policies = snapshot.policies.as_ref();
    let policies =
        policies.map_err(|unread| format!("the policies could not be read: {}", unread.why))?;
    let strengths = snapshot.strengths.as_deref().unwrap_or_default();
    let policies = with_strengths(policies, strengths);
    let standings = standings(snapshot, false);
    let emergency = standings.iter().filter(|standing| standing.is_emergency);
    Ok(emergency
        .flat_map(|standing| account(standing, snapshot, &policies))
        .collect())
}

fn account(
    standing: &Standing,
    snapshot: &Snapshot,
    policies: &[ConditionalAccessPolicy],
) -> Vec<Exposure> {
    let mut rows = vec![together(standing)];
    let mut accounts = snapshot.accounts.iter();
    let found = accounts.find(|one| one.name == standing.account);
    let Some(person) = found.and_then(|one| one.person()) else {
        return rows;
    };
    let each = policies
        .iter()
        .filter_map(|policy| by(policy, &person, standing));
    rows.extend(each.filter(Exposure::matters));
    rows
}

fn together(standing: &Standing) -> Exposure {
    use crate::tenant::what_if::Access;
    let mut exposure = Exposure {
        account: standing.account.clone(),
        ..Exposure::default()
    };
    for way in &standing.ways {
        match standing.access(way) {
            Access::Free => exposure.free += 1,
            Access::ByKey(_) => exposure.by_key += 1,
            Access::Open(_) => exposure.open += 1,
            Access::Shut(_) => exposure.shut += 1,
        }
    }
    exposure
}

/// One policy by itself; in report-only as if it were enforced.
fn by(policy: &ConditionalAccessPolicy, person: &Person, standing: &Standing) -> Option<Exposure> {
    let enforcement = Enforcement::of(policy);
    if enforcement == Enforcement::Disabled {
        return None;
    }
    let name = policy.display_name.clone().or_else(|| policy.id.clone());
    let mut exposure = Exposure {
        account: standing.account.clone(),
        policy: Some(name.unwrap_or_default()),
        report_only: enforcement == Enforcement::ReportOnly,
        ..Exposure::default()
    };
    let models = standing.models();
    for way in ways() {
        let outcome = judge([policy], &way.taken_by(person), &models);
        let demands = outcome.policies.iter().map(enforced);
        demands.for_each(|demand| exposure.add(&demand));
    }
    Some(exposure)
}

/// What it asks for if its demands count.
fn enforced(outcome: &PolicyOutcome<'_>) -> Demand {
    match (&outcome.applied.applies, &outcome.demand) {
        (Match::No(_), _) => Demand::Nothing,
        (Match::Open(why), Demand::Barrier(_)) => Demand::Open(why.clone()),
        (_, demand) => demand.clone(),
    }
}
