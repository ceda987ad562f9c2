//! What a drill examines.

use crate::ledger::{Outcome, OutcomeVerdict};

/// What is examined, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The account is there, and may sign in.
    Account,
    /// The ledger knows a key of the account.
    Key,
    /// Somebody got in.
    SignIn,
    /// The ID token is the authority's, and of this sign-in.
    IdToken,
    /// Whoever got in is the account.
    SignedInAccount,
    /// Graph takes the account's access token.
    Access,
    /// The account can do an administrator's work.
    Administration,
    /// The sessions of the account are revoked.
    Sessions,
    /// The sign-in log shows the sign-in.
    Log,
    /// The log says that it succeeded.
    Result,
    /// The log says that it was with a key.
    Method,
    /// The log says that no policy was in the way.
    Policies,
    /// The log says that it was then.
    Time,
}

impl Subject {
    /// The subject as it is written in ledger and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Key => "key",
            Self::SignIn => "sign_in",
            Self::IdToken => "id_token",
            Self::SignedInAccount => "signed_in_account",
            Self::Access => "access",
            Self::Administration => "administration",
            Self::Sessions => "sessions",
            Self::Log => "log",
            Self::Result => "result",
            Self::Method => "method",
            Self::Policies => "policies",
            Self::Time => "time",
        }
    }

    /// Examined and found good; what was seen.
    pub(super) fn pass(self, fact: impl Into<String>) -> Outcome {
        self.outcome(OutcomeVerdict::Pass, fact)
    }

    /// Examined and found bad.
    pub(super) fn fail(self, why: impl Into<String>) -> Outcome {
        self.outcome(OutcomeVerdict::Fail, why)
    }

    /// Not determined.
    pub(super) fn unknown(self, why: impl Into<String>) -> Outcome {
        self.outcome(OutcomeVerdict::Unknown, why)
    }

    /// There is nothing to examine.
    pub(super) fn not_applicable(self, why: impl Into<String>) -> Outcome {
        self.outcome(OutcomeVerdict::NotApplicable, why)
    }

    fn outcome(self, verdict: OutcomeVerdict, why: impl Into<String>) -> Outcome {
        Outcome {
            subject: self.as_str().to_owned(),
            verdict,
            why: Some(why.into()),
        }
    }
}

/// What is not determined is not proven.
pub(super) fn passed(findings: &[Outcome]) -> bool {
    findings.iter().all(|finding| {
        matches!(
            finding.verdict,
            OutcomeVerdict::Pass | OutcomeVerdict::NotApplicable
        )
    })
}
