//! `halligan attestation …`, and what a key's attestation must be like: options and configuration.

mod verify;

use std::path::PathBuf;
use std::sync::Arc;

use crate::attestation::{Roots, Trust};
use crate::ceremony::Standards;
use crate::ceremony::enroll::Terms;
use crate::cli::config::{self, Config};
use crate::cli::{Context, Error, mds};
use crate::report::Report;

/// What to do with attestations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Judge a registration from files: attestation, model, status, policy
    Verify(verify::Arguments),
}

impl Command {
    /// The name in the schema of the command's document.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Verify(_) => "attestation.verify",
        }
    }
}

pub(crate) fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::Verify(arguments) => verify::run(arguments, context),
    }
}

/// What a key's attestation must be like.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct AttestationChoice {
    /// PEM file with a root that the key's attestation may lead to; may be given several times
    #[arg(long, value_name = "FILE")]
    attestation_root: Vec<PathBuf>,

    /// Refuse a key whose attestation cannot be verified completely
    #[arg(long)]
    require_attestation: bool,
}

impl AttestationChoice {
    /// The terms of an enrolment, as far as they are about attestation: what was typed, and what is configured.
    pub(crate) fn terms(&self, config: &Config) -> Result<Terms, Error> {
        let mut standards = standards(config, &self.attestation_root)?;
        standards.attestation_required |= self.require_attestation;
        Ok(Terms {
            standards,
            ..Terms::default()
        })
    }
}

/// What keys are held against by the configuration, with further roots.
pub(crate) fn standards(config: &Config, typed: &[PathBuf]) -> Result<Standards, Error> {
    let configured = &config.file.attestation;
    let paths = configured.roots.iter().map(|path| config.resolve(path));
    let paths: Vec<PathBuf> = paths.chain(typed.iter().cloned()).collect();
    let metadata = mds::stored(config, &mds::Trust::default())?;
    Ok(Standards {
        trust: Trust {
            roots: roots(&paths)?,
            metadata: metadata.map(Arc::new),
        },
        policy: config.attestation_policy()?,
        attestation_required: configured.required,
    })
}

/// Reads PEM files into one set of roots.
pub(crate) fn roots(paths: &[PathBuf]) -> Result<Roots, Error> {
    let mut pem = Vec::new();
    for path in paths {
        let bytes = std::fs::read(path).map_err(|source| config::Error::Read {
            path: path.clone(),
            source,
        })?;
        pem.extend(bytes);
        pem.push(b'\n');
    }
    if pem.is_empty() {
        Ok(Roots::none())
    } else {
        Ok(Roots::from_pem(&pem)?)
    }
}
