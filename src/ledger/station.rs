//! A station: the machine that writes into the ledger, known by a name and an Ed25519 key. The key never leaves the
//! station's directory; it says which machine wrote an entry, not who sat there.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::event::base64url_member;
use crate::env::Env;

/// The file in the station's directory.
const FILE_NAME: &str = "station.json";
/// More than any station file has.
const SIZE_LIMIT: u64 = 4096;

/// A station's name: 1 to 63 of `a-z 0-9 . -`, a letter or digit first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StationName(String);

/// A text that cannot be a station's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a station name (1 to 63 of a-z, 0-9, '.', '-', a letter or digit first): {0:?}")]
pub struct NotAStationName(String);

/// Why a station's key cannot be made or used.
#[derive(Debug, thiserror::Error)]
pub enum StationError {
    /// There is a station in the directory already.
    #[error("there is a station already: {}", .0.display())]
    Exists(PathBuf),
    /// The file system refused.
    #[error("cannot {attempt} {}", path.display())]
    Io {
        /// What was attempted.
        attempt: &'static str,
        /// On which file.
        path: PathBuf,
        /// What came back.
        source: io::Error,
    },
    /// The file is not a station's.
    #[error("not a station file: {}: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never its content.
        why: &'static str,
    },
    /// There is no station in the directory.
    #[error("no station in {}", .0.display())]
    Missing(PathBuf),
    /// Others on this machine could have read the private key.
    #[error("the station's private key in {} is open to others (mode {mode:04o})", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// A station with its private key; cheap to clone.
#[derive(Clone)]
pub struct Station {
    name: StationName,
    key: Arc<Ed25519KeyPair>,
    public_key: [u8; 32],
    /// Its file; none of a station that is kept nowhere.
    path: Option<PathBuf>,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct StationFile {
    v: u32,
    name: String,
    #[serde(with = "base64url_member")]
    private_key: [u8; 32],
}

impl Station {
    /// Makes a station with a new key and stores it in `directory/station.json`, mode 0600. The directory is created if
    /// necessary; an existing station is never replaced.
    ///
    /// # Errors
    /// [`StationError::Exists`] when there is one, [`StationError::Io`] when the file system refuses.
    pub fn create(directory: &Path, name: StationName, env: &Env) -> Result<Self, StationError> {
        let path = directory.join(FILE_NAME);
        let io = |attempt| {
            let path = path.clone();
            move |source| StationError::Io {
                attempt,
                path,
                source,
            }
        };
        let file = StationFile {
            v: 1,
            name: name.to_string(),
            private_key: env.random(),
        };
        let text =
            Zeroizing::new(serde_json::to_vec(&file).map_err(|error| io("write")(error.into()))?);
        std::fs::create_dir_all(directory).map_err(io("create the directory of"))?;
        // Written aside and linked into place, so that no crash leaves half a key; the temporary file has mode 0600.
        let mut temporary = tempfile::NamedTempFile::new_in(directory).map_err(io("create"))?;
        temporary.write_all(&text).map_err(io("write"))?;
        temporary.as_file().sync_all().map_err(io("write"))?;
        temporary
            .persist_noclobber(&path)
            .map_err(|failure| match failure.error.kind() {
                io::ErrorKind::AlreadyExists => StationError::Exists(path.clone()),
                _ => io("create")(failure.error),
            })?;
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(io("write the directory of"))?;
        Ok(Self::kept(path, name, &file.private_key))
    }

    /// Opens the station in a directory.
    ///
    /// # Errors
    /// [`StationError::Missing`] when there is none, and for a file that is malformed or open to others.
    pub fn open(directory: &Path) -> Result<Self, StationError> {
        let path = directory.join(FILE_NAME);
        let text = read_private(&path)?;
        let malformed = |why| StationError::Malformed {
            path: path.clone(),
            why,
        };
        let file: StationFile = serde_json::from_slice(&text)
            .map_err(|_| malformed("not the JSON object of a station"))?;
        if file.v != 1 {
            return Err(malformed("a version other than 1"));
        }
        let name = file
            .name
            .parse()
            .map_err(|_| malformed("its name is not a station name"))?;
        Ok(Self::kept(path.clone(), name, &file.private_key))
    }

    fn kept(path: PathBuf, name: StationName, seed: &[u8; 32]) -> Self {
        Self {
            path: Some(path),
            ..Self::from_seed(name, seed)
        }
    }

    /// A station from its 32-byte Ed25519 seed, kept nowhere.
    #[must_use]
    pub fn from_seed(name: StationName, seed: &[u8; 32]) -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(seed)
            .expect("every 32 bytes are an Ed25519 private key (RFC 8032 §5.1.5)");
        let mut public_key = [0; 32];
        public_key.copy_from_slice(key.public_key().as_ref());
        Self {
            name,
            key: Arc::new(key),
            public_key,
            path: None,
        }
    }

    /// The station's name.
    #[must_use]
    pub fn name(&self) -> &StationName {
        &self.name
    }

    /// The Ed25519 public key.
    #[must_use]
    pub fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.key.sign(message).as_ref());
        signature
    }
}

fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, StationError> {
    let io = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => {
            StationError::Missing(path.parent().unwrap_or(path).to_path_buf())
        }
        _ => StationError::Io {
            attempt: "read",
            path: path.to_path_buf(),
            source,
        },
    };
    let file = File::open(path).map_err(io)?;
    let mode = file.metadata().map_err(io)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(StationError::OpenToOthers {
            path: path.to_path_buf(),
            mode,
        });
    }
    let mut text = Zeroizing::new(Vec::new());
    file.take(SIZE_LIMIT).read_to_end(&mut text).map_err(io)?;
    Ok(text)
}

impl StationName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StationName {
    type Err = NotAStationName;

    fn from_str(text: &str) -> Result<Self, NotAStationName> {
        let letter_or_digit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = text.len() <= 63
            && text.bytes().next().is_some_and(letter_or_digit)
            && text
                .bytes()
                .all(|byte| letter_or_digit(byte) || byte == b'.' || byte == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAStationName(text.chars().take(63).collect()))
        }
    }
}

impl TryFrom<String> for StationName {
    type Error = NotAStationName;

    fn try_from(text: String) -> Result<Self, NotAStationName> {
        text.parse()
    }
}

impl From<StationName> for String {
    fn from(name: StationName) -> Self {
        name.0
    }
}

impl fmt::Display for StationName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn name() -> StationName {
        "vault-1".parse().unwrap()
    }

    #[test]
    fn a_stored_station_comes_back_with_the_same_key() {
        let directory = tempfile::tempdir().unwrap();
        let inside = directory.path().join("new");
        let made = Station::create(&inside, name(), &Env::system()).unwrap();
        let opened = Station::open(&inside).unwrap();
        assert_eq!(opened.public_key(), made.public_key());
        assert_eq!(opened.name(), made.name());
        let mode = std::fs::metadata(inside.join(FILE_NAME))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o7777, 0o600);
        assert_eq!(std::fs::read_dir(&inside).unwrap().count(), 1);
    }

    #[test]
    fn an_existing_station_is_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let made = Station::create(directory.path(), name(), &Env::system()).unwrap();
        let again = Station::create(directory.path(), name(), &Env::system());
        assert!(matches!(again.err(), Some(StationError::Exists(_))));
        let opened = Station::open(directory.path()).unwrap();
        assert_eq!(opened.public_key(), made.public_key());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        Station::create(directory.path(), name(), &Env::system()).unwrap();
        let path = directory.path().join(FILE_NAME);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            Station::open(directory.path()).err(),
            Some(StationError::OpenToOthers { mode: 0o640, .. })
        ));
    }

    #[test]
    fn missing_and_malformed_files_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        let open = || Station::open(directory.path()).err();
        assert!(matches!(open(), Some(StationError::Missing(_))));
        let path = directory.path().join(FILE_NAME);
        for text in [
            "",
            "{}",
            r#"{"v":1,"name":"a","private_key":"AA"}"#,
            r#"{"v":2,"name":"a","private_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
            r#"{"v":1,"name":"-","private_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
        ] {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            assert!(
                matches!(open(), Some(StationError::Malformed { .. })),
                "{text}"
            );
        }
    }
}
