//! Those who sign reviews: each with a credential on a key of their own, which opens nothing.
//!
//! ```text
//! key        makes a credential for a relying party that does not exist; not discoverable, so it takes no room
//! key        signs the entry with it
//! ledger     reviewer.joined, with the signature as its proof
//! ```
//!
//! Whatever ends between the two leaves a credential that nobody knows, and nothing to clear up.

use crate::ceremony::check::{Signer, identify, prove_in_person};
use crate::ceremony::enroll::Credential;
use crate::ceremony::interaction::Step;
use crate::ceremony::parties::touch_prompt;
use crate::ceremony::silent::{self, Holding, descriptors};
use crate::ceremony::user_verification::UserVerification;
use crate::ceremony::{Error, Parties};
use crate::ctap::command::{RelyingParty, User, get_info, make_credential};
use crate::ctap::{self, Permissions};
use crate::encoding::base64url;
use crate::ledger::{Draft, EntryRef, Event, ReviewerJoined, ReviewerLeft, State};
use crate::webauthn::client_data::{self, ClientDataType};
use crate::webauthn::{Aaguid, ClientData, RpId};

/// For whom reviewers' credentials are. RFC 2606 keeps the domain from ever being anybody's, so no service takes them for a sign-in.
const RELYING_PARTY: &str = "halligan.invalid";

/// Who is to sign reviews from now on.
#[derive(Debug, Clone)]
pub struct Request {
    /// The person.
    pub name: String,
    /// Try a PIN although few tries are left.
    pub spend_last_tries: bool,
}

/// Somebody who signs reviews from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The person.
    pub name: String,
    /// The model of their key.
    pub aaguid: Aaguid,
    /// The label of the emergency key that it is as well.
    pub also: Option<String>,
    /// The entry.
    pub entry: EntryRef,
}

/// Makes a credential on the reviewer's key, and has it sign that it is theirs.
///
/// # Errors
/// When the name is taken, the ledger is empty, the key signs for somebody else or cannot tell one person from another, no PIN can be had, or the ledger
/// cannot be written.
pub async fn join(request: &Request, mut parties: Parties<'_>) -> Result<Joined, Error> {
    match steps(request, &mut parties).await {
        Err(error) => Err(parties.blame(error)),
        joined => joined,
    }
}

async fn steps(request: &Request, parties: &mut Parties<'_>) -> Result<Joined, Error> {
    parties.interaction.begin(Step::InspectLedger);
    parties.ledger.refresh().await?;
    let name = request.name.clone();
    require_room(parties.ledger.state(), &name)?;
    parties.interaction.done(Step::InspectLedger, &name);
    require_verification(parties.key.in_hand()?.info())?;
    require_unused(parties)?;
    let also = identify(parties, None)?.map(|key| key.label);
    if let Some(label) = &also {
        parties.interaction.warn(&format!(
            "this is the emergency key {label}: whoever holds it in an emergency can sign reviews as {name} too"
        ));
    }
    let mut user = UserVerification::new(request.spend_last_tries);
    let rp_id = relying_party();
    let credential = create(&name, &rp_id, &mut user, parties)?;
    let aaguid = credential.aaguid;
    let draft = Draft::new(&introduction(&name, &rp_id, &credential), None);
    parties.interaction.begin(Step::ProveKey);
    let signer = Signer {
        rp_id: &rp_id,
        credential_id: &credential.id,
    };
    let proof = prove_in_person(signer, &mut user, &draft, parties)?;
    parties.interaction.done(Step::ProveKey, "signed");
    let entry = parties.ledger.append(draft.with_proof(proof)).await?;
    Ok(Joined {
        name,
        aaguid,
        also,
        entry: entry.reference(),
    })
}

/// Nobody has joined under this name, and stayed; and there is a head for their key to sign. Without one the ledger would refuse the
/// proof only when the key had made its credential.
///
/// # Errors
/// When somebody has, or the ledger is empty.
pub fn require_room(state: &State, name: &str) -> Result<(), Error> {
    match (state.reviewer(name), state.head()) {
        (Some(_), _) => Err(Error::ReviewerKnown(name.to_owned())),
        (None, None) => Err(Error::ReviewerBeforeEntries),
        (None, Some(_)) => Ok(()),
    }
}

/// A key that tells silently whose it is need not be given a PIN to be refused. One that does not is refused by the exclude list.
fn require_unused(parties: &mut Parties<'_>) -> Result<(), Error> {
    let reviewers = parties.ledger.state().reviewers().iter();
    let credentials: Vec<(RpId, Vec<u8>)> = reviewers
        .map(|one| {
            let introduction = &one.introduction;
            (
                introduction.rp_id.clone(),
                introduction.credential_id.clone(),
            )
        })
        .collect();
    for (rp_id, credential_id) in credentials {
        if silent::holding(parties, &rp_id, &credential_id)? == Holding::Holds {
            return Err(Error::ReviewersKey);
        }
    }
    Ok(())
}

fn relying_party() -> RpId {
    RELYING_PARTY
        .parse()
        .expect("the constant is a domain in lower case")
}

/// A signature says that this person was there, so a key that signs for whoever touches it is of no use.
fn require_verification(info: &get_info::Response) -> Result<(), Error> {
    let options = &info.options;
    match options.client_pin == Some(true) || options.uv == Some(true) {
        true => Ok(()),
        false => Err(Error::KeyUnfit(vec![
            "it has neither a PIN nor a fingerprint, and would sign for anybody who touches it"
                .to_owned(),
        ])),
    }
}

fn create(
    name: &str,
    rp_id: &RpId,
    user: &mut UserVerification,
    parties: &mut Parties<'_>,
) -> Result<Credential, Error> {
    let auth = user.verify(Permissions::MC, rp_id, parties)?;
    parties.go_on()?;
    parties.interaction.begin(Step::CreateCredential);
    let challenge = base64url::encode(&parties.env.random::<32>());
    let client_data_json =
        ClientData::new(ClientDataType::Create, &challenge, &rp_id.origin()).to_json();
    let request = request(name, rp_id, &client_data_json, parties);
    let answer = {
        let mut wait = touch_prompt(parties.interaction, parties.cancel);
        let key = parties.key.in_hand_mut()?;
        key.make_credential(&request, Some(&auth), &mut wait)
    };
    let response = match answer {
        Err(ctap::Error::CredentialExcluded { .. }) => return Err(Error::ReviewersKey),
        other => other?,
    };
    let credential = Credential::made(&response, client_data_json, &challenge)?;
    let model = format!("model {}", credential.aaguid);
    parties.interaction.done(Step::CreateCredential, &model);
    Ok(credential)
}

fn request(
    name: &str,
    rp_id: &RpId,
    client_data_json: &[u8],
    parties: &Parties<'_>,
) -> make_credential::Request {
    let rp = RelyingParty {
        id: rp_id.clone(),
        name: Some("Halligan reviews".to_owned()),
    };
    let user = User {
        id: parties.env.random::<32>().to_vec(),
        name: Some(name.to_owned()),
        display_name: None,
    };
    // Those who left, too: the key of one who did must not come back under another name.
    let reviewers = parties.ledger.state().reviewers().iter();
    make_credential::Request {
        exclude_list: descriptors(reviewers.map(|one| one.introduction.credential_id.as_slice())),
        ..make_credential::Request::new(client_data::hash(client_data_json), rp, user)
    }
}

fn introduction(name: &str, rp_id: &RpId, credential: &Credential) -> Event {
    Event::ReviewerJoined(Box::new(ReviewerJoined {
        name: name.to_owned(),
        credential_id: credential.id.clone(),
        public_key: credential.public_key.clone(),
        attestation_object: credential.attestation_object.clone(),
        client_data_json: credential.client_data_json.clone(),
        aaguid: credential.aaguid,
        rp_id: rp_id.clone(),
        sign_count: credential.sign_count,
    }))
}

/// Nothing is signed by this person any more.
///
/// # Errors
/// When there is no such reviewer, or the ledger cannot be written.
pub async fn leave(
    name: &str,
    reason: Option<String>,
    ledger: &mut crate::ledger::Ledger,
) -> Result<EntryRef, Error> {
    ledger.refresh().await?;
    if ledger.state().reviewer(name).is_none() {
        return Err(Error::ReviewerUnknown(name.to_owned()));
    }
    let name = name.to_owned();
    let left = Event::ReviewerLeft(ReviewerLeft { name, reason });
    Ok(ledger.append(Draft::new(&left, None)).await?.reference())
}
