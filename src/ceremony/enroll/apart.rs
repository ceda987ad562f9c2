//! An enrolment whose key and whose tenant are in two rooms: the same steps, each where it can be done.

use serde_json::{Map, Value};

use crate::ceremony::enroll::credential::Credential;
use crate::ceremony::enroll::run::{Run, intent};
use crate::ceremony::enroll::{Request, Terms, identity, plan, undo};
use crate::ceremony::interaction::Step;
use crate::ceremony::two_rooms::{self, EnrollRequest, EnrollResponse, FileError, Wanted};
use crate::ceremony::{Error, Parties};
use crate::graph::{ChallengeTimeout, DisplayName};
use crate::ledger::{Ceremony, CeremonyPhase, EntryRef};

/// In the room of the tenant: asks for creation options, and writes what the room of the key needs. Changes nothing in the tenant; a station that has not
/// joined the ledger does so, to sign.
///
/// # Errors
/// As the read-only part of an enrolment.
pub async fn request(
    request: &Request,
    timeout: Option<ChallengeTimeout>,
    mut parties: Parties<'_>,
) -> Result<(Wanted, Map<String, Value>), Error> {
    let display_name = DisplayName::new(&request.label)?;
    plan::inspect_ledger(display_name.as_str(), &mut parties).await?;
    let found = plan::inspect_tenant(request, &mut parties, &display_name, None, timeout).await?;
    for warning in &found.warnings {
        parties.interaction.warn(warning);
    }
    let wanted = Wanted {
        label: display_name.to_string(),
        account: found.account,
        tenant: request.tenant.clone(),
        methods: found.methods,
        options: found.options,
    };
    parties.ledger.join().await?;
    let document = two_rooms::write(&wanted, parties.ledger, parties.env.now())?;
    Ok((wanted, document))
}

/// In the room of the key, on a copy of the ledger: PIN, credential, proof. What was begun there before is gone on with.
///
/// # Errors
/// As an enrolment; [`FileError::Expired`] when the tenant's challenge has ended.
pub async fn offline(
    file: &EnrollRequest,
    request: &Request,
    mut parties: Parties<'_>,
) -> Result<EnrollResponse, Error> {
    parties.ledger.refresh().await?;
    let open = parties.ledger.state().open_ceremony_on(&file.wanted.label);
    let mut run = match open.cloned() {
        Some(open) => continued(&open, file, &request.terms, &mut parties)?,
        None => begun(file, request, &mut parties).await?,
    };
    if let Err(error) = run.up_to_the_proof(&mut parties).await {
        return Err(undo::after(error, run, &mut parties).await);
    }
    let entries = parties.ledger.entries();
    Ok(EnrollResponse::since(&file.head, entries, run.ceremony))
}

async fn begun<'a>(
    file: &EnrollRequest,
    request: &'a Request,
    parties: &mut Parties<'_>,
) -> Result<Run<'a>, Error> {
    let expires = file.wanted.options.options.expires;
    if let Some(end) = expires.filter(|end| *end <= parties.env.now()) {
        return Err(FileError::Expired(end).into());
    }
    let prepared = plan::prepare_offline(request, &file.wanted, parties).await;
    Run::begin(
        request,
        prepared.map_err(|error| parties.blame(error))?,
        parties,
    )
    .await
}

fn continued<'a>(
    open: &Ceremony,
    file: &EnrollRequest,
    terms: &'a Terms,
    parties: &mut Parties<'_>,
) -> Result<Run<'a>, Error> {
    if intent(open)?.account != file.wanted.account {
        return Err(Error::CeremonyOpen {
            label: open.label.clone(),
            ceremony: open.id,
        });
    }
    identity::require(open, terms, parties)?;
    Run::with_options(open, terms, file.wanted.options.clone())
}

/// Back in the room of the tenant: brings in what the room of the key appended, and finishes. May be done again after it stopped.
///
/// # Errors
/// [`Error::Ledger`] when the entries do not follow what this ledger knows or do not verify; as an enrolment.
pub async fn respond(
    response: &EnrollResponse,
    terms: &Terms,
    mut parties: Parties<'_>,
) -> Result<EntryRef, Error> {
    parties.interaction.begin(Step::InspectLedger);
    let merged = parties.ledger.merge(&response.entries).await?;
    let fact = format!("{} entries brought in", merged.len());
    parties.interaction.done(Step::InspectLedger, &fact);
    let unknown = || Error::NoSuchCeremony(response.ceremony.to_string());
    let ceremony = parties.ledger.state().ceremony(response.ceremony);
    let ceremony = ceremony.cloned().ok_or_else(unknown)?;
    match ceremony.phase {
        CeremonyPhase::Completed => {
            let enrolled = ceremony.credential_id.as_deref();
            let state = parties.ledger.state();
            let key = enrolled.and_then(|id| state.key_by_credential(id));
            let index = key.map(|key| key.index).ok_or_else(unknown)?;
            let hash = state.hash(index).ok_or_else(unknown)?;
            Ok(EntryRef { index, hash })
        }
        _ => match register(&ceremony, terms, &mut parties).await {
            Err(error) => Err(parties.blame(error)),
            registered => registered,
        },
    }
}

/// Registers a credential that proved itself in another room.
pub(super) async fn register(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let unproven = || Error::NotFinishable {
        ceremony: ceremony.id,
        why: "the key has not proven itself yet; go on in the room where it is".to_owned(),
    };
    let created = ceremony
        .created
        .as_ref()
        .filter(|_| ceremony.proven.is_some());
    let credential = Credential::recorded(created.ok_or_else(unproven)?)?;
    let mut run = Run::resumed(ceremony, terms, parties).await?;
    run.verify_attestation(&credential, parties)?;
    parties.go_on()?;
    let registration = run.registration(&credential);
    let method_id = run.register(&credential, &registration, parties).await?;
    let method = run.read_back(&credential, &method_id, parties).await?;
    parties.interaction.begin(Step::RecordOutcome);
    let enrolled = run.enrolled(&credential, &method, None);
    let entry = parties.record(ceremony.id, &enrolled).await?;
    parties
        .interaction
        .done(Step::RecordOutcome, &format!("entry {}", entry.index));
    Ok(entry)
}

impl Run<'_> {
    /// Everything that takes the key and not the tenant, less what is done already.
    async fn up_to_the_proof(&mut self, parties: &mut Parties<'_>) -> Result<(), Error> {
        self.set_pin(parties).await?;
        self.apply_settings(parties).await?;
        if self.recorded(parties)?.proven.is_none() {
            let credential = self.obtain_credential(parties).await?;
            self.verify_attestation(&credential, parties)?;
            parties.go_on()?;
            self.intend_last_settings(parties).await?;
            self.prove_early(&credential, parties).await?;
        }
        self.apply_last_settings(parties).await
    }
}
