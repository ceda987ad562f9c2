//! Byte and text encodings that several layers share: base64url with the directory's odd credential-id forms,
//! CTAP2 canonical CBOR, hex, and text that is safe to show. Nothing here knows what the bytes mean.

pub mod base64url;
pub mod cbor;
pub mod hex;
mod printable;
mod shell_word;

pub use printable::{printable, printable_lines};
pub use shell_word::shell_word;
