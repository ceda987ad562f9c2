//! What the operator sees while a ceremony runs. Progress and prompts go to standard error or to the terminal itself; standard
//! output is for results.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use console::Style;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::ceremony::interaction::{Interaction, PinPurpose, PinUnavailable, Step};
use crate::cli::Context;
use crate::cli::arguments::Global;
use crate::cli::prompt::{PinReader, typed};
use crate::encoding::{printable, printable_lines};
use crate::secret::Pin;

/// Where PINs come from.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct PinSource {
    /// Read the PIN from the first line of standard input
    #[arg(long, conflicts_with = "pin_fd")]
    pub(crate) pin_stdin: bool,

    /// Read the PIN from the first line of this open file descriptor
    #[arg(long, value_name = "N")]
    pub(crate) pin_fd: Option<u32>,

    /// Try the PIN although three tries or fewer are left
    #[arg(long)]
    pub(crate) spend_last_pin_tries: bool,
}

/// What is typed before something that cannot be taken back.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Confirmation {
    /// The name that would have to be typed before something that cannot be taken back, for scripts
    #[arg(long, value_name = "NAME")]
    pub(crate) confirm: Option<String>,
}

/// Whether it is asked at all before something that others feel.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Agreement {
    /// Do not ask: it is meant, and whoever has to know does
    #[arg(long, conflicts_with = "confirm")]
    yes: bool,

    #[command(flatten)]
    confirmation: Confirmation,
}

impl Agreement {
    /// A terminal for a command that asks for no PIN.
    pub(crate) fn terminal(&self, context: &Context) -> Terminal {
        Terminal::new(&context.global, &PinSource::default())
            .confirmed(self.confirmation.confirm.clone())
            .agreed(self.yes)
    }
}

/// How the tool is told that something that cannot be taken back is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Consent {
    /// The person types it.
    Asked,
    /// It was given beforehand, for everything.
    Given,
    /// This name was given beforehand.
    Named(String),
}

/// Says what is no step of a ceremony: to programs as an event, to people as a line.
pub(crate) fn say(as_event: bool, event: &Value, line: &str) {
    if as_event {
        write_event(event);
    } else {
        write_line(line);
    }
}

/// Warns outside a ceremony.
pub(crate) fn warn(context: &Context, message: &str) {
    let event = json!({"event": "warning", "message": message});
    say(
        context.global.events,
        &event,
        &format!("warning: {}", printable_lines(message)),
    );
}

/// One event is one line.
fn write_event(event: &Value) {
    write_line(&event.to_string());
}

/// In one write, so that neither another thread's line nor the end of the process can fall into the middle of this one.
fn write_line(text: &str) {
    // A reader that went away must not stop a ceremony in the middle.
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

enum Progress {
    Events,
    Lines,
    Quiet,
    Spinner(Option<ProgressBar>),
}

/// The person at the terminal.
pub(crate) struct Terminal {
    progress: Progress,
    pins: PinReader,
    /// The PIN that the key has, opened by a custodian.
    known: Option<Pin>,
    consent: Consent,
}

impl Terminal {
    pub(crate) fn new(global: &Global, pins: &PinSource) -> Self {
        let progress = if global.events {
            Progress::Events
        } else if global.quiet || global.json {
            Progress::Quiet
        } else if io::stderr().is_terminal() && global.verbose == 0 {
            Progress::Spinner(None)
        } else {
            Progress::Lines
        };
        Self {
            progress,
            pins: PinReader::new(pins),
            known: None,
            consent: Consent::Asked,
        }
    }

    /// With the PIN that the key has, which then is not asked for.
    pub(crate) fn knowing(mut self, pin: Option<Pin>) -> Self {
        self.known = pin;
        self
    }

    /// With the name that the operator gave beforehand, if any.
    pub(crate) fn confirmed(mut self, name: Option<String>) -> Self {
        if let Some(name) = name {
            self.consent = Consent::Named(name);
        }
        self
    }

    /// With everything agreed to beforehand, if `yes`.
    pub(crate) fn agreed(mut self, yes: bool) -> Self {
        if yes {
            self.consent = Consent::Given;
        }
        self
    }

    /// Something begins: an event, or a spinner that says what it is.
    pub(crate) fn phase(&mut self, event: &Value, message: &'static str) {
        match &mut self.progress {
            Progress::Events => write_event(event),
            Progress::Lines | Progress::Quiet => {}
            Progress::Spinner(bar) => {
                let spinner = ProgressBar::new_spinner();
                if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                    spinner.set_style(style);
                }
                spinner.set_message(message);
                spinner.enable_steady_tick(Duration::from_millis(100));
                if let Some(old) = bar.replace(spinner) {
                    old.finish_and_clear();
                }
            }
        }
    }

    /// It has ended, and its result is shown elsewhere.
    pub(crate) fn end_phase(&mut self, event: &Value) {
        self.stop_spinner();
        if let Progress::Events = self.progress {
            write_event(event);
        }
    }

    /// Something that the person should know, where progress is shown.
    pub(crate) fn tell(&self, event: &Value, line: &str) {
        match self.progress {
            Progress::Events => write_event(event),
            Progress::Quiet => {}
            _ => self.line(line),
        }
    }

    /// What the person must do now, which is shown even where progress is off.
    pub(crate) fn prompt(&self, event: &Value, line: &str) {
        match &self.progress {
            Progress::Events => write_event(event),
            Progress::Spinner(Some(bar)) => bar.set_message(line.to_owned()),
            _ => self.line(line),
        }
    }

    fn line(&self, text: &str) {
        match &self.progress {
            Progress::Spinner(Some(bar)) => bar.suspend(|| write_line(text)),
            _ => write_line(text),
        }
    }

    fn stop_spinner(&mut self) {
        if let Progress::Spinner(bar) = &mut self.progress
            && let Some(bar) = bar.take()
        {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.stop_spinner();
    }
}

impl Interaction for Terminal {
    fn begin(&mut self, step: Step) {
        let event = json!({"event": "step", "step": step.id(), "state": "begun"});
        self.phase(&event, step.label());
    }

    fn done(&mut self, step: Step, fact: &str) {
        self.stop_spinner();
        match self.progress {
            Progress::Events => {
                write_event(
                    &json!({"event": "step", "step": step.id(), "state": "done", "fact": fact}),
                );
            }
            Progress::Quiet => {}
            Progress::Lines | Progress::Spinner(_) => {
                let tick = Style::new().green().for_stderr().apply_to("✓");
                let fact = Style::new().dim().for_stderr().apply_to(printable(fact));
                self.line(&format!("{tick} {:<38} {fact}", step.label()));
            }
        }
    }

    fn warn(&mut self, message: &str) {
        match self.progress {
            Progress::Events => write_event(&json!({"event": "warning", "message": message})),
            _ => {
                let mark = Style::new().yellow().for_stderr().apply_to("warning:");
                self.line(&format!("{mark} {}", printable_lines(message)));
            }
        }
    }

    fn touch_needed(&mut self) {
        match &self.progress {
            Progress::Events => write_event(&json!({"event": "touch_needed"})),
            Progress::Spinner(Some(bar)) => bar.set_message("Touch the key now"),
            // A prompt is not progress: it is shown even where progress is off.
            _ => self.line("Touch the key now"),
        }
    }

    fn waiting(&mut self, reason: &str, duration: Duration) {
        let shown = printable(reason);
        match &self.progress {
            Progress::Events => {
                write_event(
                    &json!({"event": "waiting", "reason": reason, "seconds": duration.as_secs_f64()}),
                );
            }
            Progress::Spinner(Some(bar)) => {
                bar.set_message(format!("{shown}; waiting {:.0} s", duration.as_secs_f64()));
            }
            Progress::Quiet => {}
            _ => self.line(&format!("{shown}; waiting {:.0} s", duration.as_secs_f64())),
        }
    }

    fn confirm(&mut self, stakes: &str, word: &str) -> bool {
        self.stop_spinner();
        self.warn(stakes);
        match &self.consent {
            Consent::Given => true,
            Consent::Named(name) => name == word,
            Consent::Asked => {
                if let Progress::Events = self.progress {
                    write_event(&json!({"event": "confirmation_needed", "word": word}));
                }
                typed(word)
            }
        }
    }

    fn reinsert_key(&mut self) {
        match &self.progress {
            Progress::Events => write_event(&json!({"event": "reinsert_key"})),
            Progress::Spinner(Some(bar)) => {
                bar.set_message("Unplug the key and plug it in again");
            }
            _ => self.line("Unplug the key and plug it in again"),
        }
    }

    fn pin(&mut self, purpose: PinPurpose) -> Result<Pin, PinUnavailable> {
        if let (PinPurpose::Present { .. }, Some(pin)) = (purpose, &self.known) {
            return Ok(pin.clone());
        }
        self.stop_spinner();
        if let Progress::Events = self.progress {
            write_event(&json!({"event": "pin_needed"}));
        }
        self.pins.read(purpose)
    }
}
