//! What a request asks for, by method and path: the names that faults and the access log use.

use std::fmt;
use std::str::FromStr;

use axum::http::Method;

/// An operation of the simulated service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `GET …/oauth2/v2.0/authorize` and the page behind it
    Authorize,
    /// `POST …/fido2Methods`
    CreateMethod,
    /// `GET …/fido2Methods/creationOptions`
    CreationOptions,
    /// `DELETE …/fido2Methods/{id}`
    DeleteMethod,
    /// `POST …/oauth2/v2.0/devicecode`
    DeviceCode,
    /// `GET …/fido2Methods/{id}`
    GetMethod,
    /// `GET /organization`
    GetOrganization,
    /// `GET …/authenticationMethodConfigurations/fido2`
    GetPolicy,
    /// `GET /users/{id}` and `GET /me`
    GetUser,
    /// `GET /directory/administrativeUnits` and below
    ListAdministrativeUnits,
    /// `GET …/transitiveMemberOf`, of a user or `/me`
    ListMemberships,
    /// `GET …/fido2Methods`
    ListMethods,
    /// `GET /roleManagement/directory/roleAssignments`
    ListRoleAssignments,
    /// `GET /users`
    ListUsers,
    /// Anything else.
    Other,
    /// `POST …/oauth2/v2.0/token`
    Token,
    /// `PATCH …/authenticationMethodConfigurations/fido2`
    UpdatePolicy,
}

impl Operation {
    const NAMES: [(Self, &'static str); 17] = [
        (Self::Authorize, "authorize"),
        (Self::CreateMethod, "createMethod"),
        (Self::CreationOptions, "creationOptions"),
        (Self::DeleteMethod, "deleteMethod"),
        (Self::DeviceCode, "deviceCode"),
        (Self::GetMethod, "getMethod"),
        (Self::GetOrganization, "getOrganization"),
        (Self::GetPolicy, "getPolicy"),
        (Self::GetUser, "getUser"),
        (Self::ListAdministrativeUnits, "listAdministrativeUnits"),
        (Self::ListMemberships, "listMemberships"),
        (Self::ListMethods, "listMethods"),
        (Self::ListRoleAssignments, "listRoleAssignments"),
        (Self::ListUsers, "listUsers"),
        (Self::Other, "other"),
        (Self::Token, "token"),
        (Self::UpdatePolicy, "updatePolicy"),
    ];

    /// The operation of a request.
    #[must_use]
    pub fn of(method: &Method, path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match segments.as_slice() {
            [_, "oauth2", "v2.0", endpoint] => Self::of_authority(endpoint),
            ["v1.0" | "beta", resource @ ..] => Self::of_graph(method, resource),
            _ => Self::Other,
        }
    }

    fn of_authority(endpoint: &str) -> Self {
        match endpoint {
            "authorize" => Self::Authorize,
            "devicecode" => Self::DeviceCode,
            "token" => Self::Token,
            _ => Self::Other,
        }
    }

    fn of_graph(method: &Method, resource: &[&str]) -> Self {
        match (method.as_str(), resource) {
            ("GET", ["users"]) => Self::ListUsers,
            ("GET", ["users", _] | ["me"]) => Self::GetUser,
            ("GET", ["users", _, "transitiveMemberOf", ..] | ["me", "transitiveMemberOf", ..]) => {
                Self::ListMemberships
            }
            ("GET", ["directory", "administrativeUnits", ..]) => Self::ListAdministrativeUnits,
            ("GET", ["roleManagement", "directory", "roleAssignments"]) => {
                Self::ListRoleAssignments
            }
            ("GET", ["organization"]) => Self::GetOrganization,
            ("GET", ["policies", ..]) => Self::GetPolicy,
            ("PATCH", ["policies", ..]) => Self::UpdatePolicy,
            (
                method,
                [
                    "users",
                    _,
                    "authentication",
                    "fido2Methods",
                    method_path @ ..,
                ],
            )
            | (method, ["me", "authentication", "fido2Methods", method_path @ ..]) => {
                Self::of_methods(method, method_path)
            }
            _ => Self::Other,
        }
    }

    fn of_methods(method: &str, path: &[&str]) -> Self {
        match (method, path) {
            ("GET", []) => Self::ListMethods,
            ("POST", []) => Self::CreateMethod,
            ("GET", [segment]) if segment.starts_with("creationOptions") => Self::CreationOptions,
            ("GET", [_]) => Self::GetMethod,
            ("DELETE", [_]) => Self::DeleteMethod,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES
            .iter()
            .find(|(operation, _)| operation == self)
            .map_or("other", |(_, name)| name);
        formatter.write_str(name)
    }
}

/// A name that no operation has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no operation is called {0:?}")]
pub struct UnknownOperation(pub String);

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(name: &str) -> Result<Self, UnknownOperation> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(operation, _)| *operation)
            .ok_or_else(|| UnknownOperation(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_the_names_of_their_operations() {
        for (method, path, name) in [
            ("POST", "/contoso/oauth2/v2.0/token", "token"),
            (
                "GET",
                "/v1.0/users/a%40b/authentication/fido2Methods",
                "listMethods",
            ),
            (
                "POST",
                "/beta/users/1/authentication/fido2Methods",
                "createMethod",
            ),
            (
                "GET",
                "/beta/users/1/authentication/fido2Methods/creationOptions(challengeTimeoutInMinutes=10)",
                "creationOptions",
            ),
            (
                "GET",
                "/v1.0/users/1/authentication/fido2Methods/AAEC0",
                "getMethod",
            ),
            (
                "DELETE",
                "/v1.0/users/1/authentication/fido2Methods/AAEC0",
                "deleteMethod",
            ),
            ("GET", "/v1.0/me", "getUser"),
            (
                "GET",
                "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole",
                "listMemberships",
            ),
            (
                "GET",
                "/v1.0/roleManagement/directory/roleAssignments",
                "listRoleAssignments",
            ),
            (
                "GET",
                "/v1.0/directory/administrativeUnits/1/members",
                "listAdministrativeUnits",
            ),
            (
                "PATCH",
                "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2",
                "updatePolicy",
            ),
            ("GET", "/v1.0", "other"),
            ("GET", "/", "other"),
        ] {
            let method = method.parse().expect("a method");
            assert_eq!(Operation::of(&method, path).to_string(), name, "{path}");
        }
    }

    #[test]
    fn every_name_is_read_back() {
        for (operation, name) in Operation::NAMES {
            assert_eq!(name.parse(), Ok(operation));
        }
        assert!("teapot".parse::<Operation>().is_err());
    }
}
