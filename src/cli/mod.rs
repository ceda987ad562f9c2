//! What the operator types and sees. One file per command: arguments to ceremony to report, and no decision about keys or
//! tenants.

mod advice;
mod alerts;
pub(crate) mod arguments;
mod attestation;
mod batch;
mod check;
mod completions;
mod config;
mod custody;
mod demo;
mod device;
mod doctor;
mod drill;
mod due;
mod emulator;
mod enroll;
mod error;
mod examples;
mod facts;
mod failure;
mod file;
mod handover;
mod init;
mod interrupt;
mod key;
mod ledger;
mod logging;
mod man;
pub(crate) mod mds;
mod monitor;
mod output;
mod pin;
mod prompt;
mod reconcile;
mod record;
mod resume;
mod retire;
mod review;
mod sheet;
mod simulator;
mod status;
mod tenant;
mod terminal;
mod time;
mod two_rooms;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use arguments::{Arguments, Color, Command, Global};
use config::Config;
use error::Error;
use failure::{Exit, Failure};
use interrupt::Interrupt;

use crate::env::Env;
use crate::report::Report;

/// What every command has at hand.
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) env: Env,
    pub(crate) interrupt: Interrupt,
}

impl Context {
    fn config(&self) -> Result<Config, Error> {
        Ok(Config::load(&self.global)?)
    }

    fn config_or_default(&self) -> Result<Config, Error> {
        Ok(Config::load_or_default(&self.global)?)
    }
}

/// How long idle threads may take to end.
const SHUTDOWN: Duration = Duration::from_millis(200);

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let exit = match arguments::parse(&typed) {
        Ok(arguments) => start(arguments),
        Err(error) => usage(&error, &typed),
    };
    ExitCode::from(exit.code())
}

/// Help and version go to standard output; a usage error is one JSON document if the operator wanted JSON.
fn usage(error: &clap::Error, typed: &[OsString]) -> Exit {
    if error.use_stderr() && typed.iter().any(|word| word == "--json") {
        return output::failure(true, "usage", &Failure::usage(error));
    }
    // Nobody is left to tell when the terminal cannot be written.
    let _ = error.print();
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Done
    }
}

fn start(arguments: Arguments) -> Exit {
    match arguments.global.color {
        Color::Auto => {}
        Color::Always => set_colors(true),
        Color::Never => set_colors(false),
    }
    logging::start(arguments.global.verbose);
    // reqwest and tokio-rustls take the process's provider; ring is the only one in the tree.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let json = arguments.global.json;
    // One thread beside this one: the ceremony blocks this one while it talks to the key.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let name = arguments.command.name();
    let result = match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(run(arguments));
            // Joins the threads that are idle. `shutdown_background` would detach them, and glibc crashes if a thread exits during
            // its `pthread_detach`. One that is blocked in a read is not ending, and is left behind.
            runtime.shutdown_timeout(SHUTDOWN);
            exit
        }
        Err(error) => Err(Error::Output(error)),
    };
    result.unwrap_or_else(|error| output::failure(json, name, &Failure::from(&error)))
}

fn set_colors(on: bool) {
    console::set_colors_enabled(on);
    console::set_colors_enabled_stderr(on);
}

async fn run(arguments: Arguments) -> Result<Exit, Error> {
    let context = Context {
        interrupt: Interrupt::listen(notice(&arguments)),
        global: arguments.global,
        env: Env::system(),
    };
    let done = |()| Exit::Done;
    let print = |report: Report| output::result(&context.global, &report);
    match &arguments.command {
        Command::Demo(arguments) => demo::run(arguments, &context).await.and_then(print),
        Command::Due(arguments) => due::run(arguments, &context).await.and_then(print),
        Command::Init(arguments) => init::run(arguments, &context).await.and_then(print),
        Command::Doctor(arguments) => doctor::run(arguments, &context).await.and_then(print),
        Command::Enroll(arguments) => enroll::run(arguments, &context).await.and_then(print),
        Command::Check(arguments) => check::run(arguments, &context).await.and_then(print),
        Command::Drill(arguments) => drill::run(arguments, &context).await.and_then(print),
        Command::Alerts(command) => alerts::run(command, &context).await.and_then(print),
        Command::Reconcile(arguments) => reconcile::run(arguments, &context).await.and_then(print),
        Command::Resume(arguments) => resume::run(arguments, &context).await.and_then(print),
        Command::Handover(arguments) => handover::run(arguments, &context).await.and_then(print),
        Command::Retire(arguments) => retire::run(arguments, &context).await.and_then(print),
        Command::Review(command) => review::run(command, &context).await.and_then(print),
        Command::Attestation(command) => attestation::run(command, &context).and_then(print),
        Command::Key(command) => key::run(command, &context).await.and_then(print),
        Command::Pin(command) => pin::run(command, &context).await.and_then(print),
        Command::Sheet(arguments) => sheet::run(arguments, &context).await.and_then(print),
        Command::Ledger(command) => ledger::run(command, &context).await.and_then(print),
        Command::Mds(command) => mds::run(command, &context).await.and_then(print),
        Command::Status(arguments) => status::run(arguments, &context).await.and_then(print),
        Command::Monitor(arguments) => monitor::run(arguments, &context).await,
        Command::Tenant(command) => tenant::run(command, &context).await.and_then(print),
        Command::Emulator(command) => emulator::run(command, &context).await.map(done),
        Command::Simulator(command) => simulator::run(command, &context).await.map(done),
        Command::Completions(arguments) => print(completions::completions(arguments)),
        Command::Man(arguments) => man::run(arguments).and_then(print),
    }
}

/// What the operator typed to start the tool, so that what it suggests can be typed again.
fn program() -> String {
    let typed = std::env::args_os().next();
    typed.map_or_else(
        || "halligan".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// What is said at the first interrupt. For a server an interrupt is the way to end, and nothing is said.
fn notice(arguments: &Arguments) -> impl FnOnce() + Send + 'static {
    let events = arguments.global.events;
    let serves = matches!(
        arguments.command,
        Command::Emulator(_) | Command::Simulator(_)
    );
    move || {
        if !serves {
            let event = json!({"event": "stopping"});
            let text = "Stopping; interrupt once more to leave at once";
            terminal::say(events, &event, text);
        }
    }
}
