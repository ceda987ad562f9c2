//! The person at the terminal, as a test of a key sees them.

use serde_json::json;

use crate::ceremony;
use crate::ceremony::interaction::{Interaction, PinPurpose, PinUnavailable};
use crate::ceremony::key_test::{Check, Plan, Record, Witness};
use crate::cli::terminal::Terminal;
use crate::secret::Pin;

/// The terminal, and the key that is tested.
pub(super) struct Watch {
    pub(super) terminal: Terminal,
    /// What is typed before everything on the key is erased: the key has no label yet.
    pub(super) address: String,
}

impl Witness for Watch {
    fn planned(&mut self, checks: usize, touches: u32) {
        let event = json!({"event": "planned", "checks": checks, "touches": touches});
        let touches = match touches {
            0 => "no touch is needed".to_owned(),
            1 => "up to 1 touch is needed".to_owned(),
            touches => format!("up to {touches} touches are needed"),
        };
        self.terminal
            .tell(&event, &format!("{checks} checks; {touches}"));
    }

    fn begun(&mut self, check: &'static Check) {
        let event = json!({"event": "check", "check": check.id, "state": "begun"});
        self.terminal.phase(&event, check.title);
    }

    fn ended(&mut self, record: &Record) {
        let (check, verdict) = (record.check.id, record.verdict.as_str());
        let event = json!({"event": "check", "check": check, "state": "done", "verdict": verdict});
        self.terminal.end_phase(&event);
    }

    fn touch_needed(&mut self, purpose: &str) {
        let event = json!({"event": "touch_needed", "purpose": purpose});
        let line = format!("Touch the key now: {purpose}");
        self.terminal.prompt(&event, &line);
    }

    fn agree(&mut self, plan: &Plan) -> Result<(), ceremony::Error> {
        let (touches, reinsertions) = (plan.touches, plan.reinsertions);
        let minutes = plan.duration().as_secs().div_ceil(60);
        let stakes = format!(
            "everything on the key at {} is erased: PIN, settings and every credential, whatever it opens. Touches: up to {touches}. To be plugged in anew: up to {reinsertions} times. About {minutes} minutes.",
            self.address
        );
        match self.terminal.confirm(&stakes, &self.address) {
            true => Ok(()),
            false => Err(ceremony::Error::NotConfirmed(self.address.clone())),
        }
    }

    fn reinsert_key(&mut self) {
        self.terminal.reinsert_key();
    }

    fn keep_off(&mut self) {
        let event = json!({"event": "do_not_touch"});
        let line = "Do not touch the key: it must give up by itself, in half a minute or so";
        self.terminal.prompt(&event, line);
    }

    fn pin(&mut self, purpose: PinPurpose) -> Result<Pin, PinUnavailable> {
        self.terminal.pin(purpose)
    }
}
