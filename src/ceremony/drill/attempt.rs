//! The sign-in itself, and what the account can do then.

use url::Url;
use uuid::Uuid;

use super::log::{Patience, object_id, rfc3339};
use super::refusal::{is_final, reason};
use super::{Plan, Request, Subject, Visit, label, of_sign_in};
use crate::ceremony::error::in_full;
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties};
use crate::graph::credential::{self, FreshSignIn, IdTokenError, SignedIn};
use crate::graph::{self, Client};
use crate::ledger::{Account, DrillAttempted, Outcome};

/// The role's template, the same in all tenants.
const GLOBAL_ADMINISTRATOR: Uuid = Uuid::from_u128(0x62e9_0394_69f5_4237_9190_0121_7714_5e10);

/// Has somebody sign in; what came of it, and how long the log is worth waiting for.
pub(super) async fn attempt(
    request: &Request,
    plan: &Plan,
    sign_in: FreshSignIn,
    visit: &(dyn Fn(Visit, &Url) + Sync),
    parties: &mut Parties<'_>,
) -> Result<(DrillAttempted, Patience), Error> {
    let mut attempted = DrillAttempted {
        label: label(&plan.account),
        began_at: rfc3339(sign_in.began()),
        signed_in_at: None,
        correlation_id: sign_in.correlation_id(),
        token_id: None,
        findings: plan.findings.clone(),
    };
    parties.interaction.begin(Step::SignIn);
    visit(Visit::SignIn, sign_in.page());
    let logout = sign_in.logout_page();
    let patience = match parties.interruptible(sign_in.finish(request.limit)).await? {
        Ok(signed_in) => {
            parties.interaction.done(Step::SignIn, "somebody is in");
            let patience =
                examine(&signed_in, &plan.account, &mut attempted, request, parties).await?;
            visit(Visit::SignOut, &logout);
            if request.revoke_sessions {
                attempted
                    .findings
                    .push(revoke(&plan.account, parties).await?);
            }
            patience
        }
        Err(error) => refused(error, &mut attempted.findings, request)?,
    };
    Ok((attempted, patience))
}

/// What stands against the sign-in is what a drill is held to find out. That the authority could not be asked says nothing.
fn refused(
    error: credential::Error,
    findings: &mut Vec<Outcome>,
    request: &Request,
) -> Result<Patience, Error> {
    use credential::Error as E;
    let patience = match &error {
        E::Declined(refusal) | E::Refused(refusal) => {
            findings.push(Subject::SignIn.fail(reason(refusal)));
            match is_final(refusal) {
                true => Patience::Until(request.log_limit),
                false => Patience::Once,
            }
        }
        E::StateMismatch | E::TimedOut { .. } => {
            findings.push(Subject::SignIn.fail(in_full(&error)));
            Patience::Once
        }
        E::Malformed { .. } => {
            findings.push(Subject::SignIn.unknown(in_full(&error)));
            Patience::Once
        }
        E::Certificate(_)
        | E::Http(_)
        | E::Local { .. }
        | E::Loopback(_)
        | E::TokenNotAHeader
        | E::Unreachable { .. } => return Err(of_sign_in(error)),
    };
    Ok(patience)
}

/// Who is in, and what they can do.
async fn examine(
    signed_in: &SignedIn,
    account: &Account,
    attempted: &mut DrillAttempted,
    request: &Request,
    parties: &mut Parties<'_>,
) -> Result<Patience, Error> {
    let findings = &mut attempted.findings;
    findings.push(Subject::SignIn.pass("the authority let somebody in"));
    let token = match &signed_in.id_token {
        Ok(token) => token,
        Err(error) => {
            findings.push(unproven(error));
            findings.push(Subject::SignedInAccount.unknown("nothing proves who got in"));
            return Ok(Patience::Once);
        }
    };
    findings.push(Subject::IdToken.pass("it is the authority's, and of this sign-in"));
    let expected = object_id(account)?;
    if token.account != expected {
        let name = token
            .name
            .clone()
            .unwrap_or_else(|| token.account.to_string());
        let why = format!("{name} got in, and not {}", account.upn);
        findings.push(Subject::SignedInAccount.fail(why));
        return Ok(Patience::Once);
    }
    findings.push(Subject::SignedInAccount.pass(account.upn.as_str()));
    attempted.signed_in_at = Some(rfc3339(signed_in.at));
    attempted.token_id.clone_from(&token.token_id);
    let client = parties.tenant()?.with_token(signed_in.access_token.clone());
    let can = async {
        [
            access(&client, expected).await,
            administration(&client, expected, &signed_in.scopes).await,
        ]
    };
    let can = parties.interruptible(can).await?;
    attempted.findings.extend(can);
    Ok(Patience::Until(request.log_limit))
}

/// A token that nobody could verify is not one that is forged.
fn unproven(error: &IdTokenError) -> Outcome {
    let why = in_full(error);
    match error {
        IdTokenError::Keys(_) | IdTokenError::KeysUnreadable(_) => Subject::IdToken.unknown(why),
        _ => Subject::IdToken.fail(why),
    }
}

async fn access(client: &Client, account: Uuid) -> Outcome {
    match client.me().await {
        Ok(user) if user.id.parse() == Ok(account) => {
            Subject::Access.pass("Graph knows the account by its token")
        }
        Ok(user) => Subject::Access.fail(format!(
            "Graph takes the token for another account, {}",
            user.id
        )),
        Err(error) if error.status().is_some() => Subject::Access.fail(in_full(&error)),
        Err(error) => Subject::Access.unknown(in_full(&error)),
    }
}

/// Reads the account's own roles: what an administrator may, and others may not, and harmless.
async fn administration(client: &Client, account: Uuid, scopes: &[String]) -> Outcome {
    let subject = Subject::Administration;
    match client.role_assignments(account).await {
        Ok(roles) => {
            let is = |role: &str| role.parse() == Ok(GLOBAL_ADMINISTRATOR);
            match roles.iter().any(|role| is(&role.role_definition_id)) {
                true => subject.pass("it reads its own roles, and is Global Administrator"),
                false => subject.unknown(
                    "it reads its own roles, and Global Administrator is not assigned to it itself",
                ),
            }
        }
        Err(graph::Error::Forbidden(_)) => subject.not_applicable(format!(
            "the access token is good for {} only",
            scopes.join(" ")
        )),
        Err(error) => subject.unknown(in_full(&error)),
    }
}

async fn revoke(account: &Account, parties: &Parties<'_>) -> Result<Outcome, Error> {
    Ok(
        match parties.tenant()?.revoke_sign_in_sessions(&account.id).await {
            Ok(()) => Subject::Sessions.pass("all sessions of the account are revoked"),
            Err(error) => Subject::Sessions.fail(in_full(&error)),
        },
    )
}
