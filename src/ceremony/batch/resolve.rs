//! The plan against ledger, directory and passkey policy, before anything is changed.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::plan::PlannedKey;
use crate::attestation::Verdict;
use crate::ceremony::{Error, fitness, preflight};
use crate::ctap::hid::Address;
use crate::graph::{self, Client};
use crate::ledger::{self, State};
use crate::tenant::passkey_policy::{Attestation, Key};
use crate::tenant::preflight::{Account, Finding, Prediction, Subject, Tenant};
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
    /// Whether it depends on the key's model, which the plan does not name.
    asks_for_model: bool,
    /// The account, if it is in the directory.
    found: Option<Account>,
}

/// The plan as it can be carried out.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// A line for each key, in the order of the plan.
    pub lines: Vec<Resolved>,
    tenant: Tenant,
    skip_preflight: bool,
}

/// Resolves a plan. What the tenant does not tell is a warning: the service decides all the same. With `skip_preflight` nothing is
/// predicted.
///
/// # Errors
/// [`Error::Tenant`] when the directory cannot be asked.
pub async fn resolve(
    plan: Vec<PlannedKey>,
    ledger: &State,
    client: &Client,
    skip_preflight: bool,
) -> Result<Resolution, Error> {
    let mut accounts: BTreeMap<String, Option<Account>> = BTreeMap::new();
    let mut resolution = Resolution {
        lines: Vec::new(),
        tenant: preflight::tenant(client).await?,
        skip_preflight,
    };
    for key in plan {
        let name = key.account.to_lowercase();
        if !accounts.contains_key(&name) {
            let found = match preflight::account(client, &resolution.tenant, &key.account).await {
                Err(graph::Error::NotFound(_)) => None,
                found => Some(found?),
            };
            accounts.insert(name.clone(), found);
        }
        let found = accounts.get(&name).and_then(Option::as_ref);
        let line = line(key, found, ledger, &resolution);
        resolution.lines.push(line);
    }
    Ok(resolution)
}

fn line(
    key: PlannedKey,
    found: Option<&Account>,
    ledger: &State,
    resolution: &Resolution,
) -> Resolved {
    let name = found.and_then(|account| account.user.user_principal_name.clone());
    let mut line = Resolved {
        account: name.unwrap_or_else(|| key.account.clone()),
        key,
        todo: Todo::Enroll,
        warnings: Vec::new(),
        asks_for_model: false,
        found: found.cloned(),
    };
    if let Some(todo) = by_ledger(&line, ledger) {
        line.todo = todo;
        return line;
    }
    let Some(account) = found else {
        let obstacles = vec!["the account is not in the directory".to_owned()];
        line.todo = Todo::Impossible { obstacles };
        return line;
    };
    let methods = account.methods.as_deref().unwrap_or_default();
    let fitness = fitness::of_account(&account.user, methods, &line.key.label);
    line.warnings = fitness.warnings;
    let mut obstacles = fitness.obstacles;
    obstacles.extend(by_tenant(&mut line, account, resolution));
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
    let ledger::Account { id, upn } = &known.enrolled.account;
    let obstacle = if Some(id) != line.found.as_ref().map(|account| &account.user.id) {
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

/// What the tenant would refuse of the models of the plan. Where the plan names none, only what no model changes.
fn by_tenant(line: &mut Resolved, account: &Account, resolution: &Resolution) -> Vec<String> {
    if resolution.skip_preflight {
        return Vec::new();
    }
    let models = line.key.models.iter().copied().map(Some);
    let models: Vec<Option<Aaguid>> = if line.key.models.is_empty() {
        vec![None]
    } else {
        models.collect()
    };
    let mut obstacles = Vec::new();
    for model in models {
        let mut prediction = resolution.predict(account, model);
        if model.is_none() {
            let open = |finding: &Finding| {
                let by_profile = finding.subject == Subject::Profile;
                by_profile && matches!(finding.verdict, Verdict::Unknown { .. })
            };
            line.asks_for_model = prediction.findings.iter().any(open);
            prediction.findings.retain(|finding| !open(finding));
        }
        add_new(&mut obstacles, prediction.reasons());
        add_new(&mut line.warnings, prediction.open());
    }
    obstacles
}

impl Resolved {
    /// The account's object id, if it is in the directory.
    pub(super) fn account_id(&self) -> Option<&str> {
        self.found.as_ref().map(|account| account.user.id.as_str())
    }
}

fn add_new(texts: &mut Vec<String>, more: Vec<String>) {
    for text in more {
        if !texts.contains(&text) {
            texts.push(text);
        }
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

    /// The places and addresses of the keys to be enrolled of which it depends on the model whether the tenant takes them.
    #[must_use]
    pub fn asking_for_models(&self) -> Vec<(usize, Address)> {
        let lines = self.lines.iter().enumerate();
        let asking = lines.filter(|(_, line)| line.asks_for_model && line.todo == Todo::Enroll);
        asking
            .filter_map(|(index, line)| Some((index, line.key.device.clone()?)))
            .collect()
    }

    /// The key at this place of the plan is of this model.
    pub fn tell_model(&mut self, index: usize, aaguid: Aaguid) {
        if let Err(error) = self.admit(&self.lines[index], aaguid) {
            let obstacles = vec![error.to_string()];
            self.lines[index].todo = Todo::Impossible { obstacles };
        }
    }

    /// What the tenant would answer. Whether the service will verify the key's attestation shows only then, and is no reason to
    /// ask.
    fn predict(&self, account: &Account, aaguid: Option<Aaguid>) -> Prediction {
        let key = Key {
            aaguid,
            attestation: Attestation::Verified,
        };
        preflight::predict(&self.tenant, account, key)
    }

    /// Refuses a key of a model that plan or tenant do not take.
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
        let Some(account) = line.found.as_ref().filter(|_| !self.skip_preflight) else {
            return Ok(());
        };
        let reasons = self.predict(account, Some(aaguid)).reasons();
        if reasons.is_empty() {
            return Ok(());
        }
        refused(reasons.join("; "))
    }
}
