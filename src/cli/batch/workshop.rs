//! What a batch needs of the command line: keys, ledgers, the person, and where results go.

use serde_json::json;

use super::person::{BatchPin, Person};
use super::results::Results;
use crate::ceremony;
use crate::ceremony::batch::{Connected, Resolved, Workshop as Seam};
use crate::ceremony::enroll::{Enrolled, Request, Terms};
use crate::ceremony::interaction::Interaction;
use crate::cli::config::Config;
use crate::cli::device::DeviceChoice;
use crate::cli::record;
use crate::cli::terminal::say;
use crate::cli::{Context, Error, enroll};
use crate::ctap::hid::{Address, usb};
use crate::ctap::{self, PinFailureKind};
use crate::ledger::Ledger;

pub(super) struct Workshop<'a> {
    arguments: &'a enroll::Arguments,
    config: &'a Config,
    context: &'a Context,
    results: &'a Results,
    /// What all enrolments have in common; account and label are each key's own.
    request: Request,
    pin: BatchPin,
}

impl<'a> Workshop<'a> {
    pub(super) fn new(
        arguments: &'a enroll::Arguments,
        config: &'a Config,
        context: &'a Context,
        results: &'a Results,
    ) -> Result<Self, Error> {
        Ok(Self {
            request: arguments.request(arguments.terms(None, config)?, String::new(), config)?,
            pin: BatchPin::new(context, &arguments.pin, arguments.batch.yes),
            arguments,
            config,
            context,
            results,
        })
    }
}

impl Seam for Workshop<'_> {
    type Error = Error;

    fn open(&self, address: &Address) -> Result<Connected, Error> {
        let device = address.clone();
        let open = DeviceChoice { device }.open(&self.context.env)?;
        Ok(Connected {
            authenticator: open.authenticator,
            transport: open.transport,
            serial: open.serial,
        })
    }

    fn plugged_in(&self) -> Result<Vec<Address>, Error> {
        let keys = usb::enumerate()?;
        Ok(keys.into_iter().map(|key| Address::Hid(key.path)).collect())
    }

    async fn ledger(&self) -> Result<Ledger, Error> {
        let choice = &self.arguments.ledger;
        record::open(choice, self.config, &self.context.env, false).await
    }

    fn person(&self, label: &str) -> Box<dyn Interaction + '_> {
        let global = &self.context.global;
        Box::new(Person {
            label: label.to_owned(),
            events: global.events,
            quiet: global.quiet || global.json,
            pin: &self.pin,
        })
    }

    fn insert_key(&self, label: &str) {
        say(
            self.context.global.events,
            &json!({"event": "insert_key", "label": label}),
            &format!("Plug in the key that shall be {label}"),
        );
    }

    fn request(&self, line: &Resolved, key: &Connected) -> Request {
        Request {
            account: line.key.account.clone(),
            label: line.key.label.clone(),
            transport: key.transport.clone(),
            terms: Terms {
                serial: key.serial.clone(),
                ..self.request.terms.clone()
            },
            ..self.request.clone()
        }
    }

    fn ended(&self, index: usize, result: Result<Enrolled, Error>) {
        if let Err(error) = &result
            && is_wrong_pin(error)
        {
            self.pin.refuse();
        }
        self.results.add(index, result);
    }
}

fn is_wrong_pin(error: &Error) -> bool {
    let Error::Ceremony(error) = error else {
        return false;
    };
    let key = match &**error {
        ceremony::Error::Stopped { source, .. } => source,
        error => error,
    };
    matches!(
        key,
        ceremony::Error::Key(ctap::Error::Pin { failure, .. }) if failure.kind == PinFailureKind::Invalid
    )
}
