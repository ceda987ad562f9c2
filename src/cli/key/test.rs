//! `halligan key test`

use std::path::PathBuf;

use crate::attestation::Trust;
use crate::ceremony::key_test::{self, Check, Selection, Setting, Tested};
use crate::cli::device::DeviceChoice;
use crate::cli::file::{self, Readers};
use crate::cli::key::recorded::Recording;
use crate::cli::key::watch::Watch;
use crate::cli::key::{compare, expendable};
use crate::cli::record::LedgerChoice;
use crate::cli::terminal::{Confirmation, PinSource, Terminal};
use crate::cli::{Context, Error, attestation};
use crate::report::{self, Report};

/// Arguments of `key test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: DeviceChoice,

    /// Run only this check, or those with this tag; may be given several times
    #[arg(long, value_name = "ID|TAG")]
    only: Vec<String>,

    /// Leave out this check, or those with this tag; may be given several times
    #[arg(long, value_name = "ID|TAG")]
    skip: Vec<String>,

    /// Also run the checks that take half a minute or more
    #[arg(long)]
    slow: bool,

    /// Also run the checks that set PINs and reset the key; only for a key that nobody uses yet, and everything on it is lost
    #[arg(long, conflicts_with_all = ["compare", "key"])]
    destructive: bool,

    #[command(flatten)]
    confirmation: Confirmation,

    /// Show the checks that would run, and ask no key
    #[arg(long)]
    list: bool,

    /// Compare two keys, each a device address or a file with an earlier result in JSON, instead of testing one
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with_all = ["device", "html", "junit", "key", "ledger", "list"])]
    compare: Vec<String>,

    /// File to write JUnit's XML to
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// File to write an HTML page to
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// PEM file with a root that the key's attestation may lead to, besides those that are configured; may be given several
    /// times
    #[arg(long, value_name = "FILE")]
    attestation_root: Vec<PathBuf>,

    /// The label of an enrolled key: the key in hand must be that one, and the ledger keeps the result
    #[arg(long, value_name = "LABEL", conflicts_with = "list")]
    key: Option<String>,

    #[command(flatten)]
    ledger: LedgerChoice,

    #[command(flatten)]
    pin: PinSource,
}

impl Arguments {
    pub(super) fn name(&self) -> &'static str {
        match self.compare.is_empty() {
            true => "key.test",
            false => "key.compare",
        }
    }
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let selection = Selection {
        only: arguments.only.clone(),
        skip: arguments.skip.clone(),
        slow: arguments.slow,
        destructive: arguments.destructive,
    };
    let checks = selection.checks().map_err(|error| {
        Error::Usage(format!(
            "{error}; `halligan key test --list --slow --destructive` shows all"
        ))
    })?;
    if checks.is_empty() {
        return Err(Error::Usage("no check is left to run".to_owned()));
    }
    if arguments.list {
        return Ok(report::key_test_list(&checks));
    }
    let trust = trust(arguments, context)?;
    let mut watch = Watch {
        terminal: Terminal::new(&context.global, &arguments.pin)
            .confirmed(arguments.confirmation.confirm.clone()),
        address: String::new(),
    };
    if let [first, second] = arguments.compare.as_slice() {
        let spend_last_tries = arguments.pin.spend_last_pin_tries;
        let bench = compare::Bench {
            checks: &checks,
            trust: &trust,
            watch: &mut watch,
            context,
            spend_last_tries,
        };
        return bench.compare([first, second]);
    }
    test(arguments, &checks, &trust, watch, context).await
}

/// Tests the key in hand, and records it if the operator says which key of the ledger it is.
async fn test(
    arguments: &Arguments,
    checks: &[&'static Check],
    trust: &Trust,
    mut watch: Watch,
    context: &Context,
) -> Result<Report, Error> {
    // A file that cannot be written is better known before the touches.
    for path in arguments.junit.iter().chain(&arguments.html) {
        file::require_writable(path)?;
    }
    let (device, ledger) = (&arguments.device, &arguments.ledger);
    if arguments.destructive {
        expendable::require(device, ledger, context).await?;
    }
    let mut recording = match &arguments.key {
        Some(label) => Some(Recording::begin(label, device, ledger, context).await?),
        None => None,
    };
    let connection = device.connect(&context.env)?;
    let mut reconnect = device.reconnecting(&connection, &context.env);
    watch.address = connection.address;
    let setting = Setting {
        trust,
        witness: &mut watch,
        cancel: &context.interrupt.cancel,
        env: &context.env,
        reconnect: &mut reconnect,
        spend_last_tries: arguments.pin.spend_last_pin_tries,
    };
    let tested = key_test::run(connection.device, checks, setting)?;
    drop(watch);
    write_files(arguments, &tested, &connection.description, context)?;
    let mut report = report::key_test(&tested, &connection.description);
    if let (Some(recording), None) = (&mut recording, &tested.broken_off) {
        let entry = recording.end(&tested).await?;
        report = report::key_test_recorded(report, recording.label(), &entry);
    }
    match tested.broken_off {
        Some(error) => Err(Error::TestBrokenOff {
            report: Box::new(report),
            source: Box::new(error.into()),
        }),
        None => Ok(report),
    }
}

fn trust(arguments: &Arguments, context: &Context) -> Result<Trust, Error> {
    let config = context.config_or_default()?;
    Ok(attestation::standards(&config, &arguments.attestation_root)?.trust)
}

fn write_files(
    arguments: &Arguments,
    tested: &Tested,
    device: &str,
    context: &Context,
) -> Result<(), Error> {
    let time = context.env.now().round(jiff::Unit::Second);
    let time = time.map_or_else(|_| String::new(), |time| time.to_string());
    if let Some(path) = &arguments.junit {
        let junit = report::key_test_junit(tested, device, &time);
        file::write(path, junit.as_bytes(), Readers::Usual)?;
    }
    if let Some(path) = &arguments.html {
        let html = report::key_test_html(tested, device, &time);
        file::write(path, html.as_bytes(), Readers::Usual)?;
    }
    Ok(())
}
