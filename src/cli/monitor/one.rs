//! One look: the ledger before and after it, the journal, the webhook.

use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use super::webhook::Webhook;
use super::{Arguments, journal};
use crate::ceremony;
use crate::ceremony::monitor::{self, Look, Part, Request};
use crate::cli::config::Config;
use crate::cli::file::Target;
use crate::cli::{Context, Error, record, terminal};
use crate::graph::Client;
use crate::ledger::{self, Entry, EntryRef, Ledger, State};
use crate::report::{self, Report};

/// One or many looks, with all that they need.
pub(super) struct Monitor<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) context: &'a Context,
    pub(super) config: Config,
    pub(super) client: Client,
    pub(super) request: Request,
    pub(super) webhook: Option<Webhook>,
}

/// What is known of the past, and whether what is seen goes there.
pub(super) enum Record {
    /// It is recorded.
    Written(Box<Ledger>),
    /// It is not.
    Read(Vec<Entry>, Box<State>),
}

impl Record {
    pub(super) fn known(&self) -> (&[Entry], &State) {
        match self {
            Self::Written(ledger) => (ledger.entries(), ledger.state()),
            Self::Read(entries, state) => (entries, state),
        }
    }

    pub(super) async fn append(&mut self, look: &Look) -> Result<Option<EntryRef>, Error> {
        match self {
            Self::Written(ledger) => Ok(Some(monitor::record(ledger, look).await?)),
            Self::Read(..) => Ok(None),
        }
    }
}

impl Monitor<'_> {
    pub(super) async fn open(&self) -> Result<Record, Error> {
        let (choice, config) = (&self.arguments.ledger, &self.config);
        if !self.arguments.no_record {
            let ledger = record::open_for_writing(choice, config, self.context, false).await?;
            return Ok(Record::Written(Box::new(ledger)));
        }
        let read = match record::open_for_reading(choice, config) {
            Ok(reader) => reader.entries().await.map_err(Error::from),
            Err(error) => Err(error),
        };
        match read {
            Ok((entries, state)) => Ok(Record::Read(entries, Box::new(state))),
            // One that nobody named need not be there.
            Err(Error::Ledger(ledger::Error::Absent(_))) if choice.ledger.is_none() => {
                Ok(Record::Read(Vec::new(), Box::default()))
            }
            Err(error) => Err(error),
        }
    }

    /// Looks; all rows go to `save`, if there is one.
    pub(super) async fn look(
        &self,
        record: &Record,
        save: Option<Target<'_>>,
    ) -> Result<Look, Error> {
        let look = match save {
            None => self.look_into(record, &mut io::sink()).await,
            Some(mut target) => match self.look_into(record, &mut target).await {
                Ok(look) => target.finish().map(|()| look),
                Err(Error::Ceremony(error)) => Err(match *error {
                    ceremony::Error::Evidence(source) => target.failed(source),
                    other => other.into(),
                }),
                Err(error) => Err(error),
            },
        };
        // What an interrupt broke off must not be taken for a tenant that does not answer.
        match self.context.interrupt.cancel.is_raised() {
            true => Err(ceremony::Error::Cancelled.into()),
            false => look,
        }
    }

    async fn look_into(&self, record: &Record, sink: &mut dyn Write) -> Result<Look, Error> {
        let now = self.context.env.now();
        let tell = &mut |part| tell(self.context, part);
        let look = monitor::look(&self.client, record.known(), &self.request, now, sink, tell);
        Ok(look.await?)
    }

    /// Tells journal and webhook of a look; whether all who were to be told were. `is_newly_blind` says that what could not be read is
    /// to be told, too. The exit status says that there is something to be told, whether or not it could be.
    pub(super) async fn tell(&self, look: &Look, is_newly_blind: bool) -> bool {
        let journal = self.journal(|socket| journal::write(socket, look, is_newly_blind));
        let is_wanted = look.unexplained > 0 || is_newly_blind;
        let sent = match is_wanted {
            true => self.send(&report::monitor_alarm(look)).await,
            false => true,
        };
        let is_nothing_to_tell = look.findings.is_empty() && !is_newly_blind;
        journal && sent || is_nothing_to_tell
    }

    /// Tells that there was no look at all; whether all who were to be told were.
    pub(super) async fn tell_failure(&self, error: &Error) -> bool {
        let text = self.failure(error);
        let journal = self.journal(|socket| journal::write_failure(socket, &text));
        let failure = report::monitor_failure(&self.request.tenant, &text);
        let sent = self.send(&failure).await;
        journal && sent
    }

    fn failure(&self, error: &Error) -> String {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            if !text.contains(&cause_text) {
                text = format!("{text}: {cause_text}");
            }
            source = cause.source();
        }
        text
    }

    /// A journal that is not there must not keep the look from being recorded.
    fn journal(&self, write: impl FnOnce(&Path) -> io::Result<()>) -> bool {
        if !self.arguments.journald {
            return true;
        }
        let socket = &self.arguments.journal_socket;
        let written = write(socket);
        if let Err(error) = &written {
            let text = format!(
                "the journal at {} was not written: {error}",
                socket.display()
            );
            terminal::warn(self.context, &text);
        }
        written.is_ok()
    }

    /// Whether it arrived, or never will: what the receiver refuses because of what it says would stand in the way of every later message.
    async fn send(&self, alarm: &serde_json::Value) -> bool {
        let Some(webhook) = &self.webhook else {
            return true;
        };
        let sent = tokio::select! {
            biased;
            () = self.context.interrupt.clone().raised() => Err("it was interrupted".to_owned()),
            sent = deliver(webhook, alarm) => sent,
        };
        match sent {
            Ok(None) => true,
            Ok(Some(less)) => {
                terminal::warn(self.context, &less);
                true
            }
            Err(why) => {
                terminal::warn(self.context, &format!("the webhook was not told: {why}"));
                false
            }
        }
    }

    pub(super) fn report(&self, look: &Look, entry: Option<&EntryRef>) -> Report {
        report::monitor(look, entry, console::colors_enabled())
    }
}

/// Sends all of a message, or its text alone where the receiver takes no more; what was left out, if anything was.
async fn deliver(webhook: &Webhook, alarm: &serde_json::Value) -> Result<Option<String>, String> {
    let refused = match webhook.send(alarm).await {
        Ok(()) => return Ok(None),
        Err(error) if error.is_about_the_message() => error,
        Err(error) => return Err(error.to_string()),
    };
    match webhook.send(&json!({"text": alarm["text"]})).await {
        Ok(()) => Ok(Some(format!(
            "the webhook was told the text alone, without the events: {refused}"
        ))),
        Err(error) if error.is_about_the_message() => Ok(Some(format!(
            "the webhook takes no such message, and it is not sent again: {error}; what it says is printed here, and in the ledger"
        ))),
        Err(error) => Err(error.to_string()),
    }
}

fn tell(context: &Context, part: Part) {
    let global = &context.global;
    if !global.events && (global.quiet || global.json) {
        return;
    }
    let (word, line) = match part {
        Part::Who => ("who", "Reading accounts, group and licence"),
        Part::SignIns => ("sign_ins", "Reading the sign-in log"),
        Part::DirectoryAudits => ("directory_audits", "Reading the directory's log"),
    };
    let event = json!({"event": "reading", "part": word});
    terminal::say(global.events, &event, line);
}
