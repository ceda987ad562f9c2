//! Whom the logs are asked about, and how long the tenant keeps them.

use std::borrow::Cow;

use jiff::SignedDuration;
use uuid::Uuid;

use super::{Request, past};
use crate::ceremony::Error;
use crate::ceremony::snapshot::{in_directory, is_whole, permission};
use crate::ceremony::unread::{self, is_passing};
use crate::graph::model::{Domain, Organization};
use crate::graph::{self, Client};
use crate::ledger::{Account, Entry, Event, State, TenantChange};
use crate::tenant::activity::{Log, Watched};
use crate::tenant::desired::GroupReference;
use crate::tenant::read::{Read, Unread};

/// Whom, of which tenant.
pub(super) struct Who {
    pub(super) tenant: String,
    pub(super) accounts: Vec<Account>,
    pub(super) groups: Vec<String>,
    /// Whether the tenant has Microsoft Entra ID P1.
    pub(super) has_p1: Read<bool>,
    pub(super) unread: Vec<super::Unread>,
    /// What could not be found out: there is no time to say it of yet.
    pub(super) unknown: Vec<Unknown>,
}

/// Somebody who could not be found.
pub(super) struct Unknown {
    pub(super) log: Log,
    /// By which name.
    pub(super) of: String,
    pub(super) unread: Unread,
}

/// How long a log is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Retention {
    pub(super) longest: SignedDuration,
    /// With this much a tenant without the licence makes do.
    pub(super) certain: SignedDuration,
    pub(super) why: String,
}

const DAY: i64 = 24;

impl Who {
    pub(super) fn watched(&self) -> Watched {
        let accounts = self.accounts.iter();
        Watched {
            accounts: accounts
                .map(|account| (account.id.clone(), account.upn.clone()))
                .collect(),
            groups: self.groups.clone(),
        }
    }

    /// Seven days without P1, thirty with it.
    pub(super) fn retention(&self) -> Retention {
        let days = |days: i64| SignedDuration::from_hours(days * DAY);
        let (longest, certain, why) = match &self.has_p1 {
            Ok(true) => (30, 30, "the service keeps its logs for 30 days".to_owned()),
            Ok(false) => (
                7,
                7,
                "without Microsoft Entra ID P1 the service keeps its logs for 7 days".to_owned(),
            ),
            Err(unread) => (
                30,
                7,
                format!(
                    "the service keeps its logs for 7 days, or for 30 with a licence; which could not be read: {}",
                    unread.why
                ),
            ),
        };
        Retention {
            longest: days(longest),
            certain: days(certain),
            why,
        }
    }
}

/// Asks who they are.
pub(super) async fn find(
    client: &Client,
    (entries, state): (&[Entry], &State),
    request: &Request,
) -> Result<Who, Error> {
    // First and alone: several questions at once would ask a person to sign in several times.
    client.caller().await?;
    let mut batch = client.batch();
    let organization = batch.add(client.organization());
    let needs_domain = request.accounts.iter().any(|name| !is_whole(name));
    let domains = needs_domain.then(|| batch.add(client.domains()));
    let group = match &request.group {
        Some(GroupReference::Name(name)) => Some(batch.add(client.groups_named(name))),
        _ => None,
    };
    let mut answers = batch.send().await?;
    let organization = answers.take(organization).await.and_then(first);
    let organization = read(organization, permission::ORGANIZATION)?;
    let domains = match domains {
        Some(domains) => read(answers.take(domains).await, permission::DOMAINS)?,
        None => Err(Unread::not_asked()),
    };
    let mut who = Who {
        tenant: match &organization {
            Ok(organization) if !organization.id.is_empty() => organization.id.clone(),
            _ => request.tenant.clone(),
        },
        accounts: Vec::new(),
        groups: Vec::new(),
        has_p1: organization.map(|organization| organization.has_p1()),
        unread: Vec::new(),
        unknown: Vec::new(),
    };
    if request.accounts_of_ledger {
        for key in state.keys_in_service() {
            who.add(key.enrolled.account.clone());
        }
    }
    users(client, &mut who, &request.accounts, &domains).await?;
    who.add_earlier(entries);
    match (&request.group, group) {
        (Some(GroupReference::Id(id)), _) => who.groups.push(id.clone()),
        (Some(GroupReference::Name(name)), Some(group)) => {
            who.groups = groups_of_ledger(entries, state, name);
            let found = read(answers.take(group).await, permission::GROUPS)?;
            who.group_is(name, found);
        }
        _ => {}
    }
    match who.accounts.is_empty() {
        true => Err(Error::NoAccounts(
            who.unknown
                .into_iter()
                .map(|unknown| unknown.unread.why)
                .collect(),
        )),
        false => Ok(who),
    }
}

/// An answer, or why there is none. What only fails for the moment ends the look: whom to ask about, and of which tenant, must not hang
/// on that.
fn read<T>(
    answer: Result<T, graph::Error>,
    permission: Cow<'static, str>,
) -> Result<Read<T>, graph::Error> {
    match answer {
        Err(error) if is_passing(&error) => Err(error),
        answer => unread::read(answer, permission),
    }
}

fn first(organizations: Vec<Organization>) -> Result<Organization, graph::Error> {
    Ok(organizations.into_iter().next().unwrap_or_default())
}

async fn users(
    client: &Client,
    who: &mut Who,
    names: &[String],
    domains: &Read<Vec<Domain>>,
) -> Result<(), Error> {
    let mut batch = client.batch();
    let mut asked = Vec::new();
    for name in names {
        match in_directory(name, domains) {
            Ok(whole) => asked.push((batch.add(client.user(&whole)), whole)),
            Err(unread) => who.not_found(name, unread),
        }
    }
    let mut answers = batch.send().await?;
    for (pending, name) in asked {
        let user = match answers.take(pending).await {
            Err(graph::Error::NotFound(_)) => Err(Unread {
                why: "there is no such user".to_owned(),
                permission: None,
            }),
            answer => read(answer, permission::USERS)?,
        };
        match user {
            Ok(user) => who.add(Account {
                upn: user.user_principal_name.unwrap_or(name),
                id: user.id,
            }),
            Err(unread) => who.not_found(&name, unread),
        }
    }
    Ok(())
}

impl Who {
    fn add(&mut self, account: Account) {
        let mut known = self.accounts.iter();
        if !known.any(|one| one.id.eq_ignore_ascii_case(&account.id)) {
            self.accounts.push(account);
        }
    }

    /// Of an account that was deleted the ledger may still know the id, and an id needs no name.
    fn not_found(&mut self, name: &str, unread: Unread) {
        let mut known = self.accounts.iter();
        if known.any(|one| one.upn.eq_ignore_ascii_case(name) || one.id.eq_ignore_ascii_case(name))
        {
            return;
        }
        if let Ok(id) = Uuid::parse_str(name) {
            let (id, upn) = (id.to_string(), name.to_owned());
            return self.add(Account { id, upn });
        }
        let unread = Unread {
            why: format!("who {name} is: {}", unread.why),
            ..unread
        };
        for log in [Log::SignIns, Log::DirectoryAudits] {
            self.unknown.push(Unknown {
                log,
                of: name.to_owned(),
                unread: unread.clone(),
            });
        }
    }

    /// Whoever renames an emergency account, whether or not another gets its name, must not send us after the other one or after nobody:
    /// an account that earlier looks knew by a name that is watched is watched, too.
    pub(super) fn add_earlier(&mut self, entries: &[Entry]) {
        let found = self.accounts.iter().map(|one| &one.upn);
        let names = found.chain(self.unknown.iter().map(|one| &one.of));
        let names: Vec<String> = names.cloned().collect();
        // Where the domain could not be read a name has none.
        let is_called = |upn: &str, name: &str| {
            let local = upn.split('@').next().unwrap_or(upn);
            let upn = if name.contains('@') { upn } else { local };
            name.eq_ignore_ascii_case(upn)
        };
        let tenant = self.tenant.clone();
        let earlier = past::looks(entries, &tenant).flat_map(|(look, _)| look.accounts);
        for account in earlier {
            if names.iter().any(|name| is_called(&account.upn, name)) {
                self.add(account);
            }
        }
    }

    fn group_is(&mut self, name: &str, found: Read<Vec<graph::model::Group>>) {
        let why = match found {
            // What was done to a group that is gone is in the log of its id.
            Ok(groups) if groups.is_empty() && !self.groups.is_empty() => return,
            Ok(groups) if groups.is_empty() => Unread {
                why: format!("there is no group called {name}, and the ledger knows of none"),
                permission: None,
            },
            Ok(groups) if groups.len() == 1 => {
                let ids = groups.into_iter().map(|group| group.id);
                ids.for_each(|id| self.add_group(id));
                return;
            }
            Ok(groups) => Unread {
                why: format!("{} groups are called {name}", groups.len()),
                permission: None,
            },
            Err(unread) => Unread {
                why: format!("which group {name} is: {}", unread.why),
                ..unread
            },
        };
        self.unknown.push(Unknown {
            log: Log::DirectoryAudits,
            of: name.to_owned(),
            unread: why,
        });
    }

    fn add_group(&mut self, id: String) {
        let mut known = self.groups.iter();
        if !known.any(|one| one.eq_ignore_ascii_case(&id)) {
            self.groups.push(id);
        }
    }
}

/// The groups of this name that were made or used with this tool: one that was deleted cannot be found by its name any more.
fn groups_of_ledger(entries: &[Entry], state: &State, name: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for entry in entries {
        let object = match entry.event() {
            Ok(Some(Event::TenantChangeIntended(intent))) => match intent.change {
                TenantChange::AddMember => Some(intent.object),
                TenantChange::ExcludeGroup => intent.with,
                _ => None,
            },
            Ok(Some(Event::TenantChanged(changed))) => {
                let ceremony = entry.ceremony.and_then(|id| state.ceremony(id));
                let makes_group = ceremony.is_some_and(|ceremony| match &ceremony.intent {
                    Event::TenantChangeIntended(intent) => {
                        intent.change == TenantChange::CreateGroup
                    }
                    _ => false,
                });
                makes_group.then_some(changed.object)
            }
            _ => None,
        };
        let object = object.filter(|object| object.name == name);
        if let Some(id) = object.and_then(|object| object.id)
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}
