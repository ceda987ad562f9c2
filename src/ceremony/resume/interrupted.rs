//! A resumed ceremony that the operator interrupts is open still, and what is recorded of it may have grown.

use crate::ceremony::{Error, Parties};
use crate::ledger::{Ceremony, CeremonyPhase, Step};

/// The reason why it stopped. An interrupt comes with what remains, unless the ceremony was closed with it.
pub(super) fn blame(error: Error, ceremony: &Ceremony, parties: &Parties<'_>) -> Error {
    let error = parties.blame(error);
    let now = parties.ledger.state().ceremony(ceremony.id);
    match (error, now.map(|now| now.phase)) {
        (Error::Cancelled, Some(CeremonyPhase::Open(reached))) => Error::Stopped {
            ceremony: ceremony.id,
            remains: remains(ceremony, reached),
            source: Box::new(Error::Cancelled),
        },
        (error, _) => error,
    }
}

fn remains(ceremony: &Ceremony, reached: Step) -> String {
    let recorded = match reached {
        Step::Intended => "no step of it is recorded",
        Step::PinSet => "the key has its PIN",
        Step::CredentialCreated => "the key holds the credential, and the tenant does not know it",
        Step::Proven => "the credential has signed, and the tenant does not know it",
        Step::Registered => "the credential is registered",
        Step::MethodRemoved => "the method is removed",
        Step::CredentialDeleted => "method and credential are deleted",
        Step::Attempted => "the sign-in came to its end, and the log did not show it yet",
    };
    format!(
        "{} of {} is open: {recorded}, and what comes next may have begun",
        ceremony.kind.as_str(),
        ceremony.label
    )
}
