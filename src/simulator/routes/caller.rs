//! Who calls and what they may do: permissions from the access token, directory roles from the directory.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use uuid::Uuid;

use crate::simulator::audit::{Initiator, Who};
use crate::simulator::current_request;
use crate::simulator::oauth::access_token::{self, Principal};
use crate::simulator::routes::GraphError;
use crate::simulator::service::Service;
use crate::simulator::tenant::{Role, State, User};

/// The holder of a valid access token.
pub(in crate::simulator) struct Caller {
    kind: Kind,
    client_id: Uuid,
    permissions: Vec<String>,
}

enum Kind {
    /// With the object id of its service principal.
    Application(Uuid),
    /// With the roles for the whole tenant.
    User { id: Uuid, roles: Vec<Role> },
}

/// What is to be done with somebody's methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Access {
    Read,
    /// Creation options change nothing, but ask for the permission to write.
    ReadOptions,
    Write,
}

impl FromRequestParts<Service> for Caller {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, GraphError> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(bearer)
            .ok_or_else(|| GraphError::unauthenticated("Access token is empty."))?;
        let now = service.env.now();
        service.tenant.read(|state| {
            let claims = access_token::verify(state, token, now)
                .map_err(|cause| GraphError::unauthenticated(&cause.to_string()))?;
            let kind = match claims.principal() {
                Principal::Application(id) => Kind::Application(id),
                Principal::User(id) => {
                    let user = state.user_by_id(id);
                    let user = user.filter(|user| user.account_enabled).ok_or_else(|| {
                        GraphError::unauthenticated("User account is disabled or deleted.")
                    })?;
                    Kind::User {
                        id,
                        roles: state.roles_of(user),
                    }
                }
            };
            Ok(Self {
                kind,
                client_id: claims.client_id(),
                permissions: claims.permissions(),
            })
        })
    }
}

/// Whether a role that covers the target suffices; a target is privileged who has a role too.
const fn reaches(role: Role, access: Access, privileged: bool) -> bool {
    match role {
        Role::GlobalAdministrator | Role::PrivilegedAuthenticationAdministrator => true,
        Role::GlobalReader => !matches!(access, Access::Write),
        Role::AuthenticationAdministrator => !privileged,
        _ => false,
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

impl Caller {
    /// The signed-in user, if it is one.
    pub(in crate::simulator) fn user_id(&self) -> Option<Uuid> {
        match self.kind {
            Kind::Application(_) => None,
            Kind::User { id, .. } => Some(id),
        }
    }

    pub(in crate::simulator) fn is(&self, user: &User) -> bool {
        self.user_id() == Some(user.id)
    }

    /// Whether the token has one of the permissions.
    pub(in crate::simulator) fn require_any(&self, permissions: &[&str]) -> Result<(), GraphError> {
        let granted = |wanted: &&str| self.permissions.iter().any(|own| own == wanted);
        if permissions.iter().any(granted) {
            Ok(())
        } else {
            Err(GraphError::forbidden())
        }
    }

    /// Whether a person has one of the roles for the whole tenant. Applications need none.
    pub(in crate::simulator) fn require_role(&self, wanted: &[Role]) -> Result<(), GraphError> {
        match &self.kind {
            Kind::User { roles, .. } if !roles.iter().any(|role| wanted.contains(role)) => {
                Err(GraphError::forbidden())
            }
            _ => Ok(()),
        }
    }

    /// Whether the caller's directory roles reach the target's methods. Applications need no role and people none for
    /// their own methods, unless the target's management is restricted: then only a role within the unit helps.
    pub(in crate::simulator) fn require_authority(
        &self,
        state: &State,
        target: &User,
        access: Access,
    ) -> Result<(), GraphError> {
        let restricted = match access {
            Access::Read => false,
            Access::ReadOptions => !state.quirks.late_refusals,
            Access::Write => true,
        } && state.is_management_restricted(target.id);
        let privileged = !state.roles_of(target).is_empty();
        let suffices = |role| reaches(role, access, privileged);
        let tenant_wide = match &self.kind {
            Kind::Application(_) => true,
            Kind::User { id, roles } => *id == target.id || roles.iter().copied().any(suffices),
        };
        let scoped = state.scoped_roles_over(self.object_id(), &target.id.to_string(), restricted);
        if (tenant_wide && !restricted) || scoped.into_iter().any(suffices) {
            Ok(())
        } else {
            Err(GraphError::forbidden())
        }
    }

    /// Whether the caller, a person or an application, has one of the roles for the whole tenant.
    pub(in crate::simulator) fn has_role(&self, state: &State, wanted: &[Role]) -> bool {
        let held = match &self.kind {
            Kind::Application(id) => &state.roles_of_application(*id),
            Kind::User { roles, .. } => roles,
        };
        held.iter().any(|role| wanted.contains(role))
    }

    /// As [`Self::require_role`], but of an object; if that is in a restricted unit, a role within it is needed, of an
    /// application too.
    pub(in crate::simulator) fn require_role_over(
        &self,
        state: &State,
        object_id: &str,
        wanted: &[Role],
    ) -> Result<(), GraphError> {
        let restricted = state.is_restricted(object_id);
        let scoped = state.scoped_roles_over(self.object_id(), object_id, restricted);
        if scoped.iter().any(|role| wanted.contains(role)) {
            Ok(())
        } else if restricted {
            Err(GraphError::restricted())
        } else {
            self.require_role(wanted)
        }
    }

    /// Who the log says has done what this request does.
    pub(in crate::simulator) fn initiator(&self) -> Initiator {
        Initiator {
            who: match self.kind {
                Kind::Application(_) => Who::Application(self.client_id),
                Kind::User { id, .. } => Who::User(id),
            },
            correlation_id: current_request::client_request_id(),
        }
    }

    /// The application that sends the request, for itself or for a person.
    pub(in crate::simulator) fn client_id(&self) -> Uuid {
        self.client_id
    }

    pub(in crate::simulator) fn is_application(&self) -> bool {
        matches!(self.kind, Kind::Application(_))
    }

    pub(in crate::simulator) fn object_id(&self) -> Uuid {
        match self.kind {
            Kind::Application(id) | Kind::User { id, .. } => id,
        }
    }
}
