//! A method without the person behind it: telephone numbers, addresses and device names are nobody's business in an export, and
//! that there is such a method says enough.

use crate::graph::model::AuthenticationMethod;

/// What is kept besides kind and id: what a method is worth, and whether it works now.
const KEPT: [&str; 11] = [
    "aaGuid",
    "attestationLevel",
    "createdDateTime",
    "isUsable",
    "isUsableOnce",
    "keyStrength",
    "lifetimeInMinutes",
    "methodUsabilityReason",
    "passkeyType",
    "phoneType",
    "startDateTime",
];

/// The method with these members only.
pub(super) fn method(method: AuthenticationMethod) -> AuthenticationMethod {
    let mut method = method;
    method.other.retain(|name, _| KEPT.contains(&name.as_str()));
    method
}
