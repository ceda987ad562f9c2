//! A healthy tenant, with what it is to be like and what the ledger knows.

use super::World;
use super::document::snapshot;
pub(super) use super::document::{BG, GLOBAL_ADMINISTRATOR, GROUP, MODELS, NOW, policy};
use crate::tenant::audit::{LedgerFacts, LedgerKey};
use crate::tenant::desired::{
    Account, Desired, Exclusions, Group, GroupReference, MfaPolicy, Strength, Thresholds,
};

pub(super) fn desired() -> Desired {
    let account = |name: &str| Account {
        name: name.to_owned(),
        display_name: name.to_owned(),
    };
    Desired {
        accounts: vec![account("bg0"), account("bg1")],
        keys_per_account: 2,
        group: Group {
            reference: GroupReference::Name("Emergency access".to_owned()),
            role_assignable: None,
        },
        mfa_policy: MfaPolicy {
            name: "Require MFA for all users".to_owned(),
            strength: Strength::Mfa,
        },
        dedicated_policy: None,
        exclude_also: Exclusions::default(),
        regular_users: Vec::new(),
        thresholds: Thresholds {
            password_age_days: Some(365),
            ..Thresholds::default()
        },
    }
}

fn ledger() -> LedgerFacts {
    let key = |account: usize, number: usize| LedgerKey {
        account: BG[account].to_owned(),
        label: format!("BG{account}-{number}"),
        method_id: format!("key-{account}-{number}"),
        credential_id: format!("credential-{account}-{number}").into_bytes(),
        last_proof: Some("2026-11-01T00:00:00Z".parse().unwrap()),
    };
    LedgerFacts {
        keys: vec![key(0, 0), key(0, 1), key(1, 0), key(1, 1)],
        last_review: Some("2026-11-01T00:00:00Z".parse().unwrap()),
    }
}

pub(super) fn world() -> World {
    World {
        snapshot: snapshot(),
        desired: desired(),
        ledger: Ok(ledger()),
    }
}
