//! The ledger against the directory against the key in hand: one line per credential, finding and remedy. Changes nothing
//! anywhere, and writes no entry.
//!
//! ```text
//! ledger     every key that was ever enrolled, and the ceremonies that are open
//! key        which of the ledger's credentials it admits to hold; with the PIN, everything that is on it
//! tenant     the accounts of the ledger and those that were named: their methods; the passkey policy
//! compare    pure
//! ```

mod compare;
mod facts;
mod finding;
mod in_tenant;
mod on_key;

use crate::ceremony::interaction::{Interaction, Step};
use crate::ceremony::{Error, KeyInHand, Standards};
use crate::ctap::Cancel;
use crate::env::Env;
use crate::graph;
use crate::ledger::State;
use facts::Facts;

pub use finding::{Finding, FindingId, Line, Standing, Subject};

/// What the operator asks for.
#[derive(Clone, Default)]
pub struct Request {
    /// Accounts besides those of the ledger: user principal names or object ids.
    pub accounts: Vec<String>,
    /// Where the key in hand is, for the commands that the remedies name.
    pub address: String,
    /// List what is on the key in hand, which needs its PIN.
    pub contents: bool,
    /// Try a PIN although few tries are left.
    pub spend_last_tries: bool,
    /// What the keys are held against once more.
    pub standards: Standards,
}

/// Who is asked. No station: whoever may read the ledger may reconcile it.
pub struct Witnesses<'a> {
    /// The record.
    pub ledger: &'a State,
    /// The directory and its policy.
    pub tenant: &'a graph::Client,
    /// The key, if one is in hand.
    pub key: KeyInHand<'a>,
    /// The person at the keyboard.
    pub interaction: &'a mut dyn Interaction,
    /// Raised by Ctrl-C.
    pub cancel: &'a Cancel,
    /// Clock and randomness.
    pub env: &'a Env,
}

/// What was found.
#[derive(Debug)]
pub struct Reconciled {
    /// One line per credential.
    pub lines: Vec<Line>,
    /// The first reason why the tenant left something unanswered.
    pub tenant_error: Option<graph::Error>,
}

impl Reconciled {
    /// The gravest of the lines.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let standings = self.lines.iter().map(Line::standing);
        standings.max().unwrap_or(Standing::InOrder)
    }
}

/// Compares ledger, directory and key.
///
/// # Errors
/// When the key in hand could not be asked, its PIN was wrong, or the operator interrupted. What the tenant does not answer is
/// a finding, not an error.
pub async fn reconcile(
    request: &Request,
    mut witnesses: Witnesses<'_>,
) -> Result<Reconciled, Error> {
    witnesses.interaction.begin(Step::InspectLedger);
    let mut facts = Facts::of_ledger(witnesses.ledger, &request.standards, witnesses.env.now());
    let counted = format!("{} keys", facts.keys.len());
    witnesses.interaction.done(Step::InspectLedger, &counted);
    if witnesses.key.is_there() {
        facts.in_hand = Some(on_key::look(request, &mut witnesses)?);
    }
    let tenant_error = in_tenant::look(request, &mut witnesses, &mut facts).await?;
    Ok(Reconciled {
        lines: compare::compare(&facts),
        tenant_error,
    })
}
