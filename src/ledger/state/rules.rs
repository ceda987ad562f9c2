//! The rules that an entry must keep, in the order of `docs/ledger-format.md`, and what an entry that keeps them changes.

use super::ceremony::{self, Ceremony};
use super::keys::check_prover;
use super::proofs::{Proven, Prover};
use super::{JoinedStation, Moment, Revocation, State};
use crate::ledger::chain::{EntryHash, EntryRef};
use crate::ledger::defect::{Defect, Warning};
use crate::ledger::entry::Entry;
use crate::ledger::event::{EntryMerged, Event, Kind, StationJoined, StationRevoked};
use crate::ledger::keyring::Vouched;
use crate::ledger::station::StationName;
use crate::webauthn::CoseKey;

/// How far clocks of stations may differ before the verifier remarks on it, in seconds.
const TIME_TOLERANCE: i64 = 300;

/// What an entry that keeps the rules changes in the state.
#[derive(Default)]
pub(in crate::ledger) struct Change {
    event: Option<Event>,
    ceremony: Option<Ceremony>,
    public_key: Option<CoseKey>,
    proof: Option<Proven>,
    merged: Option<Box<Merged>>,
    /// Remarks that make no entry invalid.
    pub(in crate::ledger) warnings: Vec<Warning>,
}

/// An entry of a branch, and what it changes.
struct Merged {
    entry: Entry,
    change: Change,
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
        let mut change = self.check_content(entry, entry.index, vouched)?;
        change.warnings = self.remarks(entry, change.merged.as_deref());
        Ok(change)
    }

    /// Everything but the place: this entry is, or is brought in by, the one at `index`.
    fn check_content(
        &self,
        entry: &Entry,
        index: u64,
        vouched: &Vouched,
    ) -> Result<Change, Defect> {
        let event = entry.event().map_err(|error| Defect::Body {
            kind: entry.kind.clone(),
            error,
        })?;
        self.check_signature(entry, event.as_ref(), vouched.station)?;
        let Some(event) = event else {
            let proof = self.check_proof(entry, None, vouched)?;
            return Ok(Change {
                proof,
                ..Change::default()
            });
        };
        let before = entry.ceremony.and_then(|id| self.ceremonies.get(&id));
        let mut ceremony = ceremony::after(before, entry, &event, index)?;
        let mut change = Change::default();
        let prover = match &event {
            Event::EntryMerged(merged) => {
                change.merged = Some(Box::new(self.check_merged(merged, index)?));
                None
            }
            Event::KeyEnrolled(enrolled) => {
                let public_key = self.check_enrolled(enrolled)?;
                check_prover(entry, &enrolled.credential_id)?;
                let prover = Prover::enrolled(enrolled, &public_key, ceremony.as_ref());
                change.public_key = Some(public_key);
                Some(prover)
            }
            Event::EnrollProven(proven) => {
                check_prover(entry, &proven.credential_id)?;
                Some(Prover::created(entry, ceremony.as_ref())?)
            }
            Event::ReviewerJoined(joined) => {
                let public_key = self.check_reviewer(entry, joined)?;
                change.public_key = Some(public_key.clone());
                Some(Prover::person(&joined.rp_id, public_key, joined.sign_count))
            }
            Event::ReviewerLeft(left) => {
                self.check_left(left)?;
                None
            }
            Event::ReviewHeld(held) => {
                self.check_held(held)?;
                None
            }
            Event::ReviewSigned(signed) => Some(self.check_signed(entry, signed)?),
            Event::StationRevoked(revoked) => {
                self.check_revoked(entry, revoked)?;
                None
            }
            event => {
                self.check_key_of(entry, event)?;
                None
            }
        };
        change.proof = self.check_proof(entry, prover, vouched)?;
        if let (Event::EnrollProven(_), Some(ceremony), Some(proof)) =
            (&event, &mut ceremony, &change.proof)
        {
            ceremony.proven = Some(proof.early(index, entry.time));
        }
        change.event = Some(event);
        change.ceremony = ceremony;
        Ok(change)
    }

    /// An entry of a branch follows one that is known, is new, and keeps the rules as if it stood here.
    fn check_merged(&self, merged: &EntryMerged, index: u64) -> Result<Merged, Defect> {
        let entry = Entry::from_members(&merged.entry)?;
        let inner = |defect: Defect| Defect::Merged {
            index: entry.index,
            defect: Box::new(defect),
        };
        if entry.kind == Kind::EntryMerged {
            return Err(inner(Defect::MergedNested));
        }
        let reference = entry.reference();
        if self.knows(&reference) {
            return Err(inner(Defect::MergedTwice(reference.hash)));
        }
        let follows = entry.index.checked_sub(1).is_some_and(|index| {
            self.knows(&EntryRef {
                index,
                hash: entry.previous,
            })
        });
        if !follows {
            return Err(inner(Defect::MergedUnconnected(entry.previous)));
        }
        let change = self
            .check_content(&entry, index, &Vouched::default())
            .map_err(inner)?;
        Ok(Merged { entry, change })
    }

    /// Takes a checked entry in. The change must come from [`Self::check`] on this very state.
    pub(in crate::ledger) fn commit(&mut self, entry: &Entry, change: Change) {
        let now = Moment {
            index: entry.index,
            time: entry.time,
        };
        self.apply(now, entry, change);
        self.last_time = Some(entry.time);
        self.hashes.push(entry.reference().hash);
    }

    fn apply(&mut self, now: Moment, entry: &Entry, change: Change) {
        let Moment { index, time } = now;
        let station = &entry.station;
        match change.event {
            Some(Event::StationJoined(joined)) => {
                let joining = JoinedStation {
                    public_key: joined.public_key,
                    joined: now,
                    last: now,
                    revoked: None,
                };
                self.stations.insert(joined.name, joining);
            }
            Some(Event::StationRevoked(revoked)) => {
                if let Some(ended) = self.stations.get_mut(&revoked.name) {
                    ended.revoked = Some(Revocation {
                        index,
                        time,
                        by: station.clone(),
                        reason: revoked.reason,
                    });
                }
            }
            Some(Event::KeyEnrolled(enrolled)) => {
                if let Some(public_key) = change.public_key {
                    self.enroll(now, *enrolled, public_key, change.ceremony.as_ref());
                }
            }
            Some(Event::TenantChanged(changed)) => {
                self.change_tenant(now, changed, change.ceremony.as_ref());
            }
            Some(
                event @ (Event::ReviewHeld(_)
                | Event::ReviewSigned(_)
                | Event::ReviewerJoined(_)
                | Event::ReviewerLeft(_)),
            ) => self.change_review(now, entry, event, change.public_key),
            Some(event) => self.change_key(index, event, change.ceremony.as_ref()),
            None => {}
        }
        if let Some(ceremony) = change.ceremony {
            self.ceremonies.insert(ceremony.id, ceremony);
        }
        if let Some(proven) = change.proof {
            self.prove(index, time, proven);
        }
        if let Some(merged) = change.merged {
            let reference = merged.entry.reference();
            self.merged.insert(reference.hash, reference.index);
            let now = Moment {
                index,
                time: merged.entry.time,
            };
            self.apply(now, &merged.entry, merged.change);
        }
        if let Some(writer) = self.stations.get_mut(station) {
            writer.last = now;
        }
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

    fn remarks(&self, entry: &Entry, merged: Option<&Merged>) -> Vec<Warning> {
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
        let kinds = [Some(&entry.kind), merged.map(|merged| &merged.entry.kind)];
        for kind in kinds.into_iter().flatten() {
            if let Kind::Unknown(kind) = kind {
                warnings.push(Warning::UnknownKind {
                    index: entry.index,
                    kind: kind.clone(),
                });
            }
        }
        warnings
    }
}
