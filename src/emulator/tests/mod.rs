//! Tests of the whole key through its reports. The host here is written from the specification for these tests alone.
#![allow(clippy::unwrap_used)]

mod config;
mod controlling;
mod credentials;
mod extensions;
mod families;
mod faults;
mod fingerprint;
mod fingerprint_enrollment;
mod fingerprint_faults;
mod fingerprint_verification;
mod hid;
mod host;
mod large_blobs;
mod management;
mod parameters;
mod pin;
mod policy;
mod profiles;
mod properties;
mod requests;
mod serving;
mod storing;
mod u2f;
