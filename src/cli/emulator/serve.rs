//! `halligan emulator serve`

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::control::ControlAddress;
use crate::cli::device::write_attestation_root;
use crate::cli::{Context, Error, output};
use crate::emulator::profile::{Profile, ProfileFile};
use crate::emulator::serve::{self, BoundAddress, ListenAddress, ServeError};
use crate::emulator::touch::{Finger, TouchMode};
use crate::emulator::{Emulator, Fault, Faults, OpenError};
use crate::report::Report;

/// A file of faults is refused beyond this, in bytes: thousands fit.
const LONGEST_FAULTS: u64 = 64 * 1024;

/// Arguments of `emulator serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Directory of the key's state; made if it does not exist
    #[arg(long, value_name = "DIR")]
    state: PathBuf,

    /// udp:HOST:PORT, tcp:HOST:PORT, unix:PATH, pty or uhid; may be given several times; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "udp:127.0.0.1:8111")]
    listen: Vec<ListenAddress>,

    /// Who touches the key: auto, deny, never, ask (whoever uses --control), or after a time such as 1500ms or 2s
    #[arg(long, value_name = "TOUCH", default_value = "auto")]
    touch: TouchMode,

    /// What a fingerprint sensor sees when the key is touched: right (an enrolled finger), wrong or none
    #[arg(long, value_name = "FINGER", default_value_t)]
    finger: Finger,

    /// Which kind of key: a name that `emulator profile list` shows, or a file; a new key keeps it. Without it: what the key
    /// keeps, or default
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,

    /// Allow a reset only within 10 s of power-up, as the specification says
    #[arg(long)]
    strict_reset: bool,

    /// Misbehave, as in unplug@makeCredential,nth:2; may be given several times; docs/emulator.md has all
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,

    /// Misbehave as this file says, one fault a line; `#` begins a comment
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,

    /// Take requests of `emulator control` at unix:PATH: touch, unplug, faults, events, the clock
    #[arg(long, value_name = "ADDRESS")]
    control: Option<ControlAddress>,
}

pub(super) async fn run(serve: &Serve, context: &Context) -> Result<(), Error> {
    if serve.touch == TouchMode::Ask && serve.control.is_none() {
        let message = "--touch ask: somebody must be able to answer; add --control unix:PATH";
        return Err(Error::Usage(message.to_owned()));
    }
    let faults = faults(serve)?;
    let mut emulator = open(serve, context)?;
    emulator.set_touch_mode(serve.touch);
    emulator.set_finger(serve.finger);
    emulator.set_faults(faults);
    let root = write_attestation_root(&serve.state, &emulator)?;
    let emulator = Arc::new(Mutex::new(emulator));
    let server = match &serve.control {
        None => serve::serve(emulator, &serve.listen)?,
        Some(ControlAddress(path)) => serve::serve_with_control(emulator, &serve.listen, path)?,
    };
    let announcement = announcement(server.addresses(), serve.control.as_ref(), &root);
    output::result(&context.global, &announcement)?;
    tokio::select! {
        () = context.interrupt.clone().raised() => {
            server.stop();
            Ok(())
        }
        () = server.ended() => Err(ServeError::Ended.into()),
    }
}

/// The key, of the kind that was asked for. A key that is new keeps its kind.
fn open(serve: &Serve, context: &Context) -> Result<Emulator, Error> {
    let chosen = serve.profile.as_deref().map(ProfileFile::choose);
    let chosen = chosen.transpose()?;
    let file = match &chosen {
        Some(chosen) => Some(chosen.clone()),
        None => ProfileFile::of_key(&serve.state)?,
    };
    let unnamed = file.as_ref().map_or("default", |_| "profile.toml");
    let name = serve.profile.as_deref().unwrap_or(unnamed);
    let mut profile = file.map_or_else(Profile::default, |file| file.profile);
    if serve.strict_reset {
        profile.reset_window = Profile::strict().reset_window;
    }
    let is_new = !Emulator::exists(&serve.state);
    let mut emulator = Emulator::open(&serve.state, context.env.clone(), profile)?;
    emulator.set_profile_name(name);
    if let Some(chosen) = chosen.filter(|_| is_new) {
        chosen.keep(&serve.state).map_err(OpenError::from)?;
    }
    Ok(emulator)
}

/// Those of the file first, if there is one.
fn faults(serve: &Serve) -> Result<Faults, Error> {
    let mut faults = Faults::default();
    if let Some(path) = &serve.faults {
        let wrong = |error: &dyn std::fmt::Display| {
            Error::Usage(format!("--faults {}: {error}", path.display()))
        };
        let text = read_faults(path).map_err(|error| wrong(&error))?;
        faults = text.parse().map_err(|error| wrong(&error))?;
    }
    faults.extend(serve.fault.iter().cloned());
    Ok(faults)
}

fn read_faults(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let file = File::open(path)?;
    file.take(LONGEST_FAULTS + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > LONGEST_FAULTS) {
        let message = format!("more than {LONGEST_FAULTS} bytes");
        return Err(std::io::Error::other(message));
    }
    Ok(text)
}

/// What a program that started this waits for: by then every address answers.
fn announcement(
    addresses: &[BoundAddress],
    control: Option<&ControlAddress>,
    root: &Path,
) -> Report {
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let control = control.map(ToString::to_string);
    let mut text = format!(
        "listening on {}\nattestation root: {}\n",
        addresses.join(", "),
        root.display()
    );
    let mut body = json!({"listening": addresses, "attestation_root": root});
    if let Some(control) = control {
        text.push_str(&format!("control: {control}\n"));
        body["control"] = control.into();
    }
    Report::new("halligan.emulator.serve/1", true, body, text)
}
