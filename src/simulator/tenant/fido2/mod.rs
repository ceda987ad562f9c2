//! FIDO2 in the tenant: the policy as Graph writes it, how it is changed, whom and what it admits, and the registered keys.

mod change;
mod method;
mod policy;
mod profile;
mod sign_in;
mod target;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use change::PolicyError;
pub(in crate::simulator) use change::strip_annotations;
pub use method::{Fido2Method, IssuedChallenge};
pub use policy::{Fido2Policy, PolicyRefusal};
pub use profile::{EnforcementType, KeyRestrictions, NewKey, PasskeyProfile, PasskeyTypes};
pub use sign_in::SignInRefusal;
pub use target::{IncludeTarget, Target};
