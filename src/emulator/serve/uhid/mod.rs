//! A HID device of the kernel's own, made through `/dev/uhid`: programs find it as `/dev/hidrawN` beside the keys on USB.
//! It needs the kernel's `uhid` module and the right to open `/dev/uhid`, by default root's.

mod device;
pub mod event;
mod node;

pub(super) use device::{Identity, Uhid};
