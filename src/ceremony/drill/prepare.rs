//! Everything that can be known before anybody signs in.

use super::label;
use super::{Request, Subject};
use crate::ceremony::interaction::Step;
use crate::ceremony::snapshot::{permission, whole_name};
use crate::ceremony::unread::read;
use crate::ceremony::{Error, Parties};
use crate::ledger::{Account, Outcome};
use crate::tenant::read::Read;

/// What was found beforehand.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who is to sign in.
    pub account: Account,
    /// One line per subject.
    pub findings: Vec<Outcome>,
    /// Whether the log can be read.
    pub log: Read<()>,
}

pub(super) async fn prepare(request: &Request, parties: &mut Parties<'_>) -> Result<Plan, Error> {
    let (account, enabled) = inspect_account(request, parties).await?;
    let key = inspect_ledger(request, &account, parties).await?;
    let log = probe_log(&account, parties).await?;
    Ok(Plan {
        account,
        findings: vec![enabled, key],
        log,
    })
}

async fn inspect_account(
    request: &Request,
    parties: &mut Parties<'_>,
) -> Result<(Account, Outcome), Error> {
    parties.interaction.begin(Step::InspectTenant);
    let client = parties.tenant()?;
    let name = whole_name(&request.account, client).await?;
    let user = client.user(&name).await?;
    let upn = user.user_principal_name.unwrap_or(name);
    let enabled = match user.account_enabled {
        Some(true) => Subject::Account.pass("it may sign in"),
        None => Subject::Account.unknown("the directory does not say whether it may sign in"),
        Some(false) => {
            return Err(Error::AccountUnfit {
                account: upn,
                obstacles: vec!["it is disabled".to_owned()],
            });
        }
    };
    parties.interaction.done(Step::InspectTenant, &upn);
    let account = Account { id: user.id, upn };
    Ok((account, enabled))
}

async fn inspect_ledger(
    request: &Request,
    account: &Account,
    parties: &mut Parties<'_>,
) -> Result<Outcome, Error> {
    parties.interaction.begin(Step::InspectLedger);
    parties.ledger.refresh().await?;
    let state = parties.ledger.state();
    let label = label(account);
    if let Some(open) = state.open_ceremony_on(&label) {
        let ceremony = open.id;
        return Err(Error::CeremonyOpen { label, ceremony });
    }
    let of_account = state
        .keys_in_service()
        .filter(|key| key.enrolled.account.id == account.id);
    let labels: Vec<&str> = of_account.map(|key| key.enrolled.label.as_str()).collect();
    let finding = match &request.key {
        Some(wanted) if labels.contains(&wanted.as_str()) => {
            Subject::Key.pass(format!("{wanted}, by the word of those who are there"))
        }
        Some(wanted) => return Err(unusable(wanted, parties)),
        None if labels.is_empty() => Subject::Key.unknown("the ledger knows no key of the account"),
        None => Subject::Key.pass(format!("any of {}", labels.join(", "))),
    };
    let fact = finding.why.clone().unwrap_or_default();
    parties.interaction.done(Step::InspectLedger, &fact);
    Ok(finding)
}

/// Why a key with this label is none of the account's.
fn unusable(label: &str, parties: &Parties<'_>) -> Error {
    let label = label.to_owned();
    match parties.ledger.state().key_by_label(&label) {
        None => Error::UnknownLabel(label),
        Some(key) if key.is_in_service() => Error::KeyOfAnotherAccount {
            account: key.enrolled.account.upn.clone(),
            label,
        },
        Some(_) => Error::OutOfService {
            label,
            why: "it was retired or reset".to_owned(),
        },
    }
}

/// A drill without the log proves less, and its verdict says so. Whoever wants to know that beforehand makes a dry run.
async fn probe_log(account: &Account, parties: &mut Parties<'_>) -> Result<Read<()>, Error> {
    parties.interaction.begin(Step::ReadLog);
    let client = parties.tenant()?;
    let id = super::log::object_id(account)?;
    let rows = client.sign_ins(id, parties.env.now()).await;
    let log = read(rows, permission::AUDIT_LOG)?.map(|_| ());
    match &log {
        Ok(()) => parties.interaction.done(Step::ReadLog, "it can be read"),
        Err(unread) => parties.interaction.warn(&format!(
            "the sign-in log cannot be read, so how the account signs in will not be proven: {}",
            unread.why
        )),
    }
    Ok(log)
}
