//! The invariant that this simulator is for: no write locks an emergency account out that could get in before.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::simulator::conditional_access::evaluate;
use crate::simulator::conditional_access::key::{self, Given};
use crate::simulator::conditional_access::policy::{ClientApp, DevicePlatform};
use crate::simulator::conditional_access::sign_in::{
    Circumstances, Context, Identity, Person, SignIn,
};
use crate::simulator::conditional_access::{Policy, PolicyState};
use crate::simulator::tenant::{Role, State, User};
use crate::webauthn::Aaguid;

/// Where an administrator has to get in an emergency: the portal, Microsoft Graph, Azure's command line and what it calls.
const RESOURCES: [&str; 4] = [
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    "00000003-0000-0000-c000-000000000000",
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
];

/// What they may have at hand.
const CLIENTS: [ClientApp; 2] = [ClientApp::Browser, ClientApp::MobileAppsAndDesktopClients];

const PLATFORMS: [DevicePlatform; 6] = [
    DevicePlatform::Android,
    DevicePlatform::Ios,
    DevicePlatform::Linux,
    DevicePlatform::MacOs,
    DevicePlatform::Windows,
    DevicePlatform::WindowsPhone,
];

/// A write after which an emergency account could no longer get in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Breach {
    /// When it was made.
    pub time: Timestamp,
    /// Method and path; none when a test changed the tenant directly.
    pub request: Option<String>,
    /// The account's sign-in name; its object id if it is gone.
    pub account: String,
    /// What keeps it out now.
    pub reason: Lockout,
}

/// What keeps an account out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Lockout {
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// The account does not exist any more.
    #[error("the account is gone")]
    Gone,
    /// It has no key that the passkey policy lets in.
    #[error("no key of the account is let in by the passkey policy")]
    NoKey,
    /// It is no Global Administrator.
    #[error("the account is no Global Administrator")]
    NoRole,
    /// No key gets past the policies that apply to one way of signing in.
    #[error("no key gets past the policy {policy:?} to {resource}")]
    Policy {
        /// The first such policy, by display name.
        policy: String,
        /// The application.
        resource: String,
    },
}

impl State {
    /// What keeps a user out: of the portal, of Graph or of the command line, from some platform, in a browser or a program,
    /// on a device that is not managed, at a place that is no named location, with no risk.
    #[must_use]
    pub fn lockout(&self, user_id: Uuid) -> Option<Lockout> {
        let Some(user) = self.user_by_id(user_id) else {
            return Some(Lockout::Gone);
        };
        let models = self.admitted_models(user);
        if !user.account_enabled {
            Some(Lockout::Disabled)
        } else if !self.roles_of(user).contains(&Role::GlobalAdministrator) {
            Some(Lockout::NoRole)
        } else if models.is_empty() {
            Some(Lockout::NoKey)
        } else {
            self.barring_policy(user, &models)
        }
    }

    fn admitted_models(&self, user: &User) -> BTreeSet<Aaguid> {
        let methods = self.fido2_methods.iter();
        let admitted = methods.filter(|method| self.admits_sign_in(user, method).is_ok());
        admitted.map(|method| method.aaguid).collect()
    }

    fn barring_policy(&self, user: &User, models: &BTreeSet<Aaguid>) -> Option<Lockout> {
        let enforced = self.conditional_access.policies.iter();
        let enforced: Vec<&Policy> = enforced
            .filter(|policy| policy.state == PolicyState::Enabled)
            .collect();
        let person = Person::of(self, user);
        ways(&person).find_map(|(resource, sign_in)| {
            let policy = self.barrier(&enforced, &sign_in, models)?;
            Some(Lockout::Policy {
                policy: policy.display_name.clone(),
                resource: resource.to_owned(),
            })
        })
    }

    /// The policy that bars the key which gets furthest; none if one key gets past all of them.
    fn barrier<'a>(
        &self,
        enforced: &[&'a Policy],
        sign_in: &SignIn,
        models: &BTreeSet<Aaguid>,
    ) -> Option<&'a Policy> {
        let access = &self.conditional_access;
        let applying: Vec<&Policy> = enforced
            .iter()
            .copied()
            .filter(|policy| evaluate::applies(policy, sign_in, &access.named_locations).is_ok())
            .collect();
        let client = sign_in.circumstances.client_app_type.unwrap_or_default();
        let mut barrier = None;
        for model in models {
            let mut policies = applying.iter().copied();
            barrier =
                policies.find(|policy| !key::satisfies(access, policy, Given::Key(*model), client));
            if barrier.is_none() {
                break;
            }
        }
        barrier
    }

    /// The emergency accounts that could get in before and cannot now, and why.
    pub(in crate::simulator) fn locked_out_since(&self, before: &Self) -> Vec<(String, Lockout)> {
        let marked = |state: &Self| state.conditional_access.emergency_accounts.clone();
        let accounts: BTreeSet<Uuid> = marked(before).into_iter().chain(marked(self)).collect();
        let of_those = accounts.into_iter().filter_map(|id| {
            // First what is now: that is almost always good, and then what was does not matter.
            let reason = self.lockout(id)?;
            before
                .lockout(id)
                .is_none()
                .then(|| (self.name_of(id), reason))
        });
        of_those.collect()
    }

    fn name_of(&self, id: Uuid) -> String {
        let user = self.user_by_id(id);
        user.map_or_else(|| id.to_string(), |user| user.user_principal_name.clone())
    }
}

/// Every way in that must be open.
fn ways(person: &Person) -> impl Iterator<Item = (&'static str, SignIn)> {
    RESOURCES.into_iter().flat_map(move |resource| {
        CLIENTS.into_iter().flat_map(move |client| {
            PLATFORMS.into_iter().map(move |platform| {
                let sign_in = SignIn {
                    identity: Identity::Person(person.clone()),
                    context: Context::Applications {
                        include_applications: vec![resource.to_owned()],
                    },
                    circumstances: Circumstances {
                        client_app_type: Some(client),
                        device_platform: Some(platform),
                        ..Circumstances::default()
                    },
                };
                (resource, sign_in)
            })
        })
    })
}
