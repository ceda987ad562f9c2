//! A key, seen from the host: the platform side of CTAP 2.1.

pub mod hid;
pub mod status;
