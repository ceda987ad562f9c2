//! A tenant of which an audit has nothing to say, made by the tool itself.

use halligan::emulator::Profile;
use halligan::emulator::profile::Family;
use halligan::simulator::tenant::State;

use super::{apply, audit, empty, enrol_keys, mark_accounts};
use crate::bench::{Bench, Snapshot};

/// The two models of which each account has a key.
pub(super) fn models() -> [Profile; 2] {
    let other = Family::named("yubikey-5").unwrap();
    [Profile::default(), other.read().profile]
}

/// A bench, and how its tenant and its ledger were before they were damaged.
pub(super) struct Healthy {
    pub(super) bench: Bench,
    state: State,
    ledger: Snapshot,
    station: Snapshot,
}

impl Healthy {
    /// From an empty tenant, through the executable. Nobody but the accounts holds a role, and the passkey policy has a profile that
    /// takes their models only: so no note is left either.
    pub(super) fn new() -> Self {
        let bench = empty();
        bench.seed(&passkeys(&models().map(|model| model.aaguid.to_string())));
        let applied = apply(&bench, &[]).exits(0).document();
        mark_accounts(&bench);
        enrol_keys(&bench, &applied);
        apply(&bench, &["--enforce"]).exits(0);
        for name in ["bg1", "bg2", "operator"] {
            bench.seed(&format!(
                "users = [{{ userPrincipalName = '{name}', roles = [] }}]"
            ));
        }
        audit(&bench, &["--record", "--sign-ins"]).exits(0);
        let state = bench.in_tenant(State::clone);
        let ledger = Snapshot::of(&bench.path("ledger"));
        let station = Snapshot::of(&bench.path("station"));
        Self {
            bench,
            state,
            ledger,
            station,
        }
    }

    /// The tenant as it was.
    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Makes tenant and ledger again what they were.
    pub(super) fn restore(&self) {
        self.bench
            .change_tenant(|state| state.clone_from(&self.state));
        for (name, kept) in [("ledger", &self.ledger), ("station", &self.station)] {
            let directory = self.bench.path(name);
            std::fs::remove_dir_all(&directory).unwrap();
            kept.restore(&directory);
        }
    }
}

/// A passkey policy that takes these models from everybody, and attested ones only.
pub(super) fn passkeys(models: &[String]) -> String {
    format!(
        "[policy]\n\
         includeTargets = [{{ targetType = 'group', id = 'all_users', allowedPasskeyProfiles = ['{PROFILE}'] }}]\n\
         [[policy.passkeyProfiles]]\n\
         id = '{PROFILE}'\n\
         name = 'Emergency keys'\n\
         passkeyTypes = 'deviceBound'\n\
         attestationEnforcement = 'registrationOnly'\n\
         keyRestrictions = {{ isEnforced = true, enforcementType = 'allow', aaGuids = {models:?} }}\n"
    )
}

const PROFILE: &str = "00000000-0000-0000-0000-000000000002";
