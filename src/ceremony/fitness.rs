//! Whether a key and an account are fit for an enrolment, from what can be read without changing anything.

use crate::ceremony::Error;
use crate::ctap::command::client_pin::PinRetries;
use crate::ctap::command::get_info;
use crate::ctap::{self, PinFailure, PinFailureKind};
use crate::graph::model::{Fido2AuthenticationMethod, User};
use crate::webauthn::cose_key;

/// PIN tries that a ceremony leaves untouched: three wrong ones in a row lock the key until it is unplugged, and an emergency key
/// whose PIN is nearly blocked must be handled by a person who knows that.
pub const PIN_TRIES_KEPT: u8 = 3;

/// What was found wrong, and what only deserves a warning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fitness {
    /// Reasons not to go on.
    pub obstacles: Vec<String>,
    /// Things that the operator should know.
    pub warnings: Vec<String>,
}

impl Fitness {
    fn obstacle_if(&mut self, condition: bool, why: &str) {
        if condition {
            self.obstacles.push(why.to_owned());
        }
    }

    fn warn_if(&mut self, condition: bool, what: &str) {
        if condition {
            self.warnings.push(what.to_owned());
        }
    }
}

/// Refuses a PIN try that could leave fewer tries than are kept, unless the operator asked for it, and one that no PIN can
/// pass.
///
/// # Errors
/// [`Error::TooFewPinTries`], or that the PIN is blocked, for good or until the key is unplugged.
pub fn require_pin_tries(retries: PinRetries, spend_last_tries: bool) -> Result<(), Error> {
    let left = retries.retries;
    if left == 0 {
        return Err(locked(PinFailureKind::Blocked, retries).into());
    }
    if retries.power_cycle_state == Some(true) {
        return Err(locked(PinFailureKind::AuthBlocked, retries).into());
    }
    if left > PIN_TRIES_KEPT || spend_last_tries {
        return Ok(());
    }
    Err(Error::TooFewPinTries {
        left,
        kept: PIN_TRIES_KEPT,
    })
}

/// What the key would answer to any PIN.
fn locked(kind: PinFailureKind, retries: PinRetries) -> ctap::Error {
    ctap::Error::Pin {
        command: "clientPIN getPINRetries",
        failure: PinFailure {
            kind,
            retries: Some(retries.retries),
            power_cycle_needed: kind == PinFailureKind::AuthBlocked,
        },
    }
}

/// What Entra and an emergency need of a key.
#[must_use]
pub fn of_key(info: &get_info::Response) -> Fitness {
    let mut fitness = Fitness::default();
    let fido2 = info
        .versions
        .iter()
        .any(|version| version.starts_with("FIDO_2"));
    fitness.obstacle_if(!fido2, "the key speaks U2F only; Entra needs FIDO2");
    fitness.obstacle_if(
        info.options.rk != Some(true),
        "the key cannot hold discoverable credentials",
    );
    fitness.obstacle_if(
        info.options.client_pin.is_none(),
        "the key has no PIN function, and a fingerprint alone can't be relied on in an emergency",
    );
    let options = &info.options;
    let pin_is_not_enough = options.no_mc_ga_permissions_with_client_pin == Some(true);
    fitness.obstacle_if(
        pin_is_not_enough && options.uv != Some(true),
        "the key signs only for a fingerprint or the like, and none is enrolled on it",
    );
    fitness.warn_if(
        pin_is_not_enough,
        "the key signs only for a fingerprint or the like, not for its PIN; enrol those of several people",
    );
    let no_es256 = info
        .algorithms
        .as_ref()
        .is_some_and(|algorithms| !algorithms.contains(&cose_key::ES256));
    fitness.obstacle_if(
        no_es256,
        "the key does not support ES256, the algorithm that Entra takes",
    );
    fitness.obstacle_if(
        info.remaining_discoverable_credentials == Some(0),
        "the key has no room for another discoverable credential",
    );
    fitness.obstacle_if(
        info.force_pin_change == Some(true),
        "the key demands that its PIN be changed first",
    );
    fitness.warn_if(
        !info.has_extension("hmac-secret"),
        "the key lacks hmac-secret, which Windows needs to unlock offline",
    );
    fitness
}

/// What an emergency account should not be; what the service refuses, the preflight says.
#[must_use]
pub fn of_account(
    user: &User,
    methods: &[Fido2AuthenticationMethod],
    display_name: &str,
) -> Fitness {
    let mut fitness = Fitness::default();
    let taken = methods
        .iter()
        .any(|method| method.display_name.as_deref() == Some(display_name));
    fitness.obstacle_if(
        taken,
        &format!("the account already has a key named {display_name:?} in the tenant"),
    );
    let synced = user.on_premises_sync_enabled == Some(true);
    fitness.warn_if(
        synced,
        "the account is synchronized from on-premises; an emergency account should be cloud-only",
    );
    let own_domain = user
        .user_principal_name
        .as_deref()
        .is_some_and(|name| !name.ends_with(".onmicrosoft.com"));
    fitness.warn_if(
        own_domain,
        "the account is not in the .onmicrosoft.com domain, so it depends on another domain's DNS",
    );
    fitness
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::encoding::cbor::{self, Value};

    fn info(options: &[(&str, bool)]) -> get_info::Response {
        let options = options.iter().map(|(id, on)| (*id, Value::from(*on)));
        let members = [
            (1, Value::Array(vec![Value::from("FIDO_2_1")])),
            (3, Value::Bytes(vec![0; 16])),
            (4, cbor::map(options)),
        ];
        get_info::Response::decode(&cbor::encode(&cbor::map(members))).unwrap()
    }

    #[test]
    fn a_key_that_signs_only_for_fingerprints_needs_one() {
        let options = [
            ("rk", true),
            ("clientPin", true),
            ("noMcGaPermissionsWithClientPin", true),
            ("uv", false),
        ];
        let without = of_key(&info(&options));
        assert_eq!(without.obstacles.len(), 1, "{without:?}");
        let with = of_key(&info(&[&options[..3], &[("uv", true)]].concat()));
        assert!(with.obstacles.is_empty(), "{with:?}");
        assert!(with.warnings[0].contains("fingerprint"), "{with:?}");
        let ordinary = of_key(&info(&options[..2]));
        assert!(ordinary.obstacles.is_empty(), "{ordinary:?}");
    }
}
