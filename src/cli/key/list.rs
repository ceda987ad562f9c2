//! `halligan key list`

use crate::cli::{Error, device};
use crate::ctap::hid::{DeviceError, usb};
use crate::report::{self, ListedKey, Report};

/// A list of keys of which none can be used is shown, and is a failure: what the caller wants next will fail too.
pub(super) fn run() -> Result<Report, Error> {
    let mut denied = None;
    let mut listed = Vec::new();
    for key in usb::enumerate()? {
        let denial = usb::probe(&key.path)
            .err()
            .filter(|error| matches!(error, DeviceError::PermissionDenied(_)));
        listed.push(ListedKey {
            device: format!("hid:{}", key.path),
            description: device::describe(&key),
            serial: key.serial,
            permitted: denial.is_none(),
        });
        denied = denied.or(denial);
    }
    let report = report::device_list(&listed);
    match denied {
        Some(source) if listed.iter().all(|key| !key.permitted) => Err(Error::KeysDenied {
            report: Box::new(report),
            source,
        }),
        _ => Ok(report),
    }
}
