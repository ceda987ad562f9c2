//! `[review]`: who is to sign.

use super::{Config, Error};
use crate::ceremony::review::Terms;

impl Config {
    /// What is wanted of reviews. How often things are to happen is said in `[schedule]`.
    pub(crate) fn review_terms(&self) -> Result<Terms, Error> {
        let default = Terms::default();
        let signatures = self.file.review.signatures.unwrap_or(default.signatures);
        if signatures == 0 {
            let why = "0 signatures; at least one is needed";
            return Err(self.value_error("review.signatures", why));
        }
        let schedule = self.schedule()?;
        Ok(Terms {
            signatures,
            key_check: schedule.key_check.unwrap_or(default.key_check),
            drill: schedule.drill.unwrap_or(default.drill),
            review: schedule.review.unwrap_or(default.review),
        })
    }
}
