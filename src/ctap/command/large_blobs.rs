//! authenticatorLargeBlobs (CTAP 2.1 §6.10): one array for everybody, with half a SHA-256 at its end, by which keys recognise a
//! whole one.

use sha2::{Digest, Sha256};

use super::{LARGE_BLOBS, push_auth, request};
use crate::ctap::pin_protocol::PinUvAuthParam;
use crate::encoding::cbor::Value;

/// The command's name in errors.
pub const NAME: &str = "largeBlobs";

/// Replaces the array by one that fits into a single fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    serialized: Vec<u8>,
}

impl Set {
    /// An array, in CBOR and without its digest.
    #[must_use]
    pub fn new(array: &[u8]) -> Self {
        let digest = Sha256::digest(array);
        Self {
            serialized: [array, &digest[..16]].concat(),
        }
    }

    /// What the pinUvAuthParam authenticates: 32 bytes of 0xff, the command, the offset, the digest of the fragment (§6.10.2).
    #[must_use]
    pub fn authenticated_message(&self) -> Vec<u8> {
        let mut message = vec![0xff; 32];
        message.extend([LARGE_BLOBS, 0x00]);
        message.extend(0_u32.to_le_bytes());
        message.extend(Sha256::digest(&self.serialized));
        message
    }

    /// Command byte and canonical CBOR.
    #[must_use]
    pub fn encode(&self, auth: Option<&PinUvAuthParam>) -> Vec<u8> {
        let mut parameters = vec![
            (0x02, Value::Bytes(self.serialized.clone())),
            (0x03, Value::from(0)),
            (0x04, length(self.serialized.len())),
        ];
        push_auth(&mut parameters, auth, 0x05, 0x06);
        request(LARGE_BLOBS, parameters)
    }
}

/// Asks for the first bytes of the array.
#[must_use]
pub fn get(bytes: usize) -> Vec<u8> {
    let parameters = vec![(0x01, length(bytes)), (0x03, Value::from(0))];
    request(LARGE_BLOBS, parameters)
}

fn length(bytes: usize) -> Value {
    Value::from(u64::try_from(bytes).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::hex;

    /// The initial array of §6.10: empty, with its digest.
    #[test]
    fn an_empty_array_is_written_as_the_specification_has_it() {
        let set = Set::new(&[0x80]);
        assert_eq!(
            hex::encode(&set.encode(None)),
            "0ca302518076be8b528d0075f7aae98d6fa57a6d3c03000411"
        );
        let message = set.authenticated_message();
        assert_eq!(message.len(), 32 + 2 + 4 + 32);
        assert_eq!(&message[32..38], [0x0c, 0, 0, 0, 0, 0]);
        assert_eq!(hex::encode(&get(64)), "0ca20118400300");
    }
}
