//! One look: the ledger before and after it, the journal, the webhook.

use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use super::webhook::Webhook;
use super::{Arguments, journal};
use crate::ceremony::monitor::{self, Look, Part, Request};
use crate::cli::config::Config;
use crate::cli::file::{Readers, Target};
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
    fn known(&self) -> (&[Entry], &State) {
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

    pub(super) async fn look(&self, record: &Record) -> Result<Look, Error> {
        let Some(path) = &self.arguments.save else {
            return self.look_into(record, &mut io::sink()).await;
        };
        let mut target = Target::open(path, Readers::Owner)?;
        let looked = self.look_into(record, &mut target).await;
        let look = looked.map_err(|error| unwritten(error, path))?;
        target.finish()?;
        Ok(look)
    }

    async fn look_into(&self, record: &Record, sink: &mut dyn Write) -> Result<Look, Error> {
        let now = self.context.env.now();
        let tell = &mut |part| tell(self.context, part);
        let look = monitor::look(&self.client, record.known(), &self.request, now, sink, tell);
        let look = look.await?;
        self.journal(&look);
        Ok(look)
    }

    /// A journal that is not there must not keep the look from being recorded.
    fn journal(&self, look: &Look) {
        let socket = &self.arguments.journal_socket;
        if self.arguments.journald
            && let Err(error) = journal::write(socket, look)
        {
            let text = format!(
                "the journal at {} was not written: {error}",
                socket.display()
            );
            terminal::warn(self.context, &text);
        }
    }

    /// What is to be sent of a look.
    pub(super) fn alarm(&self, look: &Look) -> Option<serde_json::Value> {
        let wanted = self.webhook.is_some() && look.unexplained > 0;
        wanted.then(|| report::monitor_alarm(look))
    }

    /// Whether it arrived. The exit status says that there is something to be told, whether or not it could be sent.
    pub(super) async fn send(&self, alarm: &serde_json::Value) -> bool {
        let Some(webhook) = &self.webhook else {
            return true;
        };
        let sent = webhook.send(alarm).await;
        if let Err(error) = &sent {
            terminal::warn(self.context, &format!("the webhook was not told: {error}"));
        }
        sent.is_ok()
    }

    pub(super) fn report(&self, look: &Look, entry: Option<&EntryRef>) -> Report {
        report::monitor(look, entry, console::colors_enabled())
    }
}

fn unwritten(error: Error, path: &Path) -> Error {
    use crate::ceremony::Error as E;
    match error {
        Error::Ceremony(error) => match *error {
            E::Evidence(source) => Error::Write {
                path: path.to_owned(),
                source,
            },
            other => other.into(),
        },
        other => other,
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
