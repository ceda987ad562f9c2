//! What the reduced metadata does not have although the service has it, each with the reason. A gap is not looked into; everything
//! else that is missing is a problem.

use super::schema::Version;

/// A type, or a member of a type, in some versions.
struct Gap {
    versions: &'static [Version],
    type_name: &'static str,
    /// None: the whole type.
    member: Option<&'static str>,
    /// Where it comes from.
    _reason: &'static str,
}

const BOTH: &[Version] = &[Version::V1, Version::Beta];
const BETA: &[Version] = &[Version::Beta];

/// Derived from a type that was reduced by name, and so left out.
const DERIVED: &str = "documented; the reduction kept the base type only";
/// The metadata of the national cloud is older than the public one.
const NATIONAL: &str = "documented for beta; beta.json is made of a national cloud's metadata";

const GAPS: &[Gap] = &[
    whole(BOTH, "ipNamedLocation", DERIVED),
    whole(BOTH, "countryNamedLocation", DERIVED),
    whole(BOTH, "conditionalAccessAllExternalTenants", DERIVED),
    whole(BOTH, "conditionalAccessEnumeratedExternalTenants", DERIVED),
    whole(BOTH, "directoryRole", DERIVED),
    // Read by the audit for automation that could catch the accounts.
    whole(
        BOTH,
        "accessReviewScheduleDefinition",
        "documented; not among the types of the reduction",
    ),
    whole(
        BOTH,
        "identityGovernance.workflow",
        "documented; in another namespace than the reduction",
    ),
    whole(BETA, "passkeyProfile", NATIONAL),
    member(
        BETA,
        "fido2AuthenticationMethodConfiguration",
        "defaultPasskeyProfile",
        NATIONAL,
    ),
    member(
        BETA,
        "fido2AuthenticationMethodConfiguration",
        "passkeyProfiles",
        NATIONAL,
    ),
    member(
        BETA,
        "passkeyAuthenticationMethodTarget",
        "allowedPasskeyProfiles",
        NATIONAL,
    ),
    member(
        BETA,
        "conditionalAccessConditionSet",
        "insiderRiskLevels",
        NATIONAL,
    ),
    member(BETA, "signInConditions", "insiderRiskLevel", NATIONAL),
    member(BETA, "signIn", "incomingTokenType", NATIONAL),
    member(BETA, "signIn", "uniqueTokenIdentifier", NATIONAL),
];

const fn whole(versions: &'static [Version], type_name: &'static str, reason: &'static str) -> Gap {
    Gap {
        versions,
        type_name,
        member: None,
        _reason: reason,
    }
}

const fn member(
    versions: &'static [Version],
    type_name: &'static str,
    member: &'static str,
    reason: &'static str,
) -> Gap {
    Gap {
        versions,
        type_name,
        member: Some(member),
        _reason: reason,
    }
}

/// Whether the metadata lacks this type.
pub(super) fn type_is_missing(version: Version, type_name: &str) -> bool {
    is_listed(version, type_name, None)
}

/// Whether the metadata of this type lacks the member.
pub(super) fn member_is_missing(version: Version, type_name: &str, member: &str) -> bool {
    is_listed(version, type_name, Some(member))
}

fn is_listed(version: Version, type_name: &str, member: Option<&str>) -> bool {
    GAPS.iter().any(|gap| {
        gap.versions.contains(&version) && gap.type_name == type_name && gap.member == member
    })
}
