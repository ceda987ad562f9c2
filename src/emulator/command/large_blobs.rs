//! authenticatorLargeBlobs (CTAP 2.1 §6.10): one byte string for everybody, of which the key knows only that its last 16
//! bytes are the hash of what is before them. What is in it, and under which largeBlobKey, is between platforms and RPs.

use sha2::{Digest, Sha256};

use super::sequence::Rest;
use super::{Reply, Sequence};
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::request::Map;
use crate::emulator::token::permission;
use crate::encoding::cbor::Value;

/// What a message needs beside its fragment (§6.10: maxFragmentLength is maxMsgSize less this).
const MESSAGE_OVERHEAD: usize = 64;
/// LEFT(SHA-256(array), 16) at the end.
const DIGEST_LENGTH: usize = 16;

/// A write that is not complete.
pub(in crate::emulator) struct LargeBlobWrite {
    expected_length: usize,
    /// All fragments so far.
    written: Vec<u8>,
    /// Whether a token authorized it.
    pub(super) with_token: bool,
}

impl Authenticator {
    pub(in crate::emulator) fn large_blobs(
        &mut self,
        parameters: Map<'_>,
        previous: Option<Sequence>,
    ) -> Result<Reply, Status> {
        let get = parameters.optional::<u64>(1)?;
        let set = parameters.optional::<&[u8]>(2)?;
        let offset = parameters
            .optional::<u64>(3)?
            .ok_or(Status::InvalidParameter)?;
        match (get, set) {
            (Some(length), None) => self.read_large_blobs(parameters, length, offset),
            (None, Some(fragment)) => {
                self.write_large_blobs(parameters, fragment, offset, previous)
            }
            _ => Err(Status::InvalidParameter),
        }
    }

    fn max_fragment_length(&self) -> usize {
        self.profile.max_msg_size.saturating_sub(MESSAGE_OVERHEAD)
    }

    /// Step 4 of §6.10.2.
    fn read_large_blobs(
        &self,
        parameters: Map<'_>,
        length: u64,
        offset: u64,
    ) -> Result<Reply, Status> {
        for of_writing in [4, 5, 6] {
            if parameters.optional::<&Value>(of_writing)?.is_some() {
                return Err(Status::InvalidParameter);
            }
        }
        let length = usize::try_from(length)
            .ok()
            .filter(|&length| length <= self.max_fragment_length())
            .ok_or(Status::InvalidLength)?;
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.state().large_blobs.get(offset..))
            .ok_or(Status::InvalidParameter)?;
        let fragment = &rest[..length.min(rest.len())];
        Ok(Reply::members([(1, Some(Value::Bytes(fragment.to_vec())))]))
    }

    /// Step 5 of §6.10.2.
    fn write_large_blobs(
        &mut self,
        parameters: Map<'_>,
        fragment: &[u8],
        offset: u64,
        previous: Option<Sequence>,
    ) -> Result<Reply, Status> {
        if fragment.len() > self.max_fragment_length() {
            return Err(Status::InvalidLength);
        }
        let length = parameters.optional::<u64>(4)?;
        let mut write = match (offset, length, previous.map(|sequence| sequence.rest)) {
            (0, Some(length), _) => self.begin_large_blob_write(length)?,
            (0, None, _) | (_, Some(_), _) => return Err(Status::InvalidParameter),
            (_, None, Some(Rest::LargeBlobs(write))) => write,
            (_, None, _) => return Err(Status::InvalidSeq),
        };
        if u64::try_from(write.written.len()) != Ok(offset) {
            // expectedNextOffset and expectedLength stay as they are.
            self.remember(Rest::LargeBlobs(write));
            return Err(Status::InvalidSeq);
        }
        if self.is_protected() || self.always_uv() {
            self.authorize_large_blob_write(parameters, fragment, offset)?;
            write.with_token = true;
        }
        if write.written.len() + fragment.len() > write.expected_length {
            return Err(Status::InvalidParameter);
        }
        write.written.extend_from_slice(fragment);
        if write.written.len() < write.expected_length {
            self.remember(Rest::LargeBlobs(write));
            return Ok(Reply::Empty);
        }
        self.commit_large_blobs(write.written)
    }

    fn begin_large_blob_write(&self, length: u64) -> Result<LargeBlobWrite, Status> {
        let capacity = self.profile.large_blobs.unwrap_or(0);
        let expected_length = usize::try_from(length)
            .ok()
            .filter(|&length| length <= capacity)
            .ok_or(Status::LargeBlobStorageFull)?;
        // The shortest array, an empty one, is one byte and its digest.
        if expected_length <= DIGEST_LENGTH {
            return Err(Status::InvalidParameter);
        }
        Ok(LargeBlobWrite {
            expected_length,
            written: Vec::new(),
            with_token: false,
        })
    }

    /// A token with the `lbw` permission, over the fragment and its place.
    fn authorize_large_blob_write(
        &mut self,
        parameters: Map<'_>,
        fragment: &[u8],
        offset: u64,
    ) -> Result<(), Status> {
        let param: &[u8] = parameters.optional(5)?.ok_or(Status::PuatRequired)?;
        let protocol = self.protocol(parameters.required(6)?)?.protocol;
        let offset = u32::try_from(offset).map_err(|_| Status::InvalidSeq)?;
        let mut message = vec![0xff; 32];
        message.extend_from_slice(&[0x0c, 0x00]);
        message.extend_from_slice(&offset.to_le_bytes());
        message.extend_from_slice(&Sha256::digest(fragment));
        self.verify_token(protocol, &message, param)?;
        if !self.token.permits(permission::LBW) {
            return Err(Status::PinAuthInvalid);
        }
        Ok(())
    }

    fn commit_large_blobs(&mut self, array: Vec<u8>) -> Result<Reply, Status> {
        let (content, digest) = array.split_at(array.len().saturating_sub(DIGEST_LENGTH));
        if Sha256::digest(content)[..DIGEST_LENGTH] != *digest {
            return Err(Status::IntegrityFailure);
        }
        self.update(|state| state.large_blobs = array)?;
        Ok(Reply::Empty)
    }
}
