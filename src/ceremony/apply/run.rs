//! One step after the other.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;
use uuid::Uuid;

use super::appear::{DOUBTFUL_PAUSES, LAG_PAUSES, until};
use super::look::{self, document};
use super::resolve::{Ids, intent};
use super::{ApplyError, Change, Planned, Request, act, known_keys, owned, prove};
use crate::ceremony::interaction::Step as Phase;
use crate::ceremony::setback::Setback;
use crate::ceremony::{Error, Parties};
use crate::custody;
use crate::graph;
use crate::graph::model::ConditionalAccessPolicy;
use crate::ledger::{
    CeremonyPhase, EntryRef, Event, SealedSecret, Step as Reached, TenantChangeIntended,
    TenantChanged, TenantObject,
};
use crate::secret::Password;
use crate::tenant::plan::{Change as Kind, Plan, Step, Wish, effect, plan};
use crate::tenant::snapshot::Snapshot;

/// How long a step is at work from its intent on, at most. Other stations wait that long before they believe that it was given up.
pub(super) const LONGEST_STEP: Duration = Duration::from_secs(240);

/// How long something that was made may be unknown to parts of the directory.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// A run through a plan.
pub(super) struct Run<'a> {
    pub(super) request: &'a Request,
    /// What the tenant is by now, as far as it was read and changed.
    pub(super) now: Snapshot,
    ids: Ids,
    changes: Vec<Change>,
}

impl<'a> Run<'a> {
    pub(super) fn new(request: &'a Request, planned: &Planned) -> Self {
        Self {
            request,
            now: planned.snapshot.clone(),
            ids: Ids::default(),
            changes: Vec::new(),
        }
    }

    /// The changes, and what is left to be done.
    pub(super) fn finish(self, parties: &Parties<'_>) -> (Vec<Change>, Plan) {
        let left = plan(&Wish {
            desired: &self.request.desired,
            snapshot: &self.now,
            owned: &owned(parties.ledger.state(), &self.now.tenant),
            keys: &known_keys(parties.ledger.state(), parties.ledger.entries()),
            waivers: &self.request.waivers,
            enforce: self.request.enforce,
        });
        (self.changes, left)
    }

    /// Takes a step: proof, intent, change, outcome.
    pub(super) async fn take(
        &mut self,
        planned: &Step,
        parties: &mut Parties<'_>,
    ) -> Result<(), Error> {
        parties.go_on()?;
        let mut step = self.ids.resolve(planned);
        if step.change.enforces() {
            prove::prove(&step, self, parties).await?;
        }
        parties.interaction.begin(Phase::ChangeTenant);
        let ends = parties.env.monotonic() + LONGEST_STEP;
        let ceremony = parties.env.uuid();
        let (password, sealed) = self.password(&step, parties)?.unzip();
        let intended = intent(&self.now.tenant, &step, &self.as_read(&step), sealed);
        let event = Event::TenantChangeIntended(Box::new(intended.clone()));
        parties.record(ceremony, &event).await?;
        let (id, entry) = self
            .make(ceremony, &step, &intended, password, ends, parties)
            .await?;
        self.ids.learn(&planned.object, &id);
        step.object.id = id.clone();
        effect(&step, &mut self.now);
        parties.go_on()?;
        self.read_back(&step, parties).await?;
        parties.interaction.done(Phase::ChangeTenant, &step.id());
        self.changes.push(Change {
            step: planned.id(),
            ceremony,
            object: id,
            entry,
        });
        Ok(())
    }

    /// The password of an account that is to be made, and the same sealed, if it is to be kept. It goes into the ledger before there
    /// is an account, so that no account has one that is lost.
    fn password(
        &self,
        step: &Step,
        parties: &Parties<'_>,
    ) -> Result<Option<(Password, SealedSecret)>, Error> {
        let custodians = self.request.password_custodians.as_ref();
        let Some(custodians) = custodians.filter(|_| step.change == Kind::CreateAccount) else {
            return Ok(None);
        };
        let password = custody::generate_password(parties.env);
        let sealed = custody::seal(&password, custodians, parties.env)?;
        Ok(Some((password, sealed)))
    }

    /// What the step is about, as it was read when it was planned.
    fn as_read(&self, step: &Step) -> Value {
        match self.policy(&step.object.id) {
            Some(policy) => document(policy),
            None => step.before.clone(),
        }
    }

    pub(super) fn policy(&self, id: &str) -> Option<&ConditionalAccessPolicy> {
        let policies = self.now.policies.as_deref().unwrap_or_default();
        policies.iter().find(|one| one.id.as_deref() == Some(id))
    }

    async fn make(
        &self,
        ceremony: Uuid,
        step: &Step,
        intended: &TenantChangeIntended,
        password: Option<Password>,
        ends: Duration,
        parties: &mut Parties<'_>,
    ) -> Result<(String, EntryRef), Error> {
        let mut sent = Sent::No;
        let made = match is_alone(ceremony, intended, parties) {
            true => {
                let left = ends.saturating_sub(parties.env.monotonic());
                let change = self.change(step, intended, password, &mut sent, parties);
                let in_time = tokio::time::timeout(left, change).await;
                in_time.unwrap_or_else(|_| Err(ApplyError::TooSlow(step.id()).into()))
            }
            false => Err(ApplyError::ChangeUnderWay(step.id()).into()),
        };
        let error = match made {
            Ok(id) => match changed(ceremony, intended, &id, parties).await {
                Ok(entry) => return Ok((id, entry)),
                // Another run took this one for dead, saw the change and recorded it.
                Err(error) => match phase(ceremony, parties) {
                    Some(CeremonyPhase::Completed) => {
                        return Err(ApplyError::ChangeUnderWay(step.id()).into());
                    }
                    Some(CeremonyPhase::Undone) => {
                        return Err(ApplyError::ChangeGivenUp {
                            step: step.id(),
                            id,
                        }
                        .into());
                    }
                    _ => error,
                },
            },
            Err(error) => error,
        };
        let setback = Setback {
            ceremony,
            label: &intended.label,
            reached: Reached::Intended,
            remains: sent.remains(&step.id()),
        };
        Err(setback.record(error, parties).await)
    }

    /// Reads, changes, and waits until it shows.
    async fn change(
        &self,
        step: &Step,
        intended: &TenantChangeIntended,
        password: Option<Password>,
        sent: &mut Sent,
        parties: &mut Parties<'_>,
    ) -> Result<String, Error> {
        let policy = self.require_as_planned(step, intended, parties).await?;
        let with = step.with.as_ref().map_or("", |with| with.id.as_str());
        let is_fresh = |id: &str| self.ids.is_fresh(id) || was_made_just_now(id, parties);
        let fresh = is_fresh(&step.object.id) || is_fresh(with);
        // Until there is an answer.
        *sent = Sent::Perhaps;
        let answer = act::act(step, fresh, policy.as_ref(), password, parties).await;
        *sent = Sent::after(&answer);
        match answer {
            Ok(Some(id)) => {
                until(step, &LAG_PAUSES, parties, async |client| {
                    Ok(look::exists(step.change, &id, client)
                        .await?
                        .then(|| id.clone()))
                })
                .await
            }
            Ok(None) => {
                until(step, &LAG_PAUSES, parties, async |client| {
                    look::shows(intended, client).await
                })
                .await
            }
            Err(Error::Tenant(error)) if error.outcome_unknown() => {
                let pauses = &LAG_PAUSES[..DOUBTFUL_PAUSES];
                until(step, pauses, parties, async |client| {
                    look::shows(intended, client).await
                })
                .await
            }
            Err(error) => Err(error),
        }
    }

    /// Nothing is done to what is not as it was when it was planned: somebody else is at work. A policy comes back as it is.
    async fn require_as_planned(
        &self,
        step: &Step,
        intended: &TenantChangeIntended,
        parties: &Parties<'_>,
    ) -> Result<Option<ConditionalAccessPolicy>, Error> {
        let client = parties.tenant()?;
        let otherwise = |found: String| {
            Error::from(ApplyError::NotAsPlanned {
                step: step.id(),
                found,
            })
        };
        let Some(planned) = self.policy(&step.object.id) else {
            return match look::shows(intended, client).await? {
                None => Ok(None),
                Some(_) => Err(otherwise(format!("{} is so already", step.object.name))),
            };
        };
        let found = look::policy(&step.object.id, client).await?;
        match found {
            Some(found) if document(&found) == document(planned) => Ok(Some(found)),
            Some(_) => Err(otherwise(format!(
                "policy {} was changed",
                step.object.name
            ))),
            None => Err(otherwise(format!("policy {} is gone", step.object.name))),
        }
    }

    /// What the service made of a policy: it adds members of its own.
    async fn read_back(&mut self, step: &Step, parties: &Parties<'_>) -> Result<(), Error> {
        if self.policy(&step.object.id).is_none() {
            return Ok(());
        }
        let found = look::policy(&step.object.id, parties.tenant()?).await?;
        if let (Some(found), Ok(policies)) = (found, &mut self.now.policies) {
            let same = policies.iter_mut().find(|one| one.id == found.id);
            if let Some(same) = same {
                *same = found;
            }
        }
        Ok(())
    }
}

/// Whether no other run changes the tenant. What was open when this one began is closed by now, so whatever is open and older than
/// this change is another's; of two that begin at once, the ledger's order says whose turn it is.
fn is_alone(ceremony: Uuid, intended: &TenantChangeIntended, parties: &Parties<'_>) -> bool {
    let open = parties.ledger.state().open_ceremonies().into_iter();
    let mut older = open.take_while(|one| one.id != ceremony);
    !older.any(|one| match &one.intent {
        Event::TenantChangeIntended(other) => other.tenant == intended.tenant,
        _ => false,
    })
}

/// How far a ceremony is, by the ledger as it was last read.
pub(super) fn phase(ceremony: Uuid, parties: &Parties<'_>) -> Option<CeremonyPhase> {
    let ceremony = parties.ledger.state().ceremony(ceremony);
    ceremony.map(|one| one.phase)
}

/// Whether the change may be in the tenant.
#[derive(Clone, Copy)]
enum Sent {
    /// It is not: it was not sent, or refused.
    No,
    /// The service has taken it.
    Taken,
    /// Nobody knows.
    Perhaps,
}

impl Sent {
    fn after<T>(answer: &Result<T, Error>) -> Self {
        match answer {
            Ok(_) => Self::Taken,
            Err(Error::Tenant(error)) if refused(error) => Self::No,
            Err(Error::Tenant(_)) => Self::Perhaps,
            Err(_) => Self::No,
        }
    }

    fn remains(self, step: &str) -> Option<String> {
        match self {
            Self::No => None,
            Self::Taken => Some(format!(
                "{step} was taken by the service, and is not recorded as made"
            )),
            Self::Perhaps => Some(format!("whether {step} was made is not known")),
        }
    }
}

/// Whether the service refused before it did anything, or was never asked.
fn refused(error: &graph::Error) -> bool {
    match error {
        graph::Error::SignIn(_) | graph::Error::Segment(_) | graph::Error::Interrupted(_) => true,
        error if error.outcome_unknown() => false,
        error => error
            .status()
            .is_some_and(|status| (400..500).contains(&status)),
    }
}

/// Records that a change shows.
pub(super) async fn changed(
    ceremony: Uuid,
    intended: &TenantChangeIntended,
    id: &str,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let changed = TenantChanged {
        label: intended.label.clone(),
        object: TenantObject {
            id: Some(id.to_owned()),
            name: intended.object.name.clone(),
        },
    };
    parties
        .record(ceremony, &Event::TenantChanged(changed))
        .await
}

/// Whether an earlier run, which may have been killed right after it, made or changed this object a moment ago.
fn was_made_just_now(id: &str, parties: &Parties<'_>) -> bool {
    let now = parties.env.now();
    let entries = parties.ledger.entries().iter().rev();
    let recent = entries.take_while(|entry| now.duration_since(entry.time) < FRESH);
    let mut changes = recent.filter_map(|entry| match entry.event() {
        Ok(Some(Event::TenantChanged(changed))) => changed.object.id,
        _ => None,
    });
    changes.any(|changed| changed == id)
}
