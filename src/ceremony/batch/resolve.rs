//! The plan against ledger, directory and passkey policy, before anything is changed.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::plan::PlannedKey;
use crate::ceremony::error::in_full;
use crate::ceremony::{Error, fitness};
use crate::graph::model::{
    Fido2AuthenticationMethod, Fido2AuthenticationMethodConfiguration as Policy, User,
};
use crate::graph::{self, Client};
use crate::ledger::{Account, State};
use crate::tenant::passkey_policy::{self, Purpose, Ruling};
use crate::webauthn::Aaguid;

/// What is to be done for a key of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Todo {
    /// It is to be enrolled.
    Enroll,
    /// It was enrolled before, by this entry.
    Done {
        /// The entry's index.
        entry: u64,
    },
    /// An enrolment under this label was begun, and waits for `resume`.
    Open {
        /// The ceremony.
        ceremony: Uuid,
    },
    /// It cannot be enrolled.
    Impossible {
        /// What stands against it.
        obstacles: Vec<String>,
    },
}

/// A key of the plan, and what is to be done for it.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// As planned.
    pub key: PlannedKey,
    /// The account's name in the directory, or as planned where it is not there.
    pub account: String,
    /// What is to be done.
    pub todo: Todo,
    /// What the operator should know.
    pub warnings: Vec<String>,
    /// The account's object id, if it is in the directory.
    id: Option<String>,
    /// The account's groups, if they could be read.
    groups: Option<Vec<String>>,
}

/// The plan as it can be carried out.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// A line for each key, in the order of the plan.
    pub lines: Vec<Resolved>,
    policy: Result<Policy, String>,
}

/// An account, as the directory has it.
struct Found {
    user: User,
    methods: Vec<Fido2AuthenticationMethod>,
    /// None if they could not be read.
    groups: Option<Vec<String>>,
}

/// Resolves a plan. A policy that cannot be read is a warning: the service applies it all the same.
///
/// # Errors
/// [`Error::Tenant`] when the directory cannot be asked.
pub async fn resolve(
    plan: Vec<PlannedKey>,
    ledger: &State,
    tenant: &Client,
) -> Result<Resolution, Error> {
    let policy = match tenant.fido2_policy().await {
        Err(error @ (graph::Error::SignIn(_) | graph::Error::Http { .. })) => {
            return Err(error.into());
        }
        policy => policy.map_err(|error| in_full(&error)),
    };
    let with_groups = policy.as_ref().is_ok_and(passkey_policy::asks_for_groups);
    let mut accounts: BTreeMap<String, Option<Found>> = BTreeMap::new();
    let mut resolution = Resolution {
        lines: Vec::new(),
        policy,
    };
    for key in plan {
        let name = key.account.to_lowercase();
        if !accounts.contains_key(&name) {
            let found = find(tenant, &key.account, with_groups).await?;
            accounts.insert(name.clone(), found);
        }
        let found = accounts.get(&name).and_then(Option::as_ref);
        let line = line(key, found, ledger, &resolution);
        resolution.lines.push(line);
    }
    Ok(resolution)
}

async fn find(
    tenant: &Client,
    account: &str,
    with_groups: bool,
) -> Result<Option<Found>, graph::Error> {
    let user = match tenant.user(account).await {
        Err(graph::Error::NotFound(_)) => return Ok(None),
        user => user?,
    };
    let methods = tenant.fido2_methods(&user.id).await?;
    let groups = if with_groups {
        tenant.memberships(&user.id).await.ok()
    } else {
        Some(Vec::new())
    };
    Ok(Some(Found {
        user,
        methods,
        groups,
    }))
}

fn line(
    key: PlannedKey,
    found: Option<&Found>,
    ledger: &State,
    resolution: &Resolution,
) -> Resolved {
    let mut line = Resolved {
        account: key.account.clone(),
        key,
        todo: Todo::Enroll,
        warnings: Vec::new(),
        id: None,
        groups: None,
    };
    if let Some(Found { user, groups, .. }) = found {
        line.id = Some(user.id.clone());
        line.groups.clone_from(groups);
        if let Some(name) = &user.user_principal_name {
            line.account.clone_from(name);
        }
    }
    if let Some(todo) = by_ledger(&line, ledger) {
        line.todo = todo;
        return line;
    }
    let Some(Found { user, methods, .. }) = found else {
        let obstacles = vec!["the account is not in the directory".to_owned()];
        line.todo = Todo::Impossible { obstacles };
        return line;
    };
    let fitness = fitness::of_account(user, methods, &line.key.label);
    line.warnings = fitness.warnings;
    let mut obstacles = fitness.obstacles;
    obstacles.extend(by_policy(&mut line, resolution));
    if !obstacles.is_empty() {
        line.todo = Todo::Impossible { obstacles };
    }
    line
}

/// What the ledger knows of the label.
fn by_ledger(line: &Resolved, ledger: &State) -> Option<Todo> {
    let label = &line.key.label;
    if let Some(open) = ledger.open_ceremony_on(label) {
        return Some(Todo::Open { ceremony: open.id });
    }
    let known = ledger.key_by_label(label)?;
    let Account { id, upn } = &known.enrolled.account;
    let obstacle = if Some(id) != line.id.as_ref() {
        format!("the label is taken by a key of {upn}")
    } else if !known.is_in_service() {
        "the label is that of a key that is out of service".to_owned()
    } else {
        return Some(Todo::Done { entry: known.index });
    };
    Some(Todo::Impossible {
        obstacles: vec![obstacle],
    })
}

/// The models of the plan that the policy does not take.
fn by_policy(line: &mut Resolved, resolution: &Resolution) -> Vec<String> {
    let mut obstacles = Vec::new();
    for model in line.key.models.clone() {
        match resolution.rule(line, model) {
            Ruling::Allowed { .. } => {}
            Ruling::Refused { by } => obstacles.push(format!("the passkey policy: {by}")),
            Ruling::Unknown { why } => line.warnings.push(format!("the passkey policy: {why}")),
        }
    }
    obstacles
}

impl Resolved {
    /// The account's object id, if it is in the directory.
    pub(super) fn account_id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Resolution {
    /// Whether any key cannot be enrolled.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        !self
            .lines
            .iter()
            .any(|line| matches!(line.todo, Todo::Impossible { .. }))
    }

    /// What the policy says of the registration of a key of this model. Whether the service will verify its attestation shows
    /// only then, and is no reason to ask.
    fn rule(&self, line: &Resolved, aaguid: Aaguid) -> Ruling {
        let policy = match &self.policy {
            Ok(policy) => policy,
            Err(why) => {
                return Ruling::Unknown {
                    why: format!("it could not be read: {why}"),
                };
            }
        };
        let account = passkey_policy::Account {
            id: line.id.as_deref().unwrap_or_default(),
            groups: line.groups.as_deref(),
        };
        let key = passkey_policy::Key {
            aaguid,
            attested: Some(true),
        };
        passkey_policy::rule(policy, account, key, Purpose::Registration)
    }

    /// Refuses a key of a model that plan or policy do not take.
    pub(super) fn admit(&self, line: &Resolved, aaguid: Aaguid) -> Result<(), Error> {
        let refused = |why: String| {
            Err(Error::ModelRefused {
                label: line.key.label.clone(),
                model: aaguid,
                why,
            })
        };
        if !line.key.models.is_empty() && !line.key.models.contains(&aaguid) {
            return refused("the plan wants another model".to_owned());
        }
        match self.rule(line, aaguid) {
            Ruling::Refused { by } => refused(format!("the passkey policy: {by}")),
            Ruling::Allowed { .. } | Ruling::Unknown { .. } => Ok(()),
        }
    }
}
