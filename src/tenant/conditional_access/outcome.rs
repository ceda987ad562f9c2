//! What all policies together do to one sign-in. Each that applies must be satisfied; none takes back what another asks for.

use super::applied::{Applied, apply};
use super::demand::{Demand, demand};
use super::matching::Match;
use super::scenario::Scenario;
use crate::graph::model::ConditionalAccessPolicy;
use crate::webauthn::Aaguid;

/// Whether a policy's demands count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// They do.
    Enabled,
    /// They are only written into the sign-in log.
    ReportOnly,
    /// They are not looked at.
    Disabled,
    /// The state is not known here.
    Unknown,
}

impl Enforcement {
    /// Of a policy.
    #[must_use]
    pub fn of(policy: &ConditionalAccessPolicy) -> Self {
        match policy.state.as_deref() {
            Some("enabled") => Self::Enabled,
            Some("enabledForReportingButNotEnforced") => Self::ReportOnly,
            Some("disabled") => Self::Disabled,
            _ => Self::Unknown,
        }
    }

    /// Whether they count now, or may.
    #[must_use]
    pub fn may_count(self) -> bool {
        matches!(self, Self::Enabled | Self::Unknown)
    }
}

/// What one policy does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyOutcome<'a> {
    /// Which.
    pub policy: &'a str,
    /// Whether its demands count.
    pub enforcement: Enforcement,
    /// Whether it applies.
    pub applied: Applied,
    /// What it asks for, if it applies.
    pub demand: Demand,
}

impl PolicyOutcome<'_> {
    /// What it asks for now.
    #[must_use]
    pub fn weighs(&self) -> Demand {
        match (&self.applied.applies, &self.demand) {
            _ if !self.enforcement.may_count() => Demand::Nothing,
            (Match::No(_), _) | (_, Demand::Nothing) => Demand::Nothing,
            (Match::Yes(_), demand) if self.enforcement == Enforcement::Enabled => demand.clone(),
            (Match::Yes(_) | Match::Open(_), Demand::Key(what)) => Demand::Key(what.clone()),
            (Match::Yes(why) | Match::Open(why), demand) => match demand {
                Demand::Barrier(what) | Demand::Open(what) | Demand::Key(what) => {
                    Demand::Open(format!("{what}, if it applies: {why}"))
                }
                Demand::Nothing => Demand::Nothing,
            },
        }
    }
}

/// What all of them do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// The gravest demand.
    pub demand: Demand,
    /// The policies that make it.
    pub by: Vec<&'a str>,
    /// Each policy.
    pub policies: Vec<PolicyOutcome<'a>>,
}

/// What the policies do to a sign-in by somebody who holds keys of these models.
#[must_use]
pub fn judge<'a>(
    policies: impl IntoIterator<Item = &'a ConditionalAccessPolicy>,
    scenario: &Scenario<'_>,
    models: &[Aaguid],
) -> Outcome<'a> {
    let policies: Vec<PolicyOutcome<'a>> = policies
        .into_iter()
        .map(|policy| PolicyOutcome {
            policy: policy
                .id
                .as_deref()
                .or(policy.display_name.as_deref())
                .unwrap_or_default(),
            enforcement: Enforcement::of(policy),
            applied: apply(policy, scenario),
            demand: demand(policy, models),
        })
        .collect();
    let gravest = policies
        .iter()
        .map(PolicyOutcome::weighs)
        .max_by_key(Demand::rank)
        .unwrap_or(Demand::Nothing);
    let by = policies
        .iter()
        .filter(|one| one.weighs().rank() == gravest.rank() && gravest != Demand::Nothing)
        .map(|one| one.policy)
        .collect();
    Outcome {
        demand: gravest,
        by,
        policies,
    }
}
