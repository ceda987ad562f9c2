//! Which key of a plan is at which address.

use crate::ceremony::batch::{PlannedKey, Resolution, Todo};
use crate::cli::Error;
use crate::ctap::hid::Address;

/// Gives the addresses of the command line to the keys that have none, in the order of the plan.
pub(super) fn place(plan: &mut [PlannedKey], addresses: &[Address]) -> Result<(), Error> {
    let usage = |text: &str| Err(Error::Usage(text.to_owned()));
    if addresses.contains(&Address::Usb) {
        return usage(
            "with --plan, --device usb names no key; leave it out, and each key is asked for",
        );
    }
    let mut addresses = addresses.iter().cloned();
    for key in plan.iter_mut().filter(|key| key.device.is_none()) {
        key.device = addresses.next();
    }
    if addresses.next().is_some() {
        return usage("more --device than keys without one in the plan");
    }
    let mut seen: Vec<&Address> = Vec::new();
    for device in plan.iter().filter_map(|key| key.device.as_ref()) {
        if seen.contains(&device) {
            return usage(&format!("{device} is named twice"));
        }
        seen.push(device);
    }
    Ok(())
}

/// The keys that are to be enrolled: those with an address, and the places of those without.
pub(super) fn divided(resolution: &Resolution) -> (Vec<(usize, Address)>, Vec<usize>) {
    let mut addressed = Vec::new();
    let mut others = Vec::new();
    let lines = resolution.lines.iter().enumerate();
    for (index, line) in lines.filter(|(_, line)| line.todo == Todo::Enroll) {
        match &line.key.device {
            Some(device) => addressed.push((index, device.clone())),
            None => others.push(index),
        }
    }
    (addressed, others)
}
