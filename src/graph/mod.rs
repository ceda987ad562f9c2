//! A tenant, seen from the tool: Microsoft Graph over HTTPS.
//!
//! [`Client`] speaks to Graph in the name of whoever a [`credential::TokenSource`] signs in; the calls stand in a file
//! per resource. [`creation_options`] turns what the tenant wants of a registration into checked words. Wire types are in
//! [`model`], and nothing but the clients, the simulator and tests touches them as JSON.

mod authentication_methods;
mod caller;
mod challenge_timeout;
mod client;
pub mod cloud;
mod conditional_access;
pub mod creation_options;
pub mod credential;
mod directory_audits;
pub mod discovery;
pub mod display_name;
pub mod error;
mod fido2_methods;
mod fido2_policy;
mod filter;
mod governance;
mod groups;
pub mod http;
pub mod model;
mod organization;
pub mod path;
pub mod retry;
mod roles;
mod sign_ins;
#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;
mod users;

pub use challenge_timeout::{ChallengeTimeout, Error as ChallengeTimeoutError};
pub use client::{
    Answers, ApiVersion, Batch, Client, LogRow, Pending, Question, Row, Rows, UnreadableRow, Window,
};
pub use cloud::{Cloud, Endpoints, HttpsUrl};
pub use creation_options::{CreationOptions, ReceivedCreationOptions};
pub use directory_audits::AuditsOf;
pub use display_name::DisplayName;
pub use error::{Call, Error, Refusal};
pub use http::{Http, HttpOptions};
pub use retry::{Retry, Waiting};
pub use sign_ins::SignInKind;
