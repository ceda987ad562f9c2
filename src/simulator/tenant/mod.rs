//! What the tenant knows: users, applications, policy, keys. Tests change it with [`Tenant::update`].

mod application;
mod blob;
mod directory;
mod fido2;
mod organization;
mod population;
mod replication;
mod role;
mod seed;
mod state;
mod table;
mod user;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use application::Application;
pub use blob::Blob;
pub use directory::{AdministrativeUnit, Group};
pub(in crate::simulator) use fido2::strip_annotations;
pub use fido2::{
    EnforcementType, Fido2Method, Fido2Policy, IncludeTarget, IssuedChallenge, KeyRestrictions,
    NewKey, PasskeyProfile, PasskeyTypes, PolicyError, PolicyRefusal, SignInRefusal, Target,
};
pub use organization::{AuthenticationType, Domain, License};
pub use population::Population;
pub(in crate::simulator) use replication::{Change, Unsettled};
pub(in crate::simulator) use role::WHOLE_TENANT;
pub use role::{Role, RoleAssignment, Standing};
pub use seed::{ApplyError, DemoNames, Seed, SeedError};
pub(in crate::simulator) use state::RefreshToken;
pub use state::{CredentialIdEncoding, DuplicateStatus, ProfileForm, Quirks, State};
pub use table::{Row, Table};
pub use user::{DeletedUser, PerUserMfa, User, UserType};

use crate::env::Env;
use crate::simulator::audit::{self, Initiator};
use crate::simulator::conditional_access::Breach;
use crate::simulator::current_request;
use crate::simulator::logs::{Entry, Log, LogKind, LogRow, Logs};
use crate::simulator::oauth::access_token;
use crate::simulator::storage::{self, Access, Directory};

/// The tenant's state within the state directory.
const STATE_FILE: &str = "tenant.json";

/// The demo application's secret within the state directory.
pub(in crate::simulator) const SECRET_FILE: &str = "app-secret";

/// The same of the application that reads the logs.
pub(in crate::simulator) const AUDIT_SECRET_FILE: &str = "audit-secret";

/// A tenant, stored in a state directory; clones are the same tenant.
#[derive(Clone)]
pub struct Tenant {
    inner: Arc<Inner>,
}

struct Inner {
    directory: Arc<Directory>,
    env: Env,
    state: Mutex<State>,
    logs: Mutex<Logs>,
    breaches: Mutex<Vec<Breach>>,
}

impl Tenant {
    /// The tenant of the directory; a demo tenant if there is none.
    pub(in crate::simulator) fn open(
        directory: Arc<Directory>,
        env: &Env,
    ) -> Result<Self, storage::Error> {
        let state = match directory.read(STATE_FILE)? {
            Some(bytes) => parse(&bytes).map_err(|cause| storage::Error::Damaged {
                path: directory.path(STATE_FILE),
                cause,
            })?,
            None => {
                let (state, secrets) = seed::demo(env);
                // The secrets go first: without the state they are harmless, the other way round the applications are lost.
                for (file, secret) in [
                    (SECRET_FILE, &secrets.app),
                    (AUDIT_SECRET_FILE, &secrets.audit),
                ] {
                    directory.replace(file, secret.expose().as_bytes(), Access::Owner)?;
                }
                store(&directory, &state)?;
                state
            }
        };
        let logs = Mutex::new(Logs::open(&directory)?);
        Ok(Self {
            inner: Arc::new(Inner {
                logs,
                directory,
                env: env.clone(),
                state: Mutex::new(state),
                breaches: Mutex::default(),
            }),
        })
    }

    /// Looks at the state.
    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.lock())
    }

    /// Changes the state and stores it. When storing fails, the change has not happened. Blocks for the few
    /// milliseconds that a small file takes, also within a request: changes are serialized anyway.
    ///
    /// # Errors
    /// When the state cannot be made durable.
    pub fn update<R>(&self, change: impl FnOnce(&mut State) -> R) -> Result<R, storage::Error> {
        self.try_update(|state| Ok(change(state)))
    }

    /// The same of a change that may be refused halfway: then nothing of it has happened.
    ///
    /// # Errors
    /// Those of the change, and when the state cannot be made durable.
    pub fn try_update<R, E: From<storage::Error>>(
        &self,
        change: impl FnOnce(&mut State) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut state = self.lock();
        let mut changed = state.clone();
        let result = change(&mut changed)?;
        let entries = std::mem::take(&mut changed.entries);
        store(&self.inner.directory, &changed)?;
        self.watch(&state, &changed);
        self.add_to_logs(entries);
        *state = changed;
        Ok(result)
    }

    /// The same of what somebody does through Graph: the log of the directory gets a row for everything that is changed.
    pub(in crate::simulator) fn try_audited<R, E: From<storage::Error>>(
        &self,
        initiator: &Initiator,
        change: impl FnOnce(&mut State) -> Result<R, E>,
    ) -> Result<R, E> {
        self.try_update(|state| {
            let before = state.clone();
            let result = change(state)?;
            audit::record(&before, state, initiator, &self.inner.env);
            Ok(result)
        })
    }

    /// Adds a row to a log about what happens now and changes nothing else.
    pub(in crate::simulator) fn log(&self, kind: LogKind, row: LogRow) {
        let visible_from = self.read(State::visible_from);
        self.add_to_logs(vec![Entry::new(kind, row, visible_from)]);
    }

    /// Every row of a log that is kept, oldest first, those too that are not visible yet.
    #[must_use]
    pub fn logged(&self, kind: LogKind) -> Vec<LogRow> {
        self.read_log(kind, |log| log.all().map(|(_, row)| row).collect())
    }

    /// Looks at a log.
    pub(in crate::simulator) fn read_log<R>(
        &self,
        kind: LogKind,
        look: impl FnOnce(&Log) -> R,
    ) -> R {
        look(self.log_store().of(kind))
    }

    fn add_to_logs(&self, entries: Vec<Entry>) {
        let mut logs = self.log_store();
        logs.add(&self.inner.directory, entries);
    }

    fn log_store(&self) -> MutexGuard<'_, Logs> {
        // Each row is added as a whole.
        let logs = self.inner.logs.lock();
        logs.unwrap_or_else(PoisonError::into_inner)
    }

    /// The writes so far after which an emergency account could no longer get in; not kept over restarts.
    #[must_use]
    pub fn breaches(&self) -> Vec<Breach> {
        self.breach_list().clone()
    }

    fn watch(&self, before: &State, after: &State) {
        let locked_out = after.locked_out_since(before);
        let breaches = locked_out.into_iter().map(|(account, reason)| Breach {
            time: after.now,
            request: current_request::line(),
            account,
            reason,
        });
        self.breach_list().extend(breaches);
    }

    fn breach_list(&self) -> MutexGuard<'_, Vec<Breach>> {
        // The list is only ever read or added to.
        let breaches = self.inner.breaches.lock();
        breaches.unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Changes are made on a copy, so a panic of another holder cannot have left half a change.
        let state = self.inner.state.lock();
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.now = self.inner.env.now();
        state
    }
}

fn parse(bytes: &[u8]) -> Result<State, String> {
    let state: State = serde_json::from_slice(bytes).map_err(|cause| cause.to_string())?;
    if access_token::is_signing_key(&state.token_signing_key.0) {
        Ok(state)
    } else {
        Err("tokenSigningKey is not a P-256 private key".to_owned())
    }
}

fn store(directory: &Directory, state: &State) -> Result<(), storage::Error> {
    let bytes = serde_json::to_vec_pretty(state)
        .expect("the state has only text keys and serializable members");
    directory.replace(STATE_FILE, &bytes, Access::Owner)
}
