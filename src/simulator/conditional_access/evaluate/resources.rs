//! Which resources a policy means: applications, user actions, authentication contexts.

use crate::simulator::conditional_access::evaluate::{Reason, is_meant, require};
use crate::simulator::conditional_access::policy::{Applications, FilterMode};
use crate::simulator::conditional_access::sign_in::Context;

/// Groups of applications: the word or id that policies name, and the client ids that are known to be in them. Microsoft
/// Graph is in none: the documented content of Office 365 does not have it.
const SUITES: [(&str, &[&str]); 3] = [
    (
        "MicrosoftAdminPortals",
        &[
            // Azure portal, Entra and Intune admin centers
            "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
            // Microsoft 365 admin center
            "00000006-0000-0ff1-ce00-000000000000",
        ],
    ),
    (
        "Office365",
        &[
            // Exchange Online
            "00000002-0000-0ff1-ce00-000000000000",
            // SharePoint Online
            "00000003-0000-0ff1-ce00-000000000000",
        ],
    ),
    // Windows Azure Service Management API, which covers the portal too
    (
        "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        &["c44b4083-3bb0-49c1-b47d-974e53cbdf3c"],
    ),
];

pub(super) fn check(applications: &Applications, context: &Context) -> Result<(), Reason> {
    match context {
        Context::Applications {
            include_applications,
        } => {
            let mut asked = include_applications.iter();
            let is_meant = asked.any(|id| means_application(applications, id));
            require(is_meant, Reason::Application)
        }
        Context::Authentication {
            authentication_context_value,
        } => {
            let named = &applications.include_authentication_context_class_references;
            let is_meant = named.contains(authentication_context_value);
            require(is_meant, Reason::AuthenticationContext)
        }
        // In the documentation's third example of evaluate, policies for all resources apply to a user action.
        Context::UserAction { user_action } => {
            let mut named = applications.include_user_actions.iter();
            let is_meant = named.any(|action| action == user_action.urn())
                || applications
                    .include_applications
                    .iter()
                    .any(|one| one == "All");
            require(is_meant, Reason::UserActions)
        }
    }
}

/// A filter selects by custom security attributes, which no application has here: it includes none and excludes none.
fn means_application(applications: &Applications, id: &str) -> bool {
    let filter = applications.application_filter.as_ref();
    let includes_by_filter = filter.is_some_and(|filter| filter.mode == FilterMode::Include);
    let is_this = |entry: &String| match entry.as_str() {
        "All" => true,
        "None" => false,
        entry => entry.eq_ignore_ascii_case(id) || is_in_suite(entry, id),
    };
    !includes_by_filter
        && is_meant(
            &applications.include_applications,
            &applications.exclude_applications,
            is_this,
        )
}

fn is_in_suite(suite: &str, id: &str) -> bool {
    let mut suites = SUITES.iter();
    let suite = suites.find(|(name, _)| name.eq_ignore_ascii_case(suite));
    suite.is_some_and(|(_, ids)| ids.iter().any(|known| known.eq_ignore_ascii_case(id)))
}
