//! Enrolment: from a key and an account to a PIN, a discoverable credential, a verified attestation, a registration in the
//! tenant, a proof by assertion, and a record.
//!
//! ```text
//! read only            preflight   key, account, creation options, ledger
//! intent               enroll.intended
//! key                  enroll.pin_set (fresh keys), enroll.credential_created
//! attestation          judged before anything is sent
//! tenant               enroll.registered, then read back
//! key                  signs the ledger's head
//! outcome              key.enrolled
//! ```
//!
//! When a step fails, `undo` takes back what this ceremony made, says what remains, and records both. When the process is killed,
//! `finish` does what is left by the same steps, and `undo` takes back; both ask ledger, key and directory how far it came.

mod apart;
mod credential;
mod identity;
mod in_tenant;
mod inspect;
mod on_key;
mod plan;
mod run;
mod settings;
mod terms;
mod undo;
mod user;

use serde_json::Value;
use uuid::Uuid;

use crate::ceremony::resume::Inspection;
use crate::ceremony::{Assessment, Error, Parties};
use crate::ctap::Counters;
use crate::custody::{Custodians, PinPolicy};
use crate::graph::model::{Fido2AuthenticationMethod, Fido2AuthenticationMethodCreate};
use crate::ledger::{Ceremony, Custody, EntryRef, KeySettings};
use crate::webauthn::Aaguid;

pub(crate) use credential::Credential;

pub use apart::{offline, request, respond};
pub use plan::{PinPlan, Plan};
pub use terms::Terms;

/// What the operator asks for.
#[derive(Clone)]
pub struct Request {
    /// User principal name or object id.
    pub account: String,
    /// The key's name in the ledger and in the directory.
    pub label: String,
    /// The tenant as configured, for the record.
    pub tenant: String,
    /// How the key is connected, for the record.
    pub transport: String,
    /// What the key is to be set to, besides its PIN.
    pub settings: KeySettings,
    /// Where the key will lie, if anybody knows yet.
    pub custody: Option<Custody>,
    /// How a fresh key comes to its PIN; none: the operator types one.
    pub generate: Option<PinPolicy>,
    /// To whom the PIN is sealed before the key gets it.
    pub custodians: Option<Custodians>,
    /// What holds for the whole ceremony, and for one that is resumed.
    pub terms: Terms,
    /// Leave it to the tenant what it refuses.
    pub skip_preflight: bool,
    /// Stop before anything changes.
    pub dry_run: bool,
}

/// How far it went.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A dry run: what would have been done.
    Planned(Box<Plan>),
    /// The key is registered, proven and recorded.
    Enrolled(Box<Enrolled>),
}

/// An enrolled key.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// The ceremony's id in the ledger.
    pub ceremony: Uuid,
    /// What had been planned.
    pub plan: Plan,
    /// The credential's id.
    pub credential_id: Vec<u8>,
    /// The model, as the credential says.
    pub aaguid: Aaguid,
    /// The verdict on attestation, model and policy.
    pub assessment: Assessment,
    /// The registration as the directory shows it.
    pub method: Fido2AuthenticationMethod,
    /// The entry that records the key.
    pub entry: EntryRef,
    /// What was exchanged with the tenant.
    pub exchange: Exchange,
    /// What the key was asked.
    pub cost: Counters,
}

/// The registration as it went over the wire, for whoever wants to verify it with a program that is not ours.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The creation options exactly as the service sent them.
    pub creation_options: Value,
    /// The body that was posted.
    pub registration: Fido2AuthenticationMethodCreate,
}

/// Enrols a key.
///
/// # Errors
/// Before the intent is recorded: the reason, with nothing changed. Afterwards: the reason, if everything could be taken back, or
/// [`Error::Stopped`] with what remains.
pub async fn enroll(request: &Request, mut parties: Parties<'_>) -> Result<Outcome, Error> {
    let prepared = match plan::prepare(request, &mut parties).await {
        Ok(prepared) => prepared,
        Err(error) => return Err(parties.blame(error)),
    };
    if request.dry_run {
        return Ok(Outcome::Planned(Box::new(prepared.plan)));
    }
    let plan = prepared.plan.clone();
    let mut run = run::Run::begin(request, prepared, &mut parties).await?;
    let done = match run.steps(&mut parties).await {
        Ok(done) => done,
        Err(error) => return Err(undo::after(error, run, &mut parties).await),
    };
    run.apply_last_settings(&mut parties).await?;
    Ok(Outcome::Enrolled(Box::new(Enrolled {
        ceremony: run.ceremony,
        plan,
        credential_id: done.credential.id,
        aaguid: done.credential.aaguid,
        assessment: done.assessment,
        method: done.method,
        entry: done.entry,
        exchange: done.exchange,
        cost: parties.key.in_hand()?.counters(),
    })))
}

/// What is true of an open enrolment.
///
/// # Errors
/// When the key does not answer. What the tenant does not tell is a fact like any other.
pub(crate) async fn inspect(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<Inspection, Error> {
    inspect::inspect(ceremony, terms, parties).await
}

/// Does what is left of an open enrolment.
///
/// # Errors
/// [`Error::WrongKey`] before PIN and touch; else whatever stopped it. The ceremony is open as before.
pub(crate) async fn finish(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    if ceremony.proven.is_some() {
        return apart::register(ceremony, terms, parties).await;
    }
    identity::require(ceremony, terms, parties)?;
    let mut run = run::Run::resumed(ceremony, terms, parties).await?;
    run.remove_earlier_methods(parties).await?;
    let entry = run.steps(parties).await?.entry;
    run.apply_last_settings(parties).await?;
    Ok(entry)
}

/// Takes back what an open enrolment made.
///
/// # Errors
/// [`Error::WrongKey`] before PIN and touch, [`Error::NotUndoable`]; else whatever stopped it. The ceremony is open as before.
pub(crate) async fn undo(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    undo::undo(ceremony, terms, parties).await
}
