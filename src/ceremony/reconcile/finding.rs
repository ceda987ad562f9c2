//! What a comparison finds. `docs/reconcile.md` describes every finding; their identifiers do not change.

use crate::webauthn::Aaguid;

/// Whether a finding leaves anything to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing to do.
    InOrder,
    /// Not determined; never to be taken for in order.
    Unknown,
    /// Something to do.
    NotInOrder,
}

macro_rules! findings {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal,)+) => {
        /// The kinds of findings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FindingId {
            $($(#[doc = $doc])+ $name,)+
        }

        impl FindingId {
            /// Every kind, in the order of their identifiers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// A stable identifier for programs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }
        }
    };
}

findings! {
    /// The account of a key is not in the directory.
    AccountDeleted = "account_deleted",
    /// The account of a key may not sign in.
    AccountDisabled = "account_disabled",
    /// A ceremony on this key was begun and neither finished nor undone.
    CeremonyOpen = "ceremony_open",
    /// Ledger and directory agree, and what they agree on is fit to sign in.
    InOrder = "in_order",
    /// The key in hand holds no credential of the ledger.
    KeyNotEnrolled = "key_not_enrolled",
    /// One key opens two accounts.
    KeyOnTwoAccounts = "key_on_two_accounts",
    /// Metadata or policy of today stand against the key.
    KeyRefused = "key_refused",
    /// The ledger has a key in service, and the directory does not list its credential.
    KeyWithoutMethod = "key_without_method",
    /// What the directory calls this method, or says of its model, belongs to another key.
    MethodMismatch = "method_mismatch",
    /// The directory lists a credential that the ledger does not know.
    MethodWithoutKey = "method_without_key",
    /// The passkey policy takes no key of this model: it is locked out already.
    ModelNotAllowed = "model_not_allowed",
    /// The directory's name for the key is not its label.
    NameMismatch = "name_mismatch",
    /// A credential on the key in hand that neither ledger nor directory knows.
    OrphanCredential = "orphan_credential",
    /// A key that was reset is still registered.
    ResetStillRegistered = "reset_still_registered",
    /// A key that was taken out of service is still registered.
    RetiredStillRegistered = "retired_still_registered",
    /// Something that decides could not be read.
    Unknown = "unknown",
}

impl FindingId {
    /// Whether it leaves anything to do.
    #[must_use]
    pub const fn standing(self) -> Standing {
        match self {
            Self::InOrder => Standing::InOrder,
            Self::Unknown => Standing::Unknown,
            _ => Standing::NotInOrder,
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub id: FindingId,
    /// What was found, with names.
    pub what: String,
    /// What helps, where something does.
    pub remedy: Option<String>,
}

impl Finding {
    pub(super) fn new(id: FindingId, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            id,
            what: what.into(),
            remedy: Some(remedy.into()),
        }
    }

    pub(super) fn in_order(what: impl Into<String>) -> Self {
        Self {
            id: FindingId::InOrder,
            what: what.into(),
            remedy: None,
        }
    }

    pub(super) fn unknown(what: impl Into<String>) -> Self {
        Self {
            id: FindingId::Unknown,
            what: what.into(),
            remedy: None,
        }
    }
}

/// What a line is about. A line that is about an account or a key without a credential has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The label in the ledger.
    pub label: Option<String>,
    /// The account, as people call it.
    pub account: Option<String>,
    /// The credential, where it is known as bytes.
    pub credential_id: Option<Vec<u8>>,
    /// The authentication method's identifier in the tenant.
    pub method_id: Option<String>,
    /// The model.
    pub aaguid: Option<Aaguid>,
    /// Whether it is on the key in hand, or is that key.
    pub in_hand: bool,
}

/// One credential, and all that was found about it; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub subject: Subject,
    /// The findings, the gravest first.
    pub findings: Vec<Finding>,
}

impl Line {
    /// A line with these findings; with `fine` if there are none.
    pub(super) fn new(subject: Subject, mut findings: Vec<Finding>, fine: &str) -> Self {
        if findings.is_empty() {
            findings.push(Finding::in_order(fine));
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.id.standing()));
        Self { subject, findings }
    }

    /// The gravest of its findings.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let standings = self.findings.iter().map(|finding| finding.id.standing());
        standings.max().unwrap_or(Standing::Unknown)
    }
}
