//! The sign-in itself, and what the account can do then.

use url::Url;
use uuid::Uuid;

use super::hold::of_sign_in;
use super::log::{Patience, object_id, rfc3339};
use super::refusal::{is_final, reason};
use super::{Plan, Request, Subject, Visit, label};
use crate::ceremony::error::in_full;
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties};
use crate::graph::credential::{self, FreshSignIn, IdTokenError, LetIn, SignedIn};
use crate::graph::{self, Client};
use crate::ledger::{Account, DrillAttempted, Event, Outcome};

/// The role's template, the same in all tenants.
const GLOBAL_ADMINISTRATOR: Uuid = Uuid::from_u128(0x62e9_0394_69f5_4237_9190_0121_7714_5e10);

/// Why nothing is known of what was not examined.
const NOBODY_LOOKED: &str = "nobody looked";

/// The permissions of which one lets somebody read who has which role.
const READS_ROLES: [&str; 5] = [
    "RoleManagement.Read.Directory",
    "RoleManagement.Read.All",
    "RoleManagement.ReadWrite.Directory",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// What the sign-in page answered.
pub(super) enum Answer {
    /// Somebody is in.
    LetIn(Box<LetIn>),
    /// Nobody is: the finding, and how long the log is worth waiting for.
    Refused(Outcome, Patience),
}

/// What is known before anybody has signed in.
pub(super) fn begun(plan: &Plan, sign_in: &FreshSignIn) -> DrillAttempted {
    DrillAttempted {
        label: label(&plan.account),
        began_at: rfc3339(sign_in.began()),
        let_in_at: None,
        signed_in_at: None,
        correlation_id: sign_in.correlation_id(),
        token_id: None,
        findings: plan.findings.clone(),
    }
}

/// Has somebody visit the page, and waits for its answer.
pub(super) async fn answer(
    request: &Request,
    plan: &Plan,
    sign_in: FreshSignIn,
    visit: &(dyn Fn(Visit<'_>, &Url) + Sync),
    parties: &mut Parties<'_>,
) -> Result<Answer, Error> {
    parties.interaction.begin(Step::SignIn);
    visit(Visit::SignIn(&plan.account.upn), sign_in.page());
    let answer = sign_in.let_in(request.limit);
    match parties.interruptible(answer).await? {
        Ok(let_in) => {
            parties.interaction.done(Step::SignIn, "somebody is in");
            Ok(Answer::LetIn(Box::new(let_in)))
        }
        Err(error) => refused(error, request),
    }
}

/// What stands against the sign-in is what a drill is held to find out. That this machine cannot listen says nothing.
fn refused(error: credential::Error, request: &Request) -> Result<Answer, Error> {
    use credential::Error as E;
    let (finding, patience) = match &error {
        E::Declined(refusal) | E::Refused(refusal) => {
            let patience = match is_final(refusal) {
                true => Patience::Until(request.log_limit),
                false => Patience::Once,
            };
            (Subject::SignIn.fail(reason(refusal)), patience)
        }
        E::TimedOut { .. } => (Subject::SignIn.fail(in_full(&error)), Patience::Once),
        E::Malformed { .. } => (Subject::SignIn.unknown(in_full(&error)), Patience::Once),
        E::Certificate(_)
        | E::Http(_)
        | E::Local { .. }
        | E::Loopback(_)
        | E::TokenNotAHeader
        | E::Unreachable { .. } => return Err(of_sign_in(error)),
    };
    Ok(Answer::Refused(finding, patience))
}

/// Who is in, and what they can do. What identifies the sign-in is recorded first: nothing that comes after may lose it.
pub(super) async fn examine(
    id: Uuid,
    let_in: LetIn,
    plan: &Plan,
    attempted: &mut DrillAttempted,
    request: &Request,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    attempted.let_in_at = Some(rfc3339(let_in.at()));
    let let_in_finding = Subject::SignIn.pass("the authority let somebody in");
    attempted.findings.push(let_in_finding);
    let mut early = attempted.clone();
    early.findings.extend(unproven(NOBODY_LOOKED));
    parties.record(id, &Event::DrillAttempted(early)).await?;
    match parties.interruptible(let_in.tokens()).await? {
        Ok(signed_in) => judge(&signed_in, &plan.account, attempted, parties).await?,
        Err(error) => attempted.findings.extend(without_tokens(&error)),
    }
    if request.revoke_sessions {
        let revoked = revoke(&plan.account, parties).await?;
        attempted.findings.push(revoked);
    }
    Ok(())
}

/// What [`examine`] was to find and did not come to: what nobody looked at must not pass for good.
pub(super) fn unexamined(attempted: &DrillAttempted, request: &Request) -> Vec<Outcome> {
    let is_examined = |subject: Subject| {
        let mut findings = attempted.findings.iter();
        findings.any(|one| one.subject == subject.as_str())
    };
    let is_in = attempted.signed_in_at.is_some();
    let wanted = [
        (Subject::IdToken, true),
        (Subject::SignedInAccount, true),
        (Subject::Access, is_in),
        (Subject::Administration, is_in),
        (Subject::Sessions, request.revoke_sessions),
    ];
    let missing = wanted
        .into_iter()
        .filter(|(subject, is_wanted)| *is_wanted && !is_examined(*subject));
    missing
        .map(|(subject, _)| subject.unknown(NOBODY_LOOKED))
        .collect()
}

fn unproven(why: &str) -> [Outcome; 2] {
    [
        Subject::IdToken.unknown(why),
        Subject::SignedInAccount.unknown("nothing proves who got in"),
    ]
}

/// Somebody is in, and the authority gives no tokens for it. That it could not be asked, or is busy, says nothing.
fn without_tokens(error: &credential::Error) -> [Outcome; 2] {
    let [unknown, nobody] = unproven(&format!("it could not be had: {}", in_full(error)));
    let passing = ["temporarily_unavailable", "server_error"];
    match error.authority_refusal() {
        Some(refusal) if !passing.contains(&refusal.error.as_str()) => {
            [Subject::IdToken.fail(reason(refusal)), nobody]
        }
        _ => [unknown, nobody],
    }
}

/// What the tokens say, and what they are good for.
async fn judge(
    signed_in: &SignedIn,
    account: &Account,
    attempted: &mut DrillAttempted,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    let findings = &mut attempted.findings;
    let token = match &signed_in.id_token {
        Ok(token) => token,
        Err(error) => {
            findings.push(unverified(error));
            findings.push(Subject::SignedInAccount.unknown("nothing proves who got in"));
            return Ok(());
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
        return Ok(());
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
    Ok(())
}

/// A token that nobody could verify is not one that is forged.
fn unverified(error: &IdTokenError) -> Outcome {
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
        Err(error) if error.status().is_some_and(is_judgement) => {
            Subject::Access.fail(in_full(&error))
        }
        Err(error) => Subject::Access.unknown(in_full(&error)),
    }
}

/// Whether a service with this answer judged, and did not put off: that it is busy or broken says nothing of the account.
pub(super) fn is_judgement(status: u16) -> bool {
    matches!(status, 400..500) && !matches!(status, 408 | 425 | 429)
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
        Err(error @ graph::Error::Forbidden(_)) if read_roles(scopes) => subject.fail(format!(
            "it may not read its own roles, although the access token is good for that: {}",
            in_full(&error)
        )),
        Err(graph::Error::Forbidden(_)) => subject.not_applicable(format!(
            "the access token is good for {} only",
            scopes.join(" ")
        )),
        Err(error) => subject.unknown(in_full(&error)),
    }
}

/// Whether one of these scopes lets somebody read roles. The authority names them with or without the resource.
pub(super) fn read_roles(scopes: &[String]) -> bool {
    scopes.iter().any(|scope| {
        let name = scope.rsplit('/').next().unwrap_or_default();
        READS_ROLES.iter().any(|one| one.eq_ignore_ascii_case(name))
    })
}

async fn revoke(account: &Account, parties: &Parties<'_>) -> Result<Outcome, Error> {
    Ok(
        match parties.tenant()?.revoke_sign_in_sessions(&account.id).await {
            Ok(()) => Subject::Sessions.pass("all sessions of the account are revoked"),
            Err(error) => Subject::Sessions.fail(in_full(&error)),
        },
    )
}
