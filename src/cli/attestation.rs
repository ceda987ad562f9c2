//! Roots for attestation, from files.

use std::path::PathBuf;

use crate::attestation::Roots;
use crate::cli::Error;
use crate::cli::config;

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
