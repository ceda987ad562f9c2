//! The words of WebAuthn that both sides of a ceremony share: authenticator data, attestation object, client data,
//! COSE key, AAGUID, RP ID (Web Authentication Level 3). Pure parsing and encoding; judging an attestation is
//! `attestation`'s work, and relying-party verification is webauthn-rs-core's.

pub mod aaguid;
pub mod attestation_object;
pub mod authenticator_data;
pub mod client_data;
pub mod cose_key;
pub mod rp_id;

pub use aaguid::Aaguid;
pub use attestation_object::AttestationObject;
pub use authenticator_data::{AttestedCredentialData, AuthenticatorData, Flags};
pub use client_data::ClientData;
pub use cose_key::CoseKey;
pub use rp_id::RpId;
