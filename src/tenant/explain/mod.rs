//! Why an account is asked for multifactor authentication, or is shut out, or why it is not: everything that could ask, with its
//! answer, for each way in.

mod apart;
mod policies;
#[cfg(test)]
mod tests;

use super::conditional_access::{Applied, Demand, Enforcement, Match, Way, ways};
use super::read::Read;
use super::snapshot::{Account, Snapshot};
use crate::graph::model::SignIn;

/// Why one account meets what it meets.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The account's name in the configuration.
    pub account: String,
    /// Whether it is one of the emergency accounts.
    pub is_emergency: bool,
    /// What asks whatever the policies say.
    pub apart: Vec<Apart>,
    /// Each way in.
    pub ways: Vec<WayExplained>,
    /// The last sign-ins, the newest first.
    pub sign_ins: Read<Vec<SignIn>>,
}

impl Explanation {
    /// Whether all is as it should be: nothing shuts an emergency account out, or may; to everybody else no way is open by a
    /// password alone.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        let mut ways = self.ways.iter();
        match self.is_emergency {
            true => ways.all(|way| !way.may_shut_out),
            false => ways.all(|way| way.is_guarded),
        }
    }
}

/// Something apart from Conditional Access that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// What.
    pub what: Source,
    /// Of one way only: an application that the service itself guards.
    pub application: Option<&'static str>,
    /// What it does; open where it could not be read.
    pub asks: Asks,
    /// Why, for people.
    pub why: String,
}

/// What can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Whether the account may sign in at all.
    Account,
    /// The service itself, for its portals and tools, whoever signs in.
    MandatoryMfa,
    /// Multifactor authentication for this user alone.
    PerUserMfa,
    /// Security defaults.
    SecurityDefaults,
}

/// What something does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asks {
    /// Nothing.
    Nothing,
    /// It asks for multifactor authentication.
    Mfa,
    /// That cannot be told.
    Open,
    /// It shuts the account out.
    ShutsOut,
}

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayExplained {
    /// Which.
    pub way: Way,
    /// What its taker meets.
    pub asks: Asks,
    /// The names of what asks it.
    pub by: Vec<String>,
    /// Whether something certainly asks for a second factor, or for more than that, whatever else is open.
    pub is_guarded: bool,
    /// Whether something shuts the holder of a key out, or may.
    pub may_shut_out: bool,
    /// What each policy does, those that decide first.
    pub policies: Vec<PolicyExplained>,
}

/// One policy on one way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyExplained {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether its demands count.
    pub enforcement: Enforcement,
    /// Whether it applies, and by which condition.
    pub applied: Applied,
    /// What it asks for where it applies.
    pub demand: Demand,
    /// By which paths it excludes the account.
    pub excluded_by: Vec<String>,
}

impl PolicyExplained {
    /// What it does to the account now.
    #[must_use]
    pub fn asks(&self) -> Asks {
        match (&self.applied.applies, &self.demand) {
            _ if !self.enforcement.may_count() => Asks::Nothing,
            (Match::No(_), _) | (_, Demand::Nothing) => Asks::Nothing,
            (Match::Open(_), _) | (_, Demand::Open(_)) => Asks::Open,
            _ if self.enforcement == Enforcement::Unknown => Asks::Open,
            (Match::Yes(_), Demand::Key(_)) => Asks::Mfa,
            (Match::Yes(_), Demand::Barrier(_)) => Asks::ShutsOut,
        }
    }

    /// Whether it shuts the holder of a key out, or may. One of which only this is open, whether it asks for the key, does not.
    fn may_shut_out(&self) -> bool {
        self.asks() >= Asks::Open && !matches!(self.demand, Demand::Key(_))
    }

    /// Whether it would ask for something if it were enforced.
    #[must_use]
    pub fn would_ask(&self) -> bool {
        let applies = !matches!(self.applied.applies, Match::No(_));
        self.enforcement == Enforcement::ReportOnly && applies && self.demand != Demand::Nothing
    }

    /// Why it asks nothing, for people; none if it does ask.
    #[must_use]
    pub fn why_not(&self) -> Option<String> {
        match (self.enforcement, &self.applied.applies, &self.demand) {
            (Enforcement::Disabled, _, _) => Some("it is off".to_owned()),
            (_, Match::No(why), _) => Some(match self.excluded_by.is_empty() {
                true => why.clone(),
                false => format!("it excludes {}", self.excluded_by.join(", ")),
            }),
            (Enforcement::ReportOnly, _, _) => Some("it is in report-only".to_owned()),
            (_, _, Demand::Nothing) => Some("it asks for nothing".to_owned()),
            _ => None,
        }
    }
}

/// Explains one account.
#[must_use]
pub fn explain(snapshot: &Snapshot, account: &Account, is_emergency: bool) -> Explanation {
    let apart = apart::of(snapshot, account);
    let ways = ways().map(|way| explained(snapshot, account, &apart, way));
    Explanation {
        account: account.name.clone(),
        is_emergency,
        ways: ways.collect(),
        apart,
        sign_ins: account.sign_ins.clone(),
    }
}

fn explained(snapshot: &Snapshot, account: &Account, apart: &[Apart], way: Way) -> WayExplained {
    let mut by: Vec<(Asks, String)> = apart
        .iter()
        .filter(|one| one.application.is_none_or(|id| id == way.application))
        .map(|one| (one.asks, one.what.name().to_owned()))
        .collect();
    let policies = match policies::explained(snapshot, account, way) {
        Ok(policies) => policies,
        Err(why) => {
            by.push((Asks::Open, why));
            Vec::new()
        }
    };
    let may_shut_out = by.iter().any(|(asks, _)| *asks >= Asks::Open)
        || policies.iter().any(PolicyExplained::may_shut_out);
    by.extend(policies.iter().map(|one| (one.asks(), one.name.clone())));
    let is_certain = |(asks, _): &(Asks, String)| matches!(asks, Asks::Mfa | Asks::ShutsOut);
    let is_guarded = by.iter().any(is_certain);
    let asks = by.iter().map(|(asks, _)| *asks).max();
    let asks = asks.unwrap_or(Asks::Nothing);
    by.retain(|(one, _)| *one == asks && asks != Asks::Nothing);
    WayExplained {
        way,
        asks,
        by: by.into_iter().map(|(_, name)| name).collect(),
        is_guarded,
        may_shut_out,
        policies,
    }
}

impl Source {
    /// For people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "the account",
            Self::MandatoryMfa => "Microsoft's mandatory multifactor authentication",
            Self::PerUserMfa => "per-user multifactor authentication",
            Self::SecurityDefaults => "security defaults",
        }
    }
}
