//! What each command needs of a tenant: permissions of Microsoft Graph, and for a person who signs in a directory role. The table in
//! `docs/configuration.md` is checked against this one.

use crate::graph::credential::{
    APPLY_PERMISSIONS, ENROL_PERMISSIONS, RECONCILE_PERMISSIONS, SNAPSHOT_PERMISSIONS,
};
use crate::tenant::GLOBAL_ADMINISTRATOR;
use crate::tenant::preflight::{GLOBAL_READER, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR};

/// A built-in role of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: &'static str,
    /// The id of its template, which is the same in every tenant.
    pub template: &'static str,
}

const CONDITIONAL_ACCESS: Role = Role {
    name: "Conditional Access Administrator",
    template: "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
};
const GLOBAL: Role = Role {
    name: "Global Administrator",
    template: GLOBAL_ADMINISTRATOR,
};
const PRIVILEGED_AUTHENTICATION: Role = Role {
    name: "Privileged Authentication Administrator",
    template: PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
};
const PRIVILEGED_ROLE: Role = Role {
    name: "Privileged Role Administrator",
    template: "e8611ab8-c189-46e8-94e1-60213ab1f814",
};
const READER: Role = Role {
    name: "Global Reader",
    template: GLOBAL_READER,
};
const USER: Role = Role {
    name: "User Administrator",
    template: "fe930be7-5e62-47db-91af-98c3a49a38b1",
};

/// What some commands need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The commands, as they are typed.
    pub commands: &'static [&'static str],
    /// What a person who signs in is asked for, unless the configuration names others.
    pub asked: &'static [&'static str],
    /// What suffices, for a person as for an application.
    pub permissions: &'static [&'static str],
    /// For a person: one of these, the least first. Each is of roles that are needed together. An application needs none.
    pub roles: &'static [&'static [Role]],
}

/// Who may set the keys of a Global Administrator.
const KEY_SETTERS: &[&[Role]] = &[&[PRIVILEGED_AUTHENTICATION], &[GLOBAL]];
/// Who may see them.
const KEY_READERS: &[&[Role]] = &[&[READER], &[PRIVILEGED_AUTHENTICATION], &[GLOBAL]];
/// Who may see everything.
const READERS: &[&[Role]] = &[&[READER], &[GLOBAL]];

const MONITOR: &[&str] = &[
    "AuditLog.Read.All",
    "Policy.Read.All",
    "User.Read.All",
    "GroupMember.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
];

/// Of whoever looks on: who is drilled needs nothing but the key.
const DRILL: &[&str] = &[
    "AuditLog.Read.All",
    "Policy.Read.All",
    "User.Read.All",
    "Domain.Read.All",
];

const SIGN_IN_LOG: &[&str] = &[
    "Policy.Read.All",
    "User.Read.All",
    "GroupMember.Read.All",
    "RoleManagement.Read.Directory",
    "UserAuthenticationMethod.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
    "AuditLog.Read.All",
];

/// Every command that asks a tenant.
pub const NEEDS: &[Need] = &[
    Need {
        commands: &["check"],
        asked: &ENROL_PERMISSIONS,
        permissions: &["UserAuthMethod-Passkey.Read.All", "User.Read.All"],
        roles: KEY_READERS,
    },
    Need {
        commands: &["enroll", "resume", "retire"],
        asked: &ENROL_PERMISSIONS,
        permissions: &ENROL_PERMISSIONS,
        roles: KEY_SETTERS,
    },
    Need {
        commands: &["enroll --plan"],
        asked: &RECONCILE_PERMISSIONS,
        permissions: &RECONCILE_PERMISSIONS,
        roles: KEY_SETTERS,
    },
    Need {
        commands: &["reconcile", "tenant preflight"],
        asked: &RECONCILE_PERMISSIONS,
        permissions: &[
            "UserAuthMethod-Passkey.Read.All",
            "User.Read.All",
            "Policy.Read.AuthenticationMethod",
        ],
        roles: KEY_READERS,
    },
    Need {
        commands: &[
            "tenant audit",
            "tenant export",
            "tenant plan",
            "tenant what-if",
            "tenant explain",
            "alerts generate",
        ],
        asked: &SNAPSHOT_PERMISSIONS,
        permissions: &SNAPSHOT_PERMISSIONS,
        roles: READERS,
    },
    Need {
        commands: &[
            "tenant audit --sign-ins",
            "tenant export --sign-ins",
            "review hold",
        ],
        asked: SIGN_IN_LOG,
        permissions: SIGN_IN_LOG,
        roles: READERS,
    },
    Need {
        commands: &["monitor"],
        asked: MONITOR,
        permissions: MONITOR,
        roles: READERS,
    },
    Need {
        commands: &["drill"],
        asked: DRILL,
        permissions: DRILL,
        roles: READERS,
    },
    Need {
        commands: &["tenant apply"],
        asked: &APPLY_PERMISSIONS,
        permissions: &APPLY_PERMISSIONS,
        roles: &[&[GLOBAL], &[PRIVILEGED_ROLE, USER, CONDITIONAL_ACCESS]],
    },
];

impl Need {
    /// The permissions that are missing.
    #[must_use]
    pub fn missing(&self, granted: &[String]) -> Vec<&'static str> {
        let is_covered = |wanted: &&str| granted.iter().any(|one| covers(one, wanted));
        let permissions = self.permissions.iter().copied();
        permissions.filter(|wanted| !is_covered(wanted)).collect()
    }

    /// Whether a person with these roles has one that suffices.
    #[must_use]
    pub fn is_allowed(&self, held: &[String]) -> bool {
        let has = |role: &Role| held.iter().any(|id| id.eq_ignore_ascii_case(role.template));
        self.roles.iter().any(|together| together.iter().all(has))
    }

    /// The roles that would do, in words.
    #[must_use]
    pub fn roles_in_words(&self) -> String {
        let together = |roles: &&[Role]| {
            let names: Vec<&str> = roles.iter().map(|role| role.name).collect();
            names.join(" and ")
        };
        let alternatives: Vec<String> = self.roles.iter().map(together).collect();
        alternatives.join(", or ")
    }
}

/// Whether a permission that is granted is as good as one that is wanted: itself, or one that says more, as Microsoft's reference of
/// permissions has them. One that is not known here is taken to say nothing else, so that a line is red rather than wrong.
fn covers(granted: &str, wanted: &str) -> bool {
    if granted.eq_ignore_ascii_case(wanted) {
        return true;
    }
    let wider: &[&str] = match wanted {
        "UserAuthMethod-Passkey.Read.All" => &[
            "UserAuthMethod-Passkey.ReadWrite.All",
            "UserAuthenticationMethod.Read.All",
            "UserAuthenticationMethod.ReadWrite.All",
        ],
        "UserAuthMethod-Passkey.ReadWrite.All" | "UserAuthenticationMethod.Read.All" => {
            &["UserAuthenticationMethod.ReadWrite.All"]
        }
        "User.Read.All" => &[
            "User.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        "GroupMember.Read.All" => &[
            "GroupMember.ReadWrite.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        "RoleManagement.Read.Directory" => &[
            "RoleManagement.ReadWrite.Directory",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        "Policy.Read.AuthenticationMethod" => {
            &["Policy.ReadWrite.AuthenticationMethod", "Policy.Read.All"]
        }
        "Policy.Read.ConditionalAccess" => &["Policy.Read.All"],
        "Organization.Read.All" => &[
            "Organization.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        "Domain.Read.All" => &[
            "Domain.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        "Application.Read.All" => &[
            "Application.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        _ => &[],
    };
    wider.iter().any(|one| granted.eq_ignore_ascii_case(one))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn need(command: &str) -> &'static Need {
        let mut needs = NEEDS.iter();
        needs.find(|need| need.commands.contains(&command)).unwrap()
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn a_wider_permission_does_and_a_narrower_one_does_not() {
        let enroll = need("enroll");
        assert_eq!(enroll.missing(&owned(&[])), ENROL_PERMISSIONS);
        assert!(
            enroll
                .missing(&owned(&[
                    "userauthenticationmethod.readwrite.all",
                    "User.ReadWrite.All"
                ]))
                .is_empty()
        );
        let reading = owned(&["UserAuthMethod-Passkey.Read.All", "User.Read.All"]);
        assert_eq!(
            enroll.missing(&reading),
            ["UserAuthMethod-Passkey.ReadWrite.All"]
        );
        assert!(need("check").missing(&reading).is_empty());
    }

    #[test]
    fn what_is_asked_for_suffices() {
        for need in NEEDS {
            let asked = owned(need.asked);
            assert!(need.missing(&asked).is_empty(), "{:?}", need.commands);
            assert!(!need.is_allowed(&[]), "{:?}", need.commands);
            assert!(need.is_allowed(&owned(&[GLOBAL.template])));
        }
    }

    #[test]
    fn roles_that_are_needed_together_are_all_needed() {
        let apply = need("tenant apply");
        let (one, other) = (PRIVILEGED_ROLE.template, USER.template);
        assert!(!apply.is_allowed(&owned(&[one, other])));
        let all = owned(&[one, other, CONDITIONAL_ACCESS.template]);
        assert!(apply.is_allowed(&all));
        let words = "Global Administrator, or Privileged Role Administrator and User Administrator and Conditional Access Administrator";
        assert_eq!(apply.roles_in_words(), words);
    }
}
