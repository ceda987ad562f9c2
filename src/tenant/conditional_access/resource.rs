//! To what a policy applies.

use super::matching::{Match, unknown_members};
use super::scenario::Resource;
use crate::graph::model::conditional_access_policy::ConditionalAccessApplications;

/// Applications that an administrator needs in an emergency, by their ids, which are the same in every tenant.
pub mod app {
    /// Azure portal, Entra and Intune admin centers.
    pub const AZURE_PORTAL: &str = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";
    /// Microsoft Graph.
    pub const MICROSOFT_GRAPH: &str = "00000003-0000-0000-c000-000000000000";
    /// Azure CLI.
    pub const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    /// Azure PowerShell.
    pub const AZURE_POWERSHELL: &str = "1950a258-227b-4e31-a9cf-717495945fc2";
    /// Windows Azure Service Management API: what portal and tools manage Azure by.
    pub const AZURE_MANAGEMENT: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
}

/// A word in a policy for applications that Microsoft adds to and takes from as it likes.
const SUITES: [&str; 2] = ["MicrosoftAdminPortals", "Office365"];

/// Tools that call the Azure Service Management API, and so may meet what is asked there.
const AZURE_TOOLS: [&str; 2] = [app::AZURE_CLI, app::AZURE_POWERSHELL];

/// Whether a policy is about this resource.
pub(super) fn covers(
    applications: Option<&ConditionalAccessApplications>,
    resource: &Resource,
) -> Match {
    let Some(applications) = applications else {
        return Match::Open("it shows no resources".to_owned());
    };
    let unknown = unknown_members(&applications.other);
    if !unknown.is_empty() {
        return Match::Open(format!(
            "conditions.applications has {}",
            unknown.join(", ")
        ));
    }
    match resource {
        Resource::Application(id) => application(applications, id),
        Resource::UserAction(action) => {
            listed(&applications.include_user_actions, action, "user action")
        }
        Resource::AuthenticationContext(context) => listed(
            &applications.include_authentication_context_class_references,
            context,
            "authentication context",
        ),
    }
}

fn listed(list: &[String], one: &str, what: &str) -> Match {
    match list.iter().any(|listed| listed.eq_ignore_ascii_case(one)) {
        true => Match::Yes(format!("{what} {one}")),
        false => Match::No(format!("not for {what} {one}")),
    }
}

fn application(applications: &ConditionalAccessApplications, id: &str) -> Match {
    let everything = names_all(&applications.include_applications);
    let included = match everything {
        true => Match::Yes("all resources".to_owned()),
        false => {
            filtered(applications, "include").or(named(&applications.include_applications, id))
        }
    };
    included
        .unless(filtered(applications, "exclude").or(named(&applications.exclude_applications, id)))
}

fn names_all(list: &[String]) -> bool {
    list.iter().any(|one| one == "All")
}

fn named(list: &[String], id: &str) -> Match {
    if list.iter().any(|one| one.eq_ignore_ascii_case(id)) {
        return Match::Yes(format!("application {id}"));
    }
    if list
        .iter()
        .any(|one| one.eq_ignore_ascii_case(app::AZURE_MANAGEMENT))
    {
        match id {
            // Documented: what is asked there is asked for the portal, the Entra admin center included.
            app::AZURE_PORTAL => return Match::Yes("the Azure Service Management API".to_owned()),
            id if AZURE_TOOLS.contains(&id) => {
                let why =
                    format!("{id} calls the Azure Service Management API, which the policy names");
                return Match::Open(why);
            }
            _ => {}
        }
    }
    let mut suites = SUITES
        .iter()
        .filter(|suite| list.iter().any(|one| one == *suite));
    match suites.next() {
        // The Azure portal's id is that of the admin centers.
        Some(suite) if *suite == "MicrosoftAdminPortals" && id == app::AZURE_PORTAL => {
            Match::Yes((*suite).to_owned())
        }
        Some(suite) => Match::Open(format!("whether {id} is of {suite} is not documented")),
        None => Match::No(format!("not for application {id}")),
    }
}

/// A filter goes by attributes of the applications that nobody but the service reads.
fn filtered(applications: &ConditionalAccessApplications, mode: &str) -> Match {
    match &applications.application_filter {
        Some(filter) if filter.mode.as_deref() == Some(mode) => {
            Match::Open("a filter for applications decides".to_owned())
        }
        _ => Match::No("no filter".to_owned()),
    }
}
