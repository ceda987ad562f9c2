//! The commands that change settings, each sent only if the key is not so already.

use crate::ceremony::Error;
use crate::ceremony::interaction::Interaction;
use crate::ceremony::parties::touch_prompt;
use crate::ctap::command::authenticator_config::MinPinLength;
use crate::ctap::command::get_info;
use crate::ctap::{Authenticator, Cancel, Permissions, PinUvAuth};
use crate::ledger::KeySettings;
use crate::secret::Pin;
use crate::webauthn::RpId;

/// Brings a key to these settings. The order matters: a demanded change of the PIN, which a longer minimum may bring about too,
/// ends every token, so it comes last.
pub(super) fn apply(
    key: &mut Authenticator,
    settings: &KeySettings,
    pin: Option<&Pin>,
    interaction: &mut dyn Interaction,
    cancel: &Cancel,
) -> Result<(), Error> {
    let info = key.refresh_info()?.clone();
    let about_pins = about_pins(settings, &info)?;
    let attest = settings.enterprise_attestation == Some(true) && info.options.ep != Some(true);
    let always_uv = settings.always_uv;
    let toggle = always_uv.is_some() && info.options.always_uv != always_uv;
    if !attest && !toggle && about_pins.is_none() {
        return Ok(());
    }
    let auth = authorize(key, pin, interaction, cancel)?;
    if attest {
        key.enable_enterprise_attestation(auth.as_ref())?;
    }
    if toggle {
        key.toggle_always_uv(auth.as_ref())?;
    }
    if let Some(parameters) = about_pins {
        key.set_min_pin_length(parameters, auth.as_ref())?;
    }
    key.refresh_info()?;
    Ok(())
}

/// The RP IDs that are left to set. Which of them a key remembers it does not say, so they are always sent, unless it demands a
/// new PIN: then it takes none for settings, and the demand came with the command that brings them.
pub(super) fn rp_ids_left<'a>(
    settings: &'a KeySettings,
    info: &get_info::Response,
) -> Option<&'a [String]> {
    let demands = settings.force_pin_change == Some(true) || settings.min_pin_length.is_some();
    let came = demands && info.force_pin_change == Some(true);
    let rp_ids = settings.min_pin_length_rp_ids.as_deref();
    rp_ids.filter(|_| !came)
}

/// The parameters of setMinPINLength; none if nothing is left to set.
fn about_pins(
    settings: &KeySettings,
    info: &get_info::Response,
) -> Result<Option<MinPinLength>, Error> {
    let rp_ids = rp_ids_left(settings, info).map(|ids| {
        let read = ids.iter().map(|id| id.parse::<RpId>());
        read.collect::<Result<Vec<_>, _>>()
    });
    let parameters = MinPinLength {
        new_min_pin_length: settings
            .min_pin_length
            .filter(|wanted| usize::from(*wanted) > info.pin_minimum()),
        rp_ids: rp_ids
            .transpose()
            .map_err(|error| Error::SettingImpossible(error.to_string()))?,
        force_change_pin: settings
            .force_pin_change
            .filter(|force| *force && info.force_pin_change != Some(true)),
    };
    Ok((parameters != MinPinLength::default()).then_some(parameters))
}

/// A key without PIN, built-in user verification and alwaysUv takes settings from anybody (CTAP 2.1 §6.11 step 4).
fn authorize(
    key: &mut Authenticator,
    pin: Option<&Pin>,
    interaction: &mut dyn Interaction,
    cancel: &Cancel,
) -> Result<Option<PinUvAuth>, Error> {
    let options = &key.info().options;
    if let Some(pin) = pin {
        return Ok(Some(key.pin_uv_auth(pin, Permissions::ACFG, None)?));
    }
    if options.uv == Some(true) && options.uv_acfg == Some(true) {
        let mut wait = touch_prompt(interaction, cancel);
        return Ok(Some(key.built_in_uv_auth(
            Permissions::ACFG,
            None,
            &mut wait,
        )?));
    }
    Ok(None)
}
