//! What the policies make of a sign-in that happens: which applied, whether it is let in, and why not.

use serde_json::{Value, json};

use crate::simulator::conditional_access::evaluate::{self, Reason};
use crate::simulator::conditional_access::key::{self, Given};
use crate::simulator::conditional_access::policy::GrantControl;
use crate::simulator::conditional_access::sign_in::SignIn;
use crate::simulator::conditional_access::{Policy, PolicyState};
use crate::simulator::tenant::State;

/// What came of all policies together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct Decision {
    /// `appliedConditionalAccessPolicies`
    pub(in crate::simulator) policies: Vec<Value>,
    /// `conditionalAccessStatus`
    pub(in crate::simulator) status: &'static str,
    /// Whether a policy that applied asked for more than one factor.
    pub(in crate::simulator) asked_for_mfa: bool,
    /// Why the sign-in is refused: the number after `AADSTS`, and a text.
    pub(in crate::simulator) refusal: Option<(u32, &'static str)>,
}

impl Decision {
    /// Of a sign-in that came to its end before any policy was looked at.
    pub(in crate::simulator) const fn none() -> Self {
        Self {
            policies: Vec::new(),
            status: "notApplied",
            asked_for_mfa: false,
            refusal: None,
        }
    }
}

/// Tries every policy on a sign-in by which this was proven.
pub(in crate::simulator) fn decide(state: &State, sign_in: &SignIn, given: Given) -> Decision {
    let access = &state.conditional_access;
    let mut decision = Decision::none();
    for policy in &access.policies {
        let applies = evaluate::applies(policy, sign_in, &access.named_locations);
        let client = sign_in.circumstances.client_app_type.unwrap_or_default();
        let satisfied = key::satisfies(access, policy, given, client);
        let result = result(policy.state, applies, satisfied);
        decision.policies.push(applied(policy, result));
        if policy.state == PolicyState::Enabled && applies.is_ok() {
            decision.asked_for_mfa |= asks_for_mfa(policy);
            if satisfied && decision.status == "notApplied" {
                decision.status = "success";
            } else if !satisfied {
                decision.status = "failure";
                // One that blocks says so, whatever else is missing.
                let refusal = refusal(policy);
                if decision.refusal.is_none() || refusal.0 == BLOCKED.0 {
                    decision.refusal = Some(refusal);
                }
            }
        }
    }
    decision
}

fn result(state: PolicyState, applies: Result<(), Reason>, satisfied: bool) -> &'static str {
    match (state, applies, satisfied) {
        (PolicyState::Disabled, ..) => "notEnabled",
        (PolicyState::Enabled, Err(_), _) => "notApplied",
        (PolicyState::Enabled, Ok(()), true) => "success",
        (PolicyState::Enabled, Ok(()), false) => "failure",
        (_, Err(_), _) => "reportOnlyNotApplied",
        (_, Ok(()), true) => "reportOnlySuccess",
        (_, Ok(()), false) => "reportOnlyFailure",
    }
}

fn applied(policy: &Policy, result: &str) -> Value {
    let grant = policy.grant_controls.as_ref();
    let controls = grant.into_iter().flat_map(|grant| &grant.built_in_controls);
    let mut controls: Vec<String> = controls
        .map(|control| capitalized(&json!(control)))
        .collect();
    if grant.is_some_and(|grant| grant.authentication_strength.is_some()) {
        controls.push("RequireAuthenticationStrength".to_owned());
    }
    let session = json!(policy.session_controls);
    let session = session.as_object().into_iter().flatten();
    let session = session.filter(|(_, control)| !control.is_null());
    let session = session.map(|(name, _)| capitalized(&json!(name)));
    json!({
        "id": policy.id,
        "displayName": policy.display_name,
        "enforcedGrantControls": controls,
        "enforcedSessionControls": session.collect::<Vec<_>>(),
        "result": result,
    })
}

fn capitalized(word: &Value) -> String {
    let mut letters = word.as_str().unwrap_or_default().chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn asks_for_mfa(policy: &Policy) -> bool {
    policy.grant_controls.as_ref().is_some_and(|grant| {
        grant.has(GrantControl::Mfa) || grant.authentication_strength.is_some()
    })
}

const BLOCKED: (u32, &str) = (
    53_003,
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
);

/// The number that fits what the policy asks for first.
fn refusal(policy: &Policy) -> (u32, &'static str) {
    let asks = |control| {
        let grant = policy.grant_controls.as_ref();
        grant.is_some_and(|grant| grant.has(control))
    };
    if asks(GrantControl::Block) {
        BLOCKED
    } else if asks_for_mfa(policy) {
        (
            50_076,
            "Due to a configuration change made by your administrator, or because you moved to a new location, you must use \
             multi-factor authentication to access the resource.",
        )
    } else if asks(GrantControl::CompliantDevice) {
        (53_000, "Device is not in required device state: compliant.")
    } else if asks(GrantControl::DomainJoinedDevice) {
        (
            53_001,
            "Device is not in required device state: domain_joined.",
        )
    } else {
        BLOCKED
    }
}
