//! A profile as a TOML file: what it does not give is as in its base, and what is absent from the base stays absent.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use super::family::{Family, UnknownProfile};
use super::limits::Unfit;
use super::{Profile, Version};
use crate::emulator::storage::{self, StorageError};

/// The file in a key's directory that says what kind of key it is.
const FILE_NAME: &str = "profile.toml";
/// Longer than any profile, comments included.
const SIZE_LIMIT: u64 = 64 * 1024;
/// Heads a whole profile.
const COMMENT: &str = "# Every member; what is left out is as in the default profile, or in the one that `base` names.\n";
/// All that can be said of a key that knows no CTAP2.
const U2F_MEMBERS: [&str; 7] = [
    "aaguid",
    "versions",
    "transports",
    "attestation",
    "touch_timeout",
    "wink",
    "usb",
];

/// A profile with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileFile {
    /// What kind of key it describes.
    pub profile: Profile,
    /// One line for people; not inherited from the base.
    pub description: Option<String>,
    /// The TOML that says so.
    text: String,
}

/// What is wrong with a profile's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// The base is none of the profiles that come along.
    #[error("base: {0}")]
    Base(#[from] UnknownProfile),
    /// A member of CTAP2 in the profile of a key that has none.
    #[error("{0}: means nothing for a key whose only version is U2F_V2")]
    Ctap2Member(String),
    /// A member that does not exist, or whose value is of the wrong kind.
    #[error("{member}: {reason}")]
    Member {
        /// Its path, as in `fingerprint.samples`.
        member: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Not TOML.
    #[error("line {line}: {reason}")]
    Syntax {
        /// Where, counted from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// No key can be like that.
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file's content is wrong.
    #[error("profile {path}: {defect}")]
    Defect {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        defect: Box<Defect>,
    },
    /// The file cannot be read.
    #[error("reading the profile {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is longer than any profile.
    #[error("profile {path}: more than {SIZE_LIMIT} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The name is none of the profiles that come along.
    #[error(transparent)]
    Unknown(#[from] UnknownProfile),
}

impl ProfileFile {
    /// What the operator chose: the name of a profile that comes along, or a file if it has a `/` or ends in `.toml`.
    ///
    /// # Errors
    /// When there is no such profile, or the file cannot be read or is no profile.
    pub fn choose(choice: &str) -> Result<Self, ProfileError> {
        if choice.contains('/') || choice.ends_with(".toml") {
            return Self::read(Path::new(choice));
        }
        let family = Family::named(choice)?;
        Ok(Self {
            text: format!("base = \"{}\"\n", family.name),
            ..family.read()
        })
    }

    /// The profile in this file.
    ///
    /// # Errors
    /// When it cannot be read or is no profile.
    pub fn read(path: &Path) -> Result<Self, ProfileError> {
        let failed = |source| ProfileError::Read {
            path: path.to_owned(),
            source,
        };
        let mut text = String::new();
        File::open(path)
            .and_then(|file| file.take(SIZE_LIMIT + 1).read_to_string(&mut text))
            .map_err(failed)?;
        if u64::try_from(text.len()).is_ok_and(|length| length > SIZE_LIMIT) {
            return Err(ProfileError::TooLarge {
                path: path.to_owned(),
            });
        }
        Self::parse(&text).map_err(|defect| ProfileError::Defect {
            path: path.to_owned(),
            defect: Box::new(defect),
        })
    }

    /// The profile that a key's directory holds in `profile.toml`; `None` when it holds none.
    ///
    /// # Errors
    /// When the file cannot be read or is no profile.
    pub fn of_key(directory: &Path) -> Result<Option<Self>, ProfileError> {
        match Self::read(&directory.join(FILE_NAME)) {
            Err(ProfileError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => {
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// Puts the profile into a key's directory, where [`ProfileFile::of_key`] finds it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, directory: &Path) -> Result<(), StorageError> {
        storage::replace(directory, FILE_NAME, self.text.as_bytes())
    }

    /// Reads a profile's text.
    ///
    /// # Errors
    /// When it is not TOML, has a member that does not exist, or describes what no key can be.
    pub fn parse(text: &str) -> Result<Self, Defect> {
        let own = table(text)?;
        let base = match member::<Option<String>>(&own, "base")? {
            None => Profile::default(),
            Some(name) => Family::named(&name)?.read().profile,
        };
        complete(text, base)
    }

    /// The whole profile, every member given, as a file that one's own can start from.
    #[must_use]
    pub fn complete_text(&self) -> String {
        let mut members = members(&self.profile);
        if !self.profile.has_ctap2() {
            members.retain(|name, _| U2F_MEMBERS.contains(&name));
        }
        let mut whole = Table::new();
        if let Some(description) = &self.description {
            whole.insert("description".to_owned(), Value::from(description.as_str()));
        }
        whole.extend(members);
        format!("{COMMENT}{whole}")
    }
}

/// A profile's text on this base, whatever base it names.
pub(super) fn complete(text: &str, base: Profile) -> Result<ProfileFile, Defect> {
    let mut own = table(text)?;
    let description = member(&own, "description")?;
    own.retain(|name, _| name != "base" && name != "description");
    let given: Vec<String> = own.keys().cloned().collect();
    let mut whole = members(&base);
    overlay(&mut whole, own);
    let profile: Profile = read_members(whole)?;
    if profile.versions == [Version::U2fV2] {
        let foreign = |name: &String| !U2F_MEMBERS.contains(&name.as_str());
        if let Some(name) = given.into_iter().find(foreign) {
            return Err(Defect::Ctap2Member(name));
        }
    }
    profile.check()?;
    Ok(ProfileFile {
        profile,
        description,
        text: text.to_owned(),
    })
}

fn table(text: &str) -> Result<Table, Defect> {
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        Defect::Syntax {
            line: 1 + before.map_or(0, |before| before.matches('\n').count()),
            reason: error.message().to_owned(),
        }
    })
}

fn members(profile: &Profile) -> Table {
    Table::try_from(profile).expect("a profile has text keys and no value that TOML cannot write")
}

/// Tables are laid over tables member by member; anything else replaces what was there.
fn overlay(base: &mut Table, own: Table) {
    for (name, value) in own {
        match (base.get_mut(&name), value) {
            (Some(Value::Table(base)), Value::Table(own)) => overlay(base, own),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}

fn member<'de, T: Deserialize<'de> + Default>(own: &Table, name: &str) -> Result<T, Defect> {
    own.get(name).map_or_else(
        || Ok(T::default()),
        |value| {
            T::deserialize(value.clone()).map_err(|error| Defect::Member {
                member: name.to_owned(),
                reason: error.message().to_owned(),
            })
        },
    )
}

fn read_members(members: Table) -> Result<Profile, Defect> {
    serde_path_to_error::deserialize(members).map_err(|error| Defect::Member {
        member: error.path().to_string(),
        reason: error.inner().message().to_owned(),
    })
}
