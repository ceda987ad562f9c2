//! What a key can be: the specification's bounds, and bounds of the emulator's own so that no profile makes it reserve memory
//! without end.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Extension, Profile, ResetWindow};
use crate::emulator::wrapping::WRAPPED_LENGTH;
use crate::webauthn::cose_key;

/// Items in any list of a profile.
const MAX_ITEMS: usize = 64;
/// Bytes of any text in a list of a profile; a domain name has at most 253.
const MAX_TEXT: usize = 255;

/// A member that no key can have like that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {reason}")]
pub struct Unfit {
    /// Its path, as in `fingerprint.samples`.
    pub member: &'static str,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Two members contradict each other.
    #[error("cannot be together with {0}")]
    Contradicts(&'static str),
    /// Nothing is listed, and something must be.
    #[error("must not be empty")]
    Empty,
    /// It means nothing without another member.
    #[error("needs {0}")]
    Needs(&'static str),
    /// A number, or a length, that is too small or too large.
    #[error("{value} is not within {least} to {most}")]
    OutOfRange {
        /// What was given.
        value: u128,
        /// The smallest possible.
        least: u128,
        /// The largest possible.
        most: u128,
    },
    /// Something is listed twice.
    #[error("lists something twice")]
    Repeats,
    /// A text that is empty or too long.
    #[error("a text of {0} bytes, 1 to {MAX_TEXT} are possible")]
    TextLength(usize),
    /// A COSE algorithm that the emulator does not have.
    #[error("algorithm {0} is neither ES256 nor EdDSA")]
    UnknownAlgorithm(i64),
}

type Checked = Result<(), Unfit>;

impl Profile {
    /// Whether a key can be like this.
    ///
    /// # Errors
    /// Names the first member that cannot be, and why.
    pub fn check(&self) -> Checked {
        self.check_lists()?;
        self.check_sizes()?;
        self.check_pin()?;
        self.check_times()?;
        self.check_fingerprint()?;
        self.check_dependencies()
    }

    fn check_lists(&self) -> Checked {
        filled("versions", &self.versions)?;
        distinct("versions", &self.versions)?;
        filled("pin_uv_auth_protocols", &self.pin_uv_auth_protocols)?;
        distinct("pin_uv_auth_protocols", &self.pin_uv_auth_protocols)?;
        distinct("extensions", &self.extensions)?;
        filled("algorithms", &self.algorithms)?;
        distinct("algorithms", &self.algorithms)?;
        let known = [cose_key::ES256, cose_key::EDDSA];
        if let Some(&other) = self
            .algorithms
            .iter()
            .find(|number| !known.contains(number))
        {
            return unfit("algorithms", Reason::UnknownAlgorithm(other));
        }
        texts("transports", &self.transports)?;
        distinct("leaves_out", &self.leaves_out)?;
        texts("transports_for_reset", &self.transports_for_reset)?;
        texts("attestation_formats", &self.attestation_formats)?;
        let certifications = self.certifications.iter().map(|(name, _)| name.clone());
        texts("certifications", &certifications.collect::<Vec<_>>())?;
        texts(
            "enterprise_rp_ids",
            self.enterprise_rp_ids.as_deref().unwrap_or_default(),
        )?;
        text("usb.product", &self.usb.product)
    }

    fn check_sizes(&self) -> Checked {
        within("max_msg_size", self.max_msg_size, 1024..=7609)?;
        within(
            "max_credential_count_in_list",
            self.max_credential_count_in_list,
            1..=64,
        )?;
        let ids = WRAPPED_LENGTH..=1023;
        within(
            "max_credential_id_length",
            self.max_credential_id_length,
            ids,
        )?;
        if let Some(length) = self.credential_id_length {
            let fitting = WRAPPED_LENGTH..=self.max_credential_id_length;
            within("credential_id_length", length, fitting)?;
        }
        within(
            "discoverable_credentials",
            self.discoverable_credentials,
            1..=1000,
        )?;
        within("max_cred_blob_length", self.max_cred_blob_length, 32..=1024)?;
        let rp_ids = self.max_rp_ids_for_set_min_pin_length;
        within("max_rp_ids_for_set_min_pin_length", rp_ids, 0..=MAX_ITEMS)?;
        self.large_blobs
            .map_or(Ok(()), |size| within("large_blobs", size, 1024..=65536))
    }

    fn check_pin(&self) -> Checked {
        // A PIN has at most 63 bytes, so no more code points.
        within("min_pin_length", self.min_pin_length, 4..=63)?;
        if let Some(most) = self.max_pin_length {
            within("max_pin_length", most, self.min_pin_length..=63)?;
        }
        if let Some(url) = &self.pin_complexity_policy_url {
            text("pin_complexity_policy_url", url)?;
            needs(
                self.pin_complexity_policy.is_some(),
                "pin_complexity_policy_url",
                "pin_complexity_policy",
            )?;
        }
        Ok(())
    }

    fn check_times(&self) -> Checked {
        let seconds = |duration: Duration| duration.as_secs();
        within("touch_timeout", seconds(self.touch_timeout), 1..=600)?;
        match self.reset_window {
            ResetWindow::AfterPowerUp(time) => within("reset_window", seconds(time), 1..=86_400),
            ResetWindow::Always | ResetWindow::FirstCommand => Ok(()),
        }
    }

    fn check_fingerprint(&self) -> Checked {
        let Some(sensor) = &self.fingerprint else {
            return Ok(());
        };
        within("fingerprint.samples", sensor.samples, 1..=32)?;
        within("fingerprint.templates", sensor.templates, 1..=64)?;
        within(
            "fingerprint.max_friendly_name",
            sensor.max_friendly_name,
            1..=MAX_TEXT,
        )?;
        within("fingerprint.max_retries", sensor.max_retries, 1..=25)
    }

    fn check_dependencies(&self) -> Checked {
        let has = |extension| self.has_extension(extension);
        needs(
            !has(Extension::LargeBlobKey) || self.large_blobs.is_some(),
            "extensions: largeBlobKey",
            "large_blobs",
        )?;
        needs(
            !has(Extension::HmacSecretMc) || has(Extension::HmacSecret),
            "extensions: hmac-secret-mc",
            "hmac-secret",
        )?;
        needs(
            !has(Extension::MinPinLength) || self.authenticator_config || !self.has_ctap2(),
            "extensions: minPinLength",
            "authenticator_config",
        )?;
        needs(
            !self.authenticator_config || self.has_permissions() || !self.has_ctap2(),
            "authenticator_config",
            "FIDO_2_1 or later in versions",
        )?;
        needs(
            !self.no_mc_ga_permissions_with_client_pin || self.fingerprint.is_some(),
            "no_mc_ga_permissions_with_client_pin",
            "fingerprint",
        )?;
        if self.crashes_on_get_uv_retries && self.fingerprint.is_some() {
            let reason = Reason::Contradicts("fingerprint");
            return unfit("crashes_on_get_uv_retries", reason);
        }
        Ok(())
    }
}

fn unfit(member: &'static str, reason: Reason) -> Checked {
    Err(Unfit { member, reason })
}

fn needs(is_met: bool, member: &'static str, needed: &'static str) -> Checked {
    if is_met {
        return Ok(());
    }
    unfit(member, Reason::Needs(needed))
}

fn filled<T>(member: &'static str, items: &[T]) -> Checked {
    if items.is_empty() {
        return unfit(member, Reason::Empty);
    }
    Ok(())
}

fn distinct<T: PartialEq>(member: &'static str, items: &[T]) -> Checked {
    within(member, items.len(), 0..=MAX_ITEMS)?;
    let repeats = |(index, item): (usize, &T)| items[..index].contains(item);
    if items.iter().enumerate().any(repeats) {
        return unfit(member, Reason::Repeats);
    }
    Ok(())
}

fn texts(member: &'static str, items: &[String]) -> Checked {
    distinct(member, items)?;
    items.iter().try_for_each(|item| text(member, item))
}

fn text(member: &'static str, text: &str) -> Checked {
    if (1..=MAX_TEXT).contains(&text.len()) {
        return Ok(());
    }
    unfit(member, Reason::TextLength(text.len()))
}

fn within<T>(member: &'static str, value: T, range: RangeInclusive<T>) -> Checked
where
    T: Copy + PartialOrd + TryInto<u128>,
{
    if range.contains(&value) {
        return Ok(());
    }
    let wide = |number: T| number.try_into().unwrap_or(u128::MAX);
    let (least, most) = (wide(*range.start()), wide(*range.end()));
    let value = wide(value);
    unfit(member, Reason::OutOfRange { value, least, most })
}
