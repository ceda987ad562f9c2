//! Arguments as typed. Parsing does no I/O; each command's own file turns its arguments into a ceremony.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::cli::{
    alerts, attestation, check, completions, demo, doctor, drill, due, emulator, enroll, examples,
    handover, init, key, ledger, man, mds, monitor, pin, reconcile, resume, retire, review, sheet,
    simulator, status, tenant,
};

/// Provision, test and govern the FIDO2 keys of Microsoft Entra emergency access accounts
#[derive(Debug, Parser)]
#[command(name = "halligan", version, propagate_version = true, after_help = EXIT_STATUS)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What the process's status means.
pub(super) const EXIT_STATUS: &str = "\
Exit status:
  0  done, or every check passed
  1  the check ran and the answer is: not safe
  2  wrong usage or configuration
  3  key: none, several, wrong one, removed, timed out, unsupported, not accepted
  4  PIN: wrong, blocked, against the policy, not given, too few tries left
  5  tenant: network, sign-in, permission, refused; a check that could not ask it
  6  ledger: not there, not reachable, not writable, inconsistent; this station was revoked
  7  stopped in the middle: an open ceremony waits for `halligan resume`";

/// The definition of every argument, with examples.
pub(super) fn command() -> clap::Command {
    examples::shown_by(Arguments::command())
}

/// Reads what was typed, the program's name first.
///
/// # Errors
/// With what is to be said, help and version too.
pub(super) fn parse<T: Into<OsString> + Clone>(
    typed: impl IntoIterator<Item = T>,
) -> Result<Arguments, clap::Error> {
    let mut matches = command().try_get_matches_from(typed)?;
    Arguments::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command()))
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Configuration file [default: `HALLIGAN_CONFIG`, then ./halligan.toml, then the user's configuration directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Print exactly one JSON document on standard output, also when the command fails
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Print progress as one JSON object a line on standard error
    #[arg(long, global = true)]
    pub(crate) events: bool,

    /// No progress; results, prompts and errors only
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Log requests to the tenant and entries written, never secrets; twice: messages to the key too
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// When to use colour; auto: on a terminal, unless `NO_COLOR` is set
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
}

/// When to use colour. Variants without texts of their own: those would stretch every command's help over two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play the whole story on a software key and a software tenant
    Demo(demo::Arguments),
    /// Write a first configuration, from questions or from options, and say what comes next
    Init(Box<init::Arguments>),
    /// Say what is missing or wrong: configuration, rights, clock, ledger, sign-in, permissions
    Doctor(doctor::Arguments),
    /// Provision a key for an emergency access account
    Enroll(Box<enroll::Arguments>),
    /// Prove that an enrolled key still works, without a sign-in
    Check(check::Arguments),
    /// Show on one screen how it stands with accounts, keys, tenant and ledger, and what to do next
    Status(status::Arguments),
    /// List what is due, with the command that does each; for cron
    Due(due::Arguments),
    /// Have an emergency account really sign in with its key, and say what the sign-in log shows of it
    Drill(Box<drill::Arguments>),
    /// The alarm when an emergency account is used: what makes Azure ring, and whether it rang
    #[command(subcommand)]
    Alerts(alerts::Command),
    /// Compare ledger, tenant and the key in hand, and say what does not fit
    Reconcile(reconcile::Arguments),
    /// Say what the emergency accounts did, and what was done to them and to what protects them, since the last look
    Monitor(Box<monitor::Arguments>),
    /// List ceremonies that stopped in the middle, finish one or take it back
    Resume(resume::Arguments),
    /// Record that a key lies somewhere else, or with somebody else
    Handover(handover::Arguments),
    /// Take a key out of service: delete its registration, and its credential if it is in hand
    Retire(retire::Arguments),
    /// Look at everything together, and have it signed: the quarterly review
    #[command(subcommand)]
    Review(review::Command),
    /// Judge what a key attested, from files
    #[command(subcommand)]
    Attestation(attestation::Command),
    /// Look at one physical key, or change it
    #[command(subcommand)]
    Key(key::Command),
    /// Make a PIN, or open one that was sealed to its custodians
    #[command(subcommand)]
    Pin(pin::Command),
    /// Print the custody sheet of a key: what lies in the envelope with it
    Sheet(sheet::Arguments),
    /// Show, verify or export the record, and manage its stations
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// FIDO's metadata: fetch and verify it, look models up, make allow lists
    #[command(subcommand)]
    Mds(mds::Command),
    /// Look at the tenant, plan what it is to be, and apply that
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// A key in software, for any program that speaks CTAP
    #[command(subcommand)]
    Emulator(emulator::Command),
    /// A tenant in software, for any program that speaks Microsoft Graph
    #[command(subcommand)]
    Simulator(simulator::Command),
    /// Print a shell's completion script
    Completions(completions::Completions),
    /// Print the manual page, or write one page per command into a directory
    Man(man::Arguments),
}

impl Command {
    /// The command's name in the schema of its JSON document.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Demo(_) => "demo",
            Self::Init(_) => "init",
            Self::Doctor(_) => "doctor",
            Self::Enroll(arguments) if arguments.batch.plan.is_some() => "enroll.plan",
            Self::Enroll(_) => "enroll",
            Self::Check(_) => "check",
            Self::Status(_) => "status",
            Self::Due(_) => "due",
            Self::Drill(_) => "drill",
            Self::Alerts(command) => command.name(),
            Self::Reconcile(_) => "reconcile",
            Self::Monitor(_) => "monitor",
            Self::Resume(_) => "resume",
            Self::Handover(_) => "handover",
            Self::Retire(_) => "retire",
            Self::Review(command) => command.name(),
            Self::Attestation(command) => command.name(),
            Self::Key(command) => command.name(),
            Self::Pin(command) => command.name(),
            Self::Sheet(_) => "sheet",
            Self::Ledger(command) => command.name(),
            Self::Mds(command) => command.name(),
            Self::Tenant(command) => command.name(),
            Self::Emulator(command) => command.name(),
            Self::Simulator(command) => command.name(),
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
}
