//! What the numbers of the authority mean for a drill (Microsoft's reference of AADSTS errors).

use crate::graph::credential::AuthorityRefusal;

/// Of the person's own no the log may never hear.
const DECLINED: i64 = 65_004;

/// Whether the authority judged a sign-in, so that its log will have a row of it.
pub(super) fn is_final(refusal: &AuthorityRefusal) -> bool {
    !refusal.codes.is_empty() && !refusal.codes.contains(&DECLINED)
}

/// What the authority said, after what it means.
pub(super) fn reason(refusal: &AuthorityRefusal) -> String {
    let meaning = refusal.codes.iter().find_map(|code| meaning(*code));
    match meaning {
        Some(meaning) => format!("{meaning}; {refusal}"),
        None => refusal.to_string(),
    }
}

fn meaning(code: i64) -> Option<&'static str> {
    Some(match code {
        50_020 | 50_034 => "the tenant does not know who tried",
        50_053 => "the account is locked after too many tries",
        50_055 => "its password has expired, and was asked for",
        50_057 => "the account is disabled",
        50_074 | 50_076 | 50_079 | 50_072 => "a second factor was asked for, and not given",
        50_105 => "the account is not assigned to the application, which demands it",
        50_126 => "the password was wrong",
        53_000..=53_002 => "a Conditional Access policy asks for a device that this one is not",
        53_003 => "a Conditional Access policy blocks the account",
        DECLINED => "the sign-in was cancelled",
        65_001 | 90_094 => "the application has no consent for what it asks",
        130_004 | 135_010 => "the tenant does not know the key, or knows it as another account's",
        130_005 => "the key's signature is wrong",
        130_501 => "the passkey policy does not admit the key or the account",
        500_121 => "the key did not prove what it was asked for",
        _ => return None,
    })
}
