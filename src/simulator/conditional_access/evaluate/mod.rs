//! Which policies apply to a sign-in. Written from the service's documentation alone, so that it can be compared with what
//! the tool thinks of a policy: [What If](https://learn.microsoft.com/entra/identity/conditional-access/what-if-tool) takes what
//! is not told for `none` (of programs and platforms for `all`), and gives the first condition that is not met as the reason.

mod circumstances;
mod resources;
mod users;

use serde::Serialize;

use crate::simulator::conditional_access::sign_in::SignIn;
use crate::simulator::conditional_access::{NamedLocation, Policy, PolicyState};

/// `whatIfAnalysisReasons`: the condition that keeps a policy from applying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) enum Reason {
    Application,
    AuthenticationContext,
    AuthenticationFlow,
    ClientApps,
    DevicePlatform,
    Devices,
    InsiderRisk,
    Location,
    PolicyNotEnabled,
    SignInRisk,
    UserActions,
    UserRisk,
    Users,
    WorkloadIdentities,
}

/// Whether the policy applies, be it enforced or only reported; the first condition that is not met otherwise.
pub(in crate::simulator) fn applies(
    policy: &Policy,
    sign_in: &SignIn,
    locations: &[NamedLocation],
) -> Result<(), Reason> {
    let conditions = &policy.conditions;
    if policy.state == PolicyState::Disabled {
        return Err(Reason::PolicyNotEnabled);
    }
    users::check(conditions, &sign_in.identity)?;
    resources::check(&conditions.applications, &sign_in.context)?;
    circumstances::check(conditions, sign_in, locations)
}

/// Whether something is among what is included and not among what is excluded.
fn is_meant<T>(included: &[T], excluded: &[T], is_this: impl Fn(&T) -> bool) -> bool {
    included.iter().any(&is_this) && !excluded.iter().any(is_this)
}

fn require(is_met: bool, otherwise: Reason) -> Result<(), Reason> {
    if is_met { Ok(()) } else { Err(otherwise) }
}
