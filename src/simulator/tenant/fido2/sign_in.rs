//! What the policy still looks at when a registered key signs in.

use crate::simulator::tenant::{Fido2Method, PolicyRefusal, State, User};

/// Why a user may not sign in with a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// The account is disabled.
    #[error("The user account is disabled.")]
    AccountDisabled,
    /// The key is registered for somebody else.
    #[error("The key is not registered for the user.")]
    NotOwned,
    /// The policy takes the method, the user or the model no longer.
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
}

impl State {
    /// Whether a user may sign in with a registered key. Targets and key restrictions count as at registration;
    /// attestation does not, nor does self-service setup.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn admits_sign_in(&self, user: &User, method: &Fido2Method) -> Result<(), SignInRefusal> {
        let policy = &self.fido2_policy;
        let user = &self.with_every_group(user);
        if !user.account_enabled {
            Err(SignInRefusal::AccountDisabled)
        } else if method.user_id != user.id {
            Err(SignInRefusal::NotOwned)
        } else if !policy.is_enabled {
            Err(PolicyRefusal::Disabled.into())
        } else if !policy.targets(user) {
            Err(PolicyRefusal::NotTargeted.into())
        } else {
            policy.any_setting(user, |settings| {
                settings.key_restrictions.admit(method.aaguid)
            })?;
            Ok(())
        }
    }
}
