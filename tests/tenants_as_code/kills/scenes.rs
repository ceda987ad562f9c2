//! What is there before each run of `tenant apply`: one emergency account that gets in already, and policies of others that would
//! shut the next one out.

use std::sync::LazyLock;

use halligan::emulator::Profile;

use super::super::apply;
use crate::bench::{Bench, Finished, Snapshot};

/// bg1 is there and gets in; ea-1 is missing.
const WANTED: &str =
    "[emergency]\n[[emergency.account]]\nname = \"bg1\"\n[[emergency.account]]\nname = \"ea-1\"";

const DEDICATED: &str =
    "[emergency.dedicated_policy]\nenabled = true\nreason = \"an auditor asks for it\"";

/// The group that others exclude from their policies.
pub(super) const OTHERS: &str = "11111111-1111-4111-8111-111111111111";

/// The policies of others; the operator and an application are not meant, so that somebody is left who may do this.
const TENANT: &str = r#"{
  "emergencyAccounts": ["bg1"],
  "groups": [{"id": "11111111-1111-4111-8111-111111111111", "displayName": "Terminals", "members": ["operator"]}],
  "conditionalAccessPolicies": [
    {"displayName": "Administrators: managed devices", "state": "enabled",
     "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
       "users": {"includeRoles": ["62e90394-69f5-4237-9190-012177145e10"], "excludeUsers": ["bg1"],
         "excludeGroups": ["11111111-1111-4111-8111-111111111111"]}},
     "grantControls": {"operator": "OR", "builtInControls": ["compliantDevice"]}},
    {"displayName": "Everybody: managed devices", "state": "enabled",
     "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
       "users": {"includeUsers": ["All"], "excludeUsers": ["bg1"],
         "excludeGroups": ["11111111-1111-4111-8111-111111111111"]}},
     "grantControls": {"operator": "OR", "builtInControls": ["compliantDevice"]}},
    {"displayName": "Everybody: no legacy programs", "state": "enabled",
     "conditions": {"clientAppTypes": ["exchangeActiveSync", "other"], "applications": {"includeApplications": ["All"]},
       "users": {"includeUsers": ["All"], "excludeGroups": ["11111111-1111-4111-8111-111111111111"]}},
     "grantControls": {"operator": "OR", "builtInControls": ["block"]}},
    {"displayName": "Everybody: planned", "state": "enabledForReportingButNotEnforced",
     "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
       "users": {"includeUsers": ["All"]}},
     "grantControls": {"operator": "OR", "builtInControls": ["compliantDevice"]}}
  ]
}"#;

/// How many of them mean an emergency account.
pub(super) const IN_THE_WAY: usize = 3;

/// How late replicas hear of new objects, in milliseconds.
const LAG: u64 = 1_200;

/// A run of `tenant apply`.
pub(in super::super) struct Scene {
    pub(super) name: &'static str,
    files: fn() -> &'static Snapshot,
    /// Whether replicas hear late of what is new.
    lags: bool,
    pub(in super::super) options: &'static [&'static str],
    /// How many policies there are afterwards.
    pub(super) policies: usize,
    /// Whether a run takes all cases of it without being told so.
    pub(super) whole: bool,
}

pub(in super::super) const APPLY: Scene = Scene {
    name: "apply",
    files: || &FIRST,
    lags: false,
    options: &[],
    policies: 5,
    whole: true,
};

pub(in super::super) const ENFORCE: Scene = Scene {
    name: "--enforce",
    files: || &WITH_KEYS,
    options: &["--enforce"],
    ..APPLY
};

pub(super) static SCENES: [Scene; 5] = [
    APPLY,
    Scene {
        name: "apply, late replicas",
        lags: true,
        whole: false,
        ..APPLY
    },
    ENFORCE,
    Scene {
        name: "dedicated policy",
        files: || &ENFORCED,
        policies: 6,
        ..APPLY
    },
    Scene {
        name: "dedicated policy --enforce",
        files: || &DEDICATED_MADE,
        policies: 6,
        ..ENFORCE
    },
];

impl Scene {
    /// A copy of its own.
    pub(in super::super) fn bench(&self) -> Bench {
        let bench = Bench::copy_of((self.files)());
        if self.lags {
            bench.change_tenant(|state| state.quirks.replication_delay_ms = LAG);
        }
        bench
    }

    pub(in super::super) fn apply(&self, bench: &Bench) -> Finished {
        apply(bench, self.options)
    }
}

static FIRST: LazyLock<Snapshot> = LazyLock::new(|| {
    let bench = Bench::new();
    bench.seed(TENANT);
    enroll(&bench, "bg1", "BG1");
    bench.configure_further(WANTED);
    ended_well(&bench)
});

static WITH_KEYS: LazyLock<Snapshot> = LazyLock::new(|| {
    let bench = Bench::copy_of(&FIRST);
    apply(&bench, &[]).exits(0);
    enroll(&bench, "ea-1", "EA1");
    bench.seed("emergencyAccounts = [\"bg1\", \"ea-1\"]");
    ended_well(&bench)
});

static ENFORCED: LazyLock<Snapshot> = LazyLock::new(|| {
    let bench = Bench::copy_of(&WITH_KEYS);
    apply(&bench, &["--enforce"]).exits(0);
    bench.configure_further(DEDICATED);
    ended_well(&bench)
});

static DEDICATED_MADE: LazyLock<Snapshot> = LazyLock::new(|| {
    let bench = Bench::copy_of(&ENFORCED);
    apply(&bench, &[]).exits(0);
    ended_well(&bench)
});

/// The files, if every marked account gets in.
fn ended_well(bench: &Bench) -> Snapshot {
    let out = bench.in_tenant(|state| {
        let mut marked = state.conditional_access.emergency_accounts.iter();
        marked.find_map(|id| state.lockout(*id))
    });
    assert_eq!(out, None);
    assert_eq!(bench.breaches(), []);
    bench.files()
}

/// Two keys for an account.
fn enroll(bench: &Bench, name: &str, label: &str) {
    let account = bench.in_tenant(|state| state.full_name(name));
    for letter in ["A", "B"] {
        let key = bench.key(Profile::default());
        let label = format!("{label}-{letter}");
        bench.enroll_for(&account, &key, &label).run().exits(0);
    }
}
