//! Whether the operator may register keys, and for this account.

use super::facts::{
    AUTHENTICATION_ADMINISTRATOR, GLOBAL_READER, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, has,
};
use super::{Account, At, Finding, Operator, OperatorKind, Read, Subject, Unread};
use crate::attestation::Verdict;
use crate::tenant::{GLOBAL_ADMINISTRATOR, Setting};

/// Permissions that let an operator register keys; the first is the least.
const REGISTERING: [&str; 2] = [
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

const AT: At = At::Registration;

pub(super) fn findings(operator: &Read<Operator>, account: &Account) -> Vec<Finding> {
    match operator {
        Ok(operator) => vec![
            permission(operator),
            self_operation(operator, account),
            role(operator, account),
            restricted_unit(operator, account),
        ],
        Err(unread) => [
            Subject::Permission,
            Subject::SelfOperation,
            Subject::Role,
            Subject::RestrictedUnit,
        ]
        .map(|subject| match subject {
            Subject::RestrictedUnit if !is_restricted(account) => unrestricted(),
            subject => Finding::unread(subject, AT, unread),
        })
        .into(),
    }
}

fn permission(operator: &Operator) -> Finding {
    let granted = REGISTERING.iter().find(|wanted| {
        let permissions = &operator.permissions;
        permissions
            .iter()
            .any(|one| one.eq_ignore_ascii_case(wanted))
    });
    match granted {
        Some(granted) => Finding::pass(Subject::Permission, AT, format!("{granted} is granted")),
        None => Finding::fail(
            Subject::Permission,
            AT,
            format!("the access token lacks {}", REGISTERING[0]),
            Setting::Permission,
        ),
    }
}

/// Graph answers 405 to somebody who registers for himself.
fn self_operation(operator: &Operator, account: &Account) -> Finding {
    let subject = Subject::SelfOperation;
    match (operator.kind, &operator.id) {
        (OperatorKind::Application, _) => {
            Finding::not_applicable(subject, AT, "an application registers")
        }
        (OperatorKind::Person, Some(id)) if id.eq_ignore_ascii_case(&account.user.id) => {
            Finding::fail(
                subject,
                AT,
                "the operator is signed in as the account itself, and the service lets nobody register a key for himself",
                Setting::Operator,
            )
        }
        (OperatorKind::Person, Some(_)) => {
            Finding::pass(subject, AT, "the operator is somebody else")
        }
        (OperatorKind::Person, None) => {
            Finding::unknown(subject, AT, "the access token does not say who signed in")
        }
    }
}

fn role(operator: &Operator, account: &Account) -> Finding {
    let subject = Subject::Role;
    if operator.kind == OperatorKind::Application {
        return Finding::not_applicable(subject, AT, "an application needs its permission only");
    }
    let roles = match &operator.roles {
        Ok(roles) => roles,
        Err(unread) => return Finding::unread(subject, AT, unread),
    };
    let in_tenant = reach(roles, account);
    if in_tenant.verdict.is_pass() {
        return in_tenant;
    }
    // A role in a unit of the account does as well.
    let scoped = account
        .memberships
        .as_ref()
        .map_or(Vec::new(), |memberships| {
            let units: Vec<&str> = memberships.iter().map(|one| one.id.as_str()).collect();
            scoped_roles(account, &units)
        });
    let in_unit = reach(&scoped, account);
    match (&in_unit.verdict, &in_tenant.verdict) {
        (Verdict::Pass, _) | (Verdict::Unknown { .. }, Verdict::Fail { .. }) => in_unit,
        (_, Verdict::Fail { .. }) if account.assignments.is_err() => {
            unread_assignments(subject, account)
        }
        (_, Verdict::Fail { .. }) if may_have_role_in_unit(operator, account) => Finding::unknown(
            subject,
            AT,
            "the operator has no sufficient role in the whole tenant, and it is open whether he has one in a unit of the account",
        ),
        _ => in_tenant,
    }
}

/// Whether a role in a unit of the account may have been overlooked: one of a group, or in a unit that could not be read.
fn may_have_role_in_unit(operator: &Operator, account: &Account) -> bool {
    operator.role_groups || (account.memberships.is_err() && has_scoped_role(account))
}

/// What these roles of the operator are good for.
fn reach(roles: &[String], account: &Account) -> Finding {
    let subject = Subject::Role;
    let everybody = [
        (
            PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
            "Privileged Authentication Administrator",
        ),
        (GLOBAL_ADMINISTRATOR, "Global Administrator"),
    ];
    if let Some((_, name)) = everybody.iter().find(|(role, _)| has(roles, role)) {
        return Finding::pass(subject, AT, format!("the operator is {name}"));
    }
    let refused = |why: &str| Finding::fail(subject, AT, why, Setting::DirectoryRole);
    if !has(roles, AUTHENTICATION_ADMINISTRATOR) {
        return refused(if has(roles, GLOBAL_READER) {
            "the operator is Global Reader, who gets creation options and registers nothing"
        } else {
            "the operator has no role that lets him register keys"
        });
    }
    match account.roles() {
        Ok(theirs) if theirs.is_empty() => {
            Finding::pass(subject, AT, "the operator is Authentication Administrator")
        }
        Ok(theirs) if privileged(&theirs) => refused(
            "the operator is Authentication Administrator, which is not enough for an account with a privileged role",
        ),
        Ok(_) => Finding::unknown(
            subject,
            AT,
            "the operator is Authentication Administrator, and the account has a role: it is open whether that reaches it",
        ),
        Err(unread) => Finding::unread(subject, AT, &unread),
    }
}

/// Roles whose holders an Authentication Administrator certainly does not reach.
fn privileged(roles: &[String]) -> bool {
    let privileged = [
        GLOBAL_ADMINISTRATOR,
        PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
    ];
    privileged.iter().any(|role| has(roles, role))
}

/// Roles in the whole tenant, and permissions of applications, end at a restricted administrative unit.
fn restricted_unit(operator: &Operator, account: &Account) -> Finding {
    let subject = Subject::RestrictedUnit;
    if !is_restricted(account) {
        return unrestricted();
    }
    if account.assignments.is_err() {
        return unread_assignments(subject, account);
    }
    let units = match account.restricting_units() {
        Ok(units) => units,
        Err(_) if !has_scoped_role(account) => return outside(operator),
        Err(unread) => return Finding::unread(subject, AT, &unread),
    };
    let within = |units: &[&str]| reach(&scoped_roles(account, units), account);
    let reached = within(&units.restricting);
    match reached.verdict {
        Verdict::Pass => Finding::pass(
            subject,
            AT,
            "the operator has a role in the account's restricted administrative unit",
        ),
        Verdict::Unknown { .. } => Finding { subject, ..reached },
        _ if within(&units.hidden).verdict.is_fail() => outside(operator),
        _ => in_hidden_unit(),
    }
}

fn in_hidden_unit() -> Finding {
    let unread = Unread {
        why: "the operator has a role in a unit of the account, and it is hidden whether that is the restricted one".to_owned(),
        permission: Some(super::permission::ADMINISTRATIVE_UNITS),
    };
    Finding::unread(Subject::RestrictedUnit, AT, &unread)
}

fn outside(operator: &Operator) -> Finding {
    if operator.role_groups {
        return Finding::unknown(
            Subject::RestrictedUnit,
            AT,
            "the account is in a restricted administrative unit, and it is open whether a group of the operator has a role in that unit",
        );
    }
    let why = match operator.kind {
        OperatorKind::Application => {
            "the account is in a restricted administrative unit, where an application's permissions count only with a role in that unit"
        }
        OperatorKind::Person => {
            "the account is in a restricted administrative unit, where roles of the whole tenant do not count, and the operator has none in that unit"
        }
    };
    Finding::fail(Subject::RestrictedUnit, AT, why, Setting::ScopedRole)
}

fn unrestricted() -> Finding {
    Finding::not_applicable(
        Subject::RestrictedUnit,
        AT,
        "the account is in no restricted administrative unit",
    )
}

/// The service leaves the member out where it is false.
fn is_restricted(account: &Account) -> bool {
    account.user.is_management_restricted == Some(true)
}

/// The templates of the roles that the operator has in one of these units.
fn scoped_roles(account: &Account, units: &[&str]) -> Vec<String> {
    let assignments = account.assignments.iter().flatten();
    assignments
        .filter(|one| {
            let unit = one.administrative_unit();
            unit.is_some_and(|unit| units.iter().any(|known| known.eq_ignore_ascii_case(unit)))
        })
        .map(|one| one.role_definition_id.clone())
        .collect()
}

fn has_scoped_role(account: &Account) -> bool {
    let mut assignments = account.assignments.iter().flatten();
    assignments.any(|one| one.administrative_unit().is_some())
}

fn unread_assignments(subject: Subject, account: &Account) -> Finding {
    let unread = account.assignments.as_ref().err();
    let why = unread.map(|unread| unread.why.as_str()).unwrap_or_default();
    let unread = Unread {
        why: format!("the operator's roles in administrative units could not be read: {why}"),
        permission: Some(super::permission::ROLES),
    };
    Finding::unread(subject, AT, &unread)
}
