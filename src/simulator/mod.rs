//! A Microsoft Entra tenant in software: an OAuth 2.0 authority and the part of Microsoft Graph that provisions FIDO2
//! keys, over TLS on loopback, with state in a directory. It behaves like the service, not like our client; what it
//! does differently or not at all is in `docs/simulator.md`.
//!
//! [`serve::start`] starts it; [`Tenant::update`] changes what it knows; [`Faults`] make it misbehave.

mod audit;
pub mod conditional_access;
mod control;
mod current_request;
pub mod fault;
pub mod logs;
mod oauth;
pub mod recorder;
mod relying_party;
mod routes;
pub mod serve;
mod service;
pub mod storage;
pub mod tenant;
pub mod tls;

#[cfg(test)]
mod tests;

pub use conditional_access::Breach;
pub use fault::{Fault, Faults};
pub use recorder::{Exchange, Recorder};
pub use serve::{Config, Running, start};
pub use tenant::Tenant;
