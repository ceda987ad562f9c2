//! Settings that a key gets in the course of its enrolment, each time as a ceremony of its own.

use uuid::Uuid;

use crate::ceremony::enroll::run::Run;
use crate::ceremony::key_config::{self, changes, finish_settings};
use crate::ceremony::{Error, Parties};
use crate::ctap::command::get_info;
use crate::ledger::{CeremonyUndone, ConfigApplied, ConfigIntended, Event, KeySettings};

/// What has to be in force before the credential is made.
pub(super) fn at_first(settings: &KeySettings) -> KeySettings {
    KeySettings {
        force_pin_change: None,
        ..settings.clone()
    }
}

/// What has to come last: a key that demands another PIN signs nothing.
fn at_last(settings: &KeySettings) -> KeySettings {
    KeySettings {
        force_pin_change: settings.force_pin_change,
        ..KeySettings::default()
    }
}

/// What setting this would change, in words, for whoever has to agree.
pub(super) fn consequences(
    info: &get_info::Response,
    settings: &KeySettings,
) -> Result<Vec<String>, Error> {
    let first = at_first(settings);
    let mut consequences = Vec::new();
    if !first.is_empty() {
        let found = changes(info, &first)?;
        consequences.extend(found.iter().map(key_config::describe_change));
    }
    if settings.force_pin_change == Some(true) {
        if info.options.set_min_pin_length != Some(true) {
            let why = "it cannot demand another PIN".to_owned();
            return Err(Error::SettingImpossible(why));
        }
        let demand = "force_pin_change: the key demands another PIN before it signs again";
        consequences.push(demand.to_owned());
    }
    Ok(consequences)
}

impl Run<'_> {
    fn settings(&self) -> KeySettings {
        self.intent.settings.clone().unwrap_or_default()
    }

    /// Applies what has to be in force before the credential is made.
    pub(super) async fn apply_settings(&mut self, parties: &mut Parties<'_>) -> Result<(), Error> {
        let first = at_first(&self.settings());
        if first.is_empty() {
            return Ok(());
        }
        let label = self.intent.label.clone();
        if let Some((ceremony, settings)) = open(&label, at_first, parties) {
            let pin = self.pin(parties)?;
            finish_settings(ceremony, &label, &settings, Some(&pin), parties).await?;
        } else if !changes(parties.key.in_hand_mut()?.refresh_info()?, &first)?.is_empty() {
            let pin = self.pin(parties)?;
            key_config::apply(&label, &first, Some(&pin), parties).await?;
        }
        Ok(())
    }

    /// Intends what comes last, before the outcome: a crash between the two leaves it open.
    pub(super) async fn intend_last_settings(
        &mut self,
        parties: &mut Parties<'_>,
    ) -> Result<(), Error> {
        let settings = at_last(&self.settings());
        let label = self.intent.label.clone();
        if settings.is_empty() || open(&label, at_last, parties).is_some() {
            return Ok(());
        }
        let ceremony = parties.env.uuid();
        let intended = Event::ConfigIntended(ConfigIntended { label, settings });
        parties.record(ceremony, &intended).await?;
        Ok(())
    }

    /// Applies what comes last, on a key that is enrolled.
    pub(super) async fn apply_last_settings(
        &mut self,
        parties: &mut Parties<'_>,
    ) -> Result<(), Error> {
        let label = self.intent.label.clone();
        let Some((ceremony, settings)) = open(&label, at_last, parties) else {
            return Ok(());
        };
        let pin = self.pin(parties)?;
        match finish_settings(ceremony, &label, &settings, Some(&pin), parties).await {
            Ok(_) => Ok(()),
            Err(source) => Err(Error::Stopped {
                ceremony,
                remains: "the key is enrolled, and may not demand another PIN yet".to_owned(),
                source: Box::new(source),
            }),
        }
    }

    /// Closes what this enrolment left open of its settings: as applied if the key has them all, else as taken back. A key keeps
    /// what it took, which locks nobody out.
    pub(super) async fn close_settings(&self, parties: &mut Parties<'_>) -> Result<(), Error> {
        let label = self.intent.label.clone();
        while let Some((ceremony, settings)) = open(&label, KeySettings::clone, parties) {
            let info = parties.key.in_hand_mut().ok();
            let info = info.and_then(|key| key.refresh_info().ok());
            let left = info.map(|info| changes(info, &settings));
            let label = label.clone();
            let closed = if matches!(left, Some(Ok(left)) if left.is_empty()) {
                Event::ConfigApplied(ConfigApplied { label, settings })
            } else {
                Event::CeremonyUndone(CeremonyUndone {
                    label,
                    credential_deleted: false,
                    method_deleted: false,
                    pin: None,
                })
            };
            parties.record(ceremony, &closed).await?;
        }
        Ok(())
    }
}

/// The change of settings that is open on the key with this label, if any of these is among them.
fn open(
    label: &str,
    part: fn(&KeySettings) -> KeySettings,
    parties: &Parties<'_>,
) -> Option<(Uuid, KeySettings)> {
    let open = parties.ledger.state().open_ceremonies();
    open.into_iter().find_map(|open| match &open.intent {
        Event::ConfigIntended(intended)
            if open.label == label && !part(&intended.settings).is_empty() =>
        {
            Some((open.id, intended.settings.clone()))
        }
        _ => None,
    })
}
