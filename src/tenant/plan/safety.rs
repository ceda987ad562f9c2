//! Whether an emergency account can be shut out by a change: the same sign-ins, judged before and after it.

use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::conditional_access::{
    Demand, Enforcement, Match, Person, apply, judge, meant, ways,
};
use crate::tenant::snapshot::{Account, Snapshot};
use crate::webauthn::Aaguid;

/// What stands most in the way of somebody who holds keys of these models, over all ways in, and the policies that make it.
#[must_use]
pub fn worst(
    policies: &[ConditionalAccessPolicy],
    person: &Person,
    models: &[Aaguid],
) -> (Demand, Vec<String>) {
    // What does not depend on the way is asked once: of hundreds of policies few count and mean somebody who is excluded.
    let weighs = |policy: &&ConditionalAccessPolicy| {
        Enforcement::of(policy).may_count()
            && !matches!(meant(&policy.conditions, person), Match::No(_))
    };
    let policies: Vec<&ConditionalAccessPolicy> = policies.iter().filter(weighs).collect();
    let mut worst = (Demand::Nothing, Vec::new());
    for way in ways() {
        let outcome = judge(policies.iter().copied(), &way.taken_by(person), models);
        if rank(&outcome.demand) > rank(&worst.0) {
            let by = outcome.by.into_iter().map(str::to_owned).collect();
            worst = (outcome.demand, by);
        }
    }
    worst
}

fn rank(demand: &Demand) -> u8 {
    match demand {
        Demand::Nothing => 0,
        Demand::Key(_) => 1,
        Demand::Open(_) => 2,
        Demand::Barrier(_) => 3,
    }
}

/// Whether a policy, whatever its state, certainly does not mean somebody on any way in.
#[must_use]
pub fn is_excluded(policy: &ConditionalAccessPolicy, person: &Person) -> bool {
    ways().all(|way| {
        let applied = apply(policy, &way.taken_by(person));
        matches!(applied.applies, Match::No(_))
    })
}

/// Why an account that gets in before may not get in after; none if all that get in go on doing so.
#[must_use]
pub fn shut_out(before: &Snapshot, after: &Snapshot) -> Option<String> {
    std::iter::zip(&before.accounts, &after.accounts).find_map(|(before_it, after_it)| {
        let (_, was) = stands(before, before_it)?;
        let ((demand, by), is) = stands(after, after_it)?;
        let (Demand::Open(what) | Demand::Barrier(what)) = demand else {
            return None;
        };
        (is > was).then(|| {
            format!(
                "{} would have to satisfy more than its key can: {what} ({})",
                after_it.name,
                by.join(", ")
            )
        })
    })
}

/// What stands in an account's way; none if that could not be read, or there is no account.
fn stands(snapshot: &Snapshot, account: &Account) -> Option<((Demand, Vec<String>), u8)> {
    let person = account.person()?;
    let policies = snapshot.policies.as_ref().ok()?;
    let found = worst(policies, &person, &models(account));
    let rank = rank(&found.0);
    Some((found, rank))
}

/// The models of an account's keys.
#[must_use]
pub fn models(account: &Account) -> Vec<Aaguid> {
    let keys = account.keys.iter().flatten();
    keys.filter_map(|key| key.aa_guid.as_deref()?.parse().ok())
        .collect()
}
