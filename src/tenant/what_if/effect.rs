//! What a change does to those who got in before it.

use super::{Access, KeyStanding, Standing, WayStanding};
use crate::tenant::conditional_access::Way;
use crate::tenant::passkey_policy::Ruling;

/// What becomes of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// In, before and after.
    StaysIn,
    /// In, and was not or not certainly.
    ComesIn,
    /// Not certain, and was no better before.
    StaysOpen,
    /// Not in, and was not before.
    StaysOut,
    /// Perhaps out; was in.
    MayBeShutOut,
    /// Out, and was in or perhaps in.
    ShutOut,
}

impl Effect {
    /// From one to the other.
    #[must_use]
    pub fn of(before: &Access, after: &Access) -> Self {
        match (before, after) {
            (before, after) if after.is_in() => match before.is_in() {
                true => Self::StaysIn,
                false => Self::ComesIn,
            },
            (Access::Shut(_), Access::Shut(_)) => Self::StaysOut,
            (_, Access::Shut(_)) => Self::ShutOut,
            (before, _) if before.is_in() => Self::MayBeShutOut,
            _ => Self::StaysOpen,
        }
    }

    /// Whether an emergency account must not be touched by it.
    #[must_use]
    pub fn is_harm(self) -> bool {
        matches!(self, Self::MayBeShutOut | Self::ShutOut)
    }
}

/// What becomes of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEffect {
    /// The account's name in the configuration.
    pub account: String,
    /// Whether it is one of the emergency accounts.
    pub is_emergency: bool,
    /// What becomes of its keys: those whose ruling changes.
    pub keys: Vec<KeyEffect>,
    /// What becomes of its ways in.
    pub ways: Vec<WayEffect>,
}

impl AccountEffect {
    /// The gravest.
    #[must_use]
    pub fn gravest(&self) -> Effect {
        let effects = self.ways.iter().map(|way| way.effect);
        effects.max().unwrap_or(Effect::StaysOpen)
    }

    /// Whether the change takes a way in, or a key, from an emergency account. Everybody else is meant to be asked for more.
    #[must_use]
    pub fn is_harm(&self) -> bool {
        let loses_key = |key: &KeyEffect| matches!(key.after, Ruling::Refused { .. });
        let is_touched = self.gravest().is_harm() || self.keys.iter().any(loses_key);
        self.is_emergency && is_touched
    }
}

/// What becomes of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEffect {
    /// The key, as it was.
    pub key: KeyStanding,
    /// Whether it is taken afterwards.
    pub after: Ruling,
}

/// What becomes of one way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayEffect {
    /// Which.
    pub way: Way,
    /// What its taker met.
    pub before: Access,
    /// What its taker meets.
    pub after: Access,
    /// What that is.
    pub effect: Effect,
    /// The names of the policies that decide afterwards.
    pub by: Vec<String>,
}

/// What becomes of each account.
#[must_use]
pub fn effects(before: &[Standing], after: &[Standing]) -> Vec<AccountEffect> {
    let pairs = before.iter().zip(after);
    pairs
        .map(|(before, after)| AccountEffect {
            account: before.account.clone(),
            is_emergency: before.is_emergency,
            keys: keys(before, after),
            ways: ways(before, after),
        })
        .collect()
}

fn keys(before: &Standing, after: &Standing) -> Vec<KeyEffect> {
    let (Ok(before), Ok(after)) = (&before.keys, &after.keys) else {
        return Vec::new();
    };
    let pairs = before.iter().zip(after);
    pairs
        .filter(|(before, after)| {
            std::mem::discriminant(&before.ruling) != std::mem::discriminant(&after.ruling)
        })
        .map(|(before, after)| KeyEffect {
            key: before.clone(),
            after: after.ruling.clone(),
        })
        .collect()
}

fn ways(before: &Standing, after: &Standing) -> Vec<WayEffect> {
    let pairs = before.ways.iter().zip(&after.ways);
    pairs
        .map(|(was, is)| way(before.access(was), after.access(is), is))
        .collect()
}

fn way(before: Access, after: Access, standing: &WayStanding) -> WayEffect {
    WayEffect {
        way: standing.way,
        effect: Effect::of(&before, &after),
        before,
        after,
        by: standing.by.clone(),
    }
}
