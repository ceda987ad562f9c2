//! The members of a user, by name.

use serde_json::{Value, json};

use crate::simulator::relying_party::date_time;
use crate::simulator::tenant::{State, User};

/// Members of an answer without `$select`: neither `accountEnabled` nor `userType` is among them.
pub(in crate::simulator::routes) const DEFAULT: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

/// What `$filter` may ask for.
pub(super) const FILTERED: [&str; 11] = [
    "accountEnabled",
    "createdDateTime",
    "creationType",
    "displayName",
    "id",
    "mail",
    "mailNickname",
    "onPremisesImmutableId",
    "onPremisesSyncEnabled",
    "userPrincipalName",
    "userType",
];

/// Members that are kept as they are written and mean nothing here.
pub(super) const KEPT: [&str; 21] = [
    "businessPhones",
    "city",
    "companyName",
    "country",
    "department",
    "employeeId",
    "employeeType",
    "faxNumber",
    "givenName",
    "jobTitle",
    "mail",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "otherMails",
    "postalCode",
    "preferredLanguage",
    "state",
    "streetAddress",
    "surname",
    "usageLocation",
];

/// A member's value; `None` if users have none of this name. What is not known of an account is null.
pub(in crate::simulator::routes) fn member(
    state: &State,
    user: &User,
    name: &str,
) -> Option<Value> {
    if KEPT.contains(&name) {
        let empty = if matches!(name, "businessPhones" | "otherMails") {
            json!([])
        } else {
            Value::Null
        };
        return Some(user.other.get(name).cloned().unwrap_or(empty));
    }
    Some(match name {
        "accountEnabled" => user.account_enabled.into(),
        "assignedLicenses" => json!([]),
        "createdDateTime" => json!(user.created.map(date_time)),
        "creationType" => json!(user.creation_type),
        "deletedDateTime" => Value::Null,
        "displayName" => json!(user.display_name),
        "externalUserState" => Value::Null,
        "id" => json!(user.id),
        // Null is what the service says of who is in no restricted unit.
        "isManagementRestricted" => json!(state.is_management_restricted(user.id).then_some(true)),
        "lastPasswordChangeDateTime" => json!(user.last_password_change.map(date_time)),
        "onPremisesImmutableId" => json!(user.on_premises_immutable_id),
        "onPremisesSyncEnabled" => json!(user.on_premises_sync_enabled),
        "passwordPolicies" => json!(user.password_policies),
        // The service never answers the password itself.
        "passwordProfile" => json!({
            "forceChangePasswordNextSignIn": user.must_change_password,
            "forceChangePasswordNextSignInWithMfa": false,
            "password": null,
        }),
        "userPrincipalName" => json!(user.user_principal_name),
        "userType" => json!(user.user_type.as_str()),
        _ => return None,
    })
}
