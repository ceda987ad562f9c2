//! What asks apart from Conditional Access.

use super::{Apart, Asks, Source};
use crate::graph::model::{
    IdentitySecurityDefaultsEnforcementPolicy, StrongAuthenticationRequirements, User,
};
use crate::tenant::conditional_access::app;
use crate::tenant::read::Read;
use crate::tenant::snapshot::{Account, Snapshot};

/// Where the service itself asks everybody: portals since October 2024, tools for Azure since October 2025, reading excepted.
/// The clouds of governments and of China do not ask yet, and nothing that is read tells them apart.
const MANDATORY: [&str; 3] = [app::AZURE_PORTAL, app::AZURE_CLI, app::AZURE_POWERSHELL];

pub(super) fn of(snapshot: &Snapshot, account: &Account) -> Vec<Apart> {
    let mut found = vec![
        enabled(&account.user),
        per_user(&account.per_user_mfa),
        security_defaults(&snapshot.security_defaults),
    ];
    found.extend(MANDATORY.map(mandatory));
    found
}

fn anywhere(what: Source, asks: Asks, why: impl Into<String>) -> Apart {
    Apart {
        what,
        application: None,
        asks,
        why: why.into(),
    }
}

fn enabled(user: &Read<Option<User>>) -> Apart {
    let (asks, why) = match user {
        Err(unread) => (Asks::Open, format!("it could not be read: {}", unread.why)),
        Ok(None) => (Asks::ShutsOut, "there is none of this name".to_owned()),
        Ok(Some(user)) => match user.account_enabled {
            Some(true) => (Asks::Nothing, "it is enabled".to_owned()),
            Some(false) => (Asks::ShutsOut, "it is disabled".to_owned()),
            None => (Asks::Open, "whether it is enabled is not shown".to_owned()),
        },
    };
    anywhere(Source::Account, asks, why)
}

fn per_user(requirements: &Read<StrongAuthenticationRequirements>) -> Apart {
    let (asks, why) = match requirements {
        Err(unread) => (Asks::Open, format!("it could not be read: {}", unread.why)),
        Ok(requirements) => match requirements.per_user_mfa_state.as_deref() {
            Some("disabled") => (Asks::Nothing, "perUserMfaState is disabled".to_owned()),
            Some(state @ ("enabled" | "enforced")) => (
                Asks::Mfa,
                format!("perUserMfaState is {state}: it asks at every sign-in"),
            ),
            other => (
                Asks::Open,
                format!("perUserMfaState is {}", other.unwrap_or("not shown")),
            ),
        },
    };
    anywhere(Source::PerUserMfa, asks, why)
}

fn security_defaults(defaults: &Read<IdentitySecurityDefaultsEnforcementPolicy>) -> Apart {
    let (asks, why) = match defaults {
        Err(unread) => (Asks::Open, format!("they could not be read: {}", unread.why)),
        Ok(defaults) => match defaults.is_enabled {
            Some(false) => (Asks::Nothing, "they are off".to_owned()),
            Some(true) => (
                Asks::Mfa,
                "they are on: they ask administrators at every sign-in and others when the service thinks it is needed, and no Conditional Access policy can be enforced beside them".to_owned(),
            ),
            None => (Asks::Open, "whether they are on is not shown".to_owned()),
        },
    };
    anywhere(Source::SecurityDefaults, asks, why)
}

fn mandatory(application: &'static str) -> Apart {
    Apart {
        what: Source::MandatoryMfa,
        application: Some(application),
        asks: Asks::Mfa,
        why: "the service asks everybody here, whoever is excluded from policies, but not yet in the clouds of governments and of China; a FIDO2 key satisfies it".to_owned(),
    }
}
