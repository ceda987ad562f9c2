//! `halligan simulator`: a tenant in software, and a browser for its sign-in page.

mod serve;
mod sign_in;

pub(crate) use serve::write_config;
pub(crate) use sign_in::PageError;

use crate::cli::output;
use crate::cli::{Context, Error};

/// What the simulator does.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Answer Microsoft Graph and its authority over TLS until interrupted; loopback only
    Serve(serve::Arguments),
    /// Sign in at a simulator on this machine with a key, as a browser would
    SignIn(sign_in::Arguments),
}

impl Command {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Serve(_) => "simulator.serve",
            Self::SignIn(_) => "simulator.sign_in",
        }
    }
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<(), Error> {
    match command {
        Command::Serve(arguments) => serve::run(arguments, context).await,
        Command::SignIn(arguments) => {
            let report = sign_in::run(arguments, context).await?;
            output::result(&context.global, &report).map(|_| ())
        }
    }
}
