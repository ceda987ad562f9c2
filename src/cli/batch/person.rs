//! The person, seen by several enrolments at once: every line and every event names the key it is about, and the PIN is asked for
//! once.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::ceremony::interaction::{Interaction, PinPurpose, PinUnavailable, Step};
use crate::cli::Context;
use crate::cli::terminal::{PinSource, Terminal, say};
use crate::secret::Pin;

/// The PIN of the batch: every key of it has, or gets, the same.
pub(super) struct BatchPin {
    terminal: Mutex<Asked>,
}

struct Asked {
    terminal: Terminal,
    pin: Option<Pin>,
    refused: bool,
}

impl BatchPin {
    /// With what was agreed to beforehand.
    pub(super) fn new(context: &Context, source: &PinSource, agreed: bool) -> Self {
        Self {
            terminal: Mutex::new(Asked {
                terminal: Terminal::new(&context.global, source).agreed(agreed),
                pin: None,
                refused: false,
            }),
        }
    }

    /// The PIN, unless a key has refused it: a mistyped one must not cost every key a try.
    fn get(&self, purpose: PinPurpose) -> Result<Pin, PinUnavailable> {
        let mut asked = self.terminal.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.refused {
            return Err(PinUnavailable::Declined);
        }
        match &asked.pin {
            Some(pin) => Ok(pin.clone()),
            None => {
                let pin = asked.terminal.pin(purpose)?;
                Ok(asked.pin.insert(pin).clone())
            }
        }
    }

    /// One question at a time, to the one person there is.
    fn confirm(&self, stakes: &str, word: &str) -> bool {
        let mut asked = self.terminal.lock().unwrap_or_else(PoisonError::into_inner);
        asked.terminal.confirm(stakes, word)
    }

    /// A key has refused it.
    pub(super) fn refuse(&self) {
        let mut asked = self.terminal.lock().unwrap_or_else(PoisonError::into_inner);
        asked.refused = true;
        asked.pin = None;
    }
}

/// The person, asked about one key.
pub(super) struct Person<'a> {
    pub(super) label: String,
    pub(super) events: bool,
    pub(super) quiet: bool,
    pub(super) pin: &'a BatchPin,
}

impl Person<'_> {
    fn say(&self, mut event: Value, line: &str) {
        event["label"] = json!(self.label);
        say(self.events, &event, &format!("{}: {line}", self.label));
    }

    /// What is progress, and no warning or prompt.
    fn tell(&self, event: Value, line: &str) {
        if self.events || !self.quiet {
            self.say(event, line);
        }
    }
}

impl Interaction for Person<'_> {
    fn begin(&mut self, step: Step) {
        if self.events {
            self.say(
                json!({"event": "step", "step": step.id(), "state": "begun"}),
                "",
            );
        }
    }

    fn done(&mut self, step: Step, fact: &str) {
        let event = json!({"event": "step", "step": step.id(), "state": "done", "fact": fact});
        self.tell(event, &format!("{} ({fact})", step.label()));
    }

    fn warn(&mut self, message: &str) {
        let event = json!({"event": "warning", "message": message});
        self.say(event, &format!("warning: {message}"));
    }

    fn touch_needed(&mut self) {
        self.say(json!({"event": "touch_needed"}), "touch this key now");
    }

    fn waiting(&mut self, reason: &str, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let event = json!({"event": "waiting", "reason": reason, "seconds": seconds});
        self.tell(event, &format!("{reason}; waiting {seconds:.0} s"));
    }

    fn confirm(&mut self, stakes: &str, word: &str) -> bool {
        self.pin.confirm(stakes, word)
    }

    fn reinsert_key(&mut self) {
        self.say(
            json!({"event": "reinsert_key"}),
            "unplug this key and plug it in again",
        );
    }

    fn pin(&mut self, purpose: PinPurpose) -> Result<Pin, PinUnavailable> {
        self.pin.get(purpose)
    }
}
