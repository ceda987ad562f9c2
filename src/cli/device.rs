//! From a device address to an open key. The emulator in the same process is joined on here, as 64-byte reports, because
//! `ctap` must not know that it exists.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::cli::Error;
use crate::ctap::Authenticator;
use crate::ctap::hid::packet::Report;
use crate::ctap::hid::usb::UsbKey;
use crate::ctap::hid::{Address, DeviceError, HidDevice, socket, usb};
use crate::emulator::Emulator;
use crate::emulator::profile::{Profile, ProfileFile};
use crate::env::Env;

/// Which key.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DeviceChoice {
    /// Where the key is: usb, hid:PATH, udp:HOST:PORT[:LOCALPORT], tcp:HOST:PORT, unix:PATH, emulator:DIR
    #[arg(long, value_name = "ADDRESS", default_value = "usb")]
    pub(crate) device: Address,
}

/// An open key and what its connection says of it.
pub(crate) struct OpenKey {
    pub(crate) authenticator: Authenticator,
    /// For the record: how the key is connected.
    pub(crate) transport: String,
    /// The serial number, where the operating system shows one.
    pub(crate) serial: Option<String>,
}

impl DeviceChoice {
    /// Opens the key: a CTAPHID channel and its getInfo.
    pub(crate) fn open(&self, env: &Env) -> Result<OpenKey, Error> {
        let connection = self.connect(env)?;
        Ok(OpenKey {
            authenticator: Authenticator::open(connection.device, env.clone())?,
            transport: connection.description,
            serial: connection.serial,
        })
    }

    /// Opens the key once more after it was unplugged. A key with another serial number is none.
    pub(crate) fn reopening(
        &self,
        open: &OpenKey,
        env: &Env,
    ) -> impl FnMut() -> Option<Authenticator> + Send + use<> {
        let (choice, env, serial) = (self.clone(), env.clone(), open.serial.clone());
        move || {
            let again = choice.open(&env).ok()?;
            (again.serial == serial).then_some(again.authenticator)
        }
    }

    /// Connects once more after the key was unplugged. A key with another serial number is none.
    pub(crate) fn reconnecting(
        &self,
        connection: &Connection,
        env: &Env,
    ) -> impl FnMut() -> Option<Box<dyn HidDevice>> + Send + use<> {
        let (choice, env, serial) = (self.clone(), env.clone(), connection.serial.clone());
        move || {
            let again = choice.connect(&env).ok()?;
            (again.serial == serial).then_some(again.device)
        }
    }

    /// The device, and nothing said to the key yet.
    pub(crate) fn connect(&self, env: &Env) -> Result<Connection, Error> {
        let (device, usb): (Box<dyn HidDevice>, _) = match &self.device {
            Address::Usb => {
                let key = only_key()?;
                (Box::new(usb::open(&key.path)?), Some(key))
            }
            Address::Hid(path) => (Box::new(usb::open(path)?), None),
            Address::Socket(address) => (socket::open(address)?, None),
            Address::Emulator(directory) => (Box::new(EmulatedKey::open(directory, env)?), None),
        };
        let description = usb
            .as_ref()
            .map_or_else(|| self.device.to_string(), describe);
        let address = usb.as_ref().map_or_else(
            || self.device.to_string(),
            |key| format!("hid:{}", key.path),
        );
        Ok(Connection {
            device,
            address,
            description,
            serial: usb.and_then(|key| key.serial),
        })
    }
}

/// A device that moves reports, and what is known of it.
pub(crate) struct Connection {
    pub(crate) device: Box<dyn HidDevice>,
    /// Where this one key is, also where the operator named none.
    pub(crate) address: String,
    pub(crate) description: String,
    serial: Option<String>,
}

fn only_key() -> Result<UsbKey, Error> {
    let mut keys = usb::enumerate()?;
    match (keys.pop(), keys.len()) {
        (None, _) => Err(Error::NoKey),
        (Some(key), 0) => Ok(key),
        (Some(key), _) => {
            keys.push(key);
            Err(Error::SeveralKeys(
                keys.iter()
                    .map(|key| format!("hid:{} ({})", key.path, describe(key)))
                    .collect(),
            ))
        }
    }
}

/// `usb 1050:0407 Yubico YubiKey OTP+FIDO+CCID`
pub(crate) fn describe(key: &UsbKey) -> String {
    let names = [key.manufacturer.as_deref(), key.product.as_deref()];
    let names: String = names
        .into_iter()
        .flatten()
        .map(|name| format!(" {name}"))
        .collect();
    format!("usb {:04x}:{:04x}{names}", key.vendor_id, key.product_id)
}

/// Writes the root of an emulated key's attestation beside its state, for whoever is to trust it; says where.
pub(crate) fn write_attestation_root(
    directory: &Path,
    emulator: &Emulator,
) -> Result<PathBuf, Error> {
    let path = directory.join("attestation-root.pem");
    let pem = emulator.attestation_root_pem();
    // Where it is so already, a full disk does no harm to it.
    if !std::fs::read(&path).is_ok_and(|written| written == pem.as_bytes()) {
        std::fs::write(&path, pem).map_err(|source| Error::Write {
            path: path.clone(),
            source,
        })?;
    }
    Ok(path)
}

/// The emulator as a HID device: reports go in and out without a wire between.
pub(crate) struct EmulatedKey {
    emulator: Arc<Mutex<Emulator>>,
    env: Env,
}

impl EmulatedKey {
    /// A key with its state in a directory, of the kind that the directory says.
    pub(crate) fn open(directory: &Path, env: &Env) -> Result<Self, Error> {
        let file = ProfileFile::of_key(directory)?;
        let profile = file.map_or_else(Profile::default, |file| file.profile);
        let emulator = Emulator::open(directory, env.clone(), profile)?;
        write_attestation_root(directory, &emulator)?;
        Ok(Self::new(Arc::new(Mutex::new(emulator)), env))
    }

    /// A key that somebody else holds too, to pull it out or to touch it.
    pub(crate) fn new(emulator: Arc<Mutex<Emulator>>, env: &Env) -> Self {
        Self {
            emulator,
            env: env.clone(),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Emulator) -> T) -> Result<T, DeviceError> {
        let mut emulator = self.emulator.lock().unwrap_or_else(PoisonError::into_inner);
        if emulator.is_gone() {
            return Err(DeviceError::Gone(
                "the emulated key was unplugged".to_owned(),
            ));
        }
        Ok(act(&mut emulator))
    }
}

impl HidDevice for EmulatedKey {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        self.with(|emulator| emulator.handle_report(report))
    }

    fn read_report(&mut self, timeout: Duration) -> Result<Option<Report>, DeviceError> {
        let end = self.env.monotonic() + timeout;
        loop {
            let (report, next) =
                self.with(|emulator| (emulator.poll(), emulator.time_until_next()))?;
            let left = end.saturating_sub(self.env.monotonic());
            if report.is_some() || left.is_zero() {
                return Ok(report);
            }
            std::thread::sleep(
                next.unwrap_or(left)
                    .clamp(Duration::from_millis(1), left.max(Duration::from_millis(1))),
            );
        }
    }
}
