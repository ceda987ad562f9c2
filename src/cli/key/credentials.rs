//! `halligan key credentials …`

use console::Term;
use serde_json::json;

use crate::cli::device::DeviceChoice;
use crate::cli::key::present_pin;
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error};
use crate::ctap::{Authenticator, Permissions, PinUvAuth};
use crate::encoding::hex;
use crate::report::{self, Report};

/// What to do with the credentials.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the discoverable credentials; needs the PIN
    List(List),
    /// Delete one credential for good; needs the PIN
    Delete(Delete),
}

/// Arguments of `key credentials list`.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    device: DeviceChoice,
    #[command(flatten)]
    pin: PinSource,
}

/// Arguments of `key credentials delete`.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    device: DeviceChoice,
    #[command(flatten)]
    pin: PinSource,

    /// The credential's id, hexadecimal, as `key credentials list` shows it
    #[arg(long, value_name = "HEX")]
    id: String,

    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::List(_) => "key.credentials.list",
            Self::Delete(_) => "key.credentials.delete",
        }
    }
}

pub(super) fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::List(arguments) => {
            let mut key = arguments.device.open(&context.env)?.authenticator;
            let auth = authorize(&mut key, &arguments.pin, context)?;
            let mut held = Vec::new();
            for rp in key.relying_parties(&auth)? {
                let credentials = key.credentials(rp.rp_id_hash, &auth)?;
                held.push((rp, credentials));
            }
            Ok(report::credentials(&held))
        }
        Command::Delete(arguments) => delete(arguments, context),
    }
}

fn authorize(
    key: &mut Authenticator,
    source: &PinSource,
    context: &Context,
) -> Result<PinUvAuth, Error> {
    let pin = present_pin(key, source, &mut Terminal::new(&context.global, source))?;
    Ok(key.pin_uv_auth(&pin, Permissions::CM, None)?)
}

fn delete(arguments: &Delete, context: &Context) -> Result<Report, Error> {
    let id = hex::decode(&arguments.id).map_err(|error| Error::Usage(format!("--id: {error}")))?;
    let mut key = arguments.device.open(&context.env)?.authenticator;
    if !arguments.yes {
        confirm(&arguments.id)?;
    }
    let auth = authorize(&mut key, &arguments.pin, context)?;
    key.delete_credential(&id, &auth)?;
    let body = json!({"deleted": arguments.id});
    Ok(Report::new(
        "halligan.key.credentials.delete/1",
        true,
        body,
        format!("Deleted {}.\n", arguments.id),
    ))
}

/// Whoever deletes the wrong credential locks an account out, so the end of its id is typed.
fn confirm(id: &str) -> Result<(), Error> {
    let ending: String = id
        .chars()
        .skip(id.chars().count().saturating_sub(6))
        .collect();
    let terminal = Term::stderr();
    let question = format!(
        "The credential {id} will be gone for good, and no sign-in with it will be possible.\nType its last six characters to delete it: "
    );
    let answer = terminal
        .write_str(&question)
        .and_then(|()| terminal.read_line())
        .map_err(Error::Output)?;
    if answer.trim() == ending {
        Ok(())
    } else {
        Err(Error::Declined(ending))
    }
}
