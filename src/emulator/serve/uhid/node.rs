//! Which node the kernel gave a device: by its `phys`, in sysfs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where sysfs shows the devices that were made through `/dev/uhid`.
const DEVICES: &str = "/sys/devices/virtual/misc/uhid";
/// The node appears some milliseconds after the device was made.
const ATTEMPTS: usize = 200;
const INTERVAL: Duration = Duration::from_millis(10);

/// `None` when there is no node after all: no driver took the device, or `/dev` is a container's.
pub(super) fn wait_for(phys: &str) -> Option<PathBuf> {
    (0..ATTEMPTS).find_map(|attempt| {
        if attempt > 0 {
            std::thread::sleep(INTERVAL);
        }
        let name = hidraw_name(Path::new(DEVICES), phys)?;
        Some(Path::new("/dev").join(name)).filter(|node| node.exists())
    })
}

/// The name of the hidraw device below the one that has this `phys`.
fn hidraw_name(devices: &Path, phys: &str) -> Option<OsString> {
    let is_ours = |device: &Path| {
        std::fs::read_to_string(device.join("uevent")).is_ok_and(|uevent| {
            uevent
                .lines()
                .any(|line| line.strip_prefix("HID_PHYS=") == Some(phys))
        })
    };
    let device = std::fs::read_dir(devices)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find(|device| is_ours(device))?;
    let node = std::fs::read_dir(device.join("hidraw"))
        .ok()?
        .flatten()
        .next()?;
    Some(node.file_name())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_node_is_found_by_the_device_it_belongs_to() {
        let devices = tempfile::tempdir().unwrap();
        for (device, phys, node) in [
            ("0003:1209:F1D0.0001", "a/1/4", "hidraw0"),
            ("0003:1209:F1D0.0002", "a/1/40", "hidraw7"),
        ] {
            let device = devices.path().join(device);
            std::fs::create_dir_all(device.join("hidraw").join(node)).unwrap();
            std::fs::write(
                device.join("uevent"),
                format!("HID_NAME=Key\nHID_PHYS={phys}\nHID_UNIQ=\n"),
            )
            .unwrap();
        }
        std::fs::create_dir(devices.path().join("power")).unwrap();
        assert_eq!(hidraw_name(devices.path(), "a/1/40").unwrap(), "hidraw7");
        assert_eq!(hidraw_name(devices.path(), "a/1/4").unwrap(), "hidraw0");
        assert_eq!(hidraw_name(devices.path(), "a/1"), None);
        assert_eq!(hidraw_name(&devices.path().join("absent"), "a/1/4"), None);
    }
}
