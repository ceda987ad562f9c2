//! What the tenant says: the policy, and of every account whether it is there and what is registered for it.

use futures::{StreamExt, stream};

use super::facts::{AccountFacts, Asked, Directory, Facts, Registered};
use super::{Request, Witnesses};
use crate::ceremony::Error;
use crate::ceremony::error::in_full;
use crate::ceremony::interaction::Step;
use crate::graph::{self, Client};
use crate::tenant::passkey_policy;

/// Accounts that are asked for at the same time; a tenant throttles who asks for much more.
const AT_ONCE: usize = 8;

/// Asks the tenant, and returns the first reason why something stayed unanswered.
pub(super) async fn look(
    request: &Request,
    witnesses: &mut Witnesses<'_>,
    facts: &mut Facts,
) -> Result<Option<graph::Error>, Error> {
    witnesses.interaction.begin(Step::InspectTenant);
    let wanted = wanted(request, facts);
    let mut errors = Errors::default();
    facts.policy = errors.note(witnesses.tenant.fido2_policy().await);
    let answers: Vec<AccountFacts> = if errors.is_cut_off() {
        let why = errors.why();
        let unanswered = |(asked_for, name)| AccountFacts {
            asked_for,
            name,
            directory: Err(why.clone()),
        };
        wanted.into_iter().map(unanswered).collect()
    } else {
        let asks_for_groups = facts
            .policy
            .as_ref()
            .is_ok_and(passkey_policy::asks_for_groups);
        let answers = stream::iter(wanted)
            .map(|(asked_for, name)| ask(witnesses.tenant, asked_for, name, asks_for_groups))
            .buffered(AT_ONCE);
        let answers: Vec<Answer> = answers.collect().await;
        answers
            .into_iter()
            .map(|answer| errors.take(answer))
            .collect()
    };
    for account in answers {
        add(&mut facts.accounts, account);
    }
    if witnesses.cancel.is_raised() {
        return Err(Error::Cancelled);
    }
    let counted = format!("{} accounts", facts.accounts.len());
    witnesses.interaction.done(Step::InspectTenant, &counted);
    Ok(errors.first)
}

/// Whom to ask for, and how people call it: the accounts of the ledger by their ids, then those that the operator or the key
/// in hand names.
fn wanted(request: &Request, facts: &Facts) -> Vec<(String, String)> {
    let recorded = facts.keys.iter().map(|key| &key.account);
    let intended = facts
        .ceremonies
        .iter()
        .filter_map(|ceremony| ceremony.account.as_ref());
    let known = recorded
        .chain(intended)
        .map(|account| (account.id.clone(), account.upn.clone()));
    let on_key = facts.in_hand.iter().flat_map(|key| key.listed());
    let on_key = on_key.filter_map(|stored| stored.user_name.clone());
    let named = request.accounts.iter().cloned().chain(on_key);
    let mut wanted: Vec<(String, String)> = Vec::new();
    for (asked_for, name) in known.chain(named.map(|name| (name.clone(), name))) {
        // Not by the name on record: it may be another account's by now.
        if !wanted
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(&asked_for))
        {
            wanted.push((asked_for, name));
        }
    }
    wanted
}

/// Adds an account, unless it is there under another of its names.
fn add(accounts: &mut Vec<AccountFacts>, account: AccountFacts) {
    let same = |known: &AccountFacts| match (&known.directory, &account.directory) {
        (Ok(Directory::Account(known)), Ok(Directory::Account(new))) => known.id == new.id,
        (Err(_), Err(_)) => known.name.eq_ignore_ascii_case(&account.name),
        _ => false,
    };
    if !accounts.iter().any(same) {
        accounts.push(account);
    }
}

/// What one account answered.
struct Answer {
    asked_for: String,
    name: String,
    directory: Result<Directory, graph::Error>,
    groups_error: Option<graph::Error>,
}

async fn ask(tenant: &Client, asked_for: String, name: String, with_groups: bool) -> Answer {
    let mut answer = Answer {
        name,
        directory: Ok(Directory::NoSuchAccount),
        groups_error: None,
        asked_for,
    };
    let user = match tenant.user(&answer.asked_for).await {
        Ok(user) => user,
        Err(graph::Error::NotFound(_)) => return answer,
        Err(error) => {
            answer.directory = Err(error);
            return answer;
        }
    };
    let methods = match tenant.fido2_methods(&user.id).await {
        Ok(methods) => methods,
        Err(error) => {
            answer.directory = Err(error);
            return answer;
        }
    };
    let memberships = if with_groups {
        tenant.memberships(&user.id).await
    } else {
        Ok(Vec::new())
    };
    let groups = memberships.map(|groups| groups.into_iter().map(|group| group.id).collect());
    let groups = groups.map_err(|error| {
        let why = in_full(&error);
        answer.groups_error = Some(error);
        why
    });
    answer.name = user.user_principal_name.unwrap_or(answer.name);
    answer.directory = Ok(Directory::Account(Registered {
        id: user.id,
        enabled: user.account_enabled,
        methods,
        groups,
    }));
    answer
}

/// Why something stayed unanswered: the words go into the findings, the first error decides the exit status.
#[derive(Default)]
struct Errors {
    first: Option<graph::Error>,
}

impl Errors {
    fn note<T>(&mut self, result: Result<T, graph::Error>) -> Asked<T> {
        result.map_err(|error| {
            let why = in_full(&error);
            self.first.get_or_insert(error);
            why
        })
    }

    fn take(&mut self, answer: Answer) -> AccountFacts {
        let directory = self.note(answer.directory);
        if let Some(error) = answer.groups_error {
            self.first.get_or_insert(error);
        }
        AccountFacts {
            asked_for: answer.asked_for,
            name: answer.name,
            directory,
        }
    }

    /// Whether asking further would only fail again, or ask the operator to sign in again and again.
    fn is_cut_off(&self) -> bool {
        matches!(
            self.first,
            Some(
                graph::Error::SignIn(_) | graph::Error::Http { .. } | graph::Error::Interrupted(_)
            )
        )
    }

    fn why(&self) -> String {
        self.first
            .as_ref()
            .map(|error| in_full(error))
            .unwrap_or_default()
    }
}
