//! `halligan emulator serve`

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use crate::cli::{Context, Error, output};
use crate::emulator::Emulator;
use crate::emulator::fault::Fault;
use crate::emulator::profile::Profile;
use crate::emulator::serve::{self, BoundAddress, ListenAddress};
use crate::emulator::touch::{After, Auto, Deny, Touch};
use crate::report::Report;

/// What the emulator does.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Answer CTAP over sockets until interrupted; loopback only
    Serve(Serve),
}

/// Arguments of `emulator serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Directory of the key's state; made if it does not exist
    #[arg(long, value_name = "DIR")]
    state: PathBuf,

    /// udp:HOST:PORT, tcp:HOST:PORT, unix:PATH or pty; may be given several times; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "udp:127.0.0.1:8111")]
    listen: Vec<ListenAddress>,

    /// Who touches the key: auto, deny, or after a time such as 1500ms or 2s
    #[arg(long, value_name = "TOUCH", default_value = "auto")]
    touch: TouchChoice,

    /// Which kind of key: default, strict (as with --strict-reset), preview (before CTAP 2.1)
    #[arg(long, value_name = "PROFILE", default_value = "default")]
    profile: String,

    /// Allow a reset only within 10 s of power-up, as the specification says
    #[arg(long)]
    strict_reset: bool,

    /// Misbehave, as in unplug-on=makeCredential; may be given several times; docs/emulator.md has all
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
}

/// Who touches the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TouchChoice {
    Auto,
    Deny,
    After(Duration),
}

impl FromStr for TouchChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "deny" => Ok(Self::Deny),
            _ => text
                .parse::<jiff::SignedDuration>()
                .ok()
                .and_then(|duration| Duration::try_from(duration).ok())
                .map(Self::After)
                .ok_or_else(|| format!("{text:?} is neither auto, deny nor a duration such as 2s")),
        }
    }
}

impl TouchChoice {
    fn touch(self) -> Box<dyn Touch> {
        match self {
            Self::Auto => Box::new(Auto),
            Self::Deny => Box::new(Deny),
            Self::After(duration) => Box::new(After(duration)),
        }
    }
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<(), Error> {
    let Command::Serve(serve) = command;
    let mut profile: Profile = serve
        .profile
        .parse()
        .map_err(|error| Error::Usage(format!("--profile: {error}")))?;
    if serve.strict_reset {
        profile.reset_window = Profile::strict().reset_window;
    }
    let mut emulator = Emulator::open(&serve.state, context.env.clone(), profile)?;
    emulator.set_touch(serve.touch.touch());
    emulator.set_faults(serve.fault.iter().cloned().collect());
    let root = serve.state.join("attestation-root.pem");
    write_root(&root, &emulator)?;
    let server = serve::serve(Arc::new(Mutex::new(emulator)), &serve.listen)?;
    output::result(&context.global, &announcement(server.addresses(), &root))?;
    context.interrupt.clone().raised().await;
    server.stop();
    Ok(())
}

fn write_root(path: &Path, emulator: &Emulator) -> Result<(), Error> {
    let pem = emulator.attestation_root_pem();
    std::fs::write(path, pem).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// What a program that started this waits for: by then every address answers.
fn announcement(addresses: &[BoundAddress], root: &Path) -> Report {
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let text = format!(
        "listening on {}\nattestation root: {}\n",
        addresses.join(", "),
        root.display()
    );
    let body = json!({"listening": addresses, "attestation_root": root});
    Report::new("halligan.emulator.serve/1", true, body, text)
}
