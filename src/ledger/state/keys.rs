//! What the entries about keys must keep, and what they change.

use super::ceremony::Ceremony;
use super::{EnrolledKey, Moment, State};
use crate::ledger::defect::Defect;
use crate::ledger::entry::Entry;
use crate::ledger::event::{
    EnrollCredentialCreated, Event, KeyEnrolled, ReviewerJoined, SealedSecret,
};
use crate::webauthn::client_data::ClientDataType;
use crate::webauthn::{
    Aaguid, AttestationObject, AttestedCredentialData, ClientData, CoseKey, RpId,
};

impl State {
    pub(super) fn enroll(
        &mut self,
        now: Moment,
        enrolled: KeyEnrolled,
        public_key: CoseKey,
        ceremony: Option<&Ceremony>,
    ) {
        let (pin, custody) = match ceremony.map(|ceremony| &ceremony.intent) {
            Some(Event::EnrollIntended(intended)) => {
                (intended.pin.clone(), intended.custody.clone())
            }
            _ => (None, None),
        };
        let proven = ceremony.and_then(|ceremony| ceremony.proven);
        self.by_credential
            .insert(enrolled.credential_id.clone(), self.keys.len());
        self.keys.push(EnrolledKey {
            index: now.index,
            enrolled_at: now.time,
            sign_count: proven
                .map_or(0, |proof| proof.sign_count)
                .max(enrolled.sign_count),
            enrolled,
            last_proof: proven.map(|proof| (proof.index, proof.time)),
            custody,
            pin,
            retired: None,
            reset: None,
            public_key,
        });
    }

    /// What happens to a key after its enrolment.
    pub(super) fn change_key(&mut self, index: u64, event: Event, ceremony: Option<&Ceremony>) {
        match event {
            Event::KeyHandedOver(handed_over) => {
                if let Some(key) = self.key_mut(&handed_over.credential_id) {
                    key.custody = Some(handed_over.custody);
                }
            }
            Event::KeyRetired(retired) => {
                if let Some(key) = self.key_mut(&retired.credential_id) {
                    key.retired = Some((index, retired.reason));
                }
            }
            Event::ResetPerformed(reset) => {
                if let Some(key) = self.key_mut(&reset.credential_id) {
                    key.reset = Some(index);
                    key.pin = None;
                }
            }
            Event::PinChanged(changed) => {
                let intended = match ceremony.map(|ceremony| &ceremony.intent) {
                    Some(Event::PinIntended(intended)) => intended.pin.clone(),
                    _ => None,
                };
                self.set_pin(&changed.label, changed.pin.or(intended));
            }
            Event::CeremonyUndone(undone) if undone.pin.is_some() => {
                self.set_pin(&undone.label, undone.pin);
            }
            _ => {}
        }
    }

    /// The key with this label has this PIN from now on.
    fn set_pin(&mut self, label: &str, pin: Option<SealedSecret>) {
        let mut keys = self.keys.iter_mut().rev();
        if let Some(key) = keys.find(|key| key.enrolled.label == label) {
            key.pin = pin;
        }
    }

    pub(super) fn key_mut(&mut self, credential_id: &[u8]) -> Option<&mut EnrolledKey> {
        let place = *self.by_credential.get(credential_id)?;
        self.keys.get_mut(place)
    }

    /// A credential is enrolled once, and is the one that was attested.
    pub(super) fn check_enrolled(&self, enrolled: &KeyEnrolled) -> Result<CoseKey, Defect> {
        let id = &enrolled.credential_id;
        if self.by_credential.contains_key(id) || self.is_a_reviewers(id) {
            return Err(Defect::EnrolledTwice(id.clone()));
        }
        Attested::from(enrolled).agrees()
    }

    /// The rules of the other entries about a key: it is enrolled, and a proof is by it.
    pub(super) fn check_key_of(&self, entry: &Entry, event: &Event) -> Result<(), Defect> {
        let credential_id = match event {
            Event::KeyChecked(body) => &body.credential_id,
            Event::KeyHandedOver(body) => &body.credential_id,
            Event::KeyRetired(body) => &body.credential_id,
            Event::KeyTested(body) => &body.credential_id,
            Event::ResetIntended(body) => &body.credential_id,
            Event::RetireIntended(body) => &body.credential_id,
            _ => return Ok(()),
        };
        let Some(key) = self.key_by_credential(credential_id) else {
            return Err(Defect::KeyUnknown(credential_id.clone()));
        };
        match event {
            Event::KeyRetired(_) if key.retired.is_some() => {
                return Err(Defect::RetiredTwice(credential_id.clone()));
            }
            Event::KeyChecked(checked) if checked.passed && entry.proof.is_none() => {
                return Err(Defect::Unproven);
            }
            _ => {}
        }
        check_prover(entry, credential_id)
    }
}

/// What a body says of a credential, and what the key attested of it.
pub(super) struct Attested<'a> {
    rp_id: &'a RpId,
    credential_id: &'a [u8],
    public_key: &'a [u8],
    aaguid: Aaguid,
    sign_count: u32,
    attestation_object: &'a [u8],
    client_data_json: &'a [u8],
}

macro_rules! attested_by {
    ($body:ty) => {
        impl<'a> From<&'a $body> for Attested<'a> {
            fn from(body: &'a $body) -> Self {
                Self {
                    rp_id: &body.rp_id,
                    credential_id: &body.credential_id,
                    public_key: &body.public_key,
                    aaguid: body.aaguid,
                    sign_count: body.sign_count,
                    attestation_object: &body.attestation_object,
                    client_data_json: &body.client_data_json,
                }
            }
        }
    };
}

attested_by!(KeyEnrolled);
attested_by!(ReviewerJoined);

impl Attested<'_> {
    /// The body must say the same as the attestation object it holds. Whether the attestation is any good is another question,
    /// and not the ledger's.
    pub(super) fn agrees(&self) -> Result<CoseKey, Defect> {
        let client_data: ClientData = serde_json::from_slice(self.client_data_json)
            .map_err(|_| Defect::Attestation("client_data_json"))?;
        if client_data.kind != ClientDataType::Create {
            return Err(Defect::Attestation("client_data_json"));
        }
        let (rp_id_hash, attested, sign_count) = attested(self.attestation_object)?;
        let agreement = [
            ("rp_id", rp_id_hash == self.rp_id.hash()),
            (
                "credential_id",
                attested.credential_id == self.credential_id,
            ),
            (
                "public_key",
                attested.public_key.as_bytes() == self.public_key,
            ),
            ("aaguid", attested.aaguid == self.aaguid),
            ("sign_count", sign_count <= self.sign_count),
        ];
        match agreement.into_iter().find(|(_, agrees)| !agrees) {
            Some((member, _)) => Err(Defect::Attestation(member)),
            None => Ok(attested.public_key),
        }
    }
}

/// RP ID hash, credential and signature counter in an attestation object.
fn attested(object: &[u8]) -> Result<([u8; 32], AttestedCredentialData, u32), Defect> {
    let unreadable = Defect::Attestation("attestation_object");
    let data = AttestationObject::parse(object).and_then(|object| object.authenticator_data());
    match data {
        Ok(data) => match data.attested {
            Some(attested) => Ok((data.rp_id_hash, attested, data.sign_count)),
            None => Err(unreadable),
        },
        Err(_) => Err(unreadable),
    }
}

/// Public key and signature counter of a credential that is not enrolled yet.
pub(super) fn created_key(created: &EnrollCredentialCreated) -> Result<(CoseKey, u32), Defect> {
    let (rp_id_hash, attested, sign_count) = attested(&created.attestation_object)?;
    if rp_id_hash != created.rp_id.hash() {
        return Err(Defect::Attestation("rp_id"));
    }
    if attested.credential_id != created.credential_id {
        return Err(Defect::Attestation("credential_id"));
    }
    Ok((attested.public_key, sign_count))
}

/// A proof in an entry about a key must be by that key.
pub(super) fn check_prover(entry: &Entry, credential_id: &[u8]) -> Result<(), Defect> {
    match &entry.proof {
        Some(proof) if proof.credential_id != credential_id => Err(Defect::ProofByOtherKey),
        _ => Ok(()),
    }
}
