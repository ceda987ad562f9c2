//! What ledger, directory and key say, before anything is compared.

use jiff::Timestamp;
use uuid::Uuid;

use crate::attestation::Verdict;
use crate::ceremony::{Standards, siblings};
use crate::graph::model::{Fido2AuthenticationMethod, Fido2AuthenticationMethodConfiguration};
use crate::ledger::{Account, Ceremony, CeremonyKind, EnrolledKey, Event, State};
use crate::webauthn::Aaguid;

/// What somebody answered, or why there is no answer.
pub(super) type Asked<T> = Result<T, String>;

/// Everything that is compared.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) keys: Vec<RecordedKey>,
    pub(super) ceremonies: Vec<OpenCeremony>,
    pub(super) accounts: Vec<AccountFacts>,
    pub(super) policy: Asked<Fido2AuthenticationMethodConfiguration>,
    pub(super) in_hand: Option<KeyFacts>,
}

/// What became of a key of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    In,
    Reset,
    Retired,
}

/// A key, as the ledger knows it.
#[derive(Debug, Clone)]
pub(super) struct RecordedKey {
    pub(super) label: String,
    pub(super) account: Account,
    pub(super) credential_id: Vec<u8>,
    pub(super) method_id: String,
    pub(super) aaguid: Aaguid,
    pub(super) serial: Option<String>,
    pub(super) service: Service,
    pub(super) today: Today,
}

/// What metadata and policy say of a key today.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Today {
    pub(super) against: Vec<String>,
    pub(super) unknown: Vec<String>,
}

impl RecordedKey {
    fn new(key: &EnrolledKey, today: Today) -> Self {
        let enrolled = &key.enrolled;
        Self {
            today,
            label: enrolled.label.clone(),
            account: enrolled.account.clone(),
            credential_id: enrolled.credential_id.clone(),
            method_id: enrolled.method_id.clone(),
            aaguid: enrolled.aaguid,
            serial: enrolled.key.serial.clone(),
            service: match (key.retired, key.reset) {
                (Some(_), _) => Service::Retired,
                (None, Some(_)) => Service::Reset,
                (None, None) => Service::In,
            },
        }
    }
}

impl Today {
    fn of(key: &EnrolledKey, state: &State, standards: &Standards, now: Timestamp) -> Self {
        let enrolled = &key.enrolled;
        let siblings = siblings(state, &enrolled.account.id, Some(&enrolled.credential_id));
        let times = (key.enrolled_at, now);
        let mut today = Self::default();
        match standards.of_enrolled(enrolled, None, &siblings, times) {
            Err(error) => today.unknown.push(error.to_string()),
            Ok(assessment) => {
                for (subject, verdict) in assessment.today(standards) {
                    match verdict {
                        Verdict::Pass | Verdict::NotApplicable { .. } => {}
                        Verdict::Fail { why } => today.against.push(format!("{subject}: {why}")),
                        Verdict::Unknown { why } => {
                            today.unknown.push(format!("{subject}: {why}"));
                        }
                    }
                }
            }
        }
        today
    }
}

/// A ceremony that was neither finished nor undone.
#[derive(Debug, Clone)]
pub(super) struct OpenCeremony {
    pub(super) id: Uuid,
    pub(super) kind: CeremonyKind,
    pub(super) label: String,
    /// Of an enrolment: for whom.
    pub(super) account: Option<Account>,
    pub(super) credential_id: Option<Vec<u8>>,
    pub(super) method_id: Option<String>,
}

impl From<&Ceremony> for OpenCeremony {
    fn from(ceremony: &Ceremony) -> Self {
        let account = match &ceremony.intent {
            Event::EnrollIntended(intent) => Some(intent.account.clone()),
            _ => None,
        };
        Self {
            id: ceremony.id,
            kind: ceremony.kind,
            label: ceremony.label.clone(),
            account,
            credential_id: ceremony.credential_id.clone(),
            method_id: ceremony.method_id.clone(),
        }
    }
}

/// An account, as the directory knows it.
#[derive(Debug, Clone)]
pub(super) struct AccountFacts {
    /// What the directory was asked for: an object id, or what the operator typed.
    pub(super) asked_for: String,
    /// As people call it.
    pub(super) name: String,
    pub(super) directory: Asked<Directory>,
}

/// What the directory has.
#[derive(Debug, Clone)]
pub(super) enum Directory {
    NoSuchAccount,
    Account(Registered),
}

/// An account that is there.
#[derive(Debug, Clone)]
pub(super) struct Registered {
    pub(super) id: String,
    pub(super) enabled: Option<bool>,
    pub(super) methods: Vec<Fido2AuthenticationMethod>,
    /// Empty where the policy asks for none.
    pub(super) groups: Asked<Vec<String>>,
}

/// The key in hand.
#[derive(Debug, Clone)]
pub(super) struct KeyFacts {
    /// Where it is, as `--device` takes it.
    pub(super) address: String,
    pub(super) aaguid: Aaguid,
    /// Credentials of the ledger that it admits to hold.
    pub(super) admitted: Vec<Vec<u8>>,
    /// It does not answer without a touch or a PIN, so that admitting to nothing means nothing.
    pub(super) is_silent: bool,
    /// Its passkeys for the tenant's relying party, if they were to be listed.
    pub(super) contents: Option<Asked<Vec<StoredCredential>>>,
}

/// A discoverable credential on the key.
#[derive(Debug, Clone)]
pub(super) struct StoredCredential {
    pub(super) id: Vec<u8>,
    /// The account's name at the time, up to the key's limit.
    pub(super) user_name: Option<String>,
}

impl KeyFacts {
    /// Whether the credential is known to be on this key.
    pub(super) fn holds(&self, credential_id: &[u8]) -> bool {
        let listed = self.listed().any(|stored| stored.id == credential_id);
        listed || self.admitted.iter().any(|id| id == credential_id)
    }

    /// The credentials that were listed.
    pub(super) fn listed(&self) -> impl Iterator<Item = &StoredCredential> {
        let contents = self.contents.as_ref().and_then(|asked| asked.as_ref().ok());
        contents.into_iter().flatten()
    }
}

impl Facts {
    /// What the ledger says, and nothing else yet.
    pub(super) fn of_ledger(state: &State, standards: &Standards, now: Timestamp) -> Self {
        let recorded = |key: &EnrolledKey| {
            let today = Today::of(key, state, standards, now);
            RecordedKey::new(key, today)
        };
        Self {
            keys: state.keys().iter().map(recorded).collect(),
            ceremonies: state
                .open_ceremonies()
                .into_iter()
                .map(OpenCeremony::from)
                .collect(),
            accounts: Vec::new(),
            policy: Err("it was not asked".to_owned()),
            in_hand: None,
        }
    }

    pub(super) fn is_in_hand(&self, credential_id: &[u8]) -> bool {
        let key = self.in_hand.as_ref();
        key.is_some_and(|key| key.holds(credential_id))
    }

    /// The accounts that are there, with their facts.
    pub(super) fn registered(&self) -> impl Iterator<Item = (&AccountFacts, &Registered)> {
        self.accounts
            .iter()
            .filter_map(|account| match &account.directory {
                Ok(Directory::Account(registered)) => Some((account, registered)),
                _ => None,
            })
    }
}
