//! A channel against a device that follows a script. Time is a manual clock that only reading moves.
#![allow(clippy::unwrap_used)]

mod device;
mod exchange;
mod initialize;
mod properties;

use std::time::Duration;

use device::{Script, answer, cbor_key};

use super::super::packet::{ChannelId, Report, command, split};
use super::super::{Error, HidDevice, Violation};
use super::Channel;
use crate::ctap::transport::{Cancel, KeepAlive, Transport, Wait};

const OURS: ChannelId = ChannelId([0, 0, 0, 7]);
const FOREIGN: ChannelId = ChannelId([0, 0, 0, 8]);

fn transact(channel: &mut Channel) -> Result<Vec<u8>, Error> {
    channel.transact(&[4], &mut Wait::unattended())
}
