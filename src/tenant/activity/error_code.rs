//! Numbers of sign-in errors: what they say about who tried.

use super::Ended;
use crate::tenant::audit::Severity;

/// How far somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The service asked something in between, behind the first secret: somebody knows it. A sign-in with a key is asked that, too.
    Asked,
    /// Nobody was refused, and nobody had to know anything: the service asked who it is.
    Interrupt,
    /// The first secret was right, and something behind it stood in the way: somebody knows it.
    Past,
    /// It did not get past the first secret.
    Refused,
}

/// Microsoft's reference of AADSTS errors, those that a sign-in of a person comes to.
const CODES: [(i32, Kind, &str); 37] = [
    (16000, Kind::Interrupt, "asked which account to use"),
    (50011, Kind::Refused, "the application's address is wrong"),
    (50020, Kind::Refused, "the account is not of this tenant"),
    (
        50034,
        Kind::Refused,
        "there is no such account in the tenant",
    ),
    (50053, Kind::Refused, "locked after too many tries"),
    (50055, Kind::Past, "the password has expired"),
    (50056, Kind::Refused, "the account has no password"),
    (50057, Kind::Refused, "the account is disabled"),
    (50058, Kind::Interrupt, "nobody was signed in yet"),
    (50072, Kind::Past, "a second factor must be registered"),
    (50074, Kind::Past, "a second factor was not given"),
    (50076, Kind::Past, "a policy asks for a second factor"),
    (50079, Kind::Past, "a second factor must be registered"),
    (50097, Kind::Past, "asked for proof of the device"),
    (50105, Kind::Past, "not assigned to the application"),
    (50125, Kind::Past, "asked for another way to sign in"),
    (50126, Kind::Refused, "wrong name or password"),
    (50127, Kind::Past, "asked to install a broker"),
    (50129, Kind::Past, "asked to join the device"),
    (50131, Kind::Past, "blocked by Conditional Access"),
    (50132, Kind::Refused, "the session is no longer valid"),
    (50133, Kind::Refused, "the session has expired"),
    (50140, Kind::Asked, "asked whether to stay signed in"),
    (50143, Kind::Refused, "the session is of another tenant"),
    (50144, Kind::Past, "the password has expired"),
    (50158, Kind::Past, "a policy asks for more"),
    (50173, Kind::Refused, "the session was revoked"),
    (50199, Kind::Asked, "asked to confirm the application"),
    (
        53000,
        Kind::Past,
        "Conditional Access: the device is not compliant",
    ),
    (
        53001,
        Kind::Past,
        "Conditional Access: the device is not joined",
    ),
    (53003, Kind::Past, "blocked by Conditional Access"),
    (65001, Kind::Asked, "asked for consent"),
    (
        70044,
        Kind::Refused,
        "a policy on sessions asks to sign in again",
    ),
    (130004, Kind::Refused, "the key is not known"),
    (130005, Kind::Refused, "the key's signature is wrong"),
    (135010, Kind::Refused, "the key is not known"),
    (500121, Kind::Past, "the second factor was wrong or refused"),
];

/// How a sign-in with this status ended, and how bad that is if nothing explains it. `reason` is the service's own.
pub(super) fn ended(code: Option<i32>, reason: Option<&str>) -> (Ended, Severity) {
    let Some(code) = code else {
        return (Ended::Unknown, Severity::Error);
    };
    if code == 0 {
        return (Ended::Succeeded, Severity::Error);
    }
    let known = CODES.iter().find(|(known, _, _)| *known == code);
    let number = code.to_string();
    let said = reason.filter(|reason| !reason.is_empty());
    match known {
        Some((_, Kind::Asked, why)) => (interrupted(number, why), Severity::Error),
        Some((_, Kind::Interrupt, why)) => (interrupted(number, why), Severity::Warning),
        Some((_, Kind::Past, why)) => (failed(number, why), Severity::Error),
        Some((_, Kind::Refused, why)) => (failed(number, why), Severity::Warning),
        None => {
            let why = said.unwrap_or("for a reason that this version does not know");
            // Whoever gave it may have been past the first secret.
            (failed(number, why), Severity::Error)
        }
    }
}

fn failed(code: String, why: &str) -> Ended {
    let why = why.to_owned();
    Ended::Failed { code, why }
}

fn interrupted(code: String, why: &str) -> Ended {
    let why = why.to_owned();
    Ended::Interrupted { code, why }
}
