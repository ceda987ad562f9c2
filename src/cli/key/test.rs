//! `halligan key test`

use std::path::PathBuf;

use serde_json::json;

use crate::attestation::Trust;
use crate::ceremony::interaction::{Interaction, PinPurpose, PinUnavailable};
use crate::ceremony::key_test::{self, Check, Plan, Record, Selection, Setting, Tested, Witness};
use crate::cli::device::DeviceChoice;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{Confirmation, PinSource, Terminal};
use crate::cli::{Context, Error, attestation, output};
use crate::ctap::hid::Address;
use crate::report::{self, Report};
use crate::secret::Pin;
use crate::{ceremony, ctap};

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
    #[arg(long)]
    destructive: bool,

    #[command(flatten)]
    confirmation: Confirmation,

    #[command(flatten)]
    ledger: LedgerChoice,

    /// Show the checks that would run, and ask no key
    #[arg(long)]
    list: bool,

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

    #[command(flatten)]
    pin: PinSource,
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
    // A file that cannot be written is better known before the touches.
    for path in arguments.junit.iter().chain(&arguments.html) {
        output::file(path, "")?;
    }
    if arguments.destructive {
        if let Address::Emulator(_) = arguments.device.device {
            let why = "a key in the same process cannot be unplugged; `halligan emulator serve` puts it behind a socket";
            return Err(Error::Usage(why.to_owned()));
        }
        require_unrecorded(arguments, context).await?;
    }
    let connection = arguments.device.connect(&context.env)?;
    let mut reconnect = arguments.device.reconnecting(&connection, &context.env);
    let mut watch = Watch {
        terminal: Terminal::new(&context.global, &arguments.pin)
            .confirmed(arguments.confirmation.confirm.clone()),
        address: connection.address,
    };
    let setting = Setting {
        trust: &trust,
        witness: &mut watch,
        cancel: &context.interrupt.cancel,
        env: &context.env,
        reconnect: &mut reconnect,
        spend_last_tries: arguments.pin.spend_last_pin_tries,
    };
    let tested = key_test::run(connection.device, &checks, setting)?;
    drop(watch);
    write_files(arguments, &tested, &connection.description, context)?;
    let report = report::key_test(&tested, &connection.description);
    match tested.broken_off {
        Some(error) => Err(Error::TestBrokenOff {
            report: Box::new(report),
            source: Box::new(error.into()),
        }),
        None => Ok(report),
    }
}

/// A key that the ledger knows by one of its credentials is no key to lose.
async fn require_unrecorded(arguments: &Arguments, context: &Context) -> Result<(), Error> {
    let mut open = match arguments.device.open(&context.env) {
        Ok(open) => open,
        // No CTAP2, or none that can be understood: it holds nothing that the ledger could know, and is not written to.
        Err(Error::Key(ctap::Error::Hid(hid)))
            if !matches!(hid, ctap::hid::Error::Unsupported { .. }) =>
        {
            return Err(ctap::Error::from(hid).into());
        }
        Err(Error::Key(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut terminal = Terminal::new(&context.global, &PinSource::default());
    match record::label_of(&mut open, &arguments.ledger, &mut terminal, context).await? {
        None => Ok(()),
        Some(label) => {
            let known = format!("the ledger knows it as {label}");
            Err(ceremony::Error::KeyInUse(vec![known]).into())
        }
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
        output::file(path, &report::key_test_junit(tested, device, &time))?;
    }
    if let Some(path) = &arguments.html {
        output::file(path, &report::key_test_html(tested, device, &time))?;
    }
    Ok(())
}

/// The person at the terminal, as a run sees them.
struct Watch {
    terminal: Terminal,
    /// What is typed before everything on the key is erased: the key has no label yet.
    address: String,
}

impl Witness for Watch {
    fn planned(&mut self, checks: usize, touches: u32) {
        let event = json!({"event": "planned", "checks": checks, "touches": touches});
        let touches = match touches {
            0 => "no touch is needed".to_owned(),
            1 => "up to 1 touch is needed".to_owned(),
            touches => format!("up to {touches} touches are needed"),
        };
        self.terminal
            .tell(&event, &format!("{checks} checks; {touches}"));
    }

    fn begun(&mut self, check: &'static Check) {
        let event = json!({"event": "check", "check": check.id, "state": "begun"});
        self.terminal.phase(&event, check.title);
    }

    fn ended(&mut self, record: &Record) {
        let (check, verdict) = (record.check.id, record.verdict.as_str());
        let event = json!({"event": "check", "check": check, "state": "done", "verdict": verdict});
        self.terminal.end_phase(&event);
    }

    fn touch_needed(&mut self, purpose: &str) {
        let event = json!({"event": "touch_needed", "purpose": purpose});
        let line = format!("Touch the key now: {purpose}");
        self.terminal.prompt(&event, &line);
    }

    fn agree(&mut self, plan: &Plan) -> Result<(), ceremony::Error> {
        let (touches, reinsertions) = (plan.touches, plan.reinsertions);
        let minutes = plan.duration().as_secs().div_ceil(60);
        let stakes = format!(
            "everything on the key at {} is erased: PIN, settings and every credential, whatever it opens. Touches: up to {touches}. To be plugged in anew: up to {reinsertions} times. About {minutes} minutes.",
            self.address
        );
        match self.terminal.confirm(&stakes, &self.address) {
            true => Ok(()),
            false => Err(ceremony::Error::NotConfirmed(self.address.clone())),
        }
    }

    fn reinsert_key(&mut self) {
        self.terminal.reinsert_key();
    }

    fn keep_off(&mut self) {
        let event = json!({"event": "do_not_touch"});
        let line = "Do not touch the key: it must give up by itself, in half a minute or so";
        self.terminal.prompt(&event, line);
    }

    fn pin(&mut self, purpose: PinPurpose) -> Result<Pin, PinUnavailable> {
        self.terminal.pin(purpose)
    }
}
