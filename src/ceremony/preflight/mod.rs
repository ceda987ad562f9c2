//! What the tenant would refuse, before the key is touched: gathers the facts, and has them judged.
//!
//! Nothing is asked that the prediction does not need: groups where the policy names some, roles where a person signed in, role
//! assignments where the account is in a restricted administrative unit. What the tenant does not tell is a fact like any other,
//! so that a missing permission never stops an enrolment that would work.

mod gather;

use crate::ceremony::Error;
use crate::graph::Client;
use crate::tenant::passkey_policy::Key;
use crate::tenant::preflight::{self, Acceptance, Prediction};

pub(crate) use gather::{account, operator, tenant};
pub(crate) use preflight::predict;

/// An account, and what the tenant would answer.
#[derive(Debug, Clone)]
pub struct Preflight {
    /// The account's object id.
    pub id: String,
    /// The account's name in the directory.
    pub upn: Option<String>,
    /// The key that is asked for.
    pub key: Key,
    /// Every line.
    pub prediction: Prediction,
}

/// Asks the tenant what it would answer to the registration of this key for this account.
///
/// # Errors
/// [`Error::Tenant`] when the directory cannot be asked for the account.
pub async fn preflight(client: &Client, name: &str, key: Key) -> Result<Preflight, Error> {
    let tenant = tenant(client).await?;
    let account = account(client, &tenant, name).await?;
    let prediction = preflight::predict(&tenant, &account, key);
    Ok(Preflight {
        id: account.user.id,
        upn: account.user.user_principal_name,
        key,
        prediction,
    })
}

/// Refuses what the tenant would certainly refuse.
///
/// # Errors
/// [`Error::Preflight`] with every line.
pub(crate) fn require(account: &str, prediction: &Prediction) -> Result<(), Error> {
    if prediction.acceptance() != Acceptance::Refused {
        return Ok(());
    }
    Err(Error::Preflight {
        account: account.to_owned(),
        prediction: Box::new(prediction.clone()),
    })
}
