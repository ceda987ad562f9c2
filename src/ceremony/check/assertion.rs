//! The assertion at the heart of a check.

use std::collections::BTreeSet;

use crate::ceremony::check::Request;
use crate::ceremony::check::findings::fail;
use crate::ceremony::parties::touch_prompt;
use crate::ceremony::silent::{self, descriptors, wants_interaction};
use crate::ceremony::user_verification::UserVerification;
use crate::ceremony::{Error, Parties};
use crate::ctap::command::get_assertion;
use crate::ctap::status::Status;
use crate::ctap::{self, Permissions, PinFailureKind};
use crate::ledger::{Draft, Proof, ProofRequest};
use crate::ledger::{KeyEnrolled, Outcome};
use crate::webauthn::RpId;

/// How the key proved the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Without touch and PIN.
    Silent,
    /// With a touch.
    Touch,
    /// With touch and PIN, as at a sign-in.
    TouchAndPin,
}

impl Evidence {
    /// For people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Silent => "signed silently",
            Self::Touch => "signed after a touch",
            Self::TouchAndPin => "signed after touch and PIN",
        }
    }

    /// For programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Touch => "touch",
            Self::TouchAndPin => "touch_and_pin",
        }
    }
}

/// Has the key sign the draft. The inner error is a finding: the key answered, and not as the enrolled one would.
pub(crate) fn prove(
    request: &Request,
    key: &KeyEnrolled,
    draft: &Draft,
    parties: &mut Parties<'_>,
) -> Result<Result<(Evidence, Proof), Outcome>, Error> {
    let challenge = parties.ledger.prove(draft)?;
    let attempts: &[Evidence] = if request.full {
        &[Evidence::TouchAndPin]
    } else {
        &[Evidence::Silent, Evidence::Touch, Evidence::TouchAndPin]
    };
    let signer = Signer {
        rp_id: &key.rp_id,
        credential_id: &key.credential_id,
    };
    let mut user = UserVerification::new(request.spend_last_tries);
    for evidence in attempts {
        match ask(*evidence, signer, &mut user, &challenge, parties) {
            Ok(response) => {
                let proof = challenge.complete(
                    key.credential_id.clone(),
                    response.auth_data,
                    response.signature,
                );
                return Ok(Ok((*evidence, proof)));
            }
            Err(Error::Key(error)) if wants_more(*evidence, &error) => {}
            Err(Error::Key(ctap::Error::Status {
                status: Status::NoCredentials,
                ..
            })) => {
                return missing(key, parties).map(Err);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Err(fail(
        "signature",
        "the key signs neither silently nor with touch and PIN",
    )))
}

/// Whether the next stronger way of asking may succeed. A touch that was declined or did not come stays what it is: the person
/// would be asked for a PIN without need.
fn wants_more(evidence: Evidence, error: &ctap::Error) -> bool {
    match evidence {
        Evidence::Silent => wants_interaction(error),
        Evidence::Touch => {
            matches!(error, ctap::Error::Pin { failure, .. } if failure.kind == PinFailureKind::Required)
        }
        Evidence::TouchAndPin => false,
    }
}

/// The credential that is to sign.
#[derive(Clone, Copy)]
pub(crate) struct Signer<'a> {
    pub(crate) rp_id: &'a RpId,
    pub(crate) credential_id: &'a [u8],
}

/// Has a credential sign the draft with touch and PIN.
pub(crate) fn prove_in_person(
    signer: Signer<'_>,
    user: &mut UserVerification,
    draft: &Draft,
    parties: &mut Parties<'_>,
) -> Result<Proof, Error> {
    let challenge = parties.ledger.prove(draft)?;
    let response = ask(Evidence::TouchAndPin, signer, user, &challenge, parties)?;
    let credential_id = signer.credential_id.to_vec();
    Ok(challenge.complete(credential_id, response.auth_data, response.signature))
}

fn ask(
    evidence: Evidence,
    signer: Signer<'_>,
    user: &mut UserVerification,
    challenge: &ProofRequest,
    parties: &mut Parties<'_>,
) -> Result<get_assertion::Response, Error> {
    let assertion = get_assertion::Request {
        allow_list: descriptors([signer.credential_id]),
        up: (evidence == Evidence::Silent).then_some(false),
        ..get_assertion::Request::new(signer.rp_id.clone(), challenge.client_data_hash())
    };
    let auth = match evidence {
        Evidence::TouchAndPin => Some(user.verify(Permissions::GA, signer.rp_id, parties)?),
        Evidence::Silent | Evidence::Touch => None,
    };
    let mut wait = touch_prompt(parties.interaction, parties.cancel);
    let assertions =
        parties
            .key
            .in_hand_mut()?
            .get_assertion(&assertion, auth.as_ref(), &mut wait)?;
    assertions
        .into_iter()
        .next()
        .ok_or_else(|| Error::KeyProof("no assertion".to_owned()))
}

/// The key does not hold the credential. If it holds another one that the ledger knows, it is another key; otherwise it has
/// been reset, or is a stranger of the same model.
fn missing(key: &KeyEnrolled, parties: &mut Parties<'_>) -> Result<Outcome, Error> {
    match identify(parties, Some(&key.label))? {
        Some(other) => Err(Error::WrongKey {
            wanted: key.label.clone(),
            found: other.label,
        }),
        None => Ok(fail(
            "signature",
            "the key does not hold the credential: it has been reset, or it is a stranger of the same model",
        )),
    }
}

/// Which key of the ledger is in hand, found out silently.
pub(crate) fn identify(
    parties: &mut Parties<'_>,
    except: Option<&str>,
) -> Result<Option<KeyEnrolled>, Error> {
    let aaguid = parties.key.in_hand()?.info().aaguid;
    let candidates: Vec<KeyEnrolled> = parties
        .ledger
        .state()
        .keys()
        .iter()
        .map(|key| key.enrolled.clone())
        .filter(|key| key.aaguid == aaguid && Some(key.label.as_str()) != except)
        .collect();
    let rp_ids: BTreeSet<RpId> = candidates.iter().map(|key| key.rp_id.clone()).collect();
    for rp_id in rp_ids {
        let ids = candidates
            .iter()
            .filter(|key| key.rp_id == rp_id)
            .map(|key| key.credential_id.as_slice());
        if let Some(held) = silent::held(parties, &rp_id, ids)? {
            return Ok(candidates.into_iter().find(|key| key.credential_id == held));
        }
    }
    Ok(None)
}
