//! From what a store says to what the operator can do something about.

use std::error::Error as StdError;
use std::io;

use object_store::client::{HttpError, HttpErrorKind};

use crate::ledger::error::Error;

/// The services' words for credentials that nobody accepts, in answers with the status "forbidden".
const NOT_SIGNED_IN: [&str; 6] = [
    "AuthenticationFailed",
    "InvalidAccessKeyId",
    "InvalidAuthenticationInfo",
    "NoAuthenticationInformation",
    "SignatureDoesNotMatch",
    "failed to authenticate",
];

/// The client's words for a token that it did not get. It says neither this nor the service's answer in a type.
const TOKEN_NOT_HAD: [&str; 3] = ["token request", "get-access-token", "instance credentials"];

/// What kind of trouble it is.
enum Kind {
    BucketAbsent,
    Full,
    NotSignedIn,
    PermissionDenied,
    ReadOnly,
    Settings,
    Unreachable,
    Other,
}

/// The error of an attempt. `remote`: there, what is not found is the bucket, because entries that are not found are no errors.
pub(super) fn classify(
    attempt: &'static str,
    location: &str,
    remote: bool,
    source: object_store::Error,
) -> Error {
    let location = location.to_owned();
    match kind(&source, remote) {
        Kind::BucketAbsent => Error::BucketAbsent { location, source },
        Kind::Full => Error::StorageFull {
            attempt,
            location,
            source,
        },
        Kind::NotSignedIn => Error::NotSignedIn { location, source },
        Kind::PermissionDenied => Error::PermissionDenied {
            attempt,
            location,
            source,
        },
        Kind::ReadOnly => Error::ReadOnly { attempt, location },
        Kind::Settings => Error::Settings { location, source },
        Kind::Unreachable => Error::Unreachable { location, source },
        Kind::Other => Error::Storage {
            attempt,
            location,
            source,
        },
    }
}

fn kind(error: &object_store::Error, remote: bool) -> Kind {
    use object_store::Error as E;
    if let Some(kind) = find::<io::Error>(error).map(io::Error::kind)
        && !remote
    {
        return of_io(kind);
    }
    // Before the connection: a token that cannot be fetched is the credentials' trouble, whatever stopped it.
    let text = error.to_string();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match error {
        _ if find::<HttpError>(error).is_some_and(is_plain_http) => Kind::Settings,
        _ if says(&TOKEN_NOT_HAD) => Kind::NotSignedIn,
        E::Unauthenticated { .. } => Kind::NotSignedIn,
        E::PermissionDenied { .. } if says(&NOT_SIGNED_IN) => Kind::NotSignedIn,
        E::PermissionDenied { .. } => Kind::PermissionDenied,
        E::NotFound { .. } if remote => Kind::BucketAbsent,
        // Of a listing the client leaves the status in the text.
        _ if says(&["status code: 401"]) => Kind::NotSignedIn,
        _ if says(&["status code: 403"]) && says(&NOT_SIGNED_IN) => Kind::NotSignedIn,
        _ if says(&["status code: 403"]) => Kind::PermissionDenied,
        _ if says(&["status code: 404"]) => Kind::BucketAbsent,
        // WebDAV's "insufficient storage", which gateways in front of disks use.
        _ if says(&["status code: 507"]) => Kind::Full,
        _ => match find::<HttpError>(error).map(HttpError::kind) {
            Some(HttpErrorKind::Connect | HttpErrorKind::Timeout) => Kind::Unreachable,
            _ => Kind::Other,
        },
    }
}

fn of_io(kind: io::ErrorKind) -> Kind {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Kind::Full
        }
        io::ErrorKind::PermissionDenied => Kind::PermissionDenied,
        io::ErrorKind::ReadOnlyFilesystem => Kind::ReadOnly,
        _ => Kind::Other,
    }
}

/// Whether a request may have been carried out, and only its answer is missing.
pub(super) fn answer_lost(error: &object_store::Error) -> bool {
    matches!(
        find::<HttpError>(error).map(HttpError::kind),
        Some(HttpErrorKind::Timeout | HttpErrorKind::Interrupted)
    )
}

/// http beyond loopback, which the client refuses before it sends anything.
fn is_plain_http(error: &HttpError) -> bool {
    error
        .source()
        .and_then(StdError::source)
        .is_some_and(|cause| cause.to_string().contains("scheme is not allowed"))
}

/// The first cause of this type.
fn find<T: StdError + 'static>(error: &object_store::Error) -> Option<&T> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
