//! Registrations of real keys and of the specification (`vectors`), registrations made here to differ in one thing each
//! (`made`), the same by metadata (`metadata`), and arbitrary bytes (`properties`).
#![allow(clippy::unwrap_used)]

mod authority;
mod made;
mod metadata;
mod properties;
mod tpm;
mod vectors;
