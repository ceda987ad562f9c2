//! The errors of Microsoft Graph: status, code, and where the reason is said.

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::simulator::storage;

/// The first sentence of every refusal by a permission or a role.
const INSUFFICIENT_PRIVILEGES: &str = "Insufficient privileges to complete the operation.";

/// An error of Microsoft Graph. The envelope turns it into the answer's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct GraphError {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) inner_message: Option<String>,
}

impl GraphError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            inner_message: None,
        }
    }

    /// A request to the methods that the service does not accept; the reason is in the inner message only, as the
    /// service does it.
    pub(in crate::simulator) fn refused(reason: impl Into<String>) -> Self {
        Self {
            inner_message: Some(reason.into()),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "badRequest",
                "The request is invalid.",
            )
        }
    }

    /// A malformed request in OData's eyes.
    pub(in crate::simulator) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// A request that the directory does not accept.
    pub(in crate::simulator) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// A member that must be there and is not, or is not of its type.
    pub(in crate::simulator) fn required(member: &str, resource: &str) -> Self {
        Self::bad_request(format!(
            "A value is required for property '{member}' of resource '{resource}'."
        ))
    }

    /// A member with a value that it cannot have.
    pub(in crate::simulator) fn invalid_value(member: &str, resource: &str) -> Self {
        Self::bad_request(format!(
            "Invalid value specified for property '{member}' of resource '{resource}'."
        ))
    }

    /// A member that there is not, or that is only to be read.
    pub(in crate::simulator) fn not_writable(member: &str, kind: &str) -> Self {
        Self::bad_request(format!(
            "Property '{}' does not exist on type 'microsoft.graph.{kind}' or cannot be written.",
            shortened(member)
        ))
    }

    /// What takes a licence that the tenant does not have.
    pub(in crate::simulator) fn premium_required(feature: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "AadPremiumLicenseRequired",
            format!("The tenant needs a Microsoft Entra ID premium license for {feature}."),
        )
    }

    /// Logs of a tenant without a premium licence.
    pub(in crate::simulator) fn non_premium_tenant() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
        )
    }

    /// Any other refusal, in the words of the service that refuses.
    pub(in crate::simulator) fn with_code(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self::new(status, code, message)
    }

    /// A target that only roles within its restricted unit reach.
    pub(in crate::simulator) fn restricted() -> Self {
        Self {
            message: format!(
                "{INSUFFICIENT_PRIVILEGES} The target is in a restricted management administrative unit."
            ),
            ..Self::forbidden()
        }
    }

    /// An application that asks for `/me`.
    pub(in crate::simulator) fn not_delegated() -> Self {
        Self::malformed("/me request is only valid with delegated authentication flow.")
    }

    /// A query option that the resource does not take.
    pub(in crate::simulator) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// A query that only the index answers, without the header and the option that ask it.
    pub(in crate::simulator) fn needs_consistency_level() -> Self {
        Self::unsupported_query(
            "The query needs the header 'ConsistencyLevel: eventual' and the option '$count=true'.",
        )
    }

    pub(in crate::simulator) fn conflict(reason: impl Into<String>) -> Self {
        Self {
            inner_message: Some(reason.into()),
            ..Self::new(
                StatusCode::CONFLICT,
                "conflict",
                "The resource already exists.",
            )
        }
    }

    pub(in crate::simulator) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Authorization_RequestDenied",
            INSUFFICIENT_PRIVILEGES,
        )
    }

    /// As Conditional Access says that a permission is missing.
    pub(in crate::simulator) fn missing_scopes() -> Self {
        Self::access_denied(
            "You cannot perform the requested operation, required scopes are missing in the token.",
        )
    }

    /// As Conditional Access refuses a caller, or a tenant without licence.
    pub(in crate::simulator) fn access_denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    }

    /// More requests than the service takes from a tenant.
    pub(in crate::simulator) fn throttled() -> Self {
        Self::scripted(StatusCode::TOO_MANY_REQUESTS)
    }

    pub(in crate::simulator) fn method_not_allowed() -> Self {
        Self {
            inner_message: Some("The method is not supported for this URL.".to_owned()),
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "methodNotAllowed",
                "The method is not supported for this URL.",
            )
        }
    }

    /// A directory object that does not exist.
    pub(in crate::simulator) fn no_such_object(name: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Request_ResourceNotFound",
            format!(
                "Resource '{}' does not exist or one of its queried reference-property objects are not present.",
                shortened(name)
            ),
        )
    }

    /// A method that the user does not have.
    pub(in crate::simulator) fn no_such_method() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "resourceNotFound",
            "The resource could not be found.",
        )
    }

    /// A policy, location or strength that the tenant does not have.
    pub(in crate::simulator) fn no_such_policy(id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            format!("No object with the id '{}' was found.", shortened(id)),
        )
    }

    /// A path that leads nowhere; Graph answers 400, not 404.
    pub(in crate::simulator) fn no_such_segment(segment: &str) -> Self {
        Self::malformed(format!(
            "Resource not found for the segment '{}'.",
            shortened(segment)
        ))
    }

    /// A resource that this version of the interface does not have.
    pub(in crate::simulator) fn not_in_version(segment: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::no_such_segment(segment)
        }
    }

    pub(in crate::simulator) fn unauthenticated(reason: &str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationToken",
            reason,
        )
    }

    /// What a scripted fault answers.
    pub(in crate::simulator) fn scripted(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::TOO_MANY_REQUESTS => ("TooManyRequests", "Too many requests."),
            StatusCode::SERVICE_UNAVAILABLE => {
                ("serviceNotAvailable", "The service is unavailable.")
            }
            StatusCode::GATEWAY_TIMEOUT => ("UnknownError", ""),
            _ => ("generalException", "An error has occurred."),
        };
        Self::new(status, code, message)
    }

    /// The envelope's reading of an answer that the router made by itself.
    pub(super) fn of_router(status: StatusCode, path: &str) -> Self {
        match status {
            StatusCode::METHOD_NOT_ALLOWED => Self::method_not_allowed(),
            StatusCode::NOT_FOUND if path.starts_with("/v1.0/") || path.starts_with("/beta/") => {
                Self::no_such_segment(path.rsplit('/').next().unwrap_or_default())
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                status,
                "RequestEntityTooLarge",
                "The request body is too large.",
            ),
            _ => Self::new(status, "BadRequest", "The request is malformed."),
        }
    }
}

impl From<storage::Error> for GraphError {
    fn from(cause: storage::Error) -> Self {
        tracing::debug!(%cause, "simulator: the tenant's state cannot be stored");
        Self::scripted(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        (self.status, Extension(self)).into_response()
    }
}

/// At most 80 characters of what a client sent.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
