//! A key with everything it can do: one method for each command, and the steps that a command needs around it.

mod config;
mod credential;
mod credential_management;
mod hmac_secret;
mod large_blobs;
mod pin;
mod pin_uv_auth;
mod selection;
mod send;
mod times;

#[cfg(test)]
mod tests;

pub use pin_uv_auth::PinUvAuth;
pub use times::Times;

use send::{answered, read_info};

use crate::ctap::command::{self, get_info};
use crate::ctap::error::Error;
use crate::ctap::hid::{Channel, HidDevice};
use crate::ctap::transport::{Counters, Identity, Transport, Wait};
use crate::env::Env;

/// An open key. Methods that may wait for a touch take a [`Wait`]; the others need nobody.
pub struct Authenticator {
    transport: Box<dyn Transport>,
    env: Env,
    info: get_info::Response,
    /// A command has changed what getInfo would say.
    info_is_stale: bool,
    /// The final command or the preview one, once chosen.
    credential_management: Option<u8>,
    times: Times,
}

impl Authenticator {
    /// Opens a channel to a device and asks what the key can do.
    ///
    /// # Errors
    /// When the device does not answer as a CTAP2 key.
    pub fn open(device: Box<dyn HidDevice>, env: Env) -> Result<Self, Error> {
        let channel = Channel::open(device, env.clone())?;
        Self::over(Box::new(channel), env)
    }

    /// As [`Authenticator::open`], over a transport that is already open.
    ///
    /// # Errors
    /// When the key does not answer getInfo.
    pub fn over(mut transport: Box<dyn Transport>, env: Env) -> Result<Self, Error> {
        let mut times = Times::default();
        let info = read_info(transport.as_mut(), &env, &mut times)?;
        Ok(Self {
            transport,
            env,
            info,
            info_is_stale: false,
            credential_management: None,
            times,
        })
    }

    /// What the key said it can do when it was last asked; [`Authenticator::refresh_info`] asks again.
    #[must_use]
    pub fn info(&self) -> &get_info::Response {
        &self.info
    }

    /// Asks again what the key can do.
    ///
    /// # Errors
    /// When the key does not answer.
    pub fn refresh_info(&mut self) -> Result<&get_info::Response, Error> {
        self.info = read_info(self.transport.as_mut(), &self.env, &mut self.times)?;
        self.info_is_stale = false;
        Ok(&self.info)
    }

    /// What the key says of itself below CTAP2.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.transport.identity()
    }

    /// What the exchanges have cost since the key was opened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.transport.counters()
    }

    /// How long the key took for what it was asked since it was opened.
    #[must_use]
    pub fn times(&self) -> &Times {
        &self.times
    }

    /// Lets the key be seen.
    ///
    /// # Errors
    /// When the key cannot wink, or is gone or silent.
    pub fn wink(&mut self) -> Result<(), Error> {
        Ok(self.transport.wink()?)
    }

    /// Has the key echo some bytes.
    ///
    /// # Errors
    /// When the echo differs, or the key is gone or silent.
    pub fn ping(&mut self, data: &[u8]) -> Result<(), Error> {
        Ok(self.transport.ping(data)?)
    }

    /// Deletes everything: credentials, PIN, settings (CTAP 2.1 §6.6). Most keys take it only within 10 s after being
    /// plugged in, and want a touch.
    ///
    /// # Errors
    /// [`crate::ctap::status::Status::NotAllowed`] after the 10 s.
    pub fn reset(&mut self, wait: &mut Wait<'_>) -> Result<(), Error> {
        self.send("reset", &[command::RESET], wait)?;
        self.info_is_stale = true;
        Ok(())
    }

    /// Sends bytes as they are and returns the whole response, status byte first: for requests that no method would make.
    ///
    /// # Errors
    /// When the message could not be exchanged. A refusal is a response.
    pub fn raw(&mut self, message: &[u8], wait: &mut Wait<'_>) -> Result<Vec<u8>, Error> {
        Ok(self.transport.transact(message, wait)?)
    }

    /// What the key can do now, asked again only if a command has changed it.
    fn current_info(&mut self) -> Result<&get_info::Response, Error> {
        if self.info_is_stale {
            self.refresh_info()?;
        }
        Ok(&self.info)
    }

    /// Sends a request and returns the CBOR of a successful response.
    fn send(
        &mut self,
        command: &'static str,
        message: &[u8],
        wait: &mut Wait<'_>,
    ) -> Result<Vec<u8>, Error> {
        let maximum = self.info.message_limit();
        if message.len() > maximum {
            return Err(Error::RequestTooLarge {
                command,
                length: message.len(),
                maximum,
            });
        }
        let transport = self.transport.as_mut();
        let timed = self
            .times
            .timed(transport, &self.env, command, message, wait);
        answered(command, timed?)
    }
}
