//! Who vouches for emulated keys: a test root made from the environment's randomness, and batch certificates that satisfy
//! WebAuthn's requirements for packed attestation (WebAuthn L3 §8.2.1). A root kept in a directory can be shared by several
//! keys; its certificate in PEM is what a tool must be told to trust. It is worth nothing outside tests.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use der::pem::LineEnding;
use der::{Decode, DecodePem, Encode, EncodePem};
use p256::SecretKey;
use p256::ecdsa::SigningKey;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rustix::fs::{FlockOperation, flock};
use x509_cert::Certificate;
use x509_cert::name::Name;

use super::certificate::{LeafProfile, RootProfile, build};
use super::credential::{Algorithm, PrivateKey};
use super::state::{EnterpriseIdentity, Secret};
use super::storage::{StorageError, replace};
use crate::encoding::hex;
use crate::env::Env;
use crate::webauthn::Aaguid;

const ROOT: &str = "root";
const LOCK_FILE: &str = "lock";
const ROOT_SUBJECT: &str = "CN=Halligan emulator test root,O=Halligan emulator,C=AQ";

/// Why there is no attestation.
#[derive(Debug, thiserror::Error)]
pub enum AttestationError {
    /// A certificate could not be built.
    #[error("cannot make a test certificate: {0}")]
    Build(#[from] x509_cert::builder::Error),
    /// A certificate or key file is damaged.
    #[error("{path} is no {expected} in PEM")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
    /// A certificate could not be encoded.
    #[error("cannot encode a test certificate: {0}")]
    Encode(#[from] der::Error),
    /// A private key could not be encoded.
    #[error("cannot encode a test key: {0}")]
    EncodeKey(#[from] p256::pkcs8::Error),
    /// A certificate is there without its private key.
    #[error("{certificate} is there without its private key {key}")]
    KeyMissing {
        /// The certificate's file.
        certificate: PathBuf,
        /// The file that should hold the key.
        key: PathBuf,
    },
    /// A file could not be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file could not be read.
    #[error("{attempted} {path}: {source}")]
    Io {
        /// What was being done.
        attempted: &'static str,
        /// To which file.
        path: PathBuf,
        /// The operating system's answer.
        source: std::io::Error,
    },
}

/// A key and its certificate.
#[derive(Clone)]
pub(super) struct Issued {
    pub(super) private_key: PrivateKey,
    pub(super) certificate: Vec<u8>,
}

/// A test root, and the batch certificates below it.
pub struct AttestationAuthority {
    root: Issued,
    /// Where batch keys are kept; without it every emulator gets a batch of its own.
    directory: Option<PathBuf>,
}

impl AttestationAuthority {
    /// A root that lives as long as the value.
    ///
    /// # Errors
    /// When the certificate cannot be built.
    pub fn generate(env: &Env) -> Result<Self, AttestationError> {
        Ok(Self {
            root: new_root(env)?,
            directory: None,
        })
    }

    /// The root in this directory, made if there is none: `root.pem` (certificate) and `root.key` (mode 0600). Several
    /// keys, also of several processes, may open the same directory.
    ///
    /// # Errors
    /// When files cannot be read or written, or are damaged.
    pub fn open(directory: &Path, env: &Env) -> Result<Self, AttestationError> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(failed("create directory", directory))?;
        let _lock = lock(directory)?;
        let root = load_or_make(directory, ROOT, || new_root(env))?;
        Ok(Self {
            root,
            directory: Some(directory.to_owned()),
        })
    }

    /// The root certificate in PEM, to be trusted by whoever verifies attestations of emulated keys.
    ///
    /// # Errors
    /// When the certificate cannot be encoded.
    pub fn root_pem(&self) -> Result<String, AttestationError> {
        Ok(Certificate::from_der(&self.root.certificate)?.to_pem(LineEnding::LF)?)
    }

    /// The batch key and certificate of a model; the same one each time when the authority has a directory.
    pub(super) fn batch(&self, aaguid: Aaguid, env: &Env) -> Result<Issued, AttestationError> {
        let make = || self.issue("Halligan emulator batch", aaguid, env);
        match &self.directory {
            None => make(),
            Some(directory) => {
                let _lock = lock(directory)?;
                load_or_make(directory, &format!("batch-{aaguid}"), make)
            }
        }
    }

    /// A certificate for one single key, with the serial number in its subject.
    pub(super) fn enterprise(
        &self,
        aaguid: Aaguid,
        env: &Env,
    ) -> Result<EnterpriseIdentity, AttestationError> {
        let serial = hex::encode(&env.random::<8>());
        let name = format!("Halligan emulator serial {serial}");
        let issued = self.issue(&name, aaguid, env)?;
        Ok(EnterpriseIdentity {
            aaguid,
            private_key: issued.private_key,
            certificate: issued.certificate,
        })
    }

    fn issue(
        &self,
        common_name: &str,
        aaguid: Aaguid,
        env: &Env,
    ) -> Result<Issued, AttestationError> {
        let subject =
            format!("CN={common_name},OU=Authenticator Attestation,O=Halligan emulator,C=AQ");
        let private_key = PrivateKey::generate(Algorithm::Es256, env);
        let profile = LeafProfile {
            issuer: Name::from_str(ROOT_SUBJECT)?,
            subject: Name::from_str(&subject)?,
            aaguid,
        };
        let certificate = build(
            profile,
            signing_key(&private_key),
            signing_key(&self.root.private_key),
            env,
        )?;
        Ok(Issued {
            private_key,
            certificate,
        })
    }
}

fn new_root(env: &Env) -> Result<Issued, AttestationError> {
    let private_key = PrivateKey::generate(Algorithm::Es256, env);
    let signer = signing_key(&private_key);
    let profile = RootProfile {
        subject: Name::from_str(ROOT_SUBJECT)?,
    };
    let certificate = build(profile, signer, signer, env)?;
    Ok(Issued {
        private_key,
        certificate,
    })
}

fn signing_key(private_key: &PrivateKey) -> &SigningKey {
    private_key
        .es256()
        .expect("attestation keys are made and loaded as ES256 keys only")
}

/// Keeps two processes from making the same files at once; released when dropped.
fn lock(directory: &Path) -> Result<File, AttestationError> {
    let path = directory.join(LOCK_FILE);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(failed("open", &path))?;
    flock(&file, FlockOperation::LockExclusive)
        .map_err(|error| failed("lock", &path)(error.into()))?;
    Ok(file)
}

/// Reads `name.key` and `name.pem`, or makes and writes them. The key is written first: a crash between the two leaves a
/// key without certificate, which is made anew.
fn load_or_make(
    directory: &Path,
    name: &str,
    make: impl FnOnce() -> Result<Issued, AttestationError>,
) -> Result<Issued, AttestationError> {
    let certificate_path = directory.join(format!("{name}.pem"));
    let key_path = directory.join(format!("{name}.key"));
    let read = |path: &Path| match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some).map_err(failed("read", path)),
    };
    match (read(&certificate_path)?, read(&key_path)?) {
        (Some(certificate), Some(key)) => {
            return parse(&certificate, &certificate_path, &key, &key_path);
        }
        // Somebody trusts it, or it vouches for others: another one in its place would be noticed late.
        (Some(_), None) => {
            return Err(AttestationError::KeyMissing {
                certificate: certificate_path,
                key: key_path,
            });
        }
        (None, _) => {}
    }
    let issued = make()?;
    let secret = SecretKey::from(signing_key(&issued.private_key).as_nonzero_scalar());
    let key_pem = secret.to_pkcs8_pem(LineEnding::LF)?;
    let certificate_pem = Certificate::from_der(&issued.certificate)?.to_pem(LineEnding::LF)?;
    replace(directory, &format!("{name}.key"), key_pem.as_bytes())?;
    replace(
        directory,
        &format!("{name}.pem"),
        certificate_pem.as_bytes(),
    )?;
    Ok(issued)
}

fn parse(
    certificate: &str,
    certificate_path: &Path,
    key: &str,
    key_path: &Path,
) -> Result<Issued, AttestationError> {
    let damaged = |path: &Path, expected| AttestationError::Damaged {
        path: path.to_owned(),
        expected,
    };
    let certificate = Certificate::from_pem(certificate)
        .and_then(|certificate| certificate.to_der())
        .map_err(|_| damaged(certificate_path, "certificate"))?;
    let private_key = SecretKey::from_pkcs8_pem(key)
        .ok()
        .map(|secret| Secret::new(secret.to_bytes().into()))
        .and_then(|secret| PrivateKey::from_secret(Algorithm::Es256, secret))
        .ok_or_else(|| damaged(key_path, "P-256 private key"))?;
    Ok(Issued {
        private_key,
        certificate,
    })
}

fn failed(attempted: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> AttestationError {
    let path = path.to_owned();
    move |source| AttestationError::Io {
        attempted,
        path,
        source,
    }
}
