//! What a custodian opens with: the files that age takes with `-i`.

use std::io::Read;

use age::secrecy::SecretString;
use age::ssh;
use zeroize::Zeroizing;

/// Longer files are not identities.
const SIZE_LIMIT: u64 = 64 * 1024;

/// Of scrypt, as the logarithm of N: 4 GB of memory and less than a minute.
const MOST_WORK: u8 = 22;

/// Why a file is no identity. Its content is never repeated.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A passphrase is needed and there was none.
    #[error("{0} is protected by a passphrase, and none was given")]
    NoPassphrase(String),
    /// An identity of an age plugin.
    #[error(
        "{name}, line {line}: an identity of an age plugin; only X25519 and ssh keys are supported"
    )]
    Plugin {
        /// The file.
        name: String,
        /// The line, from 1.
        line: usize,
    },
    /// A public key where the private one is needed.
    #[error("{0} is a public key; the private one opens")]
    Public(String),
    /// An ssh key of a kind that cannot decrypt.
    #[error(
        "{0} is an ssh key that cannot decrypt: on a security key, neither Ed25519 nor RSA, or encrypted in an old format"
    )]
    SshUnsupported(String),
    /// Neither an age identity nor a private key.
    #[error("{name}, line {line}: neither an age identity nor a private ssh key")]
    Unknown {
        /// The file.
        name: String,
        /// The line, from 1.
        line: usize,
    },
    /// The passphrase is wrong, or the file damaged.
    #[error("{name}: {source}")]
    Unreadable {
        /// The file.
        name: String,
        /// What age says.
        source: age::DecryptError,
    },
}

/// The private keys in one file, ready to open with.
pub struct Identity {
    name: String,
    keys: Vec<Key>,
}

/// A private key and the recipient that it belongs to, if that can be told.
pub(super) struct Key {
    pub(super) private: Box<dyn age::Identity>,
    pub(super) recipient: Option<String>,
}

impl Identity {
    /// Reads an age identity file, the same encrypted with a passphrase, or a private ssh key with or without one. `name` is for
    /// messages; `passphrase` is asked with it where one is needed, and answers none if there is none to be had.
    ///
    /// # Errors
    /// When the file is none of these, or the passphrase is not given or wrong.
    pub fn read(
        name: &str,
        file: &[u8],
        passphrase: &mut dyn FnMut(&str) -> Option<Zeroizing<String>>,
    ) -> Result<Self, IdentityError> {
        let mut ask = || {
            let given =
                passphrase(name).ok_or_else(|| IdentityError::NoPassphrase(name.to_owned()))?;
            Ok(SecretString::from(given.as_str()))
        };
        let keys = if is_encrypted(file) {
            lines(name, &decrypt(name, file, ask()?)?)?
        } else if file.starts_with(b"-----BEGIN ") {
            vec![ssh_key(name, file, &mut ask)?]
        } else {
            lines(name, file)?
        };
        Ok(Self {
            name: name.to_owned(),
            keys,
        })
    }

    /// The name that it was read with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }
}

fn is_encrypted(file: &[u8]) -> bool {
    file.starts_with(b"age-encryption.org/") || file.starts_with(b"-----BEGIN AGE ENCRYPTED FILE")
}

/// An age identity file that `age -p` or `age-keygen | age -p` made.
fn decrypt(
    name: &str,
    file: &[u8],
    passphrase: SecretString,
) -> Result<Zeroizing<Vec<u8>>, IdentityError> {
    let unreadable = |source| IdentityError::Unreadable {
        name: name.to_owned(),
        source,
    };
    let mut identity = age::scrypt::Identity::new(passphrase);
    // By default the library refuses what takes this machine longer than some seconds; on a slow one that is every file of
    // `age -p`, and an emergency is no time to be refused. This is the most that the reference implementation takes.
    identity.set_max_work_factor(MOST_WORK);
    let reader = age::Decryptor::new_buffered(age::armor::ArmoredReader::new(file))
        .and_then(|file| file.decrypt(std::iter::once::<&dyn age::Identity>(&identity)))
        .map_err(unreadable)?;
    let mut plain = Zeroizing::new(Vec::new());
    reader
        .take(SIZE_LIMIT)
        .read_to_end(&mut plain)
        .map_err(|error| unreadable(error.into()))?;
    Ok(plain)
}

fn lines(name: &str, file: &[u8]) -> Result<Vec<Key>, IdentityError> {
    let mut keys = Vec::new();
    let lines = file.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    for (at, line) in lines.enumerate() {
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let (name, at) = (name.to_owned(), at + 1);
        let text = std::str::from_utf8(line).unwrap_or_default();
        match text.parse::<age::x25519::Identity>() {
            Ok(key) => keys.push(Key {
                recipient: Some(key.to_public().to_string()),
                private: Box::new(key),
            }),
            Err(_) if text.starts_with("AGE-PLUGIN-") => {
                return Err(IdentityError::Plugin { name, line: at });
            }
            Err(_) if text.starts_with("age1") || text.starts_with("ssh-") => {
                return Err(IdentityError::Public(name));
            }
            Err(_) => return Err(IdentityError::Unknown { name, line: at }),
        }
    }
    if keys.is_empty() {
        return Err(IdentityError::Unknown {
            name: name.to_owned(),
            line: 1,
        });
    }
    Ok(keys)
}

fn ssh_key(
    name: &str,
    file: &[u8],
    ask: &mut dyn FnMut() -> Result<SecretString, IdentityError>,
) -> Result<Key, IdentityError> {
    let identity = ssh::Identity::from_buffer(file, None).map_err(|_| IdentityError::Unknown {
        name: name.to_owned(),
        line: 1,
    })?;
    let recipient = ssh::Recipient::try_from(identity.clone())
        .ok()
        .map(|recipient| recipient.to_string());
    let private = match identity {
        ssh::Identity::Unencrypted(key) => key,
        ssh::Identity::Encrypted(key) => {
            key.decrypt(ask()?)
                .map_err(|source| IdentityError::Unreadable {
                    name: name.to_owned(),
                    source,
                })?
        }
        ssh::Identity::Unsupported(_) => {
            return Err(IdentityError::SshUnsupported(name.to_owned()));
        }
    };
    Ok(Key {
        private: Box::new(ssh::Identity::Unencrypted(private)),
        recipient,
    })
}
