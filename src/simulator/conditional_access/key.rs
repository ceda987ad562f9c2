//! What somebody satisfies who signs in with a FIDO2 key, or with a password and perhaps a second factor, in a browser or
//! program on a device that the organization does not manage.

use serde::{Deserialize, Serialize};

use crate::simulator::conditional_access::policy::{
    ClientApp, GrantControl, GrantControls, Operator,
};
use crate::simulator::conditional_access::{ConditionalAccess, Policy};
use crate::webauthn::Aaguid;

/// The combination of methods, as strengths name it.
const PASSWORD_AND_APPROVAL: &str = "password,microsoftAuthenticatorPush";

/// What somebody signed in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) enum Given {
    /// A key of this model, with user verification.
    Key(Aaguid),
    /// A password and nothing else.
    Password,
    /// A password and an approval in Microsoft Authenticator.
    PasswordAndSecondFactor,
}

/// Whether that gets past a policy that applies.
pub(super) fn satisfies(
    access: &ConditionalAccess,
    policy: &Policy,
    given: Given,
    client: ClientApp,
) -> bool {
    let granted = policy
        .grant_controls
        .as_ref()
        .is_none_or(|grant| is_granted(access, grant, given));
    // Token protection asks programs for a registered device; browsers are not asked.
    let session = policy.session_controls.as_ref();
    let binds_tokens = session.is_some_and(|controls| controls.binds_tokens());
    granted && !(binds_tokens && client == ClientApp::MobileAppsAndDesktopClients)
}

fn is_granted(access: &ConditionalAccess, grant: &GrantControls, given: Given) -> bool {
    let built_in = grant.built_in_controls.iter().copied();
    let mut met: Vec<bool> = built_in.map(|control| is_met(control, given)).collect();
    if let Some(named) = grant.authentication_strength {
        let strength = access.strength(named.id);
        met.push(strength.is_some_and(|strength| match given {
            Given::Key(model) => strength.is_satisfied_by_key(model),
            Given::Password => strength.allows("password"),
            Given::PasswordAndSecondFactor => {
                strength.allows("password") || strength.allows(PASSWORD_AND_APPROVAL)
            }
        }));
    }
    // Somebody in an emergency has agreed to nothing and is known to no other service.
    met.extend(grant.terms_of_use.iter().map(|_| false));
    met.extend(grant.custom_authentication_factors.iter().map(|_| false));
    match grant.operator {
        Some(Operator::Or) => met.is_empty() || met.contains(&true),
        Some(Operator::And) | None => !met.contains(&false),
    }
}

/// Risk is remediated by signing in anew, with whatever method, as documented of the control.
fn is_met(control: GrantControl, given: Given) -> bool {
    match control {
        GrantControl::Mfa => given != Given::Password,
        GrantControl::RiskRemediation => true,
        GrantControl::ApprovedApplication
        | GrantControl::Block
        | GrantControl::CompliantApplication
        | GrantControl::CompliantDevice
        | GrantControl::DomainJoinedDevice
        | GrantControl::PasswordChange => false,
    }
}
