//! This machine: rules and rights for keys, the terminal, and where memory may end up.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;

use rustix::process::{Resource, geteuid, getgroups, getrlimit};

use crate::ceremony::doctor::{Finding, Remedy, Subject};
use crate::cli::device;
use crate::ctap::hid::{DeviceError, usb};

/// Where udev looks for rules.
const RULE_DIRECTORIES: [&str; 4] = [
    "/etc/udev/rules.d",
    "/run/udev/rules.d",
    "/usr/lib/udev/rules.d",
    "/lib/udev/rules.d",
];
/// systemd's program that marks FIDO devices, with its rule.
const FIDO_ID: [&str; 2] = ["/usr/lib/udev/fido_id", "/lib/udev/fido_id"];

pub(super) fn findings() -> Vec<Finding> {
    let mut findings = vec![udev()];
    findings.extend(keys());
    findings.extend([terminal(), core_dumps(), swap()]);
    findings
}

fn udev() -> Finding {
    let subject = Subject::Udev;
    if !Path::new("/sys/class/hidraw").exists() {
        return Finding::not_applicable(subject, "this machine has no hidraw devices");
    }
    let rules = RULE_DIRECTORIES.map(|directory| Path::new(directory).join("70-halligan.rules"));
    let ours = rules.iter().find(|path| path.exists());
    let systemd = FIDO_ID.iter().any(|path| Path::new(path).exists());
    match (ours, systemd) {
        (Some(path), _) => away_from_the_seat(format!("{} is installed", path.display())),
        (None, true) => away_from_the_seat("systemd marks FIDO keys by itself".to_owned()),
        // A key that is plugged in and may not be used has a finding of its own.
        (None, false) => {
            Finding::fail(subject, "no rule opens keys to users", Remedy::Udev).advice()
        }
    }
}

/// Rules open a key to who sits at the machine. Over the network the group `plugdev` does, if our rules are there.
fn away_from_the_seat(found: String) -> Finding {
    let is_remote = std::env::var_os("SSH_CONNECTION").is_some();
    if !is_remote || geteuid().is_root() || is_in_group("plugdev") {
        return Finding::pass(Subject::Udev, found);
    }
    let why = format!("{found}, but you are not at this machine, and not in the group plugdev");
    Finding::fail(Subject::Udev, why, Remedy::KeyRights).advice()
}

fn is_in_group(name: &str) -> bool {
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    let id = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let id = (fields.next() == Some(name)).then(|| fields.nth(1))?;
        id?.parse::<u32>().ok()
    });
    let ours = getgroups().unwrap_or_default();
    id.is_some_and(|id| ours.iter().any(|one| one.as_raw() == id))
}

fn keys() -> Vec<Finding> {
    let subject = Subject::Key;
    match usb::enumerate() {
        Err(error) => vec![Finding::unknown(subject, error.to_string()).advice()],
        Ok(keys) if keys.is_empty() => {
            vec![Finding::not_applicable(subject, "no key is plugged in")]
        }
        Ok(keys) => keys.iter().map(key).collect(),
    }
}

fn key(key: &usb::UsbKey) -> Finding {
    let finding = match usb::probe(&key.path) {
        Ok(()) => match holders(&key.path).as_slice() {
            [] => Finding::pass(Subject::Key, "may be used"),
            names => Finding::pass(
                Subject::Key,
                format!("may be used; open in {}", names.join(", ")),
            ),
        },
        Err(error @ DeviceError::PermissionDenied(_)) => {
            Finding::fail(Subject::Key, error.to_string(), Remedy::KeyRights)
        }
        Err(error) => Finding::unknown(Subject::Key, error.to_string()).advice(),
    };
    finding.about(device::describe(key))
}

/// Other programs that have the device open, as far as this user may see: a browser that waits for a touch holds the key.
fn holders(device: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let holds = |process: &Path| {
        let files = fs::read_dir(process.join("fd")).into_iter().flatten();
        files
            .flatten()
            .any(|file| fs::read_link(file.path()).is_ok_and(|target| target == Path::new(device)))
    };
    let names = processes
        .map(|process| process.path())
        .filter(|process| holds(process))
        .filter_map(|process| fs::read_to_string(process.join("comm")).ok());
    names.map(|name| name.trim().to_owned()).collect()
}

fn terminal() -> Finding {
    match io::stdin().is_terminal() && io::stderr().is_terminal() {
        true => Finding::pass(Subject::Terminal, "PINs can be typed here"),
        false => Finding::not_applicable(
            Subject::Terminal,
            "none here: PINs come by --pin-stdin or --pin-fd",
        ),
    }
}

/// A core dump has the PIN that was just typed. One that goes to a program is not held by the limit.
fn core_dumps() -> Finding {
    let subject = Subject::CoreDumps;
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let limit = getrlimit(Resource::Core).current;
    match (pattern.trim().strip_prefix('|'), limit) {
        (Some(program), limit) if limit != Some(0) || !program.contains("systemd-coredump") => {
            let program = program.split(' ').next().unwrap_or_default();
            let why = format!("after a crash {program} gets this program's memory");
            Finding::fail(subject, why, Remedy::CoreDumps).advice()
        }
        (None, limit) if limit != Some(0) => {
            let why = "after a crash this program's memory is written to a file";
            Finding::fail(subject, why, Remedy::CoreDumps).advice()
        }
        _ => Finding::pass(subject, "off"),
    }
}

/// Memory is wiped after use, and may have been written out before. Swap in compressed memory stays in memory.
fn swap() -> Finding {
    let Ok(list) = fs::read_to_string("/proc/swaps") else {
        return Finding::unknown(Subject::Swap, "/proc/swaps cannot be read").advice();
    };
    let areas = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next());
    let on_disk: Vec<&str> = areas
        .filter(|name| !name.starts_with("/dev/zram"))
        .collect();
    match on_disk.as_slice() {
        [] => Finding::pass(Subject::Swap, "none on a disk"),
        names => {
            let why = format!("memory may be written to {}", names.join(", "));
            Finding::fail(Subject::Swap, why, Remedy::Swap).advice()
        }
    }
}
