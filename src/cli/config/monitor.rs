//! `[monitor]`

use std::time::Duration;

use super::file::SignInMethod;
use super::{Config, Error};
use crate::cli::monitor::{Webhook, duration};

/// Five minutes: a row takes as long to appear.
const EVERY: Duration = Duration::from_secs(300);

impl Config {
    /// How long to wait between two looks.
    pub(crate) fn monitor_every(&self) -> Result<Duration, Error> {
        let typed = self.file.monitor.every.as_deref();
        let every = typed.map_or(Ok(EVERY), duration);
        every.map_err(|why| self.value_error("monitor.every", why))
    }

    /// Where what nothing explains is sent.
    pub(crate) fn monitor_webhook(&self) -> Result<Option<Webhook>, Error> {
        let Some(url) = &self.file.monitor.webhook else {
            return Ok(None);
        };
        let webhook = url.parse::<Webhook>();
        let webhook = webhook.map_err(|why| self.value_error("monitor.webhook", why))?;
        let Some(path) = &self.file.monitor.webhook_header_file else {
            return Ok(Some(webhook));
        };
        let header = self.read_file(path)?;
        let webhook = webhook.with_header(&header);
        let member = "monitor.webhook_header_file";
        Ok(Some(webhook.map_err(|why| self.value_error(member, why))?))
    }

    /// The application by which drills sign in: the one that is configured, or the one by which people do.
    pub(crate) fn drill_application(&self) -> Option<String> {
        let sign_in = &self.file.sign_in;
        let by_people = matches!(
            sign_in.method,
            None | Some(SignInMethod::Browser | SignInMethod::DeviceCode)
        );
        let configured = self.file.drill.client_id.clone();
        configured.or_else(|| sign_in.client_id.clone().filter(|_| by_people))
    }
}
