//! Changes of the tenant in the ledger, and what of them it calls the tool's own.

use serde_json::{Map, json};
use uuid::Uuid;

use super::forge::Forge;
use super::tampered::{Case, case};
use super::{golden, vectors};
use crate::ledger::{
    Account, CeremonyKind, Draft, EntryHash, Event, Outcome, OutcomeVerdict, ProvenAccount,
    SealedPart, SealedSecret, TenantAudited, TenantChange, TenantChangeIntended, TenantChanged,
    TenantExclusionProven, TenantObject, TenantPasswordOpened,
};

const TENANT: &str = "11111111-2222-4333-8444-555555555555";
const CREATED: Uuid = Uuid::from_u128(0x6e00);
const EXCLUDED: Uuid = Uuid::from_u128(0x6e01);
const ACCOUNT: Uuid = Uuid::from_u128(0x6e02);

fn object(id: Option<&str>, name: &str) -> TenantObject {
    TenantObject {
        id: id.map(str::to_owned),
        name: name.to_owned(),
    }
}

fn members(value: serde_json::Value) -> Map<String, serde_json::Value> {
    match value {
        serde_json::Value::Object(members) => members,
        _ => unreachable!("an object was written here"),
    }
}

fn creation() -> Draft {
    let intended = TenantChangeIntended {
        label: "tenant/create-group".to_owned(),
        tenant: TENANT.to_owned(),
        change: TenantChange::CreateGroup,
        object: object(None, "Emergency access accounts"),
        with: None,
        before: None,
        after: members(json!({"securityEnabled": true, "groupTypes": []})),
        password: None,
    };
    Draft::new(
        &Event::TenantChangeIntended(Box::new(intended)),
        Some(CREATED),
    )
}

fn created(ceremony: Uuid) -> Draft {
    let changed = TenantChanged {
        label: "tenant/create-group".to_owned(),
        object: object(Some("group-1"), "Emergency access accounts"),
    };
    Draft::new(&Event::TenantChanged(changed), Some(ceremony))
}

fn exclusion() -> Draft {
    let intended = TenantChangeIntended {
        label: "tenant/exclude-group/policy-1".to_owned(),
        tenant: TENANT.to_owned(),
        change: TenantChange::ExcludeGroup,
        object: object(Some("policy-1"), "Block \u{202e} legacy"),
        with: Some(object(Some("group-1"), "Emergency access accounts")),
        before: Some(EntryHash::of(b"{}")),
        after: members(json!({"conditions": {"users": {"excludeGroups": ["group-1"]}}})),
        password: None,
    };
    Draft::new(
        &Event::TenantChangeIntended(Box::new(intended)),
        Some(EXCLUDED),
    )
}

fn proven() -> Draft {
    let proven = TenantExclusionProven {
        tenant: TENANT.to_owned(),
        policy: object(Some("policy-2"), "Require MFA for all users"),
        accounts: vec![ProvenAccount {
            account: Account {
                id: "user-1".to_owned(),
                upn: "ea-1@contoso.onmicrosoft.com".to_owned(),
            },
            keys: vec!["BG1-A".to_owned(), "BG1-B".to_owned()],
            scenarios: vec![Outcome {
                subject: "portal, browser, windows".to_owned(),
                verdict: OutcomeVerdict::Pass,
                why: None,
            }],
        }],
    };
    Draft::new(&Event::TenantExclusionProven(proven), None)
}

/// An account is to be made, with a password that its custodians can open.
fn account() -> Draft {
    let intended = TenantChangeIntended {
        label: "tenant/create-account/ea-1@contoso.onmicrosoft.com".to_owned(),
        tenant: TENANT.to_owned(),
        change: TenantChange::CreateAccount,
        object: object(None, "ea-1@contoso.onmicrosoft.com"),
        with: None,
        before: None,
        after: members(json!({"accountEnabled": true})),
        password: Some(SealedSecret {
            threshold: 1,
            parts: vec![SealedPart {
                recipients: vec!["age1alice".to_owned(), "age1bob".to_owned()],
                custodians: Some(vec!["Alice".to_owned(), "Bob".to_owned()]),
                ciphertext: b"age".to_vec(),
            }],
        }),
    };
    Draft::new(
        &Event::TenantChangeIntended(Box::new(intended)),
        Some(ACCOUNT),
    )
}

fn opened() -> Draft {
    let opened = TenantPasswordOpened {
        account: "ea-1@contoso.onmicrosoft.com".to_owned(),
        by: vec!["Alice".to_owned()],
        share: false,
    };
    Draft::new(&Event::TenantPasswordOpened(opened), Some(ACCOUNT))
}

fn audited() -> Draft {
    let audited = TenantAudited {
        tenant: TENANT.to_owned(),
        taken_at: "2026-03-01T09:59:00Z".to_owned(),
        snapshot: "0".repeat(64),
        passed: true,
        fail_on: Some(vec!["error".to_owned(), "unknown".to_owned()]),
        counts: [("passed".to_owned(), 71), ("warnings".to_owned(), 1)].into(),
        failed: vec!["HG-409".to_owned()],
        unknown: Vec::new(),
    };
    Draft::new(&Event::TenantAudited(audited), None)
}

/// A group that was made, an exclusion and an account that are open, a proof, a password that was opened, and an audit.
pub(super) fn changed(forge: &mut Forge<'_>) {
    for draft in [
        creation(),
        created(CREATED),
        exclusion(),
        proven(),
        account(),
        opened(),
        audited(),
    ] {
        forge.append(draft);
    }
}

pub(super) const TENANTS: [Case; 7] = [
    case("tenant-password-in-clear", 14, "body", |forge| {
        forge.append(account());
        forge.rewrite(14, |entry| entry["body"]["password"] = json!("secret"));
    }),
    case(
        "tenant-password-opened-by-nobody-knows",
        14,
        "body",
        |forge| {
            forge.append(opened());
            forge.rewrite(14, |entry| entry["body"]["by"] = json!("Alice"));
        },
    ),
    case("tenant-change-unheard-of", 14, "body", |forge| {
        forge.append(creation());
        forge.rewrite(14, |entry| {
            entry["body"]["change"] = json!("delete_everything")
        });
    }),
    case("tenant-change-without-its-outcome", 14, "body", |forge| {
        forge.append(creation());
        forge.rewrite(14, |entry| entry["body"]["after"] = json!("[]"));
    }),
    case("tenant-audit-that-counts-a-word", 14, "body", |forge| {
        forge.append(audited());
        forge.rewrite(14, |entry| entry["body"]["fail_on"] = json!("error"));
    }),
    case("tenant-changed-twice", 16, "ceremony", |forge| {
        forge.append(creation());
        forge.append(created(CREATED));
        forge.append(created(CREATED));
    }),
    case("tenant-changed-unintended", 14, "ceremony", |forge| {
        forge.append(created(EXCLUDED));
    }),
];

#[test]
fn what_was_made_is_owned_and_what_is_open_stays_open() {
    let mut golden = golden::build();
    let mut forge = Forge::new(&mut golden);
    changed(&mut forge);
    let state = vectors::verify(&forge.objects).state;
    let owned: Vec<_> = state.owned_in(TENANT).collect();
    assert_eq!(owned.len(), 1);
    assert_eq!(
        (owned[0].by, owned[0].id.as_str()),
        (TenantChange::CreateGroup, "group-1")
    );
    assert_eq!(state.owned_in("another").count(), 0);
    let open = state.open_ceremony("tenant/exclude-group/policy-1");
    assert_eq!(open.map(|one| one.kind), Some(CeremonyKind::Tenant));
}
