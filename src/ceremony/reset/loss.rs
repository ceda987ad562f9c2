//! What a reset loses: which keys of the ledger the key in hand is, and whether they can still sign in.

use crate::ceremony::interaction::Step;
use crate::ceremony::silent::{self, Holding};
use crate::ceremony::{Error, Parties};
use crate::encoding::base64url;
use crate::ledger::{EnrolledKey, KeyEnrolled};

/// A credential that is lost with a reset.
#[derive(Debug, Clone)]
pub struct Loss {
    /// The key as the ledger knows it.
    pub key: EnrolledKey,
    /// Whether the directory still has its method; none if it could not be asked.
    pub registered: Option<bool>,
}

impl Loss {
    /// For people.
    #[must_use]
    pub fn describe(&self) -> String {
        let registered = match self.registered {
            Some(true) => "STILL REGISTERED",
            Some(false) => "not registered any more",
            None => "perhaps still registered",
        };
        let service = if self.key.retired.is_some() {
            "retired"
        } else {
            "in service"
        };
        let enrolled = &self.key.enrolled;
        format!(
            "{} of {}: {service}, {registered}",
            enrolled.label, enrolled.account.upn
        )
    }
}

/// The keys of the ledger whose credentials are on the key in hand, the named one first.
pub(super) fn held(
    named: &EnrolledKey,
    parties: &mut Parties<'_>,
) -> Result<Vec<EnrolledKey>, Error> {
    let aaguid = named.enrolled.aaguid;
    let others: Vec<EnrolledKey> = parties
        .ledger
        .state()
        .keys()
        .iter()
        .filter(|key| key.enrolled.aaguid == aaguid && key.reset.is_none())
        .filter(|key| key.enrolled.credential_id != named.enrolled.credential_id)
        .cloned()
        .collect();
    let mut held = vec![named.clone()];
    for key in others {
        let id = &key.enrolled.credential_id;
        if silent::holding(parties, &key.enrolled.rp_id, id)? == Holding::Holds {
            held.push(key);
        }
    }
    Ok(held)
}

/// Whether the directory still has the credential; none if nobody can say.
pub(super) async fn registered(key: &KeyEnrolled, parties: &mut Parties<'_>) -> Option<bool> {
    let tenant = parties.tenant?;
    parties.interaction.begin(Step::InspectTenant);
    match tenant.fido2_methods(&key.account.id).await {
        Ok(methods) => Some(
            methods
                .iter()
                .any(|method| base64url::names_key(&method.id, &key.method_id, &key.credential_id)),
        ),
        Err(error) if error.status() == Some(404) => Some(false),
        Err(error) => {
            let why = crate::ceremony::error::in_full(&error);
            parties
                .interaction
                .warn(&format!("the tenant could not be asked: {why}"));
            None
        }
    }
}
