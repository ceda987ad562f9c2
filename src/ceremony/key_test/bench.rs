//! What checks work with: the key on an observed channel, its reports, the PIN if it is at hand, and throw-away credentials
//! that several checks look at.

use std::time::Duration;

use jiff::Timestamp;

use super::check::Need;
use super::line::Line;
use super::lockout::Lockout;
use super::observed::{Exchange, Log};
use super::throw_away::{Created, Signed, rp_id};
use super::traces::Traces;
use super::wiped::{Info, Wiped};
use super::{Reconnect, Setting, Witness};
use crate::attestation::{Trust, Verdict};
use crate::ceremony;
use crate::ctap::command::get_info;
use crate::ctap::hid::packet::ChannelId;
use crate::ctap::hid::tap::Heard;
use crate::ctap::hid::{self, DeviceError, HidDevice, Probe, Tap};
use crate::ctap::{
    self, Authenticator, Cancel, Identity, KeepAlive, Permissions, PinUvAuth, Times, Wait,
};
use crate::env::Env;
use crate::secret::Pin;

/// Why a check could not answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Nothing more may be asked of the key.
    Over(Box<ceremony::Error>),
    /// The key did not do what it was asked.
    Key(ctap::Error),
    /// The verdict is plain before the end.
    Settled(Verdict),
}

impl From<ctap::Error> for Trouble {
    fn from(error: ctap::Error) -> Self {
        Self::Key(error)
    }
}

impl From<ceremony::Error> for Trouble {
    fn from(error: ceremony::Error) -> Self {
        Self::Over(Box::new(error))
    }
}

impl From<DeviceError> for Trouble {
    fn from(error: DeviceError) -> Self {
        Self::Key(hid::Error::from(error).into())
    }
}

impl From<Verdict> for Trouble {
    fn from(verdict: Verdict) -> Self {
        Self::Settled(verdict)
    }
}

/// The PIN, as far as this run has it.
pub(super) enum PinAtHand {
    Known(Pin),
    /// Nobody was asked for it, or nobody said; why.
    Missing(String),
}

/// Something that is made once, with what kept it from being made.
pub(super) type Once<T> = Option<Result<T, String>>;

pub(super) struct Bench<'a> {
    key: Result<Authenticator, Verdict>,
    /// What getInfo answered when the key was opened.
    opening: Option<ctap::Error>,
    identity: Identity,
    /// The channel of the commands.
    cid: ChannelId,
    tap: Tap,
    log: Log,
    pub(super) pin: PinAtHand,
    pub(super) trust: &'a Trust,
    pub(super) witness: &'a mut dyn Witness,
    pub(super) cancel: &'a Cancel,
    pub(super) env: Env,
    /// Opens the device again after it was unplugged.
    pub(super) reconnect: &'a mut Reconnect<'a>,
    /// The key has had power at least since then.
    pub(super) opened: Duration,
    /// What getInfo said before a destructive run wrote anything.
    pub(super) factory: Info,
    /// What the run has put on the key.
    pub(super) traces: Traces,
    /// What a touch is for.
    pub(super) purpose: &'static str,
    pub(super) credential: Once<Created>,
    pub(super) windows_credential: Once<Created>,
    pub(super) assertion: Once<Signed>,
    pub(super) lockout: Once<Lockout>,
    pub(super) wiped: Once<Wiped>,
}

impl<'a> Bench<'a> {
    /// Opens a channel; a key that then does not answer getInfo is tested as far as that goes.
    ///
    /// # Errors
    /// When the device does not answer INIT.
    pub(super) fn open(
        device: Box<dyn HidDevice>,
        setting: Setting<'a>,
    ) -> Result<Self, hid::Error> {
        let (log, env) = (Log::default(), setting.env.clone());
        let Line {
            key,
            opening,
            identity,
            cid,
            tap,
        } = Line::open(device, &env, &log)?;
        let bench = Self {
            key,
            opening,
            identity,
            cid,
            tap,
            log,
            pin: PinAtHand::Missing("no check needed it".to_owned()),
            trust: setting.trust,
            witness: setting.witness,
            cancel: setting.cancel,
            reconnect: setting.reconnect,
            opened: env.monotonic(),
            env,
            factory: Info::default(),
            traces: Traces::default(),
            purpose: "",
            credential: None,
            windows_credential: None,
            assertion: None,
            lockout: None,
            wiped: None,
        };
        if bench.opening.is_some() {
            bench.settle();
        }
        Ok(bench)
    }

    /// Goes on with a device that was plugged in again; whether it is a key that says what it can do.
    pub(super) fn take(&mut self, device: Box<dyn HidDevice>) -> bool {
        match Line::open(device, &self.env, &self.log) {
            Ok(line) if line.key.is_ok() => {
                (self.key, self.identity) = (line.key, line.identity);
                (self.cid, self.tap) = (line.cid, line.tap);
                self.opened = self.env.monotonic();
                true
            }
            _ => false,
        }
    }

    pub(super) fn key(&mut self) -> Result<&mut Authenticator, Trouble> {
        self.key.as_mut().map_err(|verdict| verdict.clone().into())
    }

    pub(super) fn info(&self) -> Result<&get_info::Response, Trouble> {
        match &self.key {
            Ok(key) => Ok(key.info()),
            Err(verdict) => Err(verdict.clone().into()),
        }
    }

    /// Why getInfo was of no use when the key was opened; taken, because an error cannot be copied.
    pub(super) fn take_opening_error(&mut self) -> Option<ctap::Error> {
        self.opening.take()
    }

    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    pub(super) fn now(&self) -> Timestamp {
        self.env.now()
    }

    pub(super) fn heard(&self) -> Heard {
        self.tap.heard()
    }

    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.log.exchanges()
    }

    /// How long the commands took that needed no touch.
    pub(super) fn times(&self) -> Times {
        let key = self.key.as_ref();
        key.map_or_else(|_| Times::default(), |key| key.times().clone())
    }

    pub(super) fn probe(&self) -> Probe {
        Probe::new(&self.tap, &self.env)
    }

    /// Whether the device still answers INIT.
    pub(super) fn is_there(&self) -> bool {
        matches!(self.probe().channel(), Ok(Some(_)))
    }

    /// Ends what the key may still be doing for the commands' channel, so that the next check finds it idle.
    pub(super) fn settle(&self) {
        // Whether that succeeds, the next check sees.
        let _ = self.probe().init(self.cid);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_raised()
    }

    /// Sends bytes as they are; status byte and CBOR. Nobody is asked for a touch.
    pub(super) fn raw(&mut self, message: &[u8]) -> Result<Vec<u8>, Trouble> {
        Ok(self.key()?.raw(message, &mut Wait::unattended())?)
    }

    /// The key, and a way to wait for a touch that says what it is for.
    pub(super) fn key_and_wait(&mut self) -> Result<(&mut Authenticator, Wait<'_>), Trouble> {
        let (witness, purpose) = (&mut *self.witness, self.purpose);
        let mut prompted = false;
        let wait = Wait::new(self.cancel, move |keepalive| {
            if keepalive == KeepAlive::TouchNeeded && !prompted {
                prompted = true;
                witness.touch_needed(purpose);
            }
        });
        match &mut self.key {
            Ok(key) => Ok((key, wait)),
            Err(verdict) => Err(verdict.clone().into()),
        }
    }

    /// A way to wait for a touch that nobody is asked for.
    pub(super) fn quiet_wait(&self) -> Wait<'static> {
        Wait::new(self.cancel, |_| ())
    }

    /// A proof of the user, where a credential is not made without.
    pub(super) fn proof_for_creation(&mut self) -> Result<Option<PinUvAuth>, Trouble> {
        let options = &self.info()?.options;
        let verifies = options.client_pin == Some(true) || options.uv == Some(true);
        if !verifies && options.always_uv != Some(true) {
            return Ok(None);
        }
        if let PinAtHand::Missing(_) = self.pin
            && can_create_unproven(&self.info()?.options)
        {
            return Ok(None);
        }
        self.proof(Permissions::MC | Permissions::GA).map(Some)
    }

    /// A proof of the user, where a signature is not given without.
    pub(super) fn proof_for_assertion(&mut self) -> Result<Option<PinUvAuth>, Trouble> {
        if self.info()?.options.always_uv != Some(true) {
            return Ok(None);
        }
        self.proof(Permissions::GA).map(Some)
    }

    fn proof(&mut self, permissions: Permissions) -> Result<PinUvAuth, Trouble> {
        let rp_id = rp_id();
        let by_finger = self.verifies_by_finger();
        match &self.pin {
            PinAtHand::Known(pin) if !by_finger => {
                let pin = pin.clone();
                Ok(self.key()?.pin_uv_auth(&pin, permissions, Some(&rp_id))?)
            }
            PinAtHand::Missing(why) if !by_finger => {
                Err(Verdict::unknown(format!("the PIN is not at hand: {why}")).into())
            }
            _ => {
                let (key, mut wait) = self.key_and_wait()?;
                Ok(key.built_in_uv_auth(permissions, Some(&rp_id), &mut wait)?)
            }
        }
    }

    /// Whether the user is proven to the key by a fingerprint or the like, which is a touch more: where the PIN is of no use for
    /// that, or not at hand.
    pub(super) fn verifies_by_finger(&self) -> bool {
        self.key.as_ref().is_ok_and(|key| {
            let known = matches!(self.pin, PinAtHand::Known(_));
            let by_pin = key.takes_pin_for(Permissions::MC | Permissions::GA);
            key.info().options.uv == Some(true) && !(known && by_pin)
        })
    }

    /// A proof for credential management, with the PIN.
    pub(super) fn proof_for_management(&mut self) -> Result<PinUvAuth, Trouble> {
        match &self.pin {
            PinAtHand::Known(pin) => {
                let pin = pin.clone();
                Ok(self.key()?.pin_uv_auth(&pin, Permissions::CM, None)?)
            }
            PinAtHand::Missing(why) => {
                Err(Verdict::unknown(format!("the PIN is not at hand: {why}")).into())
            }
        }
    }

    /// Whether what a check needs is there, as far as that is known without asking the key; throw-away credentials are made
    /// when they are first looked at.
    pub(super) fn has(&self, need: Need) -> Result<(), Verdict> {
        for below in need.rests_on() {
            self.has(*below)?;
        }
        match need {
            Need::Info => self.key.as_ref().map(|_| ()).map_err(Clone::clone),
            Need::Ctap1 => self.has_ctap1(),
            Need::Credential | Need::WindowsCredential | Need::Assertion => Ok(()),
            Need::OwnPin | Need::Lockout | Need::Wiped => Ok(()),
            _ => self
                .key
                .as_ref()
                .map_or(Ok(()), |key| self.allows(key.info(), need)),
        }
    }

    fn has_ctap1(&self) -> Result<(), Verdict> {
        let listed = self
            .key
            .as_ref()
            .is_ok_and(|key| key.info().has_version("U2F_V2"));
        match listed || self.identity.capabilities.msg() {
            true => Ok(()),
            false => Err(Verdict::not_applicable("the key has no U2F")),
        }
    }

    fn allows(&self, info: &get_info::Response, need: Need) -> Result<(), Verdict> {
        let options = &info.options;
        let unless = |there: bool, why: &str| match there {
            true => Ok(()),
            false => Err(Verdict::not_applicable(why)),
        };
        match need {
            Need::PinFunction => {
                unless(options.client_pin.is_some(), "the key has no PIN function")
            }
            Need::PinSet => unless(options.client_pin == Some(true), "no PIN is set"),
            Need::Pin => match &self.pin {
                PinAtHand::Known(_) => Ok(()),
                PinAtHand::Missing(why) => {
                    Err(Verdict::unknown(format!("the PIN is not at hand: {why}")))
                }
            },
            Need::Extension(id) => unless(
                info.has_extension(id),
                &format!("the key does not have the extension {id}"),
            ),
            Need::LargeBlobs => unless(
                options.large_blobs == Some(true),
                "the key stores no large blobs",
            ),
            Need::CredentialManagement => unless(
                options.rk == Some(true)
                    && (options.cred_mgmt == Some(true)
                        || options.credential_mgmt_preview == Some(true)),
                "the key cannot delete single credentials",
            ),
            Need::Creation => self.may_create(&info.options),
            Need::Info
            | Need::Ctap1
            | Need::Credential
            | Need::WindowsCredential
            | Need::Assertion
            | Need::OwnPin
            | Need::Lockout
            | Need::Wiped => Ok(()),
        }
    }

    fn may_create(&self, options: &get_info::Options) -> Result<(), Verdict> {
        let pin_helps = options.no_mc_ga_permissions_with_client_pin != Some(true);
        let has_pin = options.client_pin == Some(true) && pin_helps;
        match &self.pin {
            PinAtHand::Missing(why)
                if has_pin && options.uv != Some(true) && !can_create_unproven(options) =>
            {
                Err(Verdict::unknown(format!("the PIN is not at hand: {why}")))
            }
            _ if options.always_uv == Some(true) && !has_pin && options.uv != Some(true) => {
                Err(Verdict::not_applicable(
                    "the key always verifies its user, and has neither a PIN nor a fingerprint yet",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Whether a PIN would be of use.
    pub(super) fn wants_pin(&self, needs: &[Need]) -> bool {
        let set = self
            .info()
            .is_ok_and(|info| info.options.client_pin == Some(true));
        let by_pin = |need: &Need| {
            let mut below = vec![*need];
            while let Some(need) = below.pop() {
                if matches!(need, Need::Pin | Need::Creation) {
                    return true;
                }
                below.extend(need.rests_on());
            }
            false
        };
        set && needs.iter().any(by_pin)
    }
}

/// Whether credentials that are not discoverable can be made without a proof although the key has a PIN (CTAP 2.1 §6.4).
fn can_create_unproven(options: &get_info::Options) -> bool {
    options.make_cred_uv_not_rqd == Some(true) && options.always_uv != Some(true)
}
