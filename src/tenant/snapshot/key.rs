//! Whether the tenant takes a registered key.

use super::{Account, Snapshot};
use crate::graph::model::Fido2AuthenticationMethod;
use crate::tenant::passkey_policy::{self, Attestation, Key, Purpose, Ruling};

impl Snapshot {
    /// What the passkey policy says of a sign-in to the account with this key of its.
    #[must_use]
    pub fn sign_in_with(&self, key: &Fido2AuthenticationMethod, account: &Account) -> Ruling {
        let policy = match &self.passkeys {
            Ok(policy) => policy,
            Err(unread) => {
                let why = format!("the passkey policy could not be read: {}", unread.why);
                return Ruling::Unknown { why };
            }
        };
        let Some(person) = account.person() else {
            let why = "the account could not be read".to_owned();
            return Ruling::Unknown { why };
        };
        let account = passkey_policy::Account {
            id: &person.id,
            groups: person.groups.as_deref(),
        };
        let key = Key {
            aaguid: key.aaguid(),
            // Counts at a registration only.
            attestation: Attestation::Unknown,
        };
        passkey_policy::rule(policy, account, key, Purpose::SignIn)
    }
}
