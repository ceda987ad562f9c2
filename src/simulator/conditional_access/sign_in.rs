//! A sign-in to be judged: who, to what, under which circumstances. The body of `evaluate`, and what the lockout check makes up.

use std::net::IpAddr;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::simulator::conditional_access::policy::{
    ClientApp, DevicePlatform, GuestType, InsiderRisk, RiskLevel, TransferMethod,
};
use crate::simulator::tenant::{State, User, UserType, strip_annotations};

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) enum Identity {
    Person(Person),
    /// A workload identity, by the object id of its service principal.
    ServicePrincipal(String),
}

/// `userSignIn`, with what the directory knows of the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::simulator) struct Person {
    /// Object id; somebody from outside may have none.
    pub(in crate::simulator) id: Option<String>,
    /// Object ids, transitively.
    pub(in crate::simulator) groups: Vec<String>,
    /// Template ids.
    pub(in crate::simulator) roles: Vec<&'static str>,
    /// The kind of a guest or of somebody from outside.
    pub(in crate::simulator) kind: Option<GuestType>,
    /// The tenant that somebody from outside is of, if it is told.
    pub(in crate::simulator) home_tenant: Option<String>,
}

/// `signInContext`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "@odata.type")]
pub(in crate::simulator) enum Context {
    #[serde(
        rename = "#microsoft.graph.applicationContext",
        rename_all = "camelCase"
    )]
    Applications { include_applications: Vec<String> },
    #[serde(rename = "#microsoft.graph.authContext", rename_all = "camelCase")]
    Authentication {
        authentication_context_value: String,
    },
    #[serde(
        rename = "#microsoft.graph.userActionContext",
        rename_all = "camelCase"
    )]
    UserAction { user_action: UserAction },
}

/// `userAction`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) enum UserAction {
    RegisterOrJoinDevices,
    RegisterSecurityInformation,
}

impl UserAction {
    /// What policies call it.
    pub(super) const fn urn(self) -> &'static str {
        match self {
            Self::RegisterOrJoinDevices => "urn:user:registerdevice",
            Self::RegisterSecurityInformation => "urn:user:registersecurityinfo",
        }
    }
}

/// `signInConditions`, with the documented defaults for what is not told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(in crate::simulator) struct Circumstances {
    pub(in crate::simulator) authentication_flow: Option<AuthenticationFlow>,
    pub(in crate::simulator) client_app_type: Option<ClientApp>,
    pub(in crate::simulator) country: Option<String>,
    pub(in crate::simulator) device_info: Option<Map<String, Value>>,
    pub(in crate::simulator) device_platform: Option<DevicePlatform>,
    pub(in crate::simulator) insider_risk_level: Option<InsiderRisk>,
    pub(in crate::simulator) ip_address: Option<IpAddr>,
    pub(in crate::simulator) service_principal_risk_level: Option<RiskLevel>,
    pub(in crate::simulator) sign_in_risk_level: Option<RiskLevel>,
    pub(in crate::simulator) user_risk_level: Option<RiskLevel>,
}

/// `authenticationFlow`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(in crate::simulator) struct AuthenticationFlow {
    pub(in crate::simulator) transfer_method: Option<TransferMethod>,
}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct SignIn {
    pub(in crate::simulator) identity: Identity,
    pub(in crate::simulator) context: Context,
    pub(in crate::simulator) circumstances: Circumstances,
}

/// The body of `evaluate`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    sign_in_identity: WireIdentity,
    sign_in_context: Context,
    /// With annotations, which are taken out first.
    sign_in_conditions: Value,
    #[serde(default)]
    applied_policies_only: Option<bool>,
}

#[derive(Deserialize)]
#[serde(tag = "@odata.type")]
enum WireIdentity {
    #[serde(
        rename = "#microsoft.graph.servicePrincipalSignIn",
        rename_all = "camelCase"
    )]
    ServicePrincipal { service_principal_id: String },
    #[serde(rename = "#microsoft.graph.userSignIn", rename_all = "camelCase")]
    User {
        #[serde(default)]
        user_id: Option<String>,
        #[serde(default)]
        external_tenant_id: Option<String>,
        #[serde(default)]
        external_user_type: Option<GuestType>,
    },
}

/// Why a request is not about a sign-in.
#[derive(Debug, thiserror::Error)]
pub(in crate::simulator) enum NoSignIn {
    /// A member is missing, or has the wrong type or word.
    #[error("The request is not valid: {0}.")]
    Malformed(#[from] serde_json::Error),
    /// Neither a user nor a kind of external user.
    #[error("signInIdentity names nobody.")]
    Nobody,
    /// No user has this id.
    #[error("The user {0:?} does not exist.")]
    UnknownUser(String),
}

impl SignIn {
    /// The sign-in that the body of `evaluate` asks about, and whether only the policies are wanted that apply to it.
    pub(in crate::simulator) fn read(body: &[u8], state: &State) -> Result<(Self, bool), NoSignIn> {
        let wire: Wire = serde_json::from_slice(body)?;
        let mut circumstances = wire.sign_in_conditions;
        strip_annotations(&mut circumstances);
        let sign_in = Self {
            identity: wire.sign_in_identity.known_to(state)?,
            context: wire.sign_in_context,
            circumstances: serde_json::from_value(circumstances)?,
        };
        Ok((sign_in, wire.applied_policies_only.unwrap_or_default()))
    }
}

impl WireIdentity {
    fn known_to(self, state: &State) -> Result<Identity, NoSignIn> {
        let (user_id, home_tenant, kind) = match self {
            Self::ServicePrincipal {
                service_principal_id,
            } => return Ok(Identity::ServicePrincipal(service_principal_id)),
            Self::User {
                user_id,
                external_tenant_id,
                external_user_type,
            } => (user_id, external_tenant_id, external_user_type),
        };
        let kind = kind.filter(|kind| *kind != GuestType::None);
        let mut person = match user_id {
            Some(id) => {
                let user = state.user(&id).ok_or(NoSignIn::UnknownUser(id))?;
                Person::of(state, user)
            }
            None if kind.is_some() => Person::default(),
            None => return Err(NoSignIn::Nobody),
        };
        person.kind = kind.or(person.kind);
        person.home_tenant = home_tenant;
        Ok(Identity::Person(person))
    }
}

impl Person {
    /// A user of the tenant. Invited people are known by the form of their sign-in name.
    pub(in crate::simulator) fn of(state: &State, user: &User) -> Self {
        let is_invited = user.user_principal_name.contains("#EXT#");
        Self {
            id: Some(user.id.to_string()),
            groups: state.groups_of(user.id),
            roles: state
                .roles_of(user)
                .iter()
                .map(|role| role.template_id())
                .collect(),
            kind: match (user.user_type, is_invited) {
                (UserType::Guest, true) => Some(GuestType::B2bCollaborationGuest),
                (UserType::Guest, false) => Some(GuestType::InternalGuest),
                (UserType::Member, true) => Some(GuestType::B2bCollaborationMember),
                (UserType::Member, false) => None,
            },
            home_tenant: None,
        }
    }
}
