//! The one test binary: everything that crosses module borders or runs the real executable.

#![allow(clippy::unwrap_used)]

mod architecture;
mod bench;
mod check;
mod enroll;
mod faults;
mod udev;
