//! `halligan alerts generate`

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;

use super::watched::WatchedChoice;
use crate::cli::config::Config;
use crate::cli::file::{self, Readers};
use crate::cli::{Context, Error, config, terminal};
use crate::report::{
    self, AlertFile, AlertRequest, AlertService, EmailAddress, Receivers, Report, Telephone,
    Webhook, WorkspaceId,
};

/// Arguments of `alerts generate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Directory to write to: new, empty, or holding exactly what would be written
    #[arg(long, value_name = "DIR", required_unless_present = "print")]
    directory: Option<PathBuf>,

    /// Write into the directory whatever is there; files of other names stay
    #[arg(long, requires = "directory")]
    force: bool,

    /// What is to ring; may be given several times [default: both]
    #[arg(long = "for", value_enum, value_name = "SERVICE")]
    services: Vec<ServiceName>,

    /// Print the queries on standard output, and write nothing
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "directory")]
    print: Option<Print>,

    #[command(flatten)]
    watched: WatchedChoice,

    /// Who is told by e-mail; may be given several times [default: from the configuration]
    #[arg(long, value_name = "ADDRESS")]
    email: Vec<EmailAddress>,

    /// Who is told by text message, for example 49:1701234567; may be given several times [default: from the configuration]
    #[arg(long, value_name = "COUNTRY:NUMBER")]
    sms: Vec<Telephone>,

    /// Who is called; may be given several times [default: from the configuration]
    #[arg(long, value_name = "COUNTRY:NUMBER")]
    voice: Vec<Telephone>,

    /// Which address is called with https; may be given several times [default: from the configuration]
    #[arg(long, value_name = "URL")]
    webhook: Vec<Webhook>,

    /// Resource id of the Log Analytics workspace [default: from the configuration, else to be filled in]
    #[arg(long, value_name = "ID")]
    workspace: Option<WorkspaceId>,

    /// After how many hours without a row a log counts as silent [default: from the configuration, else 24]
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u8).range(1..=LONGEST_SILENCE))]
    silence_hours: Option<u8>,

    /// Send the logs to a storage account too, as evidence for longer than Entra keeps them
    #[arg(long)]
    archive: bool,
}

/// Azure Monitor scans two days, and the rule is asked every hour.
const LONGEST_SILENCE: i64 = 47;
const USUAL_SILENCE: u8 = 24;

/// What rings. Variants without texts of their own: those would stretch the help over two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ServiceName {
    AzureMonitor,
    Sentinel,
}

/// What can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Print {
    Kql,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let receivers = receivers(arguments, &config)?;
    let workspace = workspace(arguments, &config)?;
    let silence_hours = silence_hours(arguments, &config)?;
    let watched = arguments.watched.find(&config, context).await?;
    let request = AlertRequest {
        watched: &watched,
        receivers: &receivers,
        services: &services(arguments),
        workspace: workspace.as_ref(),
        silence_hours,
        archive: arguments.archive,
    };
    let Some(directory) = &arguments.directory else {
        return Ok(report::alert_queries(&request));
    };
    if receivers.is_empty() {
        let warning = "nobody is told yet: --email, --sms, --voice and --webhook name who is";
        terminal::warn(context, warning);
    }
    let files = report::alert_files(&request);
    if !arguments.force {
        require_free(directory, &files)?;
    }
    write(directory, &files)?;
    let shown = directory.display().to_string();
    Ok(report::alerts_generated(&request, &files, &shown))
}

fn services(arguments: &Arguments) -> Vec<AlertService> {
    let wanted =
        |name: ServiceName| arguments.services.is_empty() || arguments.services.contains(&name);
    let all = [
        (ServiceName::AzureMonitor, AlertService::AzureMonitor),
        (ServiceName::Sentinel, AlertService::Sentinel),
    ];
    all.into_iter()
        .filter(|(name, _)| wanted(*name))
        .map(|(_, service)| service)
        .collect()
}

/// Who is told: of each kind those that were typed, else those of the configuration.
fn receivers(arguments: &Arguments, config: &Config) -> Result<Receivers, config::Error> {
    let typed = &config.file.alerts;
    Ok(Receivers {
        email: either(&arguments.email, &typed.email, "alerts.email", config)?,
        sms: either(&arguments.sms, &typed.sms, "alerts.sms", config)?,
        voice: either(&arguments.voice, &typed.voice, "alerts.voice", config)?,
        webhook: either(&arguments.webhook, &typed.webhook, "alerts.webhook", config)?,
    })
}

fn either<T>(
    given: &[T],
    configured: &[String],
    member: &'static str,
    config: &Config,
) -> Result<Vec<T>, config::Error>
where
    T: Clone + FromStr<Err: ToString>,
{
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let parse = |text: &String| {
        text.parse()
            .map_err(|error: T::Err| config.value_error(member, error))
    };
    configured.iter().map(parse).collect()
}

fn workspace(arguments: &Arguments, config: &Config) -> Result<Option<WorkspaceId>, config::Error> {
    let given = arguments.workspace.as_slice();
    let configured = config.file.alerts.workspace.as_slice();
    let mut found = either(given, configured, "alerts.workspace", config)?;
    Ok(found.pop())
}

fn silence_hours(arguments: &Arguments, config: &Config) -> Result<u8, config::Error> {
    match (arguments.silence_hours, config.file.alerts.silence_hours) {
        (Some(hours), _) => Ok(hours),
        (None, None) => Ok(USUAL_SILENCE),
        (None, Some(hours)) if (1..=LONGEST_SILENCE).contains(&hours.into()) => Ok(hours),
        (None, Some(hours)) => {
            let why = format!("{hours} hours; 1 to {LONGEST_SILENCE} can be watched");
            Err(config.value_error("alerts.silence_hours", why))
        }
    }
}

/// Refuses a directory with anything in it that is not what would be written: an operator's own values must not be lost.
fn require_free(directory: &Path, files: &[AlertFile]) -> Result<(), Error> {
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(source) => return Err(unreadable(&folder, source)),
        };
        for entry in entries {
            let path = entry.map_err(|source| unreadable(&folder, source))?.path();
            match path.is_dir() && !path.is_symlink() {
                true => folders.push(path),
                false => require_ours(directory, &path, files)?,
            }
        }
    }
    Ok(())
}

fn require_ours(directory: &Path, path: &Path, files: &[AlertFile]) -> Result<(), Error> {
    let same = files.iter().any(|file| {
        directory.join(&file.path) == path
            && fs::read(path).is_ok_and(|found| found == file.text.as_bytes())
    });
    match same {
        true => Ok(()),
        false => Err(Error::DirectoryInUse {
            directory: directory.to_owned(),
            found: path.to_owned(),
        }),
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::Read {
        path: path.to_owned(),
        source,
    }
}

fn write(directory: &Path, files: &[AlertFile]) -> Result<(), Error> {
    for one in files {
        let path = directory.join(&one.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|source| Error::Write {
                path: folder.to_owned(),
                source,
            })?;
        }
        let readers = match one.private {
            true => Readers::Owner,
            false => Readers::Usual,
        };
        file::write(&path, one.text.as_bytes(), readers)?;
    }
    Ok(())
}
