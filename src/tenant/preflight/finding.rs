//! One line of a prediction, and what the lines come to.

use std::borrow::Cow;

use crate::attestation::Verdict;
use crate::tenant::{Setting, passkey_policy::Ruling};

use super::Unread;

/// What is examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The operator's application may register keys.
    Permission,
    /// The operator does not register for himself.
    SelfOperation,
    /// The operator's role reaches the account.
    Role,
    /// The operator may manage a member of a restricted administrative unit.
    RestrictedUnit,
    /// The account is a member of the tenant, no guest.
    Guest,
    /// The account may sign in at all.
    AccountEnabled,
    /// There is room for another key.
    Methods,
    /// There are passkeys in the tenant.
    State,
    /// Keys can be registered at all.
    SelfService,
    /// The policy means the account.
    IncludeTargets,
    /// The policy does not take the account out again.
    ExcludeTargets,
    /// One set of settings takes the key.
    Profile,
}

impl Subject {
    /// The subject as it is written in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Permission => "permission",
            Self::SelfOperation => "self_operation",
            Self::Role => "role",
            Self::RestrictedUnit => "restricted_unit",
            Self::Guest => "guest",
            Self::AccountEnabled => "account_enabled",
            Self::Methods => "methods",
            Self::State => "state",
            Self::SelfService => "self_service",
            Self::IncludeTargets => "include_targets",
            Self::ExcludeTargets => "exclude_targets",
            Self::Profile => "profile",
        }
    }
}

/// When the service applies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// At both.
    Both,
    /// When the key is registered.
    Registration,
    /// Whenever somebody signs in with it.
    SignIn,
}

impl At {
    /// As it is written in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Registration => "registration",
            Self::SignIn => "sign_in",
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was examined.
    pub subject: Subject,
    /// When the service applies it.
    pub at: At,
    /// The answer.
    pub verdict: Verdict,
    /// What a pass rests on.
    pub found: Option<String>,
    /// What would have to change, for a refusal.
    pub setting: Option<Setting>,
    /// The permission that would tell, for what could not be read.
    pub permission: Option<Cow<'static, str>>,
}

impl Finding {
    fn new(subject: Subject, at: At, verdict: Verdict) -> Self {
        Self {
            subject,
            at,
            verdict,
            found: None,
            setting: None,
            permission: None,
        }
    }

    pub(super) fn pass(subject: Subject, at: At, found: impl Into<String>) -> Self {
        Self {
            found: Some(found.into()),
            ..Self::new(subject, at, Verdict::Pass)
        }
    }

    pub(super) fn fail(subject: Subject, at: At, why: impl Into<String>, setting: Setting) -> Self {
        Self {
            setting: Some(setting),
            ..Self::new(subject, at, Verdict::fail(why))
        }
    }

    pub(super) fn not_applicable(subject: Subject, at: At, why: impl Into<String>) -> Self {
        Self::new(subject, at, Verdict::not_applicable(why))
    }

    pub(super) fn unknown(subject: Subject, at: At, why: impl Into<String>) -> Self {
        Self::new(subject, at, Verdict::unknown(why))
    }

    pub(super) fn unread(subject: Subject, at: At, unread: &Unread) -> Self {
        Self {
            permission: unread.permission.clone(),
            ..Self::unknown(subject, at, unread.why.clone())
        }
    }

    pub(super) fn ruled(subject: Subject, at: At, ruling: Ruling) -> Self {
        match ruling {
            Ruling::Allowed { by } => Self::pass(subject, at, by),
            Ruling::Refused { by, setting } => Self::fail(subject, at, by, setting),
            Ruling::Unknown { why } => Self::unknown(subject, at, why),
        }
    }
}

/// What the lines come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// Nothing stands against it.
    Accepted,
    /// Something certainly does.
    Refused,
    /// Something may.
    Unknown,
}

impl Acceptance {
    /// As it is written in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

/// A prediction: every line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// In the order of the subjects.
    pub findings: Vec<Finding>,
}

impl Prediction {
    /// What the tenant will answer, at registration and at sign-in together.
    #[must_use]
    pub fn acceptance(&self) -> Acceptance {
        Self::of(self.findings.iter())
    }

    /// What it will answer at one of them; for [`At::Both`] only what counts at both is looked at.
    #[must_use]
    pub fn acceptance_at(&self, at: At) -> Acceptance {
        Self::of(
            self.findings
                .iter()
                .filter(|finding| finding.at == At::Both || finding.at == at),
        )
    }

    /// What certainly stands against it.
    pub fn refusals(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.verdict.is_fail())
    }

    /// Why, each reason once: a model that is not taken is refused at registration and at sign-in.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        for why in self.refusals().filter_map(|finding| finding.verdict.why()) {
            if !reasons.iter().any(|known| known == why) {
                reasons.push(why.to_owned());
            }
        }
        reasons
    }

    /// What is open, each reason once: one missing permission leaves several subjects open.
    #[must_use]
    pub fn open(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        for finding in &self.findings {
            let Verdict::Unknown { why } = &finding.verdict else {
                continue;
            };
            let reason = match &finding.permission {
                Some(permission) => format!("{why}; {permission} would tell"),
                None => why.clone(),
            };
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons
    }

    fn of<'a>(findings: impl Iterator<Item = &'a Finding>) -> Acceptance {
        let mut acceptance = Acceptance::Accepted;
        for finding in findings {
            match finding.verdict {
                Verdict::Fail { .. } => return Acceptance::Refused,
                Verdict::Unknown { .. } => acceptance = Acceptance::Unknown,
                Verdict::Pass | Verdict::NotApplicable { .. } => {}
            }
        }
        acceptance
    }
}
