//! `halligan emulator …`: a key in software, what kind of key it is, and the hand that plays with it.

mod control;
mod profile;
mod serve;

use crate::cli::{Context, Error};

pub(crate) use control::ControlError;

/// What the emulator does.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Answer CTAP over loopback sockets, a terminal or a HID device until interrupted
    Serve(serve::Serve),
    /// Touch a served key, pull it out, make it misbehave, wait for what happens to it
    Control(control::Control),
    /// Kinds of keys that the emulator can be
    #[command(subcommand)]
    Profile(profile::Command),
}

impl Command {
    /// The command's name in the schema of its JSON document.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Control(_) => "emulator.control",
            Self::Profile(command) => command.name(),
            Self::Serve(_) => "emulator.serve",
        }
    }
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<(), Error> {
    match command {
        Command::Control(control) => control::run(control, context).await,
        Command::Profile(command) => profile::run(command, context),
        Command::Serve(serve) => serve::run(serve, context).await,
    }
}
