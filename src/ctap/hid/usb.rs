//! Keys on USB, through hidapi.

use std::ffi::CString;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::time::Duration;

use hidapi::{DeviceInfo, HidApi, HidError};

use super::packet::{REPORT_LENGTH, Report};
use super::{DeviceError, HidDevice};

/// The HID usage page of FIDO devices (CTAP 2.1 §11.2.8.1).
const FIDO_USAGE_PAGE: u16 = 0xf1d0;

/// A FIDO HID device that is plugged in. Texts are what the device says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbKey {
    /// The operating system's path, `/dev/hidraw3` for example.
    pub path: String,
    /// USB vendor id.
    pub vendor_id: u16,
    /// USB product id.
    pub product_id: u16,
    /// The product's name.
    pub product: Option<String>,
    /// The manufacturer's name.
    pub manufacturer: Option<String>,
    /// The serial number; many keys have none.
    pub serial: Option<String>,
}

/// Lists the FIDO HID devices that are plugged in, by path, whether this user may use them or not.
///
/// # Errors
/// When the operating system does not list its devices.
pub fn enumerate() -> Result<Vec<UsbKey>, DeviceError> {
    let api = HidApi::new().map_err(|source| io("list HID devices".to_owned(), source))?;
    let mut keys: Vec<UsbKey> = api
        .device_list()
        .filter(|info| info.usage_page() == FIDO_USAGE_PAGE)
        .map(describe)
        .collect();
    keys.sort_by(|a, b| a.path.cmp(&b.path));
    // A device with several FIDO collections is listed once for each.
    keys.dedup_by(|a, b| a.path == b.path);
    Ok(keys)
}

fn describe(info: &DeviceInfo) -> UsbKey {
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    UsbKey {
        path: info.path().to_string_lossy().into_owned(),
        vendor_id: info.vendor_id(),
        product_id: info.product_id(),
        product: text(info.product_string()),
        manufacturer: text(info.manufacturer_string()),
        serial: text(info.serial_number()),
    }
}

/// Opens the device at a path.
///
/// # Errors
/// [`DeviceError::NotFound`] and [`DeviceError::PermissionDenied`] say why the device cannot be used.
pub fn open(path: &str) -> Result<UsbDevice, DeviceError> {
    probe(path)?;
    let attempted = || format!("open {path}");
    let name = CString::new(path).map_err(|_| DeviceError::NotFound(path.to_owned()))?;
    let api = HidApi::new().map_err(|source| io(attempted(), source))?;
    let device = api
        .open_path(&name)
        .map_err(|source| io(attempted(), source))?;
    Ok(UsbDevice {
        device,
        path: path.to_owned(),
    })
}

/// Whether the operating system lets this user open the device. hidapi gives its reasons only as text.
///
/// # Errors
/// [`DeviceError::NotFound`] and [`DeviceError::PermissionDenied`] say why not.
pub fn probe(path: &str) -> Result<(), DeviceError> {
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(_) => Ok(()),
        Err(source) => Err(match source.kind() {
            ErrorKind::NotFound => DeviceError::NotFound(path.to_owned()),
            ErrorKind::PermissionDenied => DeviceError::PermissionDenied(path.to_owned()),
            _ => DeviceError::Io {
                attempted: format!("open {path}"),
                source,
            },
        }),
    }
}

/// An open FIDO HID device.
pub struct UsbDevice {
    device: hidapi::HidDevice,
    path: String,
}

impl HidDevice for UsbDevice {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        let mut numbered = [0; REPORT_LENGTH + 1];
        numbered[1..].copy_from_slice(report);
        match self.device.write(&numbered) {
            Ok(_) => Ok(()),
            Err(source) => Err(self.failure("write to", into_io(source))),
        }
    }

    fn read_report(&mut self, timeout: Duration) -> Result<Option<Report>, DeviceError> {
        let milliseconds = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
        let mut report = [0; REPORT_LENGTH];
        match self.device.read_timeout(&mut report, milliseconds) {
            Ok(REPORT_LENGTH) => Ok(Some(report)),
            // Nothing, or a report that is not FIDO's.
            Ok(_) => Ok(None),
            Err(source) => match into_io(source) {
                // A signal, Ctrl-C for example, ended the wait.
                source if source.kind() == ErrorKind::Interrupted => Ok(None),
                source => Err(self.failure("read from", source)),
            },
        }
    }
}

impl UsbDevice {
    fn failure(&self, verb: &str, source: std::io::Error) -> DeviceError {
        // hidapi has no error of its own for an unplugged device; the node is gone by then, or its driver says so.
        if is_gone(&source) || !std::path::Path::new(&self.path).exists() {
            return DeviceError::Gone(self.path.clone());
        }
        DeviceError::Io {
            attempted: format!("{verb} {}", self.path),
            source,
        }
    }
}

fn is_gone(error: &std::io::Error) -> bool {
    const ENXIO: i32 = 6;
    const EIO: i32 = 5;
    const ENODEV: i32 = 19;
    matches!(error.raw_os_error(), Some(EIO | ENXIO | ENODEV))
        || error.to_string().contains("device disconnected")
}

fn io(attempted: String, source: HidError) -> DeviceError {
    DeviceError::Io {
        attempted,
        source: into_io(source),
    }
}

fn into_io(error: HidError) -> std::io::Error {
    match error {
        HidError::IoError { error } => error,
        other => std::io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_node_is_not_found_and_a_foreign_one_is_not_opened() {
        assert!(matches!(
            open("/dev/hidraw-that-is-not-there"),
            Err(DeviceError::NotFound(_))
        ));
        assert!(matches!(open("/dev/null"), Err(DeviceError::Io { .. })));
    }
}
