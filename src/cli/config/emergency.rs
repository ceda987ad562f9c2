//! `[emergency]`: what the tenant is to be like.

use super::file::{Emergency, MfaStrength, PasswordKeeping};
use super::{Config, Error};
use crate::ceremony::duty::Interval;
use crate::custody::Custodians;
use crate::tenant::desired::{
    Account, DedicatedPolicy, Desired, Exclusions, Group, GroupReference, MfaPolicy, Strength,
    Thresholds,
};

/// Microsoft advises at least two, since one can be lost.
const FEWEST_KEYS: usize = 2;

impl Config {
    /// What the tenant is to be like.
    pub(crate) fn desired(&self) -> Result<Desired, Error> {
        let typed = &self.file.emergency;
        Ok(Desired {
            accounts: self.emergency_accounts(typed)?,
            keys_per_account: self.keys_per_account()?,
            group: self.emergency_group(typed)?,
            mfa_policy: MfaPolicy {
                name: named(&typed.mfa_policy.name, "Require MFA for all users"),
                strength: match typed.mfa_policy.strength.unwrap_or_default() {
                    MfaStrength::Mfa => Strength::Mfa,
                    MfaStrength::Multifactor => Strength::MultifactorStrength,
                    MfaStrength::PhishingResistant => Strength::PhishingResistant,
                },
            },
            dedicated_policy: self.dedicated_policy(typed)?,
            exclude_also: Exclusions {
                users: typed.exclude_also.users.clone(),
                groups: typed.exclude_also.groups.clone(),
                roles: typed.exclude_also.roles.clone(),
            },
            regular_users: typed.regular_users.clone(),
            thresholds: self.thresholds(typed)?,
        })
    }

    /// How many working keys each account is to have.
    pub(crate) fn keys_per_account(&self) -> Result<usize, Error> {
        let wanted = self.file.emergency.keys_per_account.unwrap_or(FEWEST_KEYS);
        if wanted < FEWEST_KEYS {
            let why = format!("{wanted} keys; at least {FEWEST_KEYS} are needed");
            return Err(self.value_error("emergency.keys_per_account", why));
        }
        Ok(wanted)
    }

    /// To whom the passwords of accounts that are made are sealed; none if nobody is to know them.
    pub(crate) fn password_custodians(&self) -> Result<Option<Custodians>, Error> {
        match self.file.emergency.password {
            None | Some(PasswordKeeping::Discard) => Ok(None),
            Some(PasswordKeeping::Seal) => match self.custodians()? {
                None => {
                    let why = "there is no custodian in [custody] to seal it to";
                    Err(self.value_error("emergency.password", why))
                }
                custodians => Ok(custodians),
            },
        }
    }

    fn emergency_accounts(&self, typed: &Emergency) -> Result<Vec<Account>, Error> {
        if typed.account.is_empty() {
            let why = "no account; each is a table [[emergency.account]] with a name";
            return Err(self.value_error("emergency.account", why));
        }
        for (at, one) in typed.account.iter().enumerate() {
            let before = &typed.account[..at];
            if before
                .iter()
                .any(|other| other.name.eq_ignore_ascii_case(&one.name))
            {
                return Err(
                    self.value_error("emergency.account", format!("{} is there twice", one.name))
                );
            }
        }
        let accounts = typed.account.iter().enumerate().map(|(at, one)| Account {
            name: one.name.clone(),
            display_name: named(&one.display_name, &format!("Emergency Access {}", at + 1)),
        });
        Ok(accounts.collect())
    }

    fn emergency_group(&self, typed: &Emergency) -> Result<Group, Error> {
        let reference = match (&typed.group.name, &typed.group.id) {
            (Some(_), Some(_)) => {
                return Err(self.value_error("emergency.group", "either a name or an id"));
            }
            (None, Some(id)) => GroupReference::Id(id.clone()),
            (name, None) => GroupReference::Name(named(name, "Emergency access accounts")),
        };
        Ok(Group {
            reference,
            role_assignable: typed.group.role_assignable,
        })
    }

    /// The names of the policies that are meant to ask the accounts for something.
    pub(crate) fn policies_for_accounts(&self) -> Result<Vec<String>, Error> {
        let dedicated = self.dedicated_policy(&self.file.emergency)?;
        Ok(dedicated.into_iter().map(|policy| policy.name).collect())
    }

    fn dedicated_policy(&self, typed: &Emergency) -> Result<Option<DedicatedPolicy>, Error> {
        let typed = &typed.dedicated_policy;
        if !typed.enabled {
            return Ok(None);
        }
        let why = "Microsoft advises against such a policy: say why it is wanted";
        let reason = typed.reason.as_deref().map(str::trim).unwrap_or_default();
        if reason.is_empty() {
            return Err(self.value_error("emergency.dedicated_policy.reason", why));
        }
        Ok(Some(DedicatedPolicy {
            name: named(&typed.name, "Emergency access: phishing-resistant MFA"),
            reason: reason.to_owned(),
        }))
    }

    /// What is to happen again and again is in `[schedule]`; an audit allows a key the longer of two times, as a proof is due for
    /// a review at the latest.
    fn thresholds(&self, typed: &Emergency) -> Result<Thresholds, Error> {
        let default = Thresholds::default();
        let typed = &typed.thresholds;
        let schedule = self.schedule()?;
        let days = |interval: Option<Interval>| interval.map(|interval| interval.whole_days());
        let review_every_days = days(schedule.review).unwrap_or(default.review_every_days);
        Ok(Thresholds {
            global_administrators: typed
                .global_administrators
                .unwrap_or(default.global_administrators),
            password_age_days: typed.password_age_days,
            sign_in_days: typed.sign_in_days.unwrap_or(default.sign_in_days),
            review_every_days,
            key_proof_days: review_every_days.max(days(schedule.key_check).unwrap_or(0)),
        })
    }
}

fn named(typed: &Option<String>, otherwise: &str) -> String {
    typed.clone().unwrap_or_else(|| otherwise.to_owned())
}
