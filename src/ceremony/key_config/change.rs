//! What settings would change on a key, and what takes each back.

use crate::ceremony::Error;
use crate::ctap::command::get_info;
use crate::ledger::KeySettings;

/// The longest PIN there can be (CTAP 2.1 §6.5.1); a larger minimum would lock the key.
const LONGEST_MIN_PIN_LENGTH: usize = 63;

/// What takes a setting back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenBackBy {
    /// Setting it again.
    Anything,
    /// A change of the PIN.
    PinChange,
    /// Nothing but a reset, which deletes every credential.
    Reset,
}

impl TakenBackBy {
    /// For programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Anything => "setting_it_again",
            Self::PinChange => "pin_change",
            Self::Reset => "reset",
        }
    }

    /// For people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Anything => "can be set again",
            Self::PinChange => "until the PIN is changed",
            Self::Reset => "only a reset takes it back",
        }
    }
}

/// A setting that differs from what is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name, as in the ledger.
    pub setting: &'static str,
    /// What the key has; none where it does not say.
    pub from: Option<String>,
    /// What it would have.
    pub to: String,
    /// What takes it back.
    pub taken_back_by: TakenBackBy,
}

/// What a person reads before agreeing.
pub(super) fn describe(changes: &[Change]) -> String {
    let lines: Vec<String> = changes.iter().map(describe_change).collect();
    lines.join("\n")
}

/// One change, in a line.
pub(crate) fn describe_change(change: &Change) -> String {
    let from = change.from.as_deref().unwrap_or("not stated");
    format!(
        "{}: {from} -> {} ({})",
        change.setting,
        change.to,
        change.taken_back_by.describe()
    )
}

/// What setting this would change on a key; what is so already is left out.
///
/// # Errors
/// [`Error::SettingImpossible`] for what the key cannot have.
pub fn changes(info: &get_info::Response, settings: &KeySettings) -> Result<Vec<Change>, Error> {
    require_possible(info, settings)?;
    let options = &info.options;
    let minimum = settings.min_pin_length.map(usize::from);
    let on_off = |on: bool| if on { "on" } else { "off" }.to_owned();
    let found = [
        settings
            .enterprise_attestation
            .filter(|_| options.ep != Some(true))
            .map(|on| Change {
                setting: "enterprise_attestation",
                from: options.ep.map(on_off),
                to: on_off(on),
                taken_back_by: TakenBackBy::Reset,
            }),
        settings
            .always_uv
            .filter(|on| options.always_uv != Some(*on))
            .map(|on| Change {
                setting: "always_uv",
                from: options.always_uv.map(on_off),
                to: on_off(on),
                taken_back_by: TakenBackBy::Anything,
            }),
        minimum
            .filter(|minimum| *minimum != info.pin_minimum())
            .map(|minimum| Change {
                setting: "min_pin_length",
                from: Some(info.pin_minimum().to_string()),
                to: minimum.to_string(),
                taken_back_by: TakenBackBy::Reset,
            }),
        settings.min_pin_length_rp_ids.as_ref().map(|ids| Change {
            setting: "min_pin_length_rp_ids",
            from: None,
            to: ids.join(", "),
            taken_back_by: TakenBackBy::Anything,
        }),
        settings
            .force_pin_change
            .filter(|_| info.force_pin_change != Some(true))
            .map(|on| Change {
                setting: "force_pin_change",
                from: info.force_pin_change.map(on_off),
                to: on_off(on),
                taken_back_by: TakenBackBy::PinChange,
            }),
    ];
    Ok(found.into_iter().flatten().collect())
}

fn require_possible(info: &get_info::Response, settings: &KeySettings) -> Result<(), Error> {
    let options = &info.options;
    let refuse = |why: String| Err(Error::SettingImpossible(why));
    if settings.is_empty() {
        return refuse("no setting is named".to_owned());
    }
    if options.authnr_cfg != Some(true) {
        return refuse("it has no authenticatorConfig, which came with CTAP 2.1".to_owned());
    }
    match settings.enterprise_attestation {
        Some(true) if options.ep.is_none() => {
            return refuse("it has no enterprise attestation".to_owned());
        }
        Some(false) => {
            return refuse("enterprise attestation is switched off by a reset only".to_owned());
        }
        _ => {}
    }
    if settings.always_uv.is_some() && options.always_uv.is_none() {
        return refuse("it has no alwaysUv".to_owned());
    }
    require_pin_settings(info, settings)
}

fn require_pin_settings(info: &get_info::Response, settings: &KeySettings) -> Result<(), Error> {
    let refuse = |why: String| Err(Error::SettingImpossible(why));
    let rp_ids = settings.min_pin_length_rp_ids.as_deref();
    let named = settings.min_pin_length.is_some() || rp_ids.is_some();
    if (named || settings.force_pin_change.is_some())
        && info.options.set_min_pin_length != Some(true)
    {
        return refuse("it has no setMinPINLength".to_owned());
    }
    if settings.force_pin_change == Some(false) {
        return refuse("a demanded change of the PIN ends with that change only".to_owned());
    }
    if settings.force_pin_change == Some(true) && info.options.client_pin != Some(true) {
        return refuse("it has no PIN that could be changed".to_owned());
    }
    if let Some(minimum) = settings.min_pin_length.map(usize::from) {
        let longest = info.max_pin_length.unwrap_or(LONGEST_MIN_PIN_LENGTH);
        if minimum < info.pin_minimum() {
            return refuse(format!(
                "its minimum PIN length is {}, which only a reset lowers to {minimum}",
                info.pin_minimum()
            ));
        }
        if minimum > longest.min(LONGEST_MIN_PIN_LENGTH) {
            return refuse(format!("no PIN can have {minimum} characters"));
        }
    }
    let room = info
        .max_rp_ids_for_set_min_pin_length
        .and_then(|room| usize::try_from(room).ok())
        .unwrap_or(0);
    match rp_ids {
        Some(ids) if ids.len() > room => {
            refuse(format!("it remembers {room} RP IDs, not {}", ids.len()))
        }
        _ => Ok(()),
    }
}
