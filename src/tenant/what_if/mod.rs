//! Who gets in, before and after a change: every account, by every way in that matters in an emergency, with the keys that the
//! passkey policy takes.

mod effect;
pub mod service;
#[cfg(test)]
mod tests;

use super::conditional_access::{Demand, Person, Way, judge, ways, with_strengths};
use super::passkey_policy::Ruling;
use super::read::Read;
use super::snapshot::{Account, Snapshot};
use crate::graph::model::{ConditionalAccessPolicy, Fido2AuthenticationMethod};
use crate::webauthn::Aaguid;

pub use effect::{AccountEffect, Effect, KeyEffect, WayEffect, effects};

/// What a tenant does to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The account's name in the configuration.
    pub account: String,
    /// Whether it is one of the emergency accounts; the others stand for everybody else.
    pub is_emergency: bool,
    /// Why nobody gets in by it, whatever the policies say; none if nothing speaks against it.
    pub closed: Option<Access>,
    /// Its registered keys, and whether they are taken at a sign-in.
    pub keys: Read<Vec<KeyStanding>>,
    /// The ways in.
    pub ways: Vec<WayStanding>,
}

/// A registered key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStanding {
    /// The method's id.
    pub id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// Its model.
    pub aaguid: Option<Aaguid>,
    /// Whether it is taken.
    pub ruling: Ruling,
}

/// A way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayStanding {
    /// Which.
    pub way: Way,
    /// Whether the holder of the keys gets in.
    pub access: Access,
    /// The names of the policies that say so.
    pub by: Vec<String>,
}

/// Whether somebody gets in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// With nothing more than the first factor, as far as Conditional Access goes.
    Free,
    /// With the key.
    ByKey(String),
    /// That cannot be told.
    Open(String),
    /// Not.
    Shut(String),
}

impl From<Demand> for Access {
    fn from(demand: Demand) -> Self {
        match demand {
            Demand::Nothing => Self::Free,
            Demand::Key(what) => Self::ByKey(what),
            Demand::Open(what) => Self::Open(what),
            Demand::Barrier(what) => Self::Shut(what),
        }
    }
}

impl Access {
    /// For people.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Free => "nothing is asked".to_owned(),
            Self::ByKey(what) => format!("the key, for {what}"),
            Self::Open(what) => format!("open: {what}"),
            Self::Shut(what) => format!("shut out: {what}"),
        }
    }

    /// Whether it is certain that somebody with the key gets in.
    #[must_use]
    pub fn is_in(&self) -> bool {
        matches!(self, Self::Free | Self::ByKey(_))
    }
}

impl Standing {
    /// The models of the keys that are taken, or may be.
    #[must_use]
    pub fn models(&self) -> Vec<Aaguid> {
        let keys = self.keys.as_deref().unwrap_or_default().iter();
        let taken = keys.filter(|key| !matches!(key.ruling, Ruling::Refused { .. }));
        taken.filter_map(|key| key.aaguid).collect()
    }

    /// The same, with what the service says where that is worse.
    #[must_use]
    pub fn or_worse(mut self, answers: &[service::Answer]) -> Self {
        for answer in answers {
            let known = self.ways.iter_mut().find(|one| one.way == answer.way);
            if let Some(known) = known.filter(|known| known.access < answer.access) {
                known.access = answer.access.clone();
                known.by.clone_from(&answer.by);
            }
        }
        self
    }

    /// What its holder meets on one way, the account itself and its keys included.
    #[must_use]
    pub fn access(&self, way: &WayStanding) -> Access {
        let own = self.closed.clone().into_iter().chain(self.without_keys());
        own.chain([way.access.clone()])
            .max()
            .unwrap_or(Access::Free)
    }

    /// An emergency account is opened by its keys and nothing else.
    fn without_keys(&self) -> Option<Access> {
        if !self.is_emergency {
            return None;
        }
        let keys = match &self.keys {
            Ok(keys) => keys,
            Err(unread) => {
                let why = format!("its keys could not be read: {}", unread.why);
                return Some(Access::Open(why));
            }
        };
        let is_taken = |key: &KeyStanding| matches!(key.ruling, Ruling::Allowed { .. });
        let open = keys.iter().find_map(|key| match &key.ruling {
            Ruling::Unknown { why } => Some(why.clone()),
            Ruling::Allowed { .. } | Ruling::Refused { .. } => None,
        });
        match open {
            _ if keys.iter().any(is_taken) => None,
            Some(why) => Some(Access::Open(why)),
            None if keys.is_empty() => Some(Access::Shut("no key is registered".to_owned())),
            None => Some(Access::Shut(
                "the passkey policy takes none of its keys".to_owned(),
            )),
        }
    }
}

/// How each account stands. Policies that are in report-only are looked at as if they were enforced, if that is wanted.
#[must_use]
pub fn standings(snapshot: &Snapshot, enforce_report_only: bool) -> Vec<Standing> {
    let policies = snapshot.policies.as_ref().map(|policies| {
        let strengths = snapshot.strengths.as_deref().unwrap_or_default();
        let mut policies = with_strengths(policies, strengths);
        if enforce_report_only {
            policies.iter_mut().for_each(enforce);
        }
        policies
    });
    let emergency = snapshot.accounts.iter().map(|account| (account, true));
    let regular = snapshot.regular.iter().map(|account| (account, false));
    let all = emergency.chain(regular);
    all.map(|(account, is_emergency)| {
        standing(
            snapshot,
            account,
            is_emergency,
            policies.as_deref().map_err(|unread| unread.why.as_str()),
        )
    })
    .collect()
}

fn enforce(policy: &mut ConditionalAccessPolicy) {
    if policy.state.as_deref() == Some("enabledForReportingButNotEnforced") {
        policy.state = Some("enabled".to_owned());
    }
}

fn standing(
    snapshot: &Snapshot,
    account: &Account,
    is_emergency: bool,
    policies: Result<&[ConditionalAccessPolicy], &str>,
) -> Standing {
    let mut standing = Standing {
        account: account.name.clone(),
        is_emergency,
        closed: closed(account),
        keys: keys(snapshot, account),
        ways: Vec::new(),
    };
    let models = standing.models();
    let person = account.person();
    let taken = |way| match (&person, policies) {
        (Some(person), Ok(policies)) => judged(policies, person, way, &models),
        (Some(_), Err(why)) => unjudged(
            way,
            Access::Open(format!("the policies could not be read: {why}")),
        ),
        // Policies mean somebody; why there is nobody is said by what closes the account.
        (None, _) => unjudged(way, Access::Free),
    };
    standing.ways = ways().map(taken).collect();
    standing
}

fn judged(
    policies: &[ConditionalAccessPolicy],
    person: &Person,
    way: Way,
    models: &[Aaguid],
) -> WayStanding {
    let outcome = judge(policies, &way.taken_by(person), models);
    WayStanding {
        way,
        by: outcome.by.iter().map(|id| name_of(policies, id)).collect(),
        access: outcome.demand.into(),
    }
}

fn unjudged(way: Way, access: Access) -> WayStanding {
    let by = Vec::new();
    WayStanding { way, access, by }
}

/// What the account itself has against a sign-in.
fn closed(account: &Account) -> Option<Access> {
    match &account.user {
        Err(unread) => Some(Access::Open(format!(
            "the account could not be read: {}",
            unread.why
        ))),
        Ok(None) => Some(Access::Shut("there is no such account".to_owned())),
        Ok(Some(user)) => match user.account_enabled {
            Some(true) => None,
            Some(false) => Some(Access::Shut("the account is disabled".to_owned())),
            None => Some(Access::Open(
                "whether the account is enabled is not shown".to_owned(),
            )),
        },
    }
}

fn keys(snapshot: &Snapshot, account: &Account) -> Read<Vec<KeyStanding>> {
    let standing = |key: &Fido2AuthenticationMethod| KeyStanding {
        id: key.id.clone(),
        display_name: key.display_name.clone(),
        aaguid: key.aaguid(),
        ruling: snapshot.sign_in_with(key, account),
    };
    match &account.keys {
        Ok(keys) => Ok(keys.iter().map(standing).collect()),
        Err(unread) => Err(unread.clone()),
    }
}

fn name_of(policies: &[ConditionalAccessPolicy], id: &str) -> String {
    let policy = policies.iter().find(|one| one.id.as_deref() == Some(id));
    policy
        .and_then(|one| one.display_name.clone())
        .unwrap_or_else(|| id.to_owned())
}
