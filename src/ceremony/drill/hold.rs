//! A drill from its announcement to its record.

use uuid::Uuid;

use super::attempt::{self, Answer};
use super::log::{self, Looked};
use super::{Conclusion, Door, Held, Plan, Request, Visit, finding, judge, label, prepare};
use crate::ceremony::interaction::Step as Doing;
use crate::ceremony::setback::{Setback, undone};
use crate::ceremony::{Error, Parties};
use crate::graph;
use crate::graph::credential::FreshSignIn;
use crate::ledger::{Account, DrillAttempted, DrillCompleted, DrillIntended, Event, Step};

/// Holds a drill.
///
/// # Errors
/// When it cannot be held, or was stopped: [`Error::Stopped`] once somebody has signed in, and the log is still to be looked at.
/// What service and person do in between is a finding.
pub async fn hold(
    request: &Request,
    door: Door<'_>,
    mut parties: Parties<'_>,
) -> Result<Conclusion, Error> {
    let plan = prepare::prepare(request, &mut parties).await;
    let plan = plan.map_err(|error| parties.blame(error))?;
    if request.dry_run {
        return Ok(Conclusion::Planned(plan));
    }
    let stakes = format!(
        "somebody is about to sign in as {}: that is to raise an alarm. Tell those who watch before you go on",
        plan.account.upn
    );
    parties.confirm(&stakes, &plan.account.upn)?;
    let sign_in = FreshSignIn::begin(door.client, &plan.account.upn);
    let sign_in = parties.interruptible(sign_in).await?.map_err(of_sign_in)?;
    let id = parties.env.uuid();
    let tenant = sign_in.tenant();
    record_intent(id, request, &plan, tenant, &mut parties).await?;
    let begun = attempt::begun(&plan, &sign_in);
    let logout = sign_in.logout_page();
    let answer = attempt::answer(request, &plan, sign_in, door.visit, &mut parties).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Err(stopped(id, &plan, None, error, &mut parties).await),
    };
    let sign_out = || (door.visit)(Visit::SignOut, &logout);
    match conclude(id, request, &plan, begun, answer, &sign_out, &mut parties).await {
        Ok(held) => Ok(Conclusion::Held(held)),
        Err(error) => Err(stopped(id, &plan, Some(log::REMAINS), error, &mut parties).await),
    }
}

/// What follows the page's answer. From here on the log has a row, or may have one: whatever stops this leaves the drill open.
async fn conclude(
    id: Uuid,
    request: &Request,
    plan: &Plan,
    mut attempted: DrillAttempted,
    answer: Answer,
    sign_out: &(dyn Fn() + Sync),
    parties: &mut Parties<'_>,
) -> Result<Held, Error> {
    let patience = match answer {
        Answer::LetIn(let_in) => {
            let examined =
                attempt::examine(id, *let_in, plan, &mut attempted, request, parties).await;
            // The browser is signed in, whatever became of the rest.
            sign_out();
            if let Err(error) = examined {
                attempted
                    .findings
                    .extend(attempt::unexamined(&attempted, request));
                // As far as it can be: what stopped this counts, and the drill stays open either way.
                let event = Event::DrillAttempted(attempted);
                let _unrecorded = parties.record(id, &event).await;
                return Err(error);
            }
            log::patience(&attempted, request.log_limit)
        }
        Answer::Refused(finding, patience) => {
            attempted.findings.push(finding);
            patience
        }
    };
    let event = Event::DrillAttempted(attempted.clone());
    parties.record(id, &event).await?;
    let policies = &request.expected_policies;
    let looked = log::look(&plan.account, policies, &attempted, patience, parties).await?;
    let seen = match looked {
        Looked::Seen(seen) => seen,
        Looked::Unread { unread, .. } => judge::unread(&unread),
    };
    complete(id, plan.account.clone(), attempted, seen, parties).await
}

async fn record_intent(
    id: Uuid,
    request: &Request,
    plan: &Plan,
    tenant: Uuid,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    parties.interaction.begin(Doing::RecordIntent);
    let intended = DrillIntended {
        label: label(&plan.account),
        tenant: tenant.to_string(),
        account: plan.account.clone(),
        key: request.key.clone(),
        by: request.by.clone(),
        reason: request.reason.clone(),
        expected_policies: request.expected_policies.clone(),
    };
    let entry = parties.record(id, &Event::DrillIntended(intended)).await?;
    give_way(id, &label(&plan.account), parties).await?;
    let fact = format!("entry {}", entry.index);
    parties.interaction.done(Doing::RecordIntent, &fact);
    Ok(())
}

/// Two drills of an account at the same time: each would take the other's sign-in for its own. Whoever announced it first holds it.
async fn give_way(id: Uuid, label: &str, parties: &mut Parties<'_>) -> Result<(), Error> {
    let open = parties.ledger.state().open_ceremonies();
    let first = open.into_iter().find(|one| one.label == label);
    match first.map(|one| one.id) {
        Some(ceremony) if ceremony != id => {
            undone(id, label, parties).await?;
            let label = label.to_owned();
            Err(Error::CeremonyOpen { label, ceremony })
        }
        _ => Ok(()),
    }
}

/// Before somebody is signed in nothing remains of a drill; afterwards the log is still to be looked at.
async fn stopped(
    id: Uuid,
    plan: &Plan,
    remains: Option<&str>,
    error: Error,
    parties: &mut Parties<'_>,
) -> Error {
    if remains.is_none() {
        parties.interaction.warn(
            "the drill is closed: close the sign-in page, too, for nothing explains who signs in there now",
        );
    }
    let setback = Setback {
        ceremony: id,
        label: &label(&plan.account),
        reached: remains.map_or(Step::Intended, |_| Step::Attempted),
        remains: remains.map(str::to_owned),
    };
    setback.record(error, parties).await
}

/// Writes down how it ended.
pub(super) async fn complete(
    id: Uuid,
    account: Account,
    attempted: DrillAttempted,
    seen: log::Seen,
    parties: &mut Parties<'_>,
) -> Result<Held, Error> {
    parties.interaction.begin(Doing::RecordOutcome);
    let mut findings = attempted.findings;
    findings.extend(seen.findings);
    let completed = DrillCompleted {
        label: attempted.label,
        passed: finding::passed(&findings),
        findings,
        signed_in_at: attempted.signed_in_at,
        log: seen.row,
    };
    let event = Event::DrillCompleted(completed.clone());
    let entry = parties.record(id, &event).await?;
    let fact = format!("entry {}", entry.index);
    parties.interaction.done(Doing::RecordOutcome, &fact);
    Ok(Held::new(id, account, completed, entry))
}

pub(super) fn of_sign_in(error: graph::credential::Error) -> Error {
    Error::Tenant(graph::Error::SignIn(error))
}
