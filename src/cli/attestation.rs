//! What a key's attestation must be like: options and configuration.

use std::path::PathBuf;

use crate::attestation::Roots;
use crate::ceremony::enroll::Terms;
use crate::cli::Error;
use crate::cli::config::{self, Config};

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
        let configured = &config.file.attestation;
        let mut paths: Vec<PathBuf> = configured
            .roots
            .iter()
            .map(|path| config.resolve(path))
            .collect();
        paths.extend(self.attestation_root.iter().cloned());
        Ok(Terms {
            roots: roots(&paths)?,
            attestation_required: self.require_attestation || configured.required,
            ..Terms::default()
        })
    }
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
