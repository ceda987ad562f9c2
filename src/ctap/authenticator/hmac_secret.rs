//! hmac-secret (CTAP 2.1 §12.5): what Windows unlocks a computer with while there is no network.

use zeroize::Zeroizing;

use super::{Authenticator, PinUvAuth};
use crate::ctap::command::get_assertion::{self, HmacSecret};
use crate::ctap::command::{DecodeError, MemberName};
use crate::ctap::error::Error;
use crate::ctap::transport::Wait;
use crate::encoding::cbor::{self, Value};
use crate::webauthn::authenticator_data;

const EXTENSION: &str = "hmac-secret";

impl Authenticator {
    /// Signs, and has the key compute a secret of 32 bytes from each of two salts; the allow list must name one credential
    /// that was made for this.
    ///
    /// # Errors
    /// When the key gives no secrets, or not as many.
    pub fn hmac_secrets(
        &mut self,
        request: &get_assertion::Request,
        salts: &[[u8; 32]; 2],
        auth: Option<&PinUvAuth>,
        wait: &mut Wait<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let agreement = self.agree()?;
        let (blocks, _) = salts.as_flattened().as_chunks::<16>();
        let salt_enc = agreement.secret.encrypt(blocks, &self.env);
        let mut request = request.clone();
        request.hmac_secret = Some(HmacSecret {
            salt_auth: agreement.secret.authenticate(&salt_enc),
            key_agreement: agreement.key_agreement,
            salt_enc,
            protocol: agreement.protocol,
        });
        let assertions = self.get_assertion(&request, auth, wait)?;
        let ciphertext = output(&assertions)?;
        let command = get_assertion::NAME;
        let secrets = agreement.secret.decrypt(&ciphertext);
        secrets.map_err(|source| Error::PinProtocol { command, source })
    }
}

/// The extension's output in the authenticator data.
fn output(assertions: &[get_assertion::Response]) -> Result<Vec<u8>, Error> {
    let command = get_assertion::NAME;
    let member = MemberName {
        name: EXTENSION,
        key: None,
    };
    let missing = || Error::Response(DecodeError::Missing { command, member });
    let first = assertions.first().ok_or_else(missing)?;
    let malformed =
        |source: authenticator_data::Error| Error::AuthenticatorData { command, source };
    let data = first.authenticator_data().map_err(malformed)?;
    let extensions = data.extensions.ok_or_else(missing)?;
    let found = extensions
        .as_map()
        .and_then(|map| cbor::get(map, &Value::from(EXTENSION)))
        .and_then(Value::as_bytes);
    found.cloned().ok_or_else(missing)
}
