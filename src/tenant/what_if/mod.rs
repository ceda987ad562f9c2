//! Who gets in, before and after a change: every account, by every way in that matters in an emergency, with the keys that the
//! passkey policy takes.

mod effect;
pub mod service;
mod standing;
#[cfg(test)]
mod tests;

use super::conditional_access::{Demand, Way};
use super::passkey_policy::Ruling;
use super::read::Read;
use crate::webauthn::Aaguid;

pub use effect::{AccountEffect, Effect, KeyEffect, WayEffect, effects};
pub use standing::standings;

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
