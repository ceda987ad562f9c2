//! `halligan mds …`: FIDO's metadata, fetched, verified, stored, asked.

mod error;
mod query;
mod store;
mod update;

use std::path::PathBuf;

pub(crate) use error::Error;
use store::Store;

use crate::attestation::Roots;
use crate::attestation::mds::{Metadata, Unreadable, fido_roots};
use crate::ceremony::duty::StoredMetadata;
use crate::cli::config::Config;
use crate::cli::{self, Context, attestation};
use crate::report::{self, Report};

/// What to do with the metadata.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Fetch FIDO's metadata, verify it and store it; what does not verify changes nothing
    Update(update::Arguments),
    /// Show what the metadata says of a model
    Show(Show),
    /// List the models that are as wanted, or the allow list that they make
    Query(query::Arguments),
}

/// Arguments of `mds show`.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// AAGUID, AAID, attestation key identifier, or part of the description
    #[arg(value_name = "AAGUID|MODEL")]
    model: String,

    #[command(flatten)]
    trust: Trust,
}

/// Whom to believe; by default FIDO, and whom the configuration names.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Trust {
    /// PEM file with a root that the metadata's signer may lead to, besides FIDO's; may be given several times
    #[arg(long, value_name = "FILE")]
    root: Vec<PathBuf>,
}

impl Trust {
    /// FIDO's roots, those of the configuration, and those that were typed.
    fn roots(&self, config: &Config) -> Result<Roots, cli::Error> {
        let configured = config.file.mds.roots.iter();
        let mut paths: Vec<PathBuf> = configured.map(|path| config.resolve(path)).collect();
        paths.extend(self.root.iter().cloned());
        let mut roots = fido_roots();
        roots.extend(attestation::roots(&paths)?);
        Ok(roots)
    }
}

impl Command {
    /// The name in the schema of the command's document.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Update(_) => "mds.update",
            Self::Show(_) => "mds.show",
            Self::Query(_) => "mds.query",
        }
    }
}

/// The metadata that is stored, verified again; none where none was ever stored.
///
/// # Errors
/// When it was changed since, or its signer leads to none of the roots.
pub(crate) fn stored(config: &Config, trust: &Trust) -> Result<Option<Metadata>, cli::Error> {
    Store::of(config).load(&trust.roots(config)?)
}

/// The metadata that is stored, as it was noted and not verified again: enough to say how old it is.
pub(crate) fn noted(config: &Config) -> Result<Option<StoredMetadata>, cli::Error> {
    Ok(Store::of(config).stored()?.map(|stored| stored.dates()))
}

/// As [`stored`], where there must be some.
fn needed(config: &Config, trust: &Trust) -> Result<Metadata, cli::Error> {
    let absent = || Store::of(config).absent().into();
    stored(config, trust)?.ok_or_else(absent)
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<Report, cli::Error> {
    let config = context.config_or_default()?;
    match command {
        Command::Update(arguments) => update::run(arguments, &config, context).await,
        Command::Show(arguments) => show(arguments, &config, context),
        Command::Query(arguments) => query::run(arguments, &config, context),
    }
}

fn show(arguments: &Show, config: &Config, context: &Context) -> Result<Report, cli::Error> {
    let metadata = needed(config, &arguments.trust)?;
    let found = metadata.find(&arguments.model);
    let unreadable = unreadable(&metadata, &arguments.model);
    if found.is_empty() && unreadable.is_none() {
        return Err(Error::UnknownModel(arguments.model.clone()).into());
    }
    let now = context.env.now();
    Ok(report::mds_show(&metadata, &found, unreadable, now))
}

/// The entry of this model that could not be read.
fn unreadable<'a>(metadata: &'a Metadata, model: &str) -> Option<&'a Unreadable> {
    let aaguid = model.parse().ok()?;
    let mut unreadable = metadata.unreadable().iter();
    unreadable.find(|entry| entry.aaguid == Some(aaguid))
}
