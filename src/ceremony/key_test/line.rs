//! A key on a channel whose exchanges are observed.

use super::observed::{Log, Observed};
use crate::attestation::Verdict;
use crate::ctap::hid::packet::ChannelId;
use crate::ctap::hid::{self, Channel, HidDevice, Tap};
use crate::ctap::{self, Authenticator, Identity};
use crate::env::Env;

/// A key on a channel.
pub(super) struct Line {
    pub(super) key: Result<Authenticator, Verdict>,
    /// What getInfo answered, if that was of no use.
    pub(super) opening: Option<ctap::Error>,
    pub(super) identity: Identity,
    pub(super) cid: ChannelId,
    pub(super) tap: Tap,
}

impl Line {
    /// Opens a channel; none where the device does not even answer INIT.
    pub(super) fn open(
        device: Box<dyn HidDevice>,
        env: &Env,
        log: &Log,
    ) -> Result<Self, hid::Error> {
        let tap = Tap::new(device);
        let channel = Channel::open(Box::new(tap.clone()), env.clone())?;
        let cid = channel.id();
        let transport = Observed::new(channel, env, log);
        let identity = ctap::Transport::identity(&transport);
        let opened = if identity.capabilities.cbor() {
            Authenticator::over(Box::new(transport), env.clone()).map_err(|error| {
                let why = Verdict::unknown("the key gave no usable answer to getInfo");
                (why, Some(error))
            })
        } else {
            Err((Verdict::not_applicable("the key has no CTAP2"), None))
        };
        let (key, opening) = match opened {
            Ok(key) => (Ok(key), None),
            Err((verdict, error)) => (Err(verdict), error),
        };
        Ok(Self {
            key,
            opening,
            identity,
            cid,
            tap,
        })
    }
}
