//! The accounts: who they are, and what they hold.

use uuid::Uuid;

use super::{Wanted, permission, redact};
use crate::ceremony::Error;
use crate::ceremony::unread::read;
use crate::graph::model::{
    AuthenticationMethod, Domain, Fido2AuthenticationMethod, Membership,
    StrongAuthenticationRequirements, UnifiedRoleScheduleInstance, User,
};
use crate::graph::{self, Answers, Batch, Client, Pending};
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::Account;

/// A name of the configuration, and the one that the directory is asked for.
pub(super) struct Name {
    configured: String,
    in_directory: Read<String>,
}

/// The emergency accounts' names, and then the regular users'.
pub(super) fn names(wanted: &Wanted, domains: &Read<Vec<Domain>>) -> Vec<Name> {
    let all = wanted.accounts.iter().chain(&wanted.regular);
    all.map(|name| Name {
        configured: name.clone(),
        in_directory: in_directory(name, domains),
    })
    .collect()
}

/// Whether a name is one that the directory knows: with `@`, or an object id.
pub(crate) fn is_whole(name: &str) -> bool {
    name.contains('@') || Uuid::parse_str(name).is_ok()
}

/// Any other is in the tenant's initial domain.
pub(crate) fn in_directory(name: &str, domains: &Read<Vec<Domain>>) -> Read<String> {
    if is_whole(name) {
        return Ok(name.to_owned());
    }
    let domains = domains.as_ref().map_err(|unread| Unread {
        why: format!(
            "the tenant's initial domain could not be read: {}",
            unread.why
        ),
        ..unread.clone()
    })?;
    let initial = domains.iter().find(|one| one.is_initial == Some(true));
    let initial = initial.ok_or_else(|| Unread {
        why: "none of the tenant's domains is its initial one".to_owned(),
        permission: None,
    })?;
    Ok(format!("{name}@{}", initial.id))
}

/// The account's name in the directory; the configuration has names in the tenant's initial domain without it.
pub(crate) async fn whole_name(name: &str, client: &Client) -> Result<String, Error> {
    if is_whole(name) {
        return Ok(name.to_owned());
    }
    let domains = read(client.domains().await, permission::DOMAINS)?;
    in_directory(name, &domains).map_err(|unread| {
        let permission = unread
            .permission
            .map(|one| format!("the permission {one} would tell"));
        Error::AccountUnfit {
            account: name.to_owned(),
            obstacles: std::iter::once(unread.why).chain(permission).collect(),
        }
    })
}

/// A name and the question who that is.
type Asked = (Name, Option<Pending<User>>);

/// Asks who they are.
pub(super) fn ask_for_users(batch: &mut Batch, client: &Client, names: Vec<Name>) -> Vec<Asked> {
    let mut ask = |name: Name| {
        let user = name.in_directory.as_ref().ok();
        let pending = user.map(|user| batch.add(client.user(user)));
        (name, pending)
    };
    names.into_iter().map(&mut ask).collect()
}

/// A name and the user who has it, if any.
type Named = (String, Read<Option<User>>);

/// Who they are.
pub(super) async fn users(
    asked: Vec<Asked>,
    answers: &mut Answers,
) -> Result<Vec<Named>, graph::Error> {
    let mut users = Vec::new();
    for (name, pending) in asked {
        let user = match (name.in_directory, pending) {
            (Err(unread), _) => Err(unread),
            (Ok(_), None) => Err(Unread::not_asked()),
            (Ok(_), Some(pending)) => match answers.take(pending).await {
                Err(graph::Error::NotFound(_)) => Ok(None),
                answer => read(answer, permission::USERS)?.map(Some),
            },
        };
        users.push((name.configured, user));
    }
    Ok(users)
}

/// An account, and in what it is directly.
pub(super) struct Found {
    pub(super) account: Account,
    pub(super) direct: Read<Vec<Membership>>,
}

/// What was asked about one of them.
struct Questions {
    memberships: Pending<Vec<Membership>>,
    direct: Pending<Vec<Membership>>,
    keys: Pending<Vec<Fido2AuthenticationMethod>>,
    methods: Pending<Vec<AuthenticationMethod>>,
    role_schedules: Option<Pending<Vec<UnifiedRoleScheduleInstance>>>,
    role_eligibilities: Option<Pending<Vec<UnifiedRoleScheduleInstance>>>,
    per_user_mfa: Pending<StrongAuthenticationRequirements>,
}

/// Reads what they hold; sign-ins and paths come later.
pub(super) async fn read_all(
    client: &Client,
    users: Vec<Named>,
) -> Result<Vec<Found>, graph::Error> {
    let mut batch = client.batch();
    let mut asked = Vec::new();
    for (name, user) in users {
        let present = user.as_ref().ok().and_then(Option::as_ref);
        let questions = present.map(|user| ask(&mut batch, client, &user.id));
        asked.push((name, user, questions));
    }
    let mut answers = batch.send().await?;
    let mut found = Vec::new();
    for (name, user, questions) in asked {
        found.push(match questions {
            Some(questions) => answered(name, user, questions, &mut answers).await?,
            None => nobody(name, user),
        });
    }
    Ok(found)
}

fn ask(batch: &mut Batch, client: &Client, id: &str) -> Questions {
    let uuid = Uuid::parse_str(id).ok();
    Questions {
        memberships: batch.add(client.memberships(id)),
        direct: batch.add(client.direct_memberships(id)),
        keys: batch.add(client.fido2_methods(id)),
        methods: batch.add(client.authentication_methods(id)),
        role_schedules: uuid.map(|id| batch.add(client.role_schedules(id))),
        role_eligibilities: uuid.map(|id| batch.add(client.role_eligibilities(id))),
        per_user_mfa: batch.add(client.per_user_mfa(id)),
    }
}

async fn answered(
    name: String,
    user: Read<Option<User>>,
    asked: Questions,
    answers: &mut Answers,
) -> Result<Found, graph::Error> {
    let direct = read(answers.take(asked.direct).await, permission::GROUPS)?;
    let methods = read(answers.take(asked.methods).await, permission::METHODS)?;
    let account = Account {
        name,
        user,
        memberships: read(answers.take(asked.memberships).await, permission::GROUPS)?,
        edges: Err(Unread::not_asked()),
        keys: read(answers.take(asked.keys).await, permission::METHODS)?,
        methods: methods.map(|methods| methods.into_iter().map(redact::method).collect()),
        role_schedules: schedules(asked.role_schedules, answers).await?,
        role_eligibilities: schedules(asked.role_eligibilities, answers).await?,
        per_user_mfa: read(answers.take(asked.per_user_mfa).await, permission::POLICIES)?,
        sign_ins: Err(Unread::not_asked()),
    };
    Ok(Found { account, direct })
}

async fn schedules(
    asked: Option<Pending<Vec<UnifiedRoleScheduleInstance>>>,
    answers: &mut Answers,
) -> Result<Read<Vec<UnifiedRoleScheduleInstance>>, graph::Error> {
    match asked {
        Some(asked) => read(answers.take(asked).await, permission::ROLES),
        None => Ok(Err(Unread {
            why: "the account's object id is no GUID".to_owned(),
            permission: None,
        })),
    }
}

/// Of who is not there, or not shown, there is nothing to ask.
fn nobody(name: String, user: Read<Option<User>>) -> Found {
    let unread = match &user {
        Err(unread) => unread.clone(),
        Ok(_) => Unread {
            why: "there is no such user".to_owned(),
            permission: None,
        },
    };
    let account = Account {
        name,
        user,
        memberships: Err(unread.clone()),
        edges: Err(unread.clone()),
        keys: Err(unread.clone()),
        methods: Err(unread.clone()),
        role_schedules: Err(unread.clone()),
        role_eligibilities: Err(unread.clone()),
        per_user_mfa: Err(unread.clone()),
        sign_ins: Err(unread.clone()),
    };
    Found {
        account,
        direct: Err(unread),
    }
}
