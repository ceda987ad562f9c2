//! A second opinion on an enrolled key: does the key in hand hold the private key whose public key the ledger names? Asked by a
//! CTAP client, and judged by a verifier, that share no code with the tool that wrote the ledger.
//!
//! What it does not judge is the ledger itself: `tests/ledger_verifier.py` does, equally apart from the tool.

mod key;
mod ledger;

use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, Subcommand};

use key::Key;

/// Verify an enrolled FIDO2 key with an independent CTAP client
#[derive(Parser)]
struct Arguments {
    /// The key's device file, as `list` shows it; needed when there are several
    #[arg(long, global = true, value_name = "PATH")]
    device: Option<String>,

    /// Read the key's PIN from the first line of standard input
    #[arg(long, global = true)]
    pin_stdin: bool,

    /// PIN/UV auth protocol
    #[arg(long, global = true, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    pin_protocol: u8,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the FIDO keys on USB
    List,
    /// Read what the key says of itself
    Info,
    /// Make a credential that leaves nothing on the key, assert with it, and verify both
    Try,
    /// Verify that the key in hand is the one that the ledger names
    Verify {
        /// The ledger's directory, the one that holds `entries`
        ledger: PathBuf,
        /// The key's label in the ledger; needed when the ledger names several
        #[arg(long)]
        label: Option<String>,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let pin = arguments.pin_stdin.then(read_pin).transpose()?;
    let open = || {
        Key::open(
            arguments.device.as_deref(),
            arguments.pin_protocol,
            pin.clone(),
        )
    };
    match &arguments.command {
        Command::List => {
            for device in key::list() {
                println!("{device}");
            }
            Ok(())
        }
        Command::Info => open()?.info().map(|info| print!("{info}")),
        Command::Try => open()?.try_out(),
        Command::Verify { ledger, label } => {
            let enrolled = ledger::find(ledger, label.as_deref())?;
            let verified = open()?.verify(&enrolled)?;
            println!(
                "the key in hand is {} ({})",
                enrolled.label, enrolled.account
            );
            println!(
                "user present {}, user verified {}, sign count {}",
                verified.user_present, verified.user_verified, verified.sign_count
            );
            ensure!(
                verified.sign_count == 0 || verified.sign_count > enrolled.sign_count,
                "the key's sign count is not above {}, with which it was enrolled: it may be a copy",
                enrolled.sign_count
            );
            Ok(())
        }
    }
}

fn read_pin() -> Result<String> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .context("read the PIN from standard input")?;
    let pin = line.trim_end_matches(['\r', '\n']);
    // The client library panics on longer ones.
    if !(4..=63).contains(&pin.len()) {
        bail!("a PIN has 4 to 63 bytes");
    }
    Ok(pin.to_owned())
}
