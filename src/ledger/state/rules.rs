//! The rules that an entry must keep, one function per rule, in the order of `docs/ledger-format.md`.

use super::ceremony::{self, Ceremony};
use super::{EnrolledKey, JoinedStation, Moment, Revocation, State};
use crate::ledger::chain::EntryHash;
use crate::ledger::defect::{Defect, Warning};
use crate::ledger::entry::Entry;
use crate::ledger::event::{Event, KeyChecked, KeyEnrolled, Kind, StationJoined, StationRevoked};
use crate::ledger::keyring::Vouched;
use crate::ledger::proof::{Proof, ProofDefect};
use crate::ledger::station::StationName;
use crate::webauthn::client_data::ClientDataType;
use crate::webauthn::{AttestationObject, ClientData, CoseKey};

/// How far clocks of stations may differ before the verifier remarks on it, in seconds.
const TIME_TOLERANCE: i64 = 300;

/// What an entry that keeps the rules changes in the state.
pub(in crate::ledger) struct Change {
    event: Option<Event>,
    ceremony: Option<Ceremony>,
    public_key: Option<CoseKey>,
    proof: Option<Proven>,
    /// Remarks that make no entry invalid.
    pub(in crate::ledger) warnings: Vec<Warning>,
}

struct Proven {
    credential_id: Vec<u8>,
    challenge: [u8; 32],
    sign_count: u32,
}

impl State {
    /// Checks the next entry against everything before it.
    pub(in crate::ledger) fn check(&self, entry: &Entry) -> Result<Change, Defect> {
        self.check_vouched(entry, &Vouched::default())
    }

    /// The same, where it is known already under which keys the entry's signatures verify.
    pub(in crate::ledger) fn check_vouched(
        &self,
        entry: &Entry,
        vouched: &Vouched,
    ) -> Result<Change, Defect> {
        self.check_place(entry)?;
        let event = entry.event().map_err(|error| Defect::Body {
            kind: entry.kind.clone(),
            error,
        })?;
        self.check_signature(entry, event.as_ref(), vouched.station)?;
        let before = entry.ceremony.and_then(|id| self.ceremonies.get(&id));
        let ceremony = match &event {
            Some(event) => ceremony::after(before, entry, event)?,
            None => None,
        };
        let mut public_key = None;
        match &event {
            Some(Event::KeyEnrolled(enrolled)) => {
                public_key = Some(self.check_enrolled(enrolled)?);
                check_prover(entry, &enrolled.credential_id)?;
            }
            Some(Event::KeyChecked(checked)) => {
                self.check_checked(checked, entry.proof.is_some())?;
                check_prover(entry, &checked.credential_id)?;
            }
            Some(Event::StationRevoked(revoked)) => self.check_revoked(entry, revoked)?,
            Some(event) => self.check_key_of(entry, event)?,
            None => {}
        }
        let introduced = match (&event, &public_key) {
            (Some(Event::KeyEnrolled(enrolled)), Some(key)) => Some((&**enrolled, key)),
            _ => None,
        };
        let proof = match &entry.proof {
            Some(proof) => Some(self.check_proof(entry, proof, introduced, vouched)?),
            None => None,
        };
        Ok(Change {
            warnings: self.remarks(entry),
            event,
            ceremony,
            public_key,
            proof,
        })
    }

    /// Takes a checked entry in. The change must come from [`Self::check`] on this very state.
    pub(in crate::ledger) fn commit(&mut self, entry: &Entry, change: Change) {
        match change.event {
            Some(Event::StationJoined(joined)) => {
                let now = Moment {
                    index: entry.index,
                    time: entry.time,
                };
                let station = JoinedStation {
                    public_key: joined.public_key,
                    joined: now,
                    last: now,
                    revoked: None,
                };
                self.stations.insert(joined.name, station);
            }
            Some(Event::StationRevoked(revoked)) => {
                if let Some(station) = self.stations.get_mut(&revoked.name) {
                    station.revoked = Some(Revocation {
                        index: entry.index,
                        time: entry.time,
                        by: entry.station.clone(),
                        reason: revoked.reason,
                    });
                }
            }
            Some(Event::KeyEnrolled(enrolled)) => {
                if let Some(public_key) = change.public_key {
                    let ceremony = change.ceremony.as_ref();
                    self.enroll(entry.index, *enrolled, public_key, ceremony);
                }
            }
            Some(event) => self.change_key(entry.index, event, change.ceremony.as_ref()),
            None => {}
        }
        if let Some(ceremony) = change.ceremony {
            self.ceremonies.insert(ceremony.id, ceremony);
        }
        if let Some(proven) = change.proof {
            self.challenges.insert(proven.challenge);
            if let Some(key) = self.key_mut(&proven.credential_id) {
                key.sign_count = proven.sign_count;
                key.last_proof = Some((entry.index, entry.time));
            }
        }
        if let Some(station) = self.stations.get_mut(&entry.station) {
            station.last = Moment {
                index: entry.index,
                time: entry.time,
            };
        }
        self.last_time = Some(entry.time);
        self.hashes.push(entry.reference().hash);
    }

    fn enroll(
        &mut self,
        index: u64,
        enrolled: KeyEnrolled,
        public_key: CoseKey,
        ceremony: Option<&Ceremony>,
    ) {
        let (pin, custody) = match ceremony.map(|ceremony| (&ceremony.intent, ceremony.pin_set)) {
            Some((Event::EnrollIntended(intended), pin_set)) => (
                intended.pin.clone().filter(|_| pin_set),
                intended.custody.clone(),
            ),
            _ => (None, None),
        };
        self.by_credential
            .insert(enrolled.credential_id.clone(), self.keys.len());
        self.keys.push(EnrolledKey {
            index,
            sign_count: enrolled.sign_count,
            enrolled,
            last_proof: None,
            custody,
            pin,
            retired: None,
            reset: None,
            public_key,
        });
    }

    /// What happens to a key after its enrolment.
    fn change_key(&mut self, index: u64, event: Event, ceremony: Option<&Ceremony>) {
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
                let intent = ceremony.map(|ceremony| ceremony.intent.clone());
                let labelled = |key: &&mut EnrolledKey| key.enrolled.label == changed.label;
                if let Some(key) = self.keys.iter_mut().rev().find(labelled) {
                    key.pin = match intent {
                        Some(Event::PinIntended(intended)) => intended.pin,
                        _ => None,
                    };
                }
            }
            _ => {}
        }
    }

    fn key_mut(&mut self, credential_id: &[u8]) -> Option<&mut EnrolledKey> {
        let place = *self.by_credential.get(credential_id)?;
        self.keys.get_mut(place)
    }

    fn check_place(&self, entry: &Entry) -> Result<(), Defect> {
        let expected = self.next_index();
        if entry.index != expected {
            return Err(Defect::Index {
                expected,
                found: entry.index,
            });
        }
        let expected = self.hashes.last().copied().unwrap_or(EntryHash::NONE);
        if entry.previous != expected {
            return Err(Defect::Previous {
                expected,
                found: entry.previous,
            });
        }
        Ok(())
    }

    fn check_signature(
        &self,
        entry: &Entry,
        event: Option<&Event>,
        signed_by: Option<[u8; 32]>,
    ) -> Result<(), Defect> {
        let public_key = match event {
            Some(Event::StationJoined(joined)) => self.check_joined(entry, joined)?,
            _ => self.station_in_service(&entry.station)?.public_key,
        };
        if signed_by == Some(public_key) || entry.is_signed_by(&public_key) {
            Ok(())
        } else {
            Err(Defect::Signature(entry.station.clone()))
        }
    }

    /// A station that joined and was not revoked.
    fn station_in_service(&self, name: &StationName) -> Result<&JoinedStation, Defect> {
        let Some(station) = self.stations.get(name) else {
            return Err(Defect::StationUnknown(name.clone()));
        };
        match &station.revoked {
            Some(revocation) => Err(Defect::StationRevoked {
                station: name.clone(),
                revoked: revocation.index,
            }),
            None => Ok(station),
        }
    }

    fn check_revoked(&self, entry: &Entry, revoked: &StationRevoked) -> Result<(), Defect> {
        self.station_in_service(&revoked.name)?;
        if revoked.name == entry.station {
            return Err(Defect::RevokedByItself(entry.station.clone()));
        }
        Ok(())
    }

    fn check_joined(&self, entry: &Entry, joined: &StationJoined) -> Result<[u8; 32], Defect> {
        if joined.name != entry.station {
            return Err(Defect::StationName {
                entry: entry.station.clone(),
                body: joined.name.clone(),
            });
        }
        match self.stations.get(&joined.name) {
            Some(_) => Err(Defect::StationJoinedTwice(joined.name.clone())),
            None => Ok(joined.public_key),
        }
    }

    /// The body must say the same as the attestation object it holds. Whether the attestation is any good is another
    /// question, and not the ledger's.
    fn check_enrolled(&self, enrolled: &KeyEnrolled) -> Result<CoseKey, Defect> {
        if self.by_credential.contains_key(&enrolled.credential_id) {
            return Err(Defect::EnrolledTwice(enrolled.credential_id.clone()));
        }
        let client_data: ClientData = serde_json::from_slice(&enrolled.client_data_json)
            .map_err(|_| Defect::Attestation("client_data_json"))?;
        if client_data.kind != ClientDataType::Create {
            return Err(Defect::Attestation("client_data_json"));
        }
        let data = AttestationObject::parse(&enrolled.attestation_object)
            .and_then(|object| object.authenticator_data())
            .map_err(|_| Defect::Attestation("attestation_object"))?;
        let attested = data
            .attested
            .ok_or(Defect::Attestation("attestation_object"))?;
        let agreement = [
            ("rp_id", data.rp_id_hash == enrolled.rp_id.hash()),
            (
                "credential_id",
                attested.credential_id == enrolled.credential_id,
            ),
            (
                "public_key",
                attested.public_key.as_bytes() == enrolled.public_key,
            ),
            ("aaguid", attested.aaguid == enrolled.aaguid),
            ("sign_count", data.sign_count <= enrolled.sign_count),
        ];
        match agreement.into_iter().find(|(_, agrees)| !agrees) {
            Some((member, _)) => Err(Defect::Attestation(member)),
            None => Ok(attested.public_key),
        }
    }

    fn check_checked(&self, checked: &KeyChecked, proven: bool) -> Result<(), Defect> {
        if !self.by_credential.contains_key(&checked.credential_id) {
            return Err(Defect::KeyUnknown(checked.credential_id.clone()));
        }
        if checked.passed && !proven {
            return Err(Defect::Unproven);
        }
        Ok(())
    }

    /// The rules of the other entries about a key in service.
    fn check_key_of(&self, entry: &Entry, event: &Event) -> Result<(), Defect> {
        let credential_id = match event {
            Event::KeyHandedOver(body) => &body.credential_id,
            Event::KeyRetired(body) => &body.credential_id,
            Event::ResetIntended(body) => &body.credential_id,
            Event::RetireIntended(body) => &body.credential_id,
            _ => return Ok(()),
        };
        let Some(key) = self.key_by_credential(credential_id) else {
            return Err(Defect::KeyUnknown(credential_id.clone()));
        };
        if matches!(event, Event::KeyRetired(_)) && key.retired.is_some() {
            return Err(Defect::RetiredTwice(credential_id.clone()));
        }
        check_prover(entry, credential_id)
    }

    fn check_proof(
        &self,
        entry: &Entry,
        proof: &Proof,
        introduced: Option<(&KeyEnrolled, &CoseKey)>,
        vouched: &Vouched,
    ) -> Result<Proven, Defect> {
        let anchor = proof.anchor;
        let hash = self
            .hash(anchor.index)
            .ok_or(ProofDefect::AnchorNotBefore {
                anchor: anchor.index,
            })?;
        if hash != anchor.hash {
            return Err(Defect::Proof(ProofDefect::AnchorHash {
                index: anchor.index,
                named: anchor.hash,
                found: hash,
            }));
        }
        let (enrolled, public_key, last) = match introduced {
            Some((enrolled, public_key)) => (enrolled, public_key, enrolled.sign_count),
            None => {
                let key = self
                    .key_by_credential(&proof.credential_id)
                    .ok_or_else(|| ProofDefect::UnknownCredential(proof.credential_id.clone()))?;
                (&key.enrolled, &key.public_key, key.sign_count)
            }
        };
        let challenge = proof
            .challenge(&entry.body)
            .map_err(|_| ProofDefect::ClientData)?;
        if self.challenges.contains(&challenge) {
            return Err(Defect::Proof(ProofDefect::Replayed));
        }
        let found = proof.verify(
            &challenge,
            public_key,
            &enrolled.rp_id,
            introduced.is_some(),
            vouched.prover.as_ref(),
        )?;
        // WebAuthn L3 §7.2 step 22: zero on both sides means that the key does not count.
        if (last, found) != (0, 0) && found <= last {
            return Err(Defect::Proof(ProofDefect::SignCount { last, found }));
        }
        Ok(Proven {
            credential_id: proof.credential_id.clone(),
            challenge,
            sign_count: found,
        })
    }

    fn remarks(&self, entry: &Entry) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if let Some(last) = self.last_time
            && entry.time.as_second() + TIME_TOLERANCE < last.as_second()
        {
            warnings.push(Warning::TimeWentBack {
                index: entry.index,
                before: last,
                time: entry.time,
            });
        }
        if let Kind::Unknown(kind) = &entry.kind {
            warnings.push(Warning::UnknownKind {
                index: entry.index,
                kind: kind.clone(),
            });
        }
        warnings
    }
}

/// A proof in an entry about a key must be by that key.
fn check_prover(entry: &Entry, credential_id: &[u8]) -> Result<(), Defect> {
    match &entry.proof {
        Some(proof) if proof.credential_id != credential_id => Err(Defect::ProofByOtherKey),
        _ => Ok(()),
    }
}
