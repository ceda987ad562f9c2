//! Whether an emergency account can be shut out by a change: the same sign-ins, judged before and after it.

use std::collections::BTreeMap;

use super::Target;
use crate::graph::model::{ConditionalAccessPolicy, Fido2AuthenticationMethod};
use crate::tenant::conditional_access::{
    Demand, Enforcement, Match, Person, Way, apply, judge, meant, ways, with_strengths,
};
use crate::tenant::snapshot::{Account, Snapshot};
use crate::webauthn::Aaguid;

/// What stands most in the way of somebody who holds an account's keys, over all ways in, and the policies that make it. None if
/// there is no such account, or it or the policies could not be read.
#[must_use]
pub fn worst(snapshot: &Snapshot, account: &Account) -> Option<(Demand, Vec<String>)> {
    let person = account.person()?;
    let policies = counting(snapshot, &person)?;
    let models = models(account);
    let mut worst = (Demand::Nothing, Vec::new());
    for way in ways() {
        let outcome = judge(&policies, &way.taken_by(&person), &models);
        if outcome.demand.rank() > worst.0.rank() {
            let by = outcome.by.into_iter().map(str::to_owned).collect();
            worst = (outcome.demand, by);
        }
    }
    Some(worst)
}

/// The policies that count and may mean somebody, with the strengths that they name. What does not depend on the way is asked once: of
/// hundreds of policies few are about somebody who is excluded.
fn counting(snapshot: &Snapshot, person: &Person) -> Option<Vec<ConditionalAccessPolicy>> {
    let weighs = |policy: &&ConditionalAccessPolicy| {
        Enforcement::of(policy).may_count()
            && !matches!(meant(&policy.conditions, person), Match::No(_))
    };
    let policies = snapshot.policies.as_ref().ok()?.iter().filter(weighs);
    let strengths = snapshot.strengths.as_deref().unwrap_or_default();
    Some(with_strengths(policies, strengths))
}

/// Whether a policy, whatever its state, certainly does not mean somebody on any way in.
#[must_use]
pub fn is_excluded(policy: &ConditionalAccessPolicy, person: &Person) -> bool {
    ways().all(|way| {
        let applied = apply(policy, &way.taken_by(person));
        matches!(applied.applies, Match::No(_))
    })
}

/// Why an account may not get in after a change; none if, on no way in, a policy asks it for more than it has that did not ask it for
/// as much before. Each way and each policy counts by itself: who is shut out on one way still has the others, and who is shut out
/// by one policy may be about to be excluded from just that.
#[must_use]
pub fn shut_out(before: &Snapshot, after: &Snapshot) -> Option<String> {
    std::iter::zip(&before.accounts, &after.accounts).find_map(|(before_it, after_it)| {
        let (was, is) = (obstacles(before, before_it)?, obstacles(after, after_it)?);
        let (policy, what) = std::iter::zip(was, is).find_map(|(was, is)| grown(&was, is))?;
        let name = &after_it.name;
        Some(format!(
            "{name} would have to satisfy more than its key can: {what} ({policy})"
        ))
    })
}

/// What stands in the way, by policy.
type Obstacles = BTreeMap<String, Demand>;

/// A policy that asks for more than before, and what.
fn grown(was: &Obstacles, is: Obstacles) -> Option<(String, String)> {
    is.into_iter().find_map(|(policy, demand)| {
        let before = was.get(&policy).map_or(0, Demand::rank);
        match demand {
            _ if demand.rank() <= before => None,
            Demand::Open(what) | Demand::Barrier(what) => Some((policy, what)),
            Demand::Nothing | Demand::Key(_) => None,
        }
    })
}

/// What each policy asks an account for, on each way in; none if that could not be read, or there is no account.
fn obstacles(snapshot: &Snapshot, account: &Account) -> Option<Vec<Obstacles>> {
    let person = account.person()?;
    let policies = counting(snapshot, &person)?;
    let models = models(account);
    let on_way = |way: Way| {
        let outcome = judge(&policies, &way.taken_by(&person), &models);
        let all = outcome.policies.iter();
        all.map(|one| (one.policy.to_owned(), of_account(one.weighs(), account)))
            .collect()
    };
    Some(ways().map(on_way).collect())
}

/// What asks for a key is a barrier to an account that has none. One that the plan itself makes is opened by nothing yet, and gets its
/// keys before anybody relies on it.
fn of_account(demand: Demand, account: &Account) -> Demand {
    let user = account.user.as_ref().ok().and_then(Option::as_ref);
    let is_there = user.is_some_and(|user| !Target::stands_in(&user.id));
    match (demand, &account.keys) {
        (Demand::Key(what), Ok(keys)) if keys.is_empty() && is_there => {
            Demand::Barrier(format!("{what}, and no key is registered"))
        }
        (demand, _) => demand,
    }
}

/// The models of an account's keys.
#[must_use]
pub fn models(account: &Account) -> Vec<Aaguid> {
    let keys = account.keys.iter().flatten();
    keys.filter_map(Fido2AuthenticationMethod::aaguid).collect()
}
