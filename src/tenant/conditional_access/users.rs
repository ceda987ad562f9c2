//! Whom a policy means, and by which path.

use super::matching::{Match, unknown_members};
use super::scenario::{Person, PersonKind};
use crate::graph::model::conditional_access_policy::{
    ConditionalAccessConditionSet, ConditionalAccessGuestsOrExternalUsers as Guests,
    ConditionalAccessUsers,
};

/// The path by which a policy includes or excludes somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Everybody.
    All,
    /// The account itself.
    Account,
    /// A group, by its id, in which they are directly or through other groups.
    Group(String),
    /// A role, by its template.
    Role(String),
    /// As a guest, of this kind.
    Guest(&'static str),
}

impl Via {
    fn describe(&self) -> String {
        match self {
            Self::All => "all users".to_owned(),
            Self::Account => "the account itself".to_owned(),
            Self::Group(id) => format!("group {id}"),
            Self::Role(template) => format!("role {template}"),
            Self::Guest(kind) => format!("guests ({kind})"),
        }
    }
}

/// One side of the condition: who is included, or who is excluded.
struct Side<'a> {
    users: &'a [String],
    groups: &'a [String],
    roles: &'a [String],
    guests: Option<&'a Guests>,
}

/// Whether the person is on one side, and by which paths.
struct Found {
    paths: Vec<Via>,
    /// What would have to be known for certainty.
    open: Vec<String>,
}

/// Whether a policy means somebody.
#[must_use]
pub fn meant(conditions: &ConditionalAccessConditionSet, person: &Person) -> Match {
    let Some(users) = &conditions.users else {
        return match &conditions.client_applications {
            Some(_) => Match::No("it is about workload identities".to_owned()),
            None => Match::Open("it shows no users".to_owned()),
        };
    };
    let unknown = unknown_members(&users.other);
    if !unknown.is_empty() {
        let why = format!("conditions.users has {}", unknown.join(", "));
        return found(&included(users), person, "includes").and(Match::Open(why));
    }
    let included = found(&included(users), person, "includes");
    included.unless(found(&excluded(users), person, "excludes"))
}

fn included(users: &ConditionalAccessUsers) -> Side<'_> {
    Side {
        users: &users.include_users,
        groups: &users.include_groups,
        roles: &users.include_roles,
        guests: users.include_guests_or_external_users.as_ref(),
    }
}

fn excluded(users: &ConditionalAccessUsers) -> Side<'_> {
    Side {
        users: &users.exclude_users,
        groups: &users.exclude_groups,
        roles: &users.exclude_roles,
        guests: users.exclude_guests_or_external_users.as_ref(),
    }
}

/// The paths by which a policy excludes somebody.
#[must_use]
pub fn exclusions(users: &ConditionalAccessUsers, person: &Person) -> Vec<Via> {
    look(&excluded(users), person).paths
}

fn found(side: &Side<'_>, person: &Person, verb: &str) -> Match {
    let found = look(side, person);
    if !found.paths.is_empty() {
        let paths: Vec<String> = found.paths.iter().map(Via::describe).collect();
        return Match::Yes(format!("it {verb} {}", paths.join(", ")));
    }
    match found.open.is_empty() {
        true => Match::No(match verb {
            "includes" => "it does not include the account".to_owned(),
            _ => "it does not exclude the account".to_owned(),
        }),
        false => Match::Open(found.open.join("; ")),
    }
}

fn look(side: &Side<'_>, person: &Person) -> Found {
    let mut found = Found {
        paths: Vec::new(),
        open: Vec::new(),
    };
    look_at_users(side.users, person, &mut found);
    let groups = named(
        side.groups,
        person.groups.as_deref(),
        "groups",
        &mut found.open,
    );
    found.paths.extend(groups.into_iter().map(Via::Group));
    let roles = named(
        side.roles,
        person.roles.as_deref(),
        "roles",
        &mut found.open,
    );
    found.paths.extend(roles.into_iter().map(Via::Role));
    if let Some(guests) = side.guests {
        look_at_guests(guests, person.kind, &mut found);
    }
    found
}

fn look_at_users(users: &[String], person: &Person, found: &mut Found) {
    for one in users {
        match one.as_str() {
            "All" => found.paths.push(Via::All),
            "None" => {}
            // The older word for guests of every kind.
            "GuestsOrExternalUsers" => match person.kind {
                Some(kind) => found.paths.extend(kind.word().map(Via::Guest)),
                None => found
                    .open
                    .push("whether the account is a guest is not known".to_owned()),
            },
            id if id.eq_ignore_ascii_case(&person.id) => found.paths.push(Via::Account),
            _ => {}
        }
    }
}

/// Those of the listed objects that the person has; open if there are some and what the person has could not be read.
fn named(
    listed: &[String],
    held: Option<&[String]>,
    what: &str,
    open: &mut Vec<String>,
) -> Vec<String> {
    match held {
        _ if listed.is_empty() => Vec::new(),
        None => {
            open.push(format!("the account's {what} could not be read"));
            Vec::new()
        }
        Some(held) => {
            let is_held = |id: &&String| held.iter().any(|one| one.eq_ignore_ascii_case(id));
            listed.iter().filter(is_held).cloned().collect()
        }
    }
}

fn look_at_guests(guests: &Guests, kind: Option<PersonKind>, found: &mut Found) {
    let kinds = guests
        .guest_or_external_user_types
        .as_deref()
        .unwrap_or_default();
    let word = match kind {
        Some(kind) => kind.word(),
        None => {
            found
                .open
                .push("whether the account is a guest is not known".to_owned());
            return;
        }
    };
    let Some(word) = word else { return };
    if !kinds.split(',').any(|one| one.trim() == word) {
        return;
    }
    // Only some of the other tenants may be meant; internal guests have none.
    match &guests.external_tenants {
        Some(_) if kind != Some(PersonKind::InternalGuest) => found
            .open
            .push("it depends on the guest's own tenant".to_owned()),
        _ => found.paths.push(Via::Guest(word)),
    }
}
