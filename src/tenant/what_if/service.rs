//! The same question, put to the service: `conditionalAccess/evaluate` says which policies would apply.

use super::Access;
use super::standing::name_of;
use crate::graph::model::{
    ConditionalAccessPolicy, ConditionalAccessWhatIf, WhatIfAnalysisResult,
    what_if::{AuthenticationFlow, SignInConditions, SignInContext, SignInIdentity},
};
use crate::tenant::conditional_access::{
    Demand, Enforcement, Match, Person, Way, apply, demand, with_strengths,
};
use crate::tenant::snapshot::Snapshot;
use crate::webauthn::Aaguid;

/// What the service says of one way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which way.
    pub way: Way,
    /// Whether the holder of the keys gets in, by the policies that the service says apply.
    pub access: Access,
    /// The names of the policies that say so.
    pub by: Vec<String>,
    /// Policies of which the service and this tool do not say the same.
    pub disagreements: Vec<Disagreement>,
}

/// A policy of which the service says one thing and this tool the other. Either is a reason to look closer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The policy's name.
    pub policy: String,
    /// Whether the service says that it applies.
    pub service: bool,
    /// `analysisReasons`
    pub reasons: String,
    /// What this tool says.
    pub own: Match,
}

/// The question for somebody on one way. Risk and place are not known in advance.
#[must_use]
pub fn question(person: &Person, way: Way) -> ConditionalAccessWhatIf {
    ConditionalAccessWhatIf {
        sign_in_identity: SignInIdentity::User {
            user_id: person.id.clone(),
        },
        sign_in_context: SignInContext::Applications {
            include_applications: vec![way.application.to_owned()],
        },
        sign_in_conditions: SignInConditions {
            client_app_type: Some(way.client.as_str().to_owned()),
            device_platform: Some(way.platform.as_str().to_owned()),
            authentication_flow: Some(AuthenticationFlow {
                transfer_method: Some("none".to_owned()),
            }),
            ..SignInConditions::default()
        },
        applied_policies_only: false,
    }
}

/// What the service's answer means for somebody with keys of these models.
#[must_use]
pub fn answer(
    snapshot: &Snapshot,
    person: &Person,
    models: &[Aaguid],
    way: Way,
    results: &[WhatIfAnalysisResult],
) -> Answer {
    let strengths = snapshot.strengths.as_deref().unwrap_or_default();
    let applying: Vec<ConditionalAccessPolicy> = results
        .iter()
        .filter(|one| one.policy_applies && counts(&one.policy))
        .map(|one| one.policy.clone())
        .collect();
    let applying = with_strengths(&applying, strengths);
    let demands = applying
        .iter()
        .map(|policy| (demand(policy, models), policy));
    let mut demands: Vec<_> = demands
        .filter(|(demand, _)| *demand != Demand::Nothing)
        .collect();
    let gravest = demands.iter().map(|(demand, _)| demand.clone()).max();
    let access = gravest.map_or(Access::Free, Access::from);
    demands.retain(|(demand, _)| Access::from(demand.clone()) == access);
    Answer {
        way,
        access,
        by: demands.iter().map(|(_, policy)| name(policy)).collect(),
        disagreements: results
            .iter()
            .filter_map(|result| disagreement(snapshot, person, way, result))
            .collect(),
    }
}

/// Whether the demands of a policy count.
fn counts(policy: &ConditionalAccessPolicy) -> bool {
    Enforcement::of(policy).may_count()
}

fn name(policy: &ConditionalAccessPolicy) -> String {
    let id = policy.id.as_deref().unwrap_or_default();
    name_of(std::slice::from_ref(policy), id)
}

/// Of a policy that was read too. What is open for this tool contradicts nothing; whether the service looks at a policy that is off
/// is its own business.
fn disagreement(
    snapshot: &Snapshot,
    person: &Person,
    way: Way,
    result: &WhatIfAnalysisResult,
) -> Option<Disagreement> {
    let policies = snapshot.policies.as_deref().unwrap_or_default();
    let read = policies.iter().find(|one| one.id == result.policy.id)?;
    if Enforcement::of(read) == Enforcement::Disabled {
        return None;
    }
    let own = apply(read, &way.taken_by(person)).applies;
    let differs = match own {
        Match::Yes(_) => !result.policy_applies,
        Match::No(_) => result.policy_applies,
        Match::Open(_) => false,
    };
    differs.then(|| Disagreement {
        policy: name(read),
        service: result.policy_applies,
        reasons: result.analysis_reasons.clone().unwrap_or_default(),
        own,
    })
}
