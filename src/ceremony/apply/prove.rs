//! The proof before a policy is enforced: enough working keys of each account, by the ledger as it is now; no way into which the policy
//! gets, by our own evaluation of the policy as it is now; and the same by the service's what-if, which evaluates report-only policies
//! like others. What is not certain is no proof.

use super::run::Run;
use super::{ApplyError, known_keys};
use crate::ceremony::interaction::Step as Phase;
use crate::ceremony::{Error, Parties};
use crate::graph::model::{
    AuthenticationStrengthPolicy, ConditionalAccessPolicy, WhatIfAnalysisResult,
};
use crate::ledger::{
    Account, Event, Outcome, OutcomeVerdict, ProvenAccount, TenantExclusionProven, TenantObject,
};
use crate::tenant::conditional_access::{
    Demand, Enforcement, Person, Way, demand, usual_ways, with_strengths,
};
use crate::tenant::plan::{Change, Step, effect, is_excluded, models, working, worst};
use crate::tenant::snapshot::{self, Snapshot};
use crate::tenant::what_if::service::question;
use crate::webauthn::Aaguid;

/// Proves it and records the answers.
///
/// # Errors
/// [`ApplyError::ExclusionUnproven`] with all that stands against it.
pub(super) async fn prove(
    step: &Step,
    run: &Run<'_>,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    parties.interaction.begin(Phase::ProveExclusion);
    parties.ledger.refresh().await?;
    let mut then = run.now.clone();
    effect(step, &mut then);
    let (mut accounts, mut against) = (Vec::new(), Vec::new());
    for account in &then.accounts {
        parties.go_on()?;
        match prove_account(account, step, &then, run, parties).await? {
            Ok(proven) => accounts.push(proven),
            Err(why) => against.extend(why),
        }
    }
    if !against.is_empty() {
        return Err(ApplyError::ExclusionUnproven {
            policy: step.object.name.clone(),
            against,
        }
        .into());
    }
    let proven = TenantExclusionProven {
        tenant: run.now.tenant.clone(),
        policy: TenantObject {
            id: Some(step.object.id.clone()),
            name: step.object.name.clone(),
        },
        accounts,
    };
    let draft = crate::ledger::Draft::new(&Event::TenantExclusionProven(proven), None);
    let entry = parties.ledger.append(draft).await?.reference();
    let fact = format!("{} accounts, entry {}", then.accounts.len(), entry.index);
    parties.interaction.done(Phase::ProveExclusion, &fact);
    Ok(())
}

/// One account; what stands against it.
async fn prove_account(
    account: &snapshot::Account,
    step: &Step,
    then: &Snapshot,
    run: &Run<'_>,
    parties: &Parties<'_>,
) -> Result<Result<ProvenAccount, Vec<String>>, Error> {
    let name = &account.name;
    let Some(person) = account.person() else {
        return Ok(Err(vec![format!("{name} could not be read")]));
    };
    let mut against = Vec::new();
    let wanted = run.request.desired.keys_per_account;
    let known = known_keys(parties.ledger.state(), parties.ledger.entries());
    let (keys, _) = working(account, &known, &run.now);
    if keys.len() < wanted {
        against.push(format!(
            "{name} has {} of {wanted} working keys",
            keys.len()
        ));
    }
    if let Err(why) = offline(account, &person, step, then) {
        against.push(format!("{name}: {why}"));
    }
    let mut scenarios = Vec::new();
    for way in usual_ways() {
        let answers = parties.tenant()?.evaluate(&question(&person, way)).await?;
        let outcome = judge(way, step, &answers, &models(account), then);
        if let (Some(why), true) = (&outcome.why, outcome.verdict != OutcomeVerdict::Pass) {
            against.push(format!("{name}, {}: {why}", outcome.subject));
        }
        scenarios.push(outcome);
    }
    if !against.is_empty() {
        return Ok(Err(against));
    }
    let user = account.user.as_ref().ok().and_then(Option::as_ref);
    let upn = user.and_then(|user| user.user_principal_name.clone());
    Ok(Ok(ProvenAccount {
        account: Account {
            id: person.id,
            upn: upn.unwrap_or_else(|| name.clone()),
        },
        keys,
        scenarios,
    }))
}

/// Our own evaluation of every way in, with all policies as they would be.
fn offline(
    account: &snapshot::Account,
    person: &Person,
    step: &Step,
    then: &Snapshot,
) -> Result<(), String> {
    let Ok(policies) = &then.policies else {
        return Err("the policies could not be read".to_owned());
    };
    let is_it = |one: &&ConditionalAccessPolicy| one.id.as_deref() == Some(&step.object.id);
    let policy = policies.iter().find(is_it).ok_or("the policy is gone")?;
    if step.change == Change::EnforceMfaPolicy && !is_excluded(policy, person) {
        return Err("the policy may apply".to_owned());
    }
    match worst(then, account) {
        Some((Demand::Nothing | Demand::Key(_), _)) => Ok(()),
        Some((Demand::Open(what) | Demand::Barrier(what), by)) => Err(format!(
            "its keys may not be enough for {what} ({})",
            by.join(", ")
        )),
        None => Err("it could not be read".to_owned()),
    }
}

/// The policy for everybody must be among the answers, and must not apply; the one for the accounts must apply. Of all others that
/// apply, the account's keys must be enough for what they ask.
fn judge(
    way: Way,
    step: &Step,
    answers: &[WhatIfAnalysisResult],
    models: &[Aaguid],
    then: &Snapshot,
) -> Outcome {
    let is_it = |one: &&WhatIfAnalysisResult| one.policy.id.as_deref() == Some(&step.object.id);
    let found = answers.iter().find(is_it);
    let others = answers.iter().filter(|one| !is_it(one));
    let strengths = then.strengths.as_deref().unwrap_or_default();
    let mut too_much = others.filter_map(|one| too_much(one, models, strengths));
    let why = of_policy(step, found).or_else(|| too_much.next());
    Outcome {
        subject: way.describe(),
        verdict: match (&why, found) {
            (None, _) => OutcomeVerdict::Pass,
            (Some(_), None) => OutcomeVerdict::Unknown,
            (Some(_), Some(_)) => OutcomeVerdict::Fail,
        },
        why,
    }
}

fn of_policy(step: &Step, found: Option<&WhatIfAnalysisResult>) -> Option<String> {
    let wanted = step.change == Change::EnforceDedicatedPolicy;
    match found {
        Some(answer) if answer.policy_applies == wanted => None,
        Some(answer) if answer.policy_applies => {
            Some("the service says that the policy applies".to_owned())
        }
        Some(answer) => {
            let reasons = answer.analysis_reasons.as_deref().unwrap_or("no reason");
            Some(format!(
                "the service says that the policy does not apply: {reasons}"
            ))
        }
        None => Some("the service says nothing about the policy".to_owned()),
    }
}

/// Another policy that counts, applies, and asks for more than a key.
fn too_much(
    answer: &WhatIfAnalysisResult,
    models: &[Aaguid],
    strengths: &[AuthenticationStrengthPolicy],
) -> Option<String> {
    if !answer.policy_applies || !Enforcement::of(&answer.policy).may_count() {
        return None;
    }
    let policies = with_strengths([&answer.policy], strengths);
    let demands = policies.iter().map(|policy| demand(policy, models));
    match demands.max()? {
        Demand::Nothing | Demand::Key(_) => None,
        Demand::Open(what) | Demand::Barrier(what) => {
            let name = answer.policy.display_name.as_deref().unwrap_or_default();
            Some(format!(
                "the service says that policy {name} applies, and it asks for {what}"
            ))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Whether the service's answer about a policy with a strength is too much for the holder of a key of this model.
    fn is_too_much(model: &str, strengths: serde_json::Value) -> bool {
        let answer: WhatIfAnalysisResult = serde_json::from_value(json!({
            "id": "p", "displayName": "Our keys", "state": "enabled", "policyApplies": true,
            "grantControls": {"operator": "OR", "builtInControls": [], "authenticationStrength": {
                "id": "own", "allowedCombinations": ["fido2"], "combinationConfigurations": []
            }}
        }))
        .unwrap();
        let strengths: Vec<_> = serde_json::from_value(strengths).unwrap();
        too_much(&answer, &[model.parse().unwrap()], &strengths).is_some()
    }

    #[test]
    fn the_copy_of_a_strength_in_an_answer_proves_nothing() {
        let (ours, other) = (
            "2fc0579f-8113-47ea-b116-555a8db9202a",
            "00000000-0000-0000-0000-00000000000a",
        );
        let only = json!([{"appliesToCombinations": ["fido2"], "allowedAAGUIDs": [ours]}]);
        let own = json!([{"id": "own", "allowedCombinations": ["fido2"], "combinationConfigurations": only}]);
        assert!(!is_too_much(ours, own.clone()));
        assert!(is_too_much(other, own));
        assert!(is_too_much(ours, json!([])));
    }
}
