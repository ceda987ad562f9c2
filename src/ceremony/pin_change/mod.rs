//! Changing the PIN of a key that the ledger knows. With custodians the new PIN is sealed to them before the key has it, so that
//! whatever happens then, it can be opened by somebody.
//!
//! ```text
//! read only    the key in the ledger, the same one in the hand, tries left
//! person       the PIN that it has, and the new one unless it is generated
//! intent       pin.intended, with the new PIN sealed
//! key          the PIN is changed
//! outcome      pin.changed
//! ```

mod resume;
mod run;

use uuid::Uuid;

use crate::ceremony::interaction::{PinPurpose, Step};
use crate::ceremony::{Error, Parties, subject};
use crate::custody::{self, Custodians, PinPolicy};
use crate::ledger::{EntryRef, Event, KeyEnrolled, PinIntended, SealedSecret};
use crate::secret::Pin;

pub(crate) use resume::{finish, inspect, undo};

use run::Run;

/// Where the new PIN comes from, and who can open it later.
#[derive(Debug, Clone)]
pub enum NewPin {
    /// Made by the tool, and known to nobody until a custodian opens it.
    Generated {
        /// What it looks like.
        policy: PinPolicy,
        /// To whom it is sealed.
        custodians: Custodians,
    },
    /// Typed by the operator, and sealed if there is anybody to seal it to.
    Typed {
        /// To whom it is sealed.
        custodians: Option<Custodians>,
    },
}

impl NewPin {
    fn custodians(&self) -> Option<&Custodians> {
        match self {
            Self::Generated { custodians, .. } => Some(custodians),
            Self::Typed { custodians } => custodians.as_ref(),
        }
    }
}

/// What the operator asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The key's label in the ledger.
    pub label: String,
    /// The new PIN.
    pub new: NewPin,
    /// Whether to try a PIN although few tries are left.
    pub spend_last_tries: bool,
}

/// A PIN that was changed.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The key.
    pub key: KeyEnrolled,
    /// The ceremony's id in the ledger.
    pub ceremony: Uuid,
    /// The names of those who can open the new PIN; empty if it is not sealed.
    pub sealed_to: Vec<String>,
    /// How many of them it takes.
    pub threshold: Option<u8>,
    /// The entry that records it.
    pub entry: EntryRef,
}

/// Changes the PIN of a key.
///
/// # Errors
/// Before the intent is recorded: the reason, with nothing changed. Afterwards: the reason if the key has the PIN that it had, or
/// [`Error::Stopped`] if it has the new one or may have it.
pub async fn change(request: &Request, mut parties: Parties<'_>) -> Result<Changed, Error> {
    let prepared = match prepare(request, &mut parties).await {
        Ok(prepared) => prepared,
        Err(error) => return Err(parties.blame(error)),
    };
    let ceremony = parties.env.uuid();
    parties.interaction.begin(Step::RecordIntent);
    let intended = PinIntended {
        label: request.label.clone(),
        pin: prepared.sealed,
    };
    let intent = parties
        .record(ceremony, &Event::PinIntended(intended))
        .await?;
    parties.interaction.done(
        Step::RecordIntent,
        &format!("entry {}, ceremony {ceremony}", intent.index),
    );
    let run = Run {
        ceremony,
        label: &request.label,
    };
    let steps = run
        .change(&prepared.present, &prepared.new, None, &mut parties)
        .await;
    let entry = match steps {
        Ok(entry) => entry,
        Err(stopped) => return Err(stopped.record(&run, &mut parties).await),
    };
    let custodians = request.new.custodians();
    Ok(Changed {
        key: prepared.key,
        ceremony,
        sealed_to: custodians
            .map(|custodians| custodians.names().map(str::to_owned).collect())
            .unwrap_or_default(),
        threshold: custodians.map(Custodians::threshold),
        entry,
    })
}

struct Prepared {
    key: KeyEnrolled,
    present: Pin,
    new: Pin,
    sealed: Option<SealedSecret>,
}

async fn prepare(request: &Request, parties: &mut Parties<'_>) -> Result<Prepared, Error> {
    let key = subject::find(&request.label, parties).await?.enrolled;
    subject::require_in_hand(&key, parties)?;
    let present = subject::present_pin(request.spend_last_tries, parties)?;
    let minimum = parties.key.in_hand()?.info().pin_minimum();
    let new = match &request.new {
        NewPin::Generated { policy, .. } => custody::generate(*policy, minimum, parties.env),
        NewPin::Typed { .. } => parties.interaction.pin(PinPurpose::New { minimum })?,
    };
    new.require(minimum).map_err(crate::ctap::Error::from)?;
    let custodians = request.new.custodians();
    let sealed = custodians
        .map(|custodians| custody::seal(&new, custodians, parties.env))
        .transpose()?;
    Ok(Prepared {
        key,
        present,
        new,
        sealed,
    })
}
