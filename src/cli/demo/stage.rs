//! The demo's stage: a simulated tenant, four emulated keys with one attestation root, one ledger.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::attestation::Roots;
use crate::ceremony::check::{self, Checked};
use crate::ceremony::enroll;
use crate::ceremony::interaction::{Interaction, PinPurpose, PinUnavailable, Step};
use crate::ceremony::{Parties, Standards};
use crate::cli::config::Config;
use crate::cli::device::EmulatedKey;
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error, simulator, tenant};
use crate::ctap::{Authenticator, Wait};
use crate::emulator::attestation::AttestationAuthority;
use crate::emulator::profile::Profile;
use crate::emulator::storage::Directory;
use crate::emulator::{Emulator, OpenError};
use crate::env::Env;
use crate::graph::Client;
use crate::ledger::{Ledger, Station};
use crate::secret::Pin;
use crate::simulator::serve::{self, Running};

/// One of the demo's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) label: &'static str,
    index: usize,
    account: usize,
}

impl Key {
    pub(super) const ALL: [Self; 4] = [
        Self {
            label: "BG1-A",
            index: 0,
            account: 0,
        },
        Self {
            label: "BG1-B",
            index: 1,
            account: 0,
        },
        Self {
            label: "BG2-A",
            index: 2,
            account: 1,
        },
        Self {
            label: "BG2-B",
            index: 3,
            account: 1,
        },
    ];
}

pub(super) struct Stage {
    directory: PathBuf,
    simulator: Running,
    tenant: Client,
    keys: Vec<Arc<Mutex<Emulator>>>,
    ledger: Ledger,
    roots: Roots,
    terminal: Terminal,
    quiet: bool,
}

impl Stage {
    pub(super) async fn build(directory: &Path, context: &Context) -> Result<Self, Error> {
        let state = directory.join("tenant");
        let authority = directory.join("attestation");
        let root = AttestationAuthority::open(&authority, &context.env)?.root_pem()?;
        let roots = Roots::from_pem(root.as_bytes())?;
        let config = serve::Config {
            trust_anchors: roots.certificates().map(<[u8]>::to_vec).collect(),
            ..serve::Config::new(state.clone())
        };
        let simulator = serve::start(config, context.env.clone()).await?;
        let config = Config::read(&simulator::write_config(&state, &simulator)?)?;
        let keys = Key::ALL
            .iter()
            .map(|key| {
                emulated(
                    &directory.join("keys").join(key.label),
                    &authority,
                    &context.env,
                )
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let station =
            Station::create(&config.station_directory(), config.station()?, &context.env)?;
        Ok(Self {
            tenant: tenant::client(&config, context)?,
            ledger: Ledger::open(&config.ledger(), &station, context.env.clone()).await?,
            roots,
            terminal: Terminal::new(&context.global, &PinSource::default()),
            quiet: context.global.quiet || context.global.json || context.global.events,
            directory: directory.to_owned(),
            simulator,
            keys,
        })
    }

    pub(super) async fn clear(self) {
        self.simulator.shutdown().await;
    }

    /// A line of the story, before what it tells.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            let style = console::Style::new().bold().for_stderr();
            // A reader that went away must not stop the story.
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("\n{}\n", style.apply_to(text)).as_bytes(),
            );
        }
    }

    pub(super) fn account(&self, key: Key) -> &str {
        &self.simulator.demo.emergency_accounts[key.account]
    }

    pub(super) fn ledger(&self) -> PathBuf {
        self.directory.join("tenant/ledger")
    }

    pub(super) async fn enroll(&mut self, key: Key, context: &Context) -> Result<(), Error> {
        let request = enroll::Request {
            account: self.account(key).to_owned(),
            label: key.label.to_owned(),
            tenant: self.simulator.demo.tenant_id.to_string(),
            transport: "emulator in the same process".to_owned(),
            settings: Default::default(),
            custody: None,
            generate: None,
            custodians: None,
            terms: enroll::Terms {
                standards: Standards {
                    trust: self.roots.clone().into(),
                    attestation_required: true,
                    ..Standards::default()
                },
                ..enroll::Terms::default()
            },
            skip_preflight: false,
            dry_run: false,
        };
        let mut authenticator = self.open(key, &context.env)?;
        let mut person = Person {
            terminal: &mut self.terminal,
            pin: pin(&context.env)?,
        };
        let parties = Parties {
            key: (&mut authenticator).into(),
            tenant: Some(&self.tenant),
            ledger: &mut self.ledger,
            interaction: &mut person,
            cancel: &context.interrupt.cancel,
            env: &context.env,
        };
        enroll::enroll(&request, parties).await?;
        Ok(())
    }

    /// Checks the key that the label names with the key that is in hand.
    pub(super) async fn check(
        &mut self,
        wanted: Key,
        in_hand: Key,
        context: &Context,
    ) -> Result<Checked, Error> {
        let request = check::Request {
            label: Some(wanted.label.to_owned()),
            ..check::Request::default()
        };
        let mut authenticator = self.open(in_hand, &context.env)?;
        let parties = Parties {
            key: (&mut authenticator).into(),
            tenant: Some(&self.tenant),
            ledger: &mut self.ledger,
            interaction: &mut self.terminal,
            cancel: &context.interrupt.cancel,
            env: &context.env,
        };
        Ok(check::check(&request, parties).await?)
    }

    /// What somebody does who finds a key and does not know what it is for.
    pub(super) fn reset(&mut self, key: Key, context: &Context) -> Result<(), Error> {
        self.keys[key.index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .power_cycle();
        self.open(key, &context.env)?
            .reset(&mut Wait::unattended())?;
        Ok(())
    }

    /// A copy of the ledger in which one digit of one entry is another.
    pub(super) fn tampered_ledger(&self) -> Result<PathBuf, Error> {
        let copy = self.directory.join("tampered-ledger");
        let from = self.ledger().join("entries");
        let to = copy.join("entries");
        let written = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::Write { path, source }
        };
        std::fs::create_dir_all(&to).map_err(written(&to))?;
        for entry in std::fs::read_dir(&from).map_err(written(&from))? {
            let entry = entry.map_err(written(&from))?;
            std::fs::copy(entry.path(), to.join(entry.file_name())).map_err(written(&to))?;
        }
        let victim = to.join("00000003.json");
        let text = std::fs::read_to_string(&victim).map_err(written(&victim))?;
        std::fs::write(&victim, text.replacen("BG1-A", "BG9-A", 1)).map_err(written(&victim))?;
        Ok(copy)
    }

    fn open(&self, key: Key, env: &Env) -> Result<Authenticator, Error> {
        let device = EmulatedKey::new(self.keys[key.index].clone(), env);
        Ok(Authenticator::open(Box::new(device), env.clone())?)
    }
}

fn emulated(directory: &Path, authority: &Path, env: &Env) -> Result<Arc<Mutex<Emulator>>, Error> {
    let storage = Directory::open(directory).map_err(OpenError::from)?;
    let authority = AttestationAuthority::open(authority, env)?;
    let emulator = Emulator::new(
        Box::new(storage),
        &authority,
        env.clone(),
        Profile::default(),
    )?;
    Ok(Arc::new(Mutex::new(emulator)))
}

/// Eight random digits, known to nobody afterwards: the story needs them once.
fn pin(env: &Env) -> Result<Pin, Error> {
    let digits: String = env
        .random::<8>()
        .iter()
        .map(|byte| char::from(b'0' + byte % 10))
        .collect();
    Ok(Pin::new(&digits).map_err(PinUnavailable::from)?)
}

/// Somebody who knows the PIN and watches.
struct Person<'a> {
    terminal: &'a mut Terminal,
    pin: Pin,
}

impl Interaction for Person<'_> {
    fn begin(&mut self, step: Step) {
        self.terminal.begin(step);
    }

    fn done(&mut self, step: Step, fact: &str) {
        self.terminal.done(step, fact);
    }

    fn warn(&mut self, message: &str) {
        self.terminal.warn(message);
    }

    fn touch_needed(&mut self) {}

    fn waiting(&mut self, reason: &str, duration: std::time::Duration) {
        self.terminal.waiting(reason, duration);
    }

    fn confirm(&mut self, _stakes: &str, _word: &str) -> bool {
        true
    }

    fn reinsert_key(&mut self) {}

    fn pin(&mut self, _purpose: PinPurpose) -> Result<Pin, PinUnavailable> {
        Ok(self.pin.clone())
    }
}
