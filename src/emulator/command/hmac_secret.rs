//! The hmac-secret and hmac-secret-mc extensions (CTAP 2.1 §12.5, CTAP 2.2 §12.8): HMACs of the platform's salts under a
//! secret of the credential, encrypted both ways under a shared secret of the PIN/UV auth protocols.

use zeroize::Zeroizing;

use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::pin_protocol::{SharedSecret, hmac_sha_256};
use crate::emulator::request::Map;
use crate::encoding::cbor::Value;

const SALT_LENGTH: usize = 32;

/// The input, decrypted: one salt or two.
pub(super) struct HmacSecret {
    shared_secret: SharedSecret,
    salts: Zeroizing<Vec<u8>>,
}

impl HmacSecret {
    pub(super) fn parse(authenticator: &mut Authenticator, input: Map<'_>) -> Result<Self, Status> {
        let key_agreement = input.required(1)?;
        let salt_enc: &[u8] = input.required(2)?;
        let salt_auth: &[u8] = input.required(3)?;
        let number = input.optional(4)?.unwrap_or(1);
        let shared_secret = authenticator.protocol(number)?.decapsulate(key_agreement)?;
        if !shared_secret.verify(salt_enc, salt_auth) {
            return Err(Status::PinAuthInvalid);
        }
        let salts = shared_secret
            .decrypt(salt_enc)
            .ok_or(Status::InvalidParameter)?;
        // §12.5 has no status for what is neither one salt nor two; the firmware of Nitrokeys says this.
        if ![SALT_LENGTH, 2 * SALT_LENGTH].contains(&salts.len()) {
            return Err(Status::InvalidLength);
        }
        Ok(Self {
            shared_secret,
            salts,
        })
    }

    /// The encrypted output for this credential.
    pub(super) fn output(
        &self,
        authenticator: &Authenticator,
        credential_id: &[u8],
        user_verified: bool,
    ) -> Value {
        let wrapping = authenticator.wrapping();
        let cred_random = wrapping.cred_random(credential_id, user_verified);
        let outputs: Zeroizing<Vec<u8>> = Zeroizing::new(
            self.salts
                .chunks(SALT_LENGTH)
                .flat_map(|salt| hmac_sha_256(cred_random.as_slice(), salt))
                .collect(),
        );
        Value::Bytes(self.shared_secret.encrypt(&outputs, &authenticator.env))
    }
}
