//! An emulated key behind sockets, held by the test as well: to touch it, to pull it out, to look into it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use halligan::ctap::hid::{Address, HidDevice, socket};
use halligan::ctap::{Authenticator, Permissions, Wait};
use halligan::emulator::serve::{ListenAddress, Server, serve};
use halligan::emulator::touch::{Touch, TouchState};
use halligan::emulator::{Emulator, Faults, Profile};
use halligan::env::Env;
use halligan::secret::Pin;

use super::PIN;

/// A key that is plugged in. Its state is in `directory`.
pub(crate) struct Key {
    emulator: Arc<Mutex<Emulator>>,
    _server: Server,
    udp: String,
    tcp: String,
    unix: String,
    pub(crate) directory: PathBuf,
}

impl Key {
    pub(super) fn plug_in(directory: PathBuf, profile: Profile, env: Env) -> Self {
        let emulator = Emulator::open(&directory, env, profile).unwrap();
        let root = directory.join("attestation-root.pem");
        std::fs::write(&root, emulator.attestation_root_pem()).unwrap();
        let socket = directory.join("socket");
        let emulator = Arc::new(Mutex::new(emulator));
        let doors = [
            "udp:127.0.0.1:0".parse().unwrap(),
            "tcp:127.0.0.1:0".parse().unwrap(),
            ListenAddress::Unix(socket.clone()),
        ];
        let server = serve(Arc::clone(&emulator), &doors).unwrap();
        let [udp, tcp, unix] = server.addresses() else {
            panic!("three doors were asked for");
        };
        Self {
            udp: udp.to_string(),
            tcp: tcp.to_string(),
            unix: unix.to_string(),
            emulator,
            _server: server,
            directory,
        }
    }

    /// The same key after an update, or whatever else makes it say other things of itself.
    pub(crate) fn turned_into(self, profile: Profile) -> Self {
        let directory = self.directory.clone();
        drop(self);
        Self::plug_in(directory, profile, Env::system())
    }

    /// Where the executable finds it: UDP.
    pub(crate) fn address(&self) -> &str {
        &self.udp
    }

    /// The same key over a connection, which breaks when the key is unplugged.
    pub(crate) fn connection(&self) -> &str {
        &self.unix
    }

    /// Every address at which it can be found.
    pub(crate) fn addresses(&self) -> [&str; 3] {
        [&self.udp, &self.tcp, &self.unix]
    }

    /// The file with the certificate to which its attestation leads.
    pub(crate) fn attestation_root(&self) -> String {
        let path = self.directory.join("attestation-root.pem");
        path.display().to_string()
    }

    /// Who touches it from now on.
    pub(crate) fn touched_by(&self, touch: impl Touch + 'static) {
        self.lock().set_touch(Box::new(touch));
    }

    /// Misbehaves from now on, as in `unplug-on=makeCredential`.
    pub(crate) fn fault(&self, fault: &str) {
        self.faults(&[fault]);
    }

    /// Misbehaves in several ways.
    pub(crate) fn faults(&self, faults: &[&str]) {
        let faults = faults.iter().map(|fault| fault.parse().unwrap());
        let faults = Faults::from_iter(faults);
        self.lock().set_faults(faults);
    }

    /// Whether it is pulled out.
    pub(crate) fn is_gone(&self) -> bool {
        self.lock().is_gone()
    }

    /// Unplugs it and plugs it in again, without faults.
    pub(crate) fn replug(&self) {
        let mut emulator = self.lock();
        emulator.set_faults(Faults::default());
        emulator.power_cycle();
    }

    /// Cuts its power for a moment; faults stay.
    pub(crate) fn power_cycle(&self) {
        self.lock().power_cycle();
    }

    /// Pulls it out, and puts it back a moment later.
    pub(crate) fn reinsert(&self) {
        self.lock().unplug(Some(Duration::from_millis(300)));
    }

    /// What somebody does who finds it and does not know what it is for.
    pub(crate) fn reset(&self) {
        self.replug();
        self.open().reset(&mut Wait::unattended()).unwrap();
    }

    /// The PIN tries left, asked without spending one.
    pub(crate) fn tries(&self) -> u8 {
        self.open().pin_retries().unwrap().retries
    }

    /// Sets the first PIN.
    pub(crate) fn set_pin(&self) {
        self.open().set_pin(&Pin::new(PIN).unwrap()).unwrap();
    }

    /// The ids of the discoverable credentials on it.
    pub(crate) fn credentials(&self) -> Vec<Vec<u8>> {
        let mut key = self.open();
        let pin = Pin::new(PIN).unwrap();
        let auth = key.pin_uv_auth(&pin, Permissions::CM, None).unwrap();
        let mut ids = Vec::new();
        for rp in key.relying_parties(&auth).unwrap() {
            let held = key.credentials(rp.rp_id_hash, &auth).unwrap();
            ids.extend(held.into_iter().map(|stored| stored.credential.id));
        }
        ids
    }

    /// A client of its own, which disturbs no other.
    pub(crate) fn open(&self) -> Authenticator {
        Authenticator::open(self.device(), Env::system()).unwrap()
    }

    /// As the library finds it.
    pub(super) fn device(&self) -> Box<dyn HidDevice> {
        let Address::Socket(address) = self.udp.parse().unwrap() else {
            panic!("UDP is a socket");
        };
        socket::open(&address).unwrap()
    }

    fn lock(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A finger that touches when the test says so.
#[derive(Clone, Default)]
pub(crate) struct Finger(Arc<AtomicBool>);

impl Finger {
    /// Touches now, and whenever it is asked for from now on.
    pub(crate) fn touch(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Touches no more.
    pub(crate) fn lift(&self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Touch for Finger {
    fn state(&mut self, _waited: Duration) -> TouchState {
        if self.0.load(Ordering::SeqCst) {
            TouchState::Touched
        } else {
            TouchState::Waiting
        }
    }
}
