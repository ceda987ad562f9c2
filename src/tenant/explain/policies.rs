//! What each policy does on one way.

use super::PolicyExplained;
use crate::graph::model::{ConditionalAccessPolicy, Fido2AuthenticationMethod};
use crate::tenant::conditional_access::{
    Person, PolicyOutcome, Way, exclusions, judge, with_strengths,
};
use crate::tenant::snapshot::{Account, Snapshot};
use crate::webauthn::Aaguid;

/// All policies, those that decide first; else why they are not known.
pub(super) fn explained(
    snapshot: &Snapshot,
    account: &Account,
    way: Way,
) -> Result<Vec<PolicyExplained>, String> {
    let policies = match &snapshot.policies {
        Ok(policies) => policies,
        Err(unread) => {
            return Err(format!(
                "Conditional Access, which could not be read: {}",
                unread.why
            ));
        }
    };
    let Some(person) = account.person() else {
        return Ok(Vec::new());
    };
    let policies = with_strengths(policies, snapshot.strengths.as_deref().unwrap_or_default());
    let outcome = judge(&policies, &way.taken_by(&person), &models(account));
    let pairs = policies.iter().zip(outcome.policies);
    let mut explained: Vec<PolicyExplained> = pairs
        .map(|(policy, outcome)| one(account, &person, policy, outcome))
        .collect();
    explained.sort_by_key(|one| std::cmp::Reverse((one.asks(), one.why_not().is_none())));
    Ok(explained)
}

fn models(account: &Account) -> Vec<Aaguid> {
    let keys = account.keys.as_deref().unwrap_or_default();
    keys.iter()
        .filter_map(Fido2AuthenticationMethod::aaguid)
        .collect()
}

fn one(
    account: &Account,
    person: &Person,
    policy: &ConditionalAccessPolicy,
    outcome: PolicyOutcome<'_>,
) -> PolicyExplained {
    let users = policy.conditions.users.as_ref();
    let paths = users.map(|users| exclusions(users, person));
    let name = policy.display_name.clone();
    PolicyExplained {
        id: policy.id.clone().unwrap_or_default(),
        name: name.unwrap_or_else(|| outcome.policy.to_owned()),
        enforcement: outcome.enforcement,
        excluded_by: paths
            .into_iter()
            .flatten()
            .map(|via| account.describe(&via))
            .collect(),
        applied: outcome.applied,
        demand: outcome.demand,
    }
}
