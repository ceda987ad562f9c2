//! `[schedule]`: how often each thing is to happen.

use serde::Deserialize;

use super::{Config, Error};
use crate::ceremony::duty::{Interval, Schedule as Wanted};

/// `[schedule]`: each member a span of time, or `off`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Schedule {
    key_check: Option<String>,
    drill: Option<String>,
    /// How long after a drill somebody says that the alert came.
    alerts: Option<String>,
    review: Option<String>,
    audit: Option<String>,
    monitor: Option<String>,
    custody: Option<String>,
    pin_rotation: Option<String>,
    metadata: Option<String>,
    warn_before: Option<String>,
}

impl Config {
    /// How often each thing is to happen.
    pub(crate) fn schedule(&self) -> Result<Wanted, Error> {
        let typed = &self.file.schedule;
        let default = Wanted::default();
        let read = |member, typed: &Option<String>, default| match typed.as_deref() {
            None => Ok(default),
            Some("off") => Ok(None),
            Some(text) => self.interval(member, text).map(Some),
        };
        Ok(Wanted {
            key_check: read("schedule.key_check", &typed.key_check, default.key_check)?,
            drill: read("schedule.drill", &typed.drill, default.drill)?,
            alerts: read("schedule.alerts", &typed.alerts, default.alerts)?,
            review: read(
                "schedule.review",
                &typed.review,
                self.review(default.review)?,
            )?,
            audit: read("schedule.audit", &typed.audit, default.audit)?,
            monitor: read("schedule.monitor", &typed.monitor, default.monitor)?,
            custody: read("schedule.custody", &typed.custody, default.custody)?,
            pin_rotation: read(
                "schedule.pin_rotation",
                &typed.pin_rotation,
                default.pin_rotation,
            )?,
            metadata: read("schedule.metadata", &typed.metadata, default.metadata)?,
            warn_before: match &typed.warn_before {
                None => default.warn_before,
                Some(text) => self.interval("schedule.warn_before", text)?,
            },
        })
    }

    /// `emergency.thresholds.review_every_days` is the older place for the same thing: it may be said in one of them.
    fn review(&self, default: Option<Interval>) -> Result<Option<Interval>, Error> {
        let member = "emergency.thresholds.review_every_days";
        let days = self.file.emergency.thresholds.review_every_days;
        match (days, &self.file.schedule.review) {
            (None, _) => Ok(default),
            (Some(_), Some(_)) => {
                Err(self.value_error(member, "schedule.review says it already: leave one out"))
            }
            (Some(days), None) => self.interval(member, &format!("{days} days")).map(Some),
        }
    }

    fn interval(&self, member: &'static str, text: &str) -> Result<Interval, Error> {
        text.parse()
            .map_err(|error| self.value_error(member, error))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn schedule(text: &str) -> Result<Wanted, Error> {
        let config = Config {
            path: PathBuf::from("halligan.toml"),
            file: toml::from_str(text).unwrap(),
        };
        config.schedule()
    }

    fn days(interval: Option<Interval>) -> Option<u16> {
        interval.map(|interval| interval.whole_days())
    }

    #[test]
    fn what_is_not_said_has_a_default_and_what_is_off_is_left_alone() {
        let read = schedule("[schedule]\nkey_check = \"2 weeks\"\nalerts = \"off\"\n").unwrap();
        assert_eq!(days(read.key_check), Some(14));
        assert_eq!(days(read.alerts), None);
        assert_eq!(days(read.drill), Some(90));
        assert_eq!(days(read.pin_rotation), None);
        assert_eq!(read.warn_before.whole_days(), 14);
    }

    #[test]
    fn a_review_is_told_in_one_place() {
        let thresholds = "[emergency.thresholds]\nreview_every_days = 30\n";
        assert_eq!(days(schedule(thresholds).unwrap().review), Some(30));
        let both = format!("{thresholds}[schedule]\nreview = \"30 days\"\n");
        assert!(
            schedule(&both)
                .unwrap_err()
                .to_string()
                .contains("leave one out")
        );
    }

    #[test]
    fn what_is_no_span_is_refused_by_name() {
        for (line, why) in [
            (
                "drill = \"quarterly\"",
                "schedule.drill: \"quarterly\" is no span of time",
            ),
            (
                "warn_before = \"off\"",
                "schedule.warn_before: \"off\" is no span of time",
            ),
            (
                "monitor = \"5 minutes\"",
                "schedule.monitor: \"5 minutes\" is shorter than an hour",
            ),
        ] {
            let error = schedule(&format!("[schedule]\n{line}\n")).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
    }
}
