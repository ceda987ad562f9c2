//! A ledger, keys that sign in it, and a clock that somebody puts forward.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use crate::ceremony::duty::Duty;
use crate::ceremony::review::{Audited, Given, Material, Reviewed, Terms, review};
use crate::env::{Env, ManualClock, SeededRng};
use crate::ledger::tests::key::{AAGUID, Key};
use crate::ledger::{
    Account, Custody, Draft, DrillCompleted, DrillIntended, EnrollCredentialCreated,
    EnrollIntended, EnrollRegistered, Event, KeyChecked, KeyDescription, KeyEnrolled, KeyTested,
    Ledger, Log, LogEvent, Outcome, OutcomeVerdict, Period, Station, TenantMonitored,
};
use crate::tenant::audit::{Audit, FailOn, Severity};
use crate::tenant::snapshot::Snapshot;

pub(super) const TENANT: &str = "11111111-2222-4333-8444-555555555555";

pub(super) struct World {
    pub(super) ledger: Ledger,
    clock: Arc<ManualClock>,
    keys: BTreeMap<String, Key>,
    day: u64,
    next: u128,
    /// Whose accounts, keys and logs are written about from now on.
    pub(super) tenant: &'static str,
    pub(super) terms: Terms,
    /// What is due.
    pub(super) duties: Vec<Duty>,
    /// What was read of the tenant, in which no audit finds anything.
    pub(super) snapshot: Option<Snapshot>,
    folder: TempDir,
}

/// Noon of a day.
pub(super) fn on(day: u64) -> Timestamp {
    let begin: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
    begin + SignedDuration::from_hours(24 * i64::try_from(day).unwrap())
}

pub(super) fn account(number: usize) -> Account {
    Account {
        id: format!("user-{number}"),
        upn: format!("ea{number}@contoso.onmicrosoft.com"),
    }
}

fn outcome(subject: &str, verdict: OutcomeVerdict) -> Outcome {
    Outcome {
        subject: subject.to_owned(),
        verdict,
        why: None,
    }
}

async fn open(place: &Path, name: &str, env: Env) -> Ledger {
    let seed = [u8::try_from(name.len()).unwrap(); 32];
    let station = Station::from_seed(name.parse().unwrap(), &seed);
    let ledger = Ledger::open(place.to_str().unwrap(), &station, env).await;
    ledger.unwrap()
}

impl World {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(on(0)));
        let env = Env::new(clock.clone(), Arc::new(SeededRng::new(11)));
        let place = folder.path().join("ledger");
        Self {
            ledger: open(&place, "watch", env).await,
            clock,
            keys: BTreeMap::new(),
            day: 0,
            next: 1,
            tenant: TENANT,
            terms: Terms::default(),
            duties: Vec::new(),
            snapshot: None,
            folder,
        }
    }

    pub(super) fn ledger_place(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    /// A station joins whose clock is behind, and says it is this day.
    pub(super) async fn by_a_clock_of(&mut self, day: u64) {
        let clock = Arc::new(ManualClock::new(on(day)));
        let env = Env::new(clock, Arc::new(SeededRng::new(13)));
        let mut late = open(&self.ledger_place(), "behind", env).await;
        late.join().await.unwrap();
        self.ledger.refresh().await.unwrap();
    }

    /// Another station copies the ledger and writes to the copy from now on; the ledger itself, to be given to [`Self::merge`].
    pub(super) async fn branch(&mut self) -> Ledger {
        let copy = self.folder.path().join("branch");
        for folder in ["", "entries"] {
            std::fs::create_dir_all(copy.join(folder)).unwrap();
            for entry in std::fs::read_dir(self.ledger_place().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let name = path.file_name().unwrap();
                    std::fs::copy(&path, copy.join(folder).join(name)).unwrap();
                }
            }
        }
        let env = Env::new(self.clock.clone(), Arc::new(SeededRng::new(12)));
        let mut branch = open(&copy, "branch", env).await;
        branch.join().await.unwrap();
        std::mem::replace(&mut self.ledger, branch)
    }

    /// What was written to the copy is brought in.
    pub(super) async fn merge(&mut self, into: Ledger) {
        let branch = std::mem::replace(&mut self.ledger, into);
        self.ledger.merge(branch.entries()).await.unwrap();
    }

    pub(super) fn until(&mut self, day: u64) {
        let hours = 24 * day.checked_sub(self.day).unwrap();
        self.clock.advance(Duration::from_secs(3600 * hours));
        self.day = day;
    }

    pub(super) async fn write(&mut self, event: Event, ceremony: Option<Uuid>) {
        let draft = Draft::new(&event, ceremony);
        self.ledger.append(draft).await.unwrap();
    }

    fn ceremony(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    /// Has a key sign.
    async fn prove(&mut self, label: &str, event: Event, ceremony: Option<Uuid>) {
        let draft = Draft::new(&event, ceremony);
        let request = self.ledger.prove(&draft).unwrap();
        let proof = self.keys.get_mut(label).unwrap().prove(request);
        self.ledger.append(draft.with_proof(proof)).await.unwrap();
    }

    /// A key goes into service, and into a safe.
    pub(super) async fn enroll(&mut self, label: &str, owner: usize, safe: &str) {
        let custody = Custody {
            location: safe.to_owned(),
            custodians: vec![format!("keeper of {safe}")],
            ..Custody::default()
        };
        self.enroll_in(label, owner, Some(custody)).await;
    }

    /// A key goes into service, and nobody says where it is.
    pub(super) async fn enroll_anywhere(&mut self, label: &str, owner: usize) {
        self.enroll_in(label, owner, None).await;
    }

    async fn enroll_in(&mut self, label: &str, owner: usize, custody: Option<Custody>) {
        let seed = u8::try_from(self.keys.len() + 1).unwrap();
        let mut key = Key::new([seed; 32], [seed; 32]);
        let ceremony = Some(self.ceremony());
        let description = KeyDescription {
            transport: "usb".to_owned(),
            firmware: None,
            serial: None,
        };
        let intended = EnrollIntended {
            sets_pin: false,
            label: label.to_owned(),
            account: account(owner),
            tenant: self.tenant.to_owned(),
            rp_id: key.rp_id.clone(),
            key: description.clone(),
            aaguid: None,
            pin: None,
            settings: None,
            custody,
        };
        self.write(Event::EnrollIntended(Box::new(intended)), ceremony)
            .await;
        let (attestation_object, client_data_json) = key.register("AAECAwQFBgcICQoLDA0ODw");
        let created = EnrollCredentialCreated {
            label: label.to_owned(),
            rp_id: key.rp_id.clone(),
            credential_id: key.credential_id.clone(),
            aaguid: AAGUID,
            attestation_object: attestation_object.clone(),
            client_data_json: client_data_json.clone(),
        };
        self.write(Event::EnrollCredentialCreated(created), ceremony)
            .await;
        let registered = EnrollRegistered {
            label: label.to_owned(),
            credential_id: key.credential_id.clone(),
            method_id: format!("method-{label}"),
        };
        self.write(Event::EnrollRegistered(registered), ceremony)
            .await;
        let enrolled = KeyEnrolled {
            label: label.to_owned(),
            account: account(owner),
            tenant: self.tenant.to_owned(),
            credential_id: key.credential_id.clone(),
            public_key: key.public_key().as_bytes().to_vec(),
            attestation_object,
            client_data_json,
            aaguid: AAGUID,
            rp_id: key.rp_id.clone(),
            method_id: format!("method-{label}"),
            sign_count: key.sign_count,
            key: description,
            observed: None,
        };
        self.keys.insert(label.to_owned(), key);
        let enrolled = Event::KeyEnrolled(Box::new(enrolled));
        self.prove(label, enrolled, ceremony).await;
    }

    /// A key is checked, and signs if it works.
    pub(super) async fn check(&mut self, label: &str, passed: bool) {
        let verdict = match passed {
            true => OutcomeVerdict::Pass,
            false => OutcomeVerdict::Fail,
        };
        let check = Event::KeyChecked(KeyChecked {
            label: label.to_owned(),
            credential_id: self.keys[label].credential_id.clone(),
            passed,
            findings: vec![outcome("signature", verdict)],
            observed: None,
            accepted: None,
        });
        match passed {
            true => self.prove(label, check, None).await,
            false => self.write(check, None).await,
        }
    }

    /// A key is tested, and does not pass.
    pub(super) async fn fails_a_test(&mut self, label: &str) {
        let tested = KeyTested {
            label: label.to_owned(),
            credential_id: self.keys[label].credential_id.clone(),
            passed: false,
            checks: vec![outcome("latency", OutcomeVerdict::Fail)],
            observed: None,
        };
        self.write(Event::KeyTested(tested), None).await;
    }

    /// A drill of this name that comes to no end.
    pub(super) async fn begin_drill(&mut self, label: &str, owner: usize) {
        let ceremony = Some(self.ceremony());
        let intended = DrillIntended {
            label: label.to_owned(),
            tenant: self.tenant.to_owned(),
            account: account(owner),
            key: None,
            by: vec!["Ada".to_owned()],
            reason: None,
            expected_policies: Vec::new(),
        };
        self.write(Event::DrillIntended(intended), ceremony).await;
    }

    /// A drill; the index of its first entry.
    pub(super) async fn drill(&mut self, owner: usize, verdict: OutcomeVerdict) -> u64 {
        let ceremony = Some(self.ceremony());
        let index = self.ledger.state().next_index();
        let intended = DrillIntended {
            label: format!("drill-{index}"),
            tenant: self.tenant.to_owned(),
            account: account(owner),
            key: None,
            by: vec!["Ada".to_owned()],
            reason: None,
            expected_policies: Vec::new(),
        };
        let label = intended.label.clone();
        self.write(Event::DrillIntended(intended), ceremony).await;
        let completed = DrillCompleted {
            label,
            passed: verdict == OutcomeVerdict::Pass,
            findings: vec![outcome("log", verdict)],
            signed_in_at: None,
            log: None,
        };
        self.write(Event::DrillCompleted(completed), ceremony).await;
        index
    }

    /// A look at the days since `from`, which saw these rows: id, account, and the entry that explains it.
    pub(super) async fn look(&mut self, from: u64, rows: &[(&str, usize, Option<u64>)]) {
        let look = self.looked(from, rows);
        self.write(Event::TenantMonitored(look), None).await;
    }

    /// The same, to be changed and written.
    pub(super) fn looked(&self, from: u64, rows: &[(&str, usize, Option<u64>)]) -> TenantMonitored {
        let period = Period {
            from: on(from).to_string(),
            until: on(self.day).to_string(),
        };
        let row = |(id, owner, explained_by): &(&str, usize, Option<u64>)| LogEvent {
            log: Log::SignIns,
            id: (*id).to_owned(),
            time: period.from.clone(),
            activity: "Azure Portal".to_owned(),
            account: Some(account(*owner).id),
            result: None,
            explained_by: *explained_by,
            correlation_id: None,
            alike: None,
        };
        let unexplained = rows.iter().filter(|row| row.2.is_none()).count();
        TenantMonitored {
            tenant: self.tenant.to_owned(),
            accounts: (0..4).map(account).collect(),
            groups: Vec::new(),
            unread: Vec::new(),
            events: rows.iter().map(row).collect(),
            omitted: 0,
            seen: Vec::new(),
            refused_until: None,
            untold: false,
            unexplained: u32::try_from(unexplained).unwrap(),
            evidence: "00".repeat(32),
            period,
        }
    }

    /// What a review finds today.
    pub(super) fn review(&self, answers: &[Given], signatures: usize) -> Reviewed {
        self.review_on(self.day, answers, signatures)
    }

    /// What one finds whose station has another clock.
    pub(super) fn review_on(&self, day: u64, answers: &[Given], signatures: usize) -> Reviewed {
        self.review_by((on(day), on(day)), answers, signatures)
    }

    /// What one finds that begins at the first moment and is put together at the second.
    pub(super) fn review_by(
        &self,
        (now, clock): (Timestamp, Timestamp),
        answers: &[Given],
        signatures: usize,
    ) -> Reviewed {
        let audit = Audit {
            lines: Vec::new(),
            expired: Vec::new(),
            unused: Vec::new(),
        };
        let audited = self.snapshot.as_ref().map(|snapshot| Audited {
            snapshot,
            audit: &audit,
            fail_on: FailOn {
                severity: Severity::Warning,
                unknown: true,
            },
        });
        review(&Material {
            entries: self.ledger.entries(),
            warnings: self.ledger.warnings(),
            state: self.ledger.state(),
            tenant: TENANT,
            audited: audited.ok_or("nobody asked"),
            reconciled: Err("nobody asked"),
            duties: &self.duties,
            answers,
            by: &["Ada".to_owned()],
            terms: Terms {
                signatures,
                ..self.terms
            },
            now,
            clock,
        })
    }
}
