//! Configuration: `halligan.toml` as typed, then validated. A relative path in the file is relative to the file, so that a
//! configuration can be moved together with what it names.

mod accept;
mod attestation;
mod custody;
mod emergency;
mod file;
mod monitor;
mod review;
mod schedule;
mod tenant;

use std::path::{Path, PathBuf};

pub(crate) use file::{File, ObjectStore, PinKind, SignInMethod};

use crate::cli::arguments::Global;
use crate::ledger::{Settings, StationName};

/// Why there is no usable configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no configuration file: looked for {}", .0.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    None(Vec<PathBuf>),
    #[error("reading {path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path}: {source}")]
    Syntax {
        path: PathBuf,
        source: Box<toml::de::Error>,
    },
    #[error("{path}: {member}: {why}")]
    Value {
        path: PathBuf,
        member: &'static str,
        why: String,
    },
}

/// The configuration together with the place it came from.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) path: PathBuf,
    pub(crate) file: File,
}

impl Config {
    /// Reads the file that the operator named, or the first that exists where one is expected.
    pub(crate) fn load(global: &Global) -> Result<Self, Error> {
        if let Some(path) = global
            .config
            .clone()
            .or_else(|| variable("HALLIGAN_CONFIG"))
        {
            return Self::read(&path);
        }
        let candidates = candidates();
        match candidates.iter().find(|path| path.exists()) {
            Some(path) => Self::read(path),
            None => Err(Error::None(candidates)),
        }
    }

    /// As [`Self::load`], but a configuration that nobody named need not exist.
    pub(crate) fn load_or_default(global: &Global) -> Result<Self, Error> {
        match Self::load(global) {
            Err(Error::None(_)) => Ok(Self {
                path: PathBuf::from("halligan.toml"),
                file: File::default(),
            }),
            other => other,
        }
    }

    /// Where a configuration is made: where it is looked for first.
    pub(crate) fn path_to_write(global: &Global) -> PathBuf {
        let named = global.config.clone();
        named
            .or_else(|| variable("HALLIGAN_CONFIG"))
            .unwrap_or_else(|| PathBuf::from("halligan.toml"))
    }

    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &text)
    }

    /// A configuration that is, or is to be, at this path.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let file = toml::from_str(text).map_err(|source| Error::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    /// A path of the file, relative to the file's own directory.
    pub(crate) fn resolve(&self, path: &Path) -> PathBuf {
        match self.path.parent() {
            Some(directory) if path.is_relative() => directory.join(path),
            _ => path.to_owned(),
        }
    }

    /// Where the ledger is: a URL as it is, a directory relative to the file; `ledger` beside the file by default.
    pub(crate) fn ledger(&self) -> String {
        match &self.file.ledger {
            Some(url) if url.contains(':') => url.clone(),
            Some(directory) => self.resolve(Path::new(directory)).display().to_string(),
            None => self.resolve(Path::new("ledger")).display().to_string(),
        }
    }

    /// What an object store needs to know: the environment, and over it what the file says.
    pub(crate) fn object_store(&self) -> Settings {
        let ObjectStore {
            account,
            endpoint,
            region,
        } = &self.file.object_store;
        let in_file = [
            ("AZURE_STORAGE_ACCOUNT_NAME", account),
            ("AZURE_STORAGE_ENDPOINT", endpoint),
            ("AWS_ENDPOINT", endpoint),
            ("AWS_REGION", region),
            ("GOOGLE_BASE_URL", endpoint),
        ];
        let mut settings: Settings = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| Settings::is_one(name))
            .collect();
        settings.extend(
            in_file
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))),
        );
        settings
    }

    /// Where the station's signing key is; `station` beside the file by default.
    pub(crate) fn station_directory(&self) -> PathBuf {
        self.resolve(
            self.file
                .station_directory
                .as_deref()
                .unwrap_or(Path::new("station")),
        )
    }

    /// The station's name; the host's name by default.
    pub(crate) fn station(&self) -> Result<StationName, Error> {
        let name = match &self.file.station {
            Some(name) => name.clone(),
            None => station_name(&rustix::system::uname().nodename().to_string_lossy()),
        };
        name.parse()
            .map_err(|error| self.value_error("station", error))
    }

    pub(crate) fn value_error(&self, member: &'static str, why: impl ToString) -> Error {
        Error::Value {
            path: self.path.clone(),
            member,
            why: why.to_string(),
        }
    }

    pub(crate) fn require<'a, T>(
        &self,
        value: Option<&'a T>,
        member: &'static str,
    ) -> Result<&'a T, Error> {
        value.ok_or_else(|| self.value_error(member, "is needed and missing"))
    }

    pub(crate) fn read_file(&self, path: &Path) -> Result<Vec<u8>, Error> {
        let path = self.resolve(path);
        std::fs::read(&path).map_err(|source| Error::Read { path, source })
    }
}

/// A host's name as a station's: host names may have capitals and underscores, which the ledger does not take.
fn station_name(host: &str) -> String {
    let fit = |character: char| match character.to_ascii_lowercase() {
        fit @ ('a'..='z' | '0'..='9' | '.' | '-') => fit,
        _ => '-',
    };
    let name: String = host.chars().map(fit).take(63).collect();
    name.trim_start_matches(['.', '-']).to_owned()
}

/// A path from the environment; an empty variable is as good as none.
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

fn candidates() -> Vec<PathBuf> {
    let user = variable("XDG_CONFIG_HOME").or_else(|| Some(variable("HOME")?.join(".config")));
    let here = PathBuf::from("halligan.toml");
    std::iter::once(here)
        .chain(user.map(|directory| directory.join("halligan/halligan.toml")))
        .collect()
}
