//! What can be known of a retirement before anything changes.

use crate::ceremony::interaction::Step;
use crate::ceremony::retire::Request;
use crate::ceremony::retire::directory::{self, Registration};
use crate::ceremony::retire::working::{self, Kept, WORKING_KEYS_KEPT};
use crate::ceremony::{Error, Parties, subject};
use crate::graph::model::Fido2AuthenticationMethod;
use crate::ledger::{EnrolledKey, RetireIntended, RetireReason};

/// What a retirement is going to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The key as the ledger knows it.
    pub key: EnrolledKey,
    /// Why it goes out of service.
    pub reason: RetireReason,
    /// Whether the directory still has its method.
    pub registered: bool,
    /// Whether its credential is deleted from the key.
    pub delete_credential: bool,
    /// The account's other keys in service, and whether each works.
    pub kept: Vec<Kept>,
    /// Whether fewer working keys are left than there should be.
    pub forced: bool,
}

impl Plan {
    /// How many working keys the account keeps.
    #[must_use]
    pub fn working(&self) -> usize {
        self.kept.iter().filter(|key| key.works()).count()
    }

    /// What is recorded before anything is done.
    pub(super) fn intent(&self) -> RetireIntended {
        let enrolled = &self.key.enrolled;
        RetireIntended {
            label: enrolled.label.clone(),
            credential_id: enrolled.credential_id.clone(),
            account: enrolled.account.clone(),
            method_id: enrolled.method_id.clone(),
            reason: self.reason,
            delete_credential: self.delete_credential,
            keys_left: u32::try_from(self.working()).unwrap_or(u32::MAX),
            forced: self.forced,
        }
    }
}

/// Asks ledger, directory and, if its credential is to be deleted, the key.
pub(super) async fn prepare(
    request: &Request,
    parties: &mut Parties<'_>,
) -> Result<(Plan, Vec<Fido2AuthenticationMethod>), Error> {
    let key = subject::find(&request.label, parties).await?;
    if let Some((index, _)) = key.retired {
        return Err(Error::OutOfService {
            label: request.label.clone(),
            why: format!("it was retired by entry {index}"),
        });
    }
    parties.interaction.begin(Step::InspectTenant);
    let methods = directory::methods(&key.enrolled.account.id, parties).await?;
    let registered = match directory::find(&key.enrolled, &methods)? {
        Registration::There => true,
        Registration::Gone => {
            parties
                .interaction
                .warn("the directory does not have its method any more");
            false
        }
    };
    let kept = working::kept(&key.enrolled, &methods, parties.ledger);
    let working = kept.iter().filter(|key| key.works()).count();
    parties.interaction.done(
        Step::InspectTenant,
        &format!(
            "{}, {working} working keys are left",
            key.enrolled.account.upn
        ),
    );
    if request.delete_credential {
        require_deletable(&key, parties)?;
    }
    let plan = Plan {
        reason: request.reason,
        registered,
        delete_credential: request.delete_credential,
        forced: working < WORKING_KEYS_KEPT,
        kept,
        key,
    };
    Ok((plan, methods))
}

/// The key must be the right one and able to forget a credential, before its method is gone.
fn require_deletable(key: &EnrolledKey, parties: &mut Parties<'_>) -> Result<(), Error> {
    subject::require_in_hand(&key.enrolled, parties)?;
    let options = &parties.key.in_hand()?.info().options;
    match options.cred_mgmt.or(options.credential_mgmt_preview) {
        Some(true) => Ok(()),
        _ => Err(crate::ctap::Error::Unsupported("credential management").into()),
    }
}

/// Counts again once the intent is in the ledger: another station may have begun to retire the account's other key since. Of two
/// that begin at once, the later intent knows of the earlier.
pub(super) fn require_kept(
    plan: &Plan,
    methods: &[Fido2AuthenticationMethod],
    parties: &Parties<'_>,
) -> Result<(), Error> {
    let kept = working::kept(&plan.key.enrolled, methods, parties.ledger);
    let working = kept.iter().filter(|key| key.works()).count();
    if working < WORKING_KEYS_KEPT && !plan.forced {
        return Err(Error::TooFewKeys {
            account: plan.key.enrolled.account.upn.clone(),
            left: working,
        });
    }
    Ok(())
}
