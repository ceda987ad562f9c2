//! What a check answers: lines, each about one subject.

use std::borrow::Cow;

use crate::attestation::Verdict;
use crate::graph::model::{ConditionalAccessPolicy, DirectoryObject, Group};
use crate::tenant::read::Unread;
use crate::tenant::snapshot::Account;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was examined.
    pub subject: Object,
    /// The answer.
    pub verdict: Verdict,
    /// What stands against it, or what it rests on.
    pub objects: Vec<Object>,
    /// Which of several lines with the same subject and objects it is, in a word that stays the same while they do.
    pub aspect: Option<String>,
    /// What a pass rests on.
    pub observed: Option<String>,
    /// The permission that would tell, for what could not be read.
    pub permission: Option<Cow<'static, str>>,
}

impl Finding {
    fn new(subject: Object, verdict: Verdict) -> Self {
        Self {
            subject,
            verdict,
            objects: Vec::new(),
            aspect: None,
            observed: None,
            permission: None,
        }
    }

    pub(super) fn pass(subject: Object, observed: impl Into<String>) -> Self {
        Self {
            observed: Some(observed.into()),
            ..Self::new(subject, Verdict::Pass)
        }
    }

    pub(super) fn fail(subject: Object, why: impl Into<String>) -> Self {
        Self::new(subject, Verdict::fail(why))
    }

    pub(super) fn not_applicable(subject: Object, why: impl Into<String>) -> Self {
        Self::new(subject, Verdict::not_applicable(why))
    }

    pub(super) fn unknown(subject: Object, why: impl Into<String>) -> Self {
        Self::new(subject, Verdict::unknown(why))
    }

    /// What could not be read, why, and what permission would tell.
    pub(super) fn unread(subject: Object, what: &str, unread: &Unread) -> Self {
        Self {
            permission: unread.permission.clone(),
            ..Self::unknown(subject, format!("{what} could not be read: {}", unread.why))
        }
    }

    /// There is no account to look at, whatever the reason.
    pub(super) fn no_account() -> Self {
        Self::unknown(
            Object::tenant(),
            "nothing was read of the accounts that the configuration names",
        )
    }

    /// With the objects that it is about besides its subject.
    pub(super) fn about(self, objects: impl IntoIterator<Item = Object>) -> Self {
        Self {
            objects: objects.into_iter().collect(),
            ..self
        }
    }

    /// With what tells it apart from other lines about the same.
    pub(super) fn told_apart_by(self, aspect: impl Into<String>) -> Self {
        Self {
            aspect: Some(aspect.into()),
            ..self
        }
    }

    /// The reason, or what a pass rests on.
    #[must_use]
    pub fn said(&self) -> &str {
        let why = self.verdict.why().or(self.observed.as_deref());
        why.unwrap_or_default()
    }
}

/// Something in the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Which kind of thing.
    pub kind: ObjectKind,
    /// Its id in the directory; none for the tenant, and for what does not exist.
    pub id: Option<String>,
    /// For people.
    pub name: String,
}

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// An account.
    Account,
    /// A user, a group or an application that holds a role or is in a group.
    Member,
    /// A group.
    Group,
    /// A registered key.
    Key,
    /// A registered method of another kind.
    Method,
    /// A Conditional Access policy.
    Policy,
    /// A review of access.
    Review,
    /// A role.
    Role,
    /// The tenant as a whole.
    Tenant,
    /// A lifecycle workflow.
    Workflow,
}

impl ObjectKind {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Member => "member",
            Self::Group => "group",
            Self::Key => "key",
            Self::Method => "method",
            Self::Policy => "policy",
            Self::Review => "review",
            Self::Role => "role",
            Self::Tenant => "tenant",
            Self::Workflow => "workflow",
        }
    }
}

impl Object {
    pub(super) fn new(kind: ObjectKind, id: &str, name: Option<&str>) -> Self {
        Self {
            kind,
            id: Some(id.to_owned()),
            name: name.unwrap_or(id).to_owned(),
        }
    }

    /// The tenant as a whole.
    pub(super) fn tenant() -> Self {
        Self {
            kind: ObjectKind::Tenant,
            id: None,
            name: "tenant".to_owned(),
        }
    }

    pub(super) fn account(account: &Account) -> Self {
        let user = account.user.as_ref().ok().and_then(Option::as_ref);
        Self {
            kind: ObjectKind::Account,
            id: user.map(|user| user.id.clone()),
            name: user
                .and_then(|user| user.user_principal_name.clone())
                .unwrap_or_else(|| account.name.clone()),
        }
    }

    pub(super) fn policy(policy: &ConditionalAccessPolicy) -> Self {
        let id = policy.id.as_deref().unwrap_or_default();
        Self::new(ObjectKind::Policy, id, policy.display_name.as_deref())
    }

    pub(super) fn group(group: &Group) -> Self {
        Self::new(ObjectKind::Group, &group.id, group.display_name.as_deref())
    }

    pub(super) fn member(object: &DirectoryObject) -> Self {
        let name = object.user_principal_name.as_deref();
        let name = name.or(object.display_name.as_deref());
        Self::new(ObjectKind::Member, &object.id, name)
    }

    /// Whether somebody means it by this word: its id or its name.
    #[must_use]
    pub fn is_called(&self, word: &str) -> bool {
        let id = self.id.as_deref();
        id.is_some_and(|id| id.eq_ignore_ascii_case(word)) || self.name.eq_ignore_ascii_case(word)
    }
}
