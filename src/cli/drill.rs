//! `halligan drill`

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::ceremony::drill::{self, Conclusion, Door, Request, Visit};
use crate::ceremony::{KeyInHand, Parties};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{self, Agreement};
use crate::cli::{Context, Error, custody, tenant, time};
use crate::encoding::printable;
use crate::graph::credential::SIGN_IN_LOG_PERMISSION;
use crate::report::{self, Report};

/// Delegated permissions of whoever looks on, where a person does.
pub(crate) const ONLOOKER_PERMISSIONS: [&str; 4] = [
    SIGN_IN_LOG_PERMISSION,
    "Policy.Read.All",
    "User.Read.All",
    "Domain.Read.All",
];

/// Arguments of `drill`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The emergency access account: user principal name, object id, or a name in the tenant's initial domain
    #[arg(long, value_name = "USER")]
    account: String,

    /// The label of the key that is to be used: refused if it is not in service for the account
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,

    /// Who is there; several times for several
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run", value_parser = custody::text)]
    by: Vec<String>,

    /// What the drill is held for
    #[arg(long, value_name = "TEXT", value_parser = custody::text)]
    reason: Option<String>,

    /// Open the sign-in page in this desktop's browser, besides printing its address
    #[arg(long)]
    open: bool,

    /// Open it by this command of the shell, with the address as its last argument
    #[arg(long, value_name = "COMMAND", conflicts_with = "open")]
    browser: Option<String>,

    /// How long whoever signs in has, at most 1h
    #[arg(long, value_name = "DURATION", default_value = "5min", value_parser = sign_in_limit)]
    limit: Duration,

    /// How long to wait for the sign-in log, which usually takes minutes
    #[arg(long, value_name = "DURATION", default_value = "30min", value_parser = time::duration)]
    log_limit: Duration,

    /// Revoke all sessions of the account at the end
    #[arg(long)]
    revoke_sessions: bool,

    /// Check everything that can be known beforehand, and do nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    agreement: Agreement,

    #[command(flatten)]
    ledger: LedgerChoice,
}

fn sign_in_limit(text: &str) -> Result<Duration, String> {
    time::duration_within(text, &(Duration::from_secs(1)..=drill::SIGN_IN_LIMIT))
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    let mut permissions = ONLOOKER_PERMISSIONS.to_vec();
    if arguments.revoke_sessions {
        permissions.push("User.RevokeSessions.All");
    }
    let onlooker = tenant::client_for(&config, context, &permissions)?;
    let client = tenant::drill_client(&config, context)?;
    let dry_run = arguments.dry_run;
    let mut ledger = record::open_for_writing(&arguments.ledger, &config, context, dry_run).await?;
    let mut interaction = arguments.agreement.terminal(context);
    let request = Request {
        account: arguments.account.clone(),
        key: arguments.key.clone(),
        by: arguments.by.clone(),
        reason: arguments.reason.clone(),
        expected_policies: config.policies_for_accounts()?,
        limit: arguments.limit,
        log_limit: arguments.log_limit,
        revoke_sessions: arguments.revoke_sessions,
        dry_run,
    };
    let door = Door {
        client,
        visit: &|visit, url| show(visit, url, arguments, context),
    };
    let parties = Parties {
        key: KeyInHand::NONE,
        tenant: Some(&onlooker),
        ledger: &mut ledger,
        interaction: &mut interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    let conclusion: Conclusion = drill::hold(&request, door, parties).await?;
    Ok(report::drill(&conclusion))
}

/// The address is always shown: the browser that opens may be the wrong one.
fn show(visit: Visit<'_>, url: &Url, arguments: &Arguments, context: &Context) {
    let (event, line) = match visit {
        Visit::SignIn(upn) => (
            "sign_in",
            format!(
                "Open this address in a browser on this machine, sign in as {} and touch the key:",
                printable(upn)
            ),
        ),
        Visit::SignOut => (
            "sign_out",
            "Open this address in the same browser, to end its session:".to_owned(),
        ),
    };
    let event = json!({"event": event, "url": url});
    terminal::say(context.global.events, &event, &format!("{line}\n  {url}"));
    let opened = match &arguments.browser {
        Some(command) => start_browser(command, url),
        None if arguments.open => open::that_detached(url.as_str()),
        None => Ok(()),
    };
    if let Err(error) = opened {
        terminal::warn(context, &format!("no browser could be opened: {error}"));
    }
}

/// Starts the command without waiting for its end. The address is an argument of its own, so that nothing in it is the shell's to read.
/// What the command prints is no part of our result; what it complains of is for the same eyes.
fn start_browser(command: &str, url: &Url) -> std::io::Result<()> {
    let script = format!("{command} \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, "browser", url.as_str()]);
    shell.stdin(Stdio::null()).stdout(Stdio::null());
    shell.spawn().map(drop)
}
