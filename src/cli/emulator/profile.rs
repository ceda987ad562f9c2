//! `halligan emulator profile …`: what kinds of keys there are, and files for one's own.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::{Context, Error, output};
use crate::emulator::profile::{Family, ProfileFile, Version};
use crate::report::Report;

/// What can be asked of profiles.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the profiles that come along
    List,
    /// Print a whole profile, every member given, as a file to start one's own from
    Show {
        /// A name that `list` shows, or a file
        #[arg(value_name = "NAME|FILE")]
        profile: String,
    },
    /// Say whether a file is a profile, and what is wrong with it if not
    Check {
        /// The file
        file: PathBuf,
    },
}

impl Command {
    /// Its name in the schema of its JSON document.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List => "emulator.profile.list",
            Self::Show { .. } => "emulator.profile.show",
            Self::Check { .. } => "emulator.profile.check",
        }
    }
}

pub(super) fn run(command: &Command, context: &Context) -> Result<(), Error> {
    output::result(&context.global, &report(command)?).map(drop)
}

fn report(command: &Command) -> Result<Report, Error> {
    Ok(match command {
        Command::List => list(),
        Command::Show { profile } => show(&ProfileFile::choose(profile)?),
        Command::Check { file } => {
            let body = summary(&ProfileFile::read(file)?);
            let text = format!("{} is a profile\n", file.display());
            Report::new("halligan.emulator.profile.check/1", true, body, text)
        }
    })
}

fn list() -> Report {
    let width = Family::ALL.iter().map(|family| family.name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    let mut profiles = Vec::new();
    for family in Family::ALL {
        let file = family.read();
        let description = file.description.as_deref().unwrap_or_default();
        text += &format!("{:width$}  {description}\n", family.name);
        let mut profile = summary(&file);
        profile["name"] = json!(family.name);
        profiles.push(profile);
    }
    let body = json!({"profiles": profiles});
    Report::new("halligan.emulator.profile.list/1", true, body, text)
}

fn show(file: &ProfileFile) -> Report {
    let text = file.complete_text();
    let mut body = summary(file);
    body["toml"] = json!(text);
    Report::new("halligan.emulator.profile.show/1", true, body, text)
}

fn summary(file: &ProfileFile) -> Value {
    let versions = file.profile.versions.iter();
    let versions: Vec<&str> = versions.copied().map(Version::as_str).collect();
    json!({
        "description": file.description,
        "aaguid": file.profile.aaguid,
        "versions": versions,
    })
}
