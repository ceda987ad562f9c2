//! `halligan pin open`

use uuid::Uuid;

use super::opening::{self, Openable, Opening};
use crate::cli::{Context, Error};
use crate::custody::{self, Found, Standing};
use crate::ledger::{CeremonyKind, Event, PinOpened, State};
use crate::report::Report;
use crate::secret::Pin;

/// Arguments of `pin open`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The label of the key
    #[arg(long, value_name = "LABEL", required_unless_present = "shares_from")]
    key: Option<String>,

    #[command(flatten)]
    opening: Opening,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    opening::run::<Pin>(arguments.key.as_deref(), &arguments.opening, context).await
}

impl Openable for Pin {
    const SCHEMA: &'static str = "halligan.pin.open/1";
    const OWNER: &'static str = "key";
    const MEMBER: &'static str = "pin";
    const NOUN: &'static str = "PIN";

    fn sought<'a>(state: &'a State, label: &str, ceremony: Option<Uuid>) -> Vec<Found<'a>> {
        let Some(id) = ceremony else {
            return custody::find(state, label);
        };
        let ceremony = state.ceremony(id).filter(|one| one.label == label);
        let found = ceremony.and_then(|ceremony| {
            Some(Found {
                standing: if ceremony.is_open() {
                    Standing::Intended(ceremony.kind)
                } else {
                    Standing::Past
                },
                ceremony: Some(id),
                sealed: custody::intended(ceremony)?,
            })
        });
        found.into_iter().collect()
    }

    fn describe(found: &Found<'_>, label: &str) -> String {
        match found.standing {
            Standing::InForce => format!("the PIN of {label}"),
            Standing::Intended(CeremonyKind::Enroll) => {
                format!("the PIN that {label} gets in an enrolment which is not finished")
            }
            Standing::Intended(_) => format!(
                "the new PIN of {label} in a change which is not finished: it has this one or the one before"
            ),
            Standing::Past => format!("a PIN that {label} was to get, in force or not"),
        }
    }

    fn opened(label: String, by: Vec<String>, share: bool) -> Event {
        Event::PinOpened(PinOpened { label, by, share })
    }

    fn missing(label: &str) -> Error {
        Error::NoSealedPin(label.to_owned())
    }
}
