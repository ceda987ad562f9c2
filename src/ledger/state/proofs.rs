//! What a proof must keep: `docs/ledger-format.md` rules 15 to 23.

use jiff::Timestamp;

use super::State;
use super::ceremony::{Ceremony, EarlyProof};
use super::keys::created_key;
use crate::ledger::defect::Defect;
use crate::ledger::entry::Entry;
use crate::ledger::event::KeyEnrolled;
use crate::ledger::keyring::Vouched;
use crate::ledger::proof::ProofDefect;
use crate::webauthn::{CoseKey, RpId};

/// A proof that keeps the rules.
pub(super) struct Proven {
    credential_id: Vec<u8>,
    challenge: [u8; 32],
    sign_count: u32,
}

impl Proven {
    /// As a ceremony remembers it until the key is enrolled.
    pub(super) fn early(&self, index: u64, time: Timestamp) -> EarlyProof {
        EarlyProof {
            index,
            time,
            sign_count: self.sign_count,
        }
    }
}

/// Who must have signed.
pub(super) struct Prover {
    rp_id: RpId,
    public_key: CoseKey,
    /// The signature counter that was last seen.
    last: u32,
    /// Whether the user must have been present and verified.
    user_verified: bool,
}

impl Prover {
    /// The key that this very entry enrols.
    pub(super) fn enrolled(
        enrolled: &KeyEnrolled,
        public_key: &CoseKey,
        ceremony: Option<&Ceremony>,
    ) -> Self {
        let proven = ceremony.and_then(|ceremony| ceremony.proven);
        let before = proven.map_or(0, |proof| proof.sign_count);
        Self {
            rp_id: enrolled.rp_id.clone(),
            public_key: public_key.clone(),
            last: enrolled.sign_count.max(before),
            user_verified: true,
        }
    }

    /// A person with a key of their own, present and verified.
    pub(super) fn person(rp_id: &RpId, public_key: CoseKey, last: u32) -> Self {
        Self {
            rp_id: rp_id.clone(),
            public_key,
            last,
            user_verified: true,
        }
    }

    /// The credential that the ceremony created, which has to prove itself here.
    pub(super) fn created(entry: &Entry, ceremony: Option<&Ceremony>) -> Result<Self, Defect> {
        let created = ceremony.and_then(|ceremony| ceremony.created.as_ref());
        let (Some(created), true) = (created, entry.proof.is_some()) else {
            return Err(Defect::Unproven);
        };
        let (public_key, last) = created_key(created)?;
        Ok(Self {
            rp_id: created.rp_id.clone(),
            public_key,
            last,
            user_verified: true,
        })
    }
}

impl State {
    /// Checks an entry's proof, if it has one; without a prover it must be by a key that is enrolled.
    pub(super) fn check_proof(
        &self,
        entry: &Entry,
        prover: Option<Prover>,
        vouched: &Vouched,
    ) -> Result<Option<Proven>, Defect> {
        let Some(proof) = &entry.proof else {
            return Ok(None);
        };
        let anchor = proof.anchor;
        if !self.knows(&anchor) {
            return Err(Defect::Proof(match self.hash(anchor.index) {
                None => ProofDefect::AnchorNotBefore {
                    anchor: anchor.index,
                },
                Some(found) => ProofDefect::AnchorHash {
                    index: anchor.index,
                    named: anchor.hash,
                    found,
                },
            }));
        }
        let prover = match prover {
            Some(prover) => prover,
            None => self.prover(&proof.credential_id)?,
        };
        let challenge = proof
            .challenge(&entry.body)
            .map_err(|_| ProofDefect::ClientData)?;
        if self.challenges.contains(&challenge) {
            return Err(Defect::Proof(ProofDefect::Replayed));
        }
        let found = proof.verify(
            &challenge,
            &prover.public_key,
            &prover.rp_id,
            prover.user_verified,
            vouched.prover.as_ref(),
        )?;
        let last = prover.last;
        // WebAuthn L3 §7.2 step 22: zero on both sides means that the key does not count.
        if (last, found) != (0, 0) && found <= last {
            return Err(Defect::Proof(ProofDefect::SignCount { last, found }));
        }
        Ok(Some(Proven {
            credential_id: proof.credential_id.clone(),
            challenge,
            sign_count: found,
        }))
    }

    /// A key that was enrolled before. It may have signed silently: that proves the key and not the person.
    fn prover(&self, credential_id: &[u8]) -> Result<Prover, ProofDefect> {
        let key = self
            .key_by_credential(credential_id)
            .ok_or_else(|| ProofDefect::UnknownCredential(credential_id.to_vec()))?;
        Ok(Prover {
            rp_id: key.enrolled.rp_id.clone(),
            public_key: key.public_key.clone(),
            last: key.sign_count,
            user_verified: false,
        })
    }

    pub(super) fn prove(&mut self, index: u64, time: Timestamp, proven: Proven) {
        self.challenges.insert(proven.challenge);
        if let Some(key) = self.key_mut(&proven.credential_id) {
            key.sign_count = proven.sign_count;
            // What is merged from a branch may be older than what is here.
            if key.last_proof.is_none_or(|(_, known)| known <= time) {
                key.last_proof = Some((index, time));
            }
        }
        self.reviewer_signed(&proven.credential_id, proven.sign_count);
    }
}
