//! `halligan monitor`

mod follow;
mod journal;
mod one;
mod webhook;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use crate::ceremony;
use crate::ceremony::monitor::{Memory, Request};
use crate::cli::config::Config;
use crate::cli::failure::Exit;
use crate::cli::file::{Readers, Target};
use crate::cli::record::LedgerChoice;
use crate::cli::{Context, Error, output, tenant, time};
use one::Monitor;

pub(crate) use webhook::Webhook;

/// Where the journal listens.
const JOURNAL: &str = "/run/systemd/journal/socket";

/// Delegated permissions for both logs, and to know whom to ask about.
pub(crate) const PERMISSIONS: [&str; 6] = [
    "AuditLog.Read.All",
    "Policy.Read.All",
    "User.Read.All",
    "GroupMember.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
];

/// The shortest time between two looks: each costs a dozen requests, of which the service allows five in ten seconds.
const SHORTEST: Duration = Duration::from_secs(1);

/// The longest: the service forgets after seven days.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// A time between two looks.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    time::duration_within(text, &(SHORTEST..=LONGEST))
}

/// Arguments of `monitor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only this account, user principal name or object id; may be given several times [default: those of [emergency], and of the keys in service]
    #[arg(long, value_name = "USER")]
    account: Vec<String>,

    /// Where to begin: RFC 3339, or so long ago as `7 days` [default: where the last recorded look ended]
    #[arg(long, value_name = "MOMENT", value_parser = time::since)]
    since: Option<time::Since>,

    /// Look again and again until interrupted; with --json one document for each look, one a line
    #[arg(long)]
    follow: bool,

    /// How long to wait between two looks, as in `5m` [default: from the configuration, else 5m]
    #[arg(long, value_name = "DURATION", requires = "follow", value_parser = duration)]
    every: Option<Duration>,

    /// Do not record the look in the ledger
    #[arg(long)]
    no_record: bool,

    /// File to write all rows to as they were read; the ledger keeps its SHA-256
    #[arg(long, value_name = "FILE", conflicts_with = "follow")]
    save: Option<PathBuf>,

    /// Address to send what nothing explains to, as JSON; https, or http to this machine
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,

    /// File with a header line that goes with it, as in `Authorization: Bearer …`
    #[arg(long, value_name = "FILE")]
    webhook_header_file: Option<PathBuf>,

    /// Write every event to the systemd journal
    #[arg(long)]
    journald: bool,

    /// Where the journal listens
    #[arg(long, value_name = "PATH", default_value = JOURNAL)]
    journal_socket: PathBuf,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Error> {
    // Before anything is asked: a file that cannot be written is not to be found out after a long look.
    let save = arguments.save.as_deref();
    let save = save.map(|path| Target::open(path, Readers::Owner));
    let save = save.transpose()?;
    let config = context.config()?;
    let webhook = webhook(arguments, &config)?;
    let monitor = Monitor {
        arguments,
        context,
        client: tenant::client_for(&config, context, &PERMISSIONS)?,
        request: request(arguments, &config, context.env.now()),
        webhook,
        config,
    };
    if arguments.follow {
        return follow::run(monitor).await;
    }
    let looked = once(&monitor, save).await;
    if let Err(error) = &looked
        && is_blindness(error)
    {
        monitor.tell_failure(error).await;
    }
    looked
}

async fn once(monitor: &Monitor<'_>, save: Option<Target<'_>>) -> Result<Exit, Error> {
    let mut record = monitor.open().await?;
    let mut look = monitor.look(&record, save).await?;
    let is_newly_blind = look.is_newly_blind(record.known().0);
    look.untold = !monitor.tell(&look, is_newly_blind).await;
    let entry = record.append(&look).await?;
    let report = monitor.report(&look, entry.as_ref());
    match look.unexplained == 0 && !look.unread.is_empty() {
        true => Err(Error::LogsUnread(Box::new(report))),
        false => output::result(&monitor.context.global, &report),
    }
}

/// Whether it says that nobody looked, and nobody asked for that.
fn is_blindness(error: &Error) -> bool {
    match error {
        Error::LogsUnread(_) | Error::Output(_) => false,
        Error::Ceremony(error) => !matches!(**error, ceremony::Error::Cancelled),
        _ => true,
    }
}

fn request(arguments: &Arguments, config: &Config, now: Timestamp) -> Request {
    let emergency = &config.file.emergency;
    let configured = emergency.account.iter().map(|one| one.name.clone());
    let only = !arguments.account.is_empty();
    // A configuration that says nothing of emergency accounts says nothing of their group.
    let group = config.desired().ok().map(|desired| desired.group.reference);
    Request {
        tenant: config.file.tenant.id.clone().unwrap_or_default(),
        accounts: match only {
            true => arguments.account.clone(),
            false => configured.collect(),
        },
        accounts_of_ledger: !only,
        group,
        since: arguments.since.map(|since| since.before(now)),
        drill_application: config.drill_application(),
        memory: Memory::default(),
    }
}

fn webhook(arguments: &Arguments, config: &Config) -> Result<Option<Webhook>, Error> {
    let usage = |what: &str, why: webhook::NotAWebhook| Error::Usage(format!("{what}: {why}"));
    let webhook = match &arguments.webhook {
        Some(url) => Some(url.parse().map_err(|why| usage("--webhook", why))?),
        None => config.monitor_webhook()?,
    };
    match (webhook, &arguments.webhook_header_file) {
        (Some(webhook), Some(path)) => {
            let read = std::fs::read(path);
            let header = read.map_err(|source| Error::Read {
                path: path.clone(),
                source,
            })?;
            let webhook: Webhook = webhook;
            let webhook = webhook.with_header(&header);
            Ok(Some(
                webhook.map_err(|why| usage("--webhook-header-file", why))?,
            ))
        }
        (None, Some(_)) => Err(Error::Usage(
            "--webhook-header-file: there is no webhook that it could go with; --webhook names one"
                .to_owned(),
        )),
        (webhook, None) => Ok(webhook),
    }
}
