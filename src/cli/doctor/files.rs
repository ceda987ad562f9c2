//! What the configuration names on this machine: secrets, the station's key, the ledger's directory, custodians, metadata.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, statvfs};

use super::misconfigured;
use crate::attestation::mds::Freshness;
use crate::ceremony::doctor::{Finding, Remedy, Subject};
use crate::cli::config::Config;
use crate::cli::{Context, mds};
use crate::ledger::{Station, StationError};

/// An entry has a few thousand bytes; this is room for thousands of them.
const ROOM: u64 = 64 << 20;

pub(super) fn secrets(config: &Config) -> Vec<Finding> {
    let sign_in = &config.file.sign_in;
    let files = [&sign_in.client_secret_file, &sign_in.client_certificate];
    let paths = files.into_iter().flatten();
    paths.map(|path| secret(&config.resolve(path))).collect()
}

fn secret(path: &Path) -> Finding {
    let name = path.display().to_string();
    let finding = match std::fs::File::open(path).and_then(|file| file.metadata()) {
        Err(error) => Finding::fail(Subject::Secret, error.to_string(), Remedy::Configuration),
        Ok(found) => match found.permissions().mode() & 0o777 {
            mode if mode & 0o077 != 0 => Finding::fail(
                Subject::Secret,
                format!("open to others (mode {mode:04o})"),
                Remedy::OnlyOwner(path.to_owned()),
            ),
            _ => Finding::pass(Subject::Secret, "readable by its owner alone"),
        },
    };
    finding.about(name)
}

pub(super) fn station(config: &Config) -> Finding {
    let subject = Subject::Station;
    let directory = config.station_directory();
    match Station::open(&directory) {
        Ok(station) => Finding::pass(
            subject,
            format!("{} in {}", station.name(), directory.display()),
        ),
        Err(StationError::Missing(_)) => Finding::not_applicable(
            subject,
            format!(
                "no key yet in {}; the first entry makes it",
                directory.display()
            ),
        ),
        Err(error @ StationError::OpenToOthers { .. }) => {
            let remedy = Remedy::OnlyOwner(directory.join("station.json"));
            Finding::fail(subject, error.to_string(), remedy)
        }
        Err(error) => Finding::fail(subject, error.to_string(), Remedy::Station),
    }
}

/// Whether the ledger's place can be written, and has room. Nothing is written to try it.
pub(super) fn place(location: &str) -> Vec<Finding> {
    if location.starts_with("jsonl:") {
        let why = "an export can only be read";
        return vec![Finding::fail(
            Subject::LedgerWritable,
            why,
            Remedy::Configuration,
        )];
    }
    let path = location.strip_prefix("file:").unwrap_or(location);
    if path.contains("://") || path == "memory:" {
        let why = "only an entry would show it, and none is written to try";
        return vec![Finding::not_applicable(Subject::LedgerWritable, why)];
    }
    let directory = nearest(Path::new(path));
    vec![writable(&directory), room(&directory)]
}

/// The directory into which the next thing would be written: that of the entries, or what is there of the way to it.
fn nearest(ledger: &Path) -> PathBuf {
    let entries = ledger.join("entries");
    let absolute = std::path::absolute(&entries).unwrap_or(entries);
    let mut ancestors = absolute.ancestors();
    let found = ancestors.find(|path| path.is_dir());
    found.unwrap_or(Path::new("/")).to_owned()
}

fn writable(directory: &Path) -> Finding {
    match access(directory, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Finding::pass(Subject::LedgerWritable, directory.display().to_string()),
        Err(error) => Finding::fail(
            Subject::LedgerWritable,
            format!("{}: {error}", directory.display()),
            Remedy::Directory(directory.to_owned()),
        ),
    }
}

fn room(directory: &Path) -> Finding {
    match statvfs(directory) {
        Err(error) => Finding::unknown(Subject::DiskSpace, error.to_string()).advice(),
        Ok(found) => {
            let free = found.f_bavail.saturating_mul(found.f_frsize);
            let text = format!("{} MiB free in {}", free >> 20, directory.display());
            match free < ROOM {
                true => Finding::fail(Subject::DiskSpace, text, Remedy::FreeSpace),
                false => Finding::pass(Subject::DiskSpace, text),
            }
        }
    }
}

pub(super) fn custody(config: &Config) -> Finding {
    match config.custodians() {
        Ok(Some(custodians)) => {
            let (needed, all) = (custodians.threshold(), custodians.list().len());
            let found = format!("{needed} of {all} custodians open a PIN");
            match custodians.warnings().first() {
                None => Finding::pass(Subject::Custody, found),
                Some(warning) => {
                    let why = format!("{found}: {warning}");
                    Finding::fail(Subject::Custody, why, Remedy::Custody).advice()
                }
            }
        }
        Ok(None) => Finding::not_applicable(
            Subject::Custody,
            "no custodian is configured: no PIN is sealed",
        ),
        Err(error) => misconfigured(Subject::Custody, &error.into()),
    }
}

pub(super) fn metadata(config: &Config, context: &Context) -> Finding {
    let subject = Subject::Metadata;
    let is_demanded = config.file.attestation.min_level.is_some();
    match mds::stored(config, &mds::Trust::default()) {
        Ok(Some(metadata)) => {
            let (number, until) = (metadata.number(), metadata.next_update());
            match metadata.freshness(context.env.now()) {
                Freshness::Fresh => {
                    Finding::pass(subject, format!("edition {number}, good until {until}"))
                }
                Freshness::Stale { since, .. } => {
                    let why = format!("edition {number} is stale since {since}");
                    let stale = Finding::fail(subject, why, Remedy::Metadata);
                    if is_demanded { stale } else { stale.advice() }
                }
            }
        }
        Ok(None) if is_demanded => {
            let why = "[attestation] min_level needs it, and there is none";
            Finding::fail(subject, why, Remedy::Metadata)
        }
        Ok(None) => {
            let why = "none is stored: models are judged by the configured roots alone";
            Finding::not_applicable(subject, why).mended_by(Remedy::Metadata)
        }
        Err(error) => Finding::fail(subject, error.to_string(), Remedy::Metadata),
    }
}
