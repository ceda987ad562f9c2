use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use super::credentials::{assert_attested, authenticator_data, credential_id, verifies};
use super::host::{CM, Host, environment};
use super::requests::{Assert, Create};
use super::u2f::{ENFORCE, authenticate};
use crate::emulator::storage::{Directory, Memory, Storage, StorageError};
use crate::emulator::{AttestationAuthority, Emulator, OpenError, Profile};

const PIN: &str = "123456";

fn open(directory: &std::path::Path, seed: u64) -> Result<Host, OpenError> {
    let (env, clock) = environment(seed);
    let emulator = Emulator::open(directory, env, Profile::default())?;
    Ok(Host::over(emulator, clock))
}

#[test]
fn everything_but_tokens_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut host = open(directory.path(), 1).unwrap();
    let made = Create::new().send(&mut host).unwrap();
    let id = credential_id(&made);
    Create::new().discoverable().send(&mut host).unwrap();
    host.set_pin(2, PIN).unwrap();
    assert!(host.token(2, "000000", CM, None).is_err());
    let root = host.emulator.attestation_root_pem().to_owned();
    drop(host);

    let mut host = open(directory.path(), 2).unwrap();
    assert_eq!(host.emulator.attestation_root_pem(), root);
    assert_eq!(host.retries(), (7, false));
    assert_eq!(host.info().number(0x14), 99);
    let asserted = Assert::new().allow(&[&id]).send(&mut host).unwrap();
    let made = authenticator_data(&made);
    assert!(verifies(&asserted, &made.attested.unwrap().public_key));
    assert!(authenticator_data(&asserted).sign_count > made.sign_count);
    let fresh = Create::new().send(&mut host).unwrap();
    assert_attested(&host, &fresh);
    assert!(host.token(2, PIN, CM, None).is_ok());
}

#[test]
fn a_directory_serves_one_key_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let host = open(directory.path(), 1).unwrap();
    assert!(matches!(
        open(directory.path(), 2).err(),
        Some(OpenError::Storage(StorageError::InUse { path })) if path == directory.path()
    ));
    drop(host);
    assert!(open(directory.path(), 3).is_ok());
}

#[test]
fn files_are_for_their_owner_only_and_leave_no_litter() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state");
    let mut host = open(&state, 1).unwrap();
    host.set_pin(2, PIN).unwrap();
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(state.clone()), 0o700);
    assert_eq!(mode(state.join("key.json")), 0o600);
    assert_eq!(mode(state.join("attestation/root.key")), 0o600);
    let mut names: Vec<_> = std::fs::read_dir(&state)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["attestation", "key.json", "lock"]);
}

#[test]
fn damaged_state_is_an_error_that_quotes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path(), 1).unwrap());
    let path = directory.path().join("key.json");
    std::fs::write(&path, "{\"version\": 1, \"master\": \"c2VjcmV0\"}").unwrap();
    let error = open(directory.path(), 2).err().unwrap();
    assert!(matches!(error, OpenError::State { .. }));
    let message = error.to_string();
    assert!(
        message.starts_with(&path.display().to_string()),
        "{message}"
    );
    assert!(message.contains("damaged at line 1"), "{message}");
    assert!(!message.contains("c2VjcmV0"));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("c2VjcmV0"), "the file is left as it was");
}

#[test]
fn keys_can_share_a_root() {
    let directory = tempfile::tempdir().unwrap();
    let mut roots = Vec::new();
    for seed in [1, 2] {
        let (env, clock) = environment(seed);
        let authority = AttestationAuthority::open(directory.path(), &env).unwrap();
        let storage = Box::new(Memory);
        let emulator = Emulator::new(storage, &authority, env, Profile::default()).unwrap();
        let mut host = Host::over(emulator, clock);
        let fresh = Create::new().send(&mut host).unwrap();
        assert_attested(&host, &fresh);
        roots.push(host.emulator.attestation_root_pem().to_owned());
    }
    assert_eq!(roots[0], roots[1]);
}

/// A disk that can be full.
struct Disk(Arc<AtomicBool>);

impl Storage for Disk {
    fn place(&self) -> String {
        "on disk".to_owned()
    }

    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        Ok(None)
    }

    fn store(&mut self, _encode: &dyn Fn() -> Zeroizing<Vec<u8>>) -> Result<(), StorageError> {
        if self.0.load(Ordering::Relaxed) {
            let path = PathBuf::from("key.json");
            return Err(StorageError::Full { path });
        }
        Ok(())
    }
}

#[test]
fn what_cannot_be_stored_is_not_claimed_to_be_done() {
    let full = Arc::new(AtomicBool::new(false));
    let disk = Disk(full.clone());
    let mut host = Host::with_storage(Profile::default(), Box::new(disk));
    let made = Create::new().send(&mut host).unwrap();
    let id = credential_id(&made);
    full.store(true, Ordering::Relaxed);
    assert_eq!(Create::new().discoverable().send(&mut host), Err(0x28));
    assert_eq!(Create::new().send(&mut host), Err(0x28));
    assert_eq!(Assert::new().allow(&[&id]).send(&mut host), Err(0x28));
    let public_key = authenticator_data(&made).attested.unwrap().public_key;
    let in_u2f = authenticate(&mut host, ENFORCE, &id, &public_key);
    assert_eq!(in_u2f.err(), Some(0x6581));
    assert_eq!(host.set_pin(2, PIN), Err(0x28));
    assert_eq!(host.call_plain(0x07), Err(0x28));
    full.store(false, Ordering::Relaxed);
    assert_eq!(host.option("clientPin"), Some(false));
    assert_eq!(host.info().number(0x14), 100);
    assert!(Assert::new().allow(&[&id]).send(&mut host).is_ok());
    // A try that cannot be noted is not made, so it tells nothing about the PIN.
    host.set_pin(2, PIN).unwrap();
    full.store(true, Ordering::Relaxed);
    assert_eq!(host.token(2, PIN, CM, None).err(), Some(0x28));
    assert_eq!(host.token(2, "000000", CM, None).err(), Some(0x28));
}

#[test]
fn a_root_without_its_private_key_is_not_replaced() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path(), 1).unwrap());
    let key = directory.path().join("attestation/root.key");
    let certificate = directory.path().join("attestation/root.pem");
    let root = std::fs::read(&certificate).unwrap();
    std::fs::remove_file(key).unwrap();
    let refused = open(directory.path(), 2).err().unwrap().to_string();
    assert!(refused.ends_with("root.key"), "{refused}");
    assert_eq!(std::fs::read(&certificate).unwrap(), root);
}

#[test]
fn a_lock_file_of_a_dead_process_does_not_matter() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("lock"), "").unwrap();
    assert!(Directory::open(directory.path()).is_ok());
}
