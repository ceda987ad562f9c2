//! A reviewer vouches for a review: the files at hand are those that were reviewed, and the reviewer's key signs the entry's hash
//! with touch and PIN.

use sha2::{Digest, Sha256};

use crate::ceremony::check::{Signer, prove_in_person};
use crate::ceremony::interaction::Step;
use crate::ceremony::silent::{self, Holding};
use crate::ceremony::user_verification::UserVerification;
use crate::ceremony::{Error, Parties};
use crate::encoding::hex;
use crate::ledger::{
    Draft, Entry, EntryRef, Event, Ledger, Review, ReviewSigned, ReviewerJoined, State, Told,
};
use crate::webauthn::Aaguid;

/// What is to be signed, and by whom.
pub struct Request<'a> {
    /// The index of the review's entry; the newest review otherwise.
    pub review: Option<u64>,
    /// The reviewer.
    pub reviewer: &'a str,
    /// The report that people read, byte by byte.
    pub report: &'a [u8],
    /// The review as JSON, byte by byte.
    pub document: &'a [u8],
    /// The SHA-256 of the rows of the logs, hexadecimal, where they are at hand.
    pub rows: Option<String>,
    /// Try a PIN although few tries are left.
    pub spend_last_tries: bool,
}

/// A review that was signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    /// The review, with the signatures that it had before.
    pub review: Review,
    /// Who signed it.
    pub reviewer: String,
    /// The model of the key.
    pub aaguid: Aaguid,
    /// The entry with which its holder joined.
    pub joined: u64,
    /// Whether the signature counts: it does if the reviewer had joined before the review was held.
    pub counts: bool,
    /// The entry with the signature.
    pub entry: EntryRef,
}

/// The review in this entry, or the newest one.
///
/// # Errors
/// When there is none.
pub fn review(state: &State, index: Option<u64>) -> Result<&Review, Error> {
    let mut reviews = state.reviews().iter().rev();
    let wanted = reviews.find(|one| index.is_none_or(|index| one.entry.index == index));
    wanted.ok_or(Error::NoReview(index))
}

/// What is to be signed and who is to sign it, without any key.
///
/// # Errors
/// When there is no such review or reviewer, a file is another one, or the reviewer has signed the review before.
pub fn examine<'a>(
    request: &Request<'_>,
    ledger: &'a Ledger,
) -> Result<(&'a Review, &'a ReviewerJoined), Error> {
    let state = ledger.state();
    let review = review(state, request.review)?;
    let introduction = signatory(state, request.reviewer, review)?;
    require_files(request, review)?;
    if let Some(found) = &request.rows {
        require_rows(found, ledger.entries())?;
    }
    Ok((review, introduction))
}

/// Has a reviewer's key sign a review. `show` is given what is about to be signed, before the key is asked.
///
/// # Errors
/// When there is no such review or reviewer, a file is another one, the key is somebody else's, no PIN can be had, or the ledger
/// cannot be written.
pub async fn sign(
    request: &Request<'_>,
    mut parties: Parties<'_>,
    show: impl FnOnce(&Review),
) -> Result<Signed, Error> {
    match steps(request, &mut parties, show).await {
        Err(error) => Err(parties.blame(error)),
        signed => signed,
    }
}

async fn steps(
    request: &Request<'_>,
    parties: &mut Parties<'_>,
    show: impl FnOnce(&Review),
) -> Result<Signed, Error> {
    parties.interaction.begin(Step::InspectLedger);
    parties.ledger.refresh().await?;
    let (review, introduction) = examine(request, parties.ledger)?;
    let (review, introduction) = (review.clone(), introduction.clone());
    let found = format!("review of entry {}", review.entry.index);
    parties.interaction.done(Step::InspectLedger, &found);
    show(&review);
    let reviewer = request.reviewer.to_owned();
    require_key(&introduction, parties)?;
    let signed = Event::ReviewSigned(ReviewSigned {
        review: review.entry,
        reviewer: reviewer.clone(),
    });
    let draft = Draft::new(&signed, None);
    parties.interaction.begin(Step::ProveKey);
    let signer = Signer {
        rp_id: &introduction.rp_id,
        credential_id: &introduction.credential_id,
    };
    let mut user = UserVerification::new(request.spend_last_tries);
    let proof = prove_in_person(signer, &mut user, &draft, parties)?;
    parties.interaction.done(Step::ProveKey, "signed");
    let entry = parties.ledger.append(draft.with_proof(proof)).await?;
    let joined = parties.ledger.state().reviewer(&reviewer);
    let joined = joined.map_or(entry.index, |one| one.joined.index);
    Ok(Signed {
        counts: joined < review.held.index,
        aaguid: introduction.aaguid,
        joined,
        review,
        reviewer,
        entry: entry.reference(),
    })
}

/// The reviewer, who has not signed this review yet.
fn signatory<'a>(
    state: &'a State,
    name: &str,
    review: &Review,
) -> Result<&'a ReviewerJoined, Error> {
    let reviewer = state.reviewer(name);
    let reviewer = reviewer.ok_or_else(|| Error::ReviewerUnknown(name.to_owned()))?;
    let mut signatures = review.signatures.iter();
    match signatures.any(|one| one.reviewer == name) {
        true => Err(Error::ReviewSignedAlready {
            reviewer: name.to_owned(),
            review: review.entry.index,
        }),
        false => Ok(&reviewer.introduction),
    }
}

fn require_files(request: &Request<'_>, review: &Review) -> Result<(), Error> {
    let files = [
        ("report", request.report, &review.review.report),
        ("document", request.document, &review.review.document),
    ];
    for (what, bytes, recorded) in files {
        let found = hex::encode(&Sha256::digest(bytes));
        if found != *recorded {
            return Err(Error::ReviewFile {
                what,
                entry: review.entry.index,
                found,
                recorded: recorded.clone(),
            });
        }
    }
    Ok(())
}

/// The review's entry does not name the rows; that of the look does by which they were read. Other stations may have looked since.
fn require_rows(found: &str, entries: &[Entry]) -> Result<(), Error> {
    let told = Told::all(entries).into_iter().rev();
    let mut looks = told.filter_map(|told| match told.event {
        Event::TenantMonitored(look) => Some((told.index, look.evidence)),
        _ => None,
    });
    let Some((entry, recorded)) = looks.next() else {
        return Ok(());
    };
    if recorded == found || looks.any(|(_, evidence)| evidence == found) {
        return Ok(());
    }
    Err(Error::ReviewFile {
        what: "list of rows",
        entry,
        found: found.to_owned(),
        recorded,
    })
}

/// A stranger's key must not lose a PIN try to this. One that does not tell silently is asked with the PIN all the same.
fn require_key(introduction: &ReviewerJoined, parties: &mut Parties<'_>) -> Result<(), Error> {
    let ReviewerJoined {
        rp_id,
        credential_id,
        name,
        ..
    } = introduction;
    match silent::holding(parties, rp_id, credential_id)? {
        Holding::Holds | Holding::Unsaid => Ok(()),
        Holding::Lacks => Err(Error::WrongKey {
            wanted: format!("the key of {name}"),
            found: "a key without that credential".to_owned(),
        }),
    }
}
