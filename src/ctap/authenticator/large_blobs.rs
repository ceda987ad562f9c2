//! The large-blob array of a key, as far as a single fragment goes.

use super::{Authenticator, PinUvAuth};
use crate::ctap::command::large_blobs::{NAME, Set};
use crate::ctap::error::Error;
use crate::ctap::transport::Wait;

impl Authenticator {
    /// Replaces the array, given in CBOR and without its digest. What others have stored there is lost. Needs the permission `lbw`
    /// where the key has a PIN.
    ///
    /// # Errors
    /// When the key stores no large blobs, or has no room for these.
    pub fn replace_large_blobs(
        &mut self,
        array: &[u8],
        auth: Option<&PinUvAuth>,
    ) -> Result<(), Error> {
        if self.current_info()?.options.large_blobs != Some(true) {
            return Err(Error::Unsupported("large blobs"));
        }
        let request = Set::new(array);
        let param = auth.map(|auth| auth.authenticate(&request.authenticated_message()));
        let message = request.encode(param.as_ref());
        self.send(NAME, &message, &mut Wait::unattended())?;
        Ok(())
    }
}
