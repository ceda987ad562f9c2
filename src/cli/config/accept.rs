//! `[[emergency.accept]]`: what an audit of the tenant finds, and is taken as it is until a day.

use jiff::civil::Date;
use serde::Deserialize;
use toml::value::Datetime;

use super::{Config, Error};
use crate::tenant::audit::{Check, Waiver};

/// `[[emergency.accept]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accept {
    /// The id of the check.
    check: String,
    /// The name or the id of what it is about; none: every line of the check.
    subject: Option<String>,
    /// Why.
    reason: String,
    /// The last day on which it holds.
    until: Datetime,
}

impl Config {
    /// What is taken as it is.
    pub(crate) fn waivers(&self) -> Result<Vec<Waiver>, Error> {
        let accepted = self.file.emergency.accept.iter();
        accepted.map(|one| self.waiver(one)).collect()
    }

    fn waiver(&self, typed: &Accept) -> Result<Waiver, Error> {
        let Accept {
            check,
            subject,
            reason,
            until,
        } = typed;
        let Some(known) = Check::by_id(check) else {
            return Err(self.value_error(
                "emergency.accept.check",
                format!("no check is called {check:?}"),
            ));
        };
        if reason.trim().is_empty() {
            return Err(self.value_error("emergency.accept.reason", "say why"));
        }
        let Some(until) = date(*until) else {
            let why = format!("{until} is no day; a day is written 2027-01-31");
            return Err(self.value_error("emergency.accept.until", why));
        };
        Ok(Waiver {
            check: known.id.to_owned(),
            subject: subject.clone(),
            reason: reason.clone(),
            until,
        })
    }
}

/// A day without a time.
fn date(typed: Datetime) -> Option<Date> {
    let date = typed.date.filter(|_| typed.time.is_none())?;
    Date::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
    )
    .ok()
}
