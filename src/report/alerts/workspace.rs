//! The Log Analytics workspace that the logs go to.

use std::str::FromStr;

/// Why a text names no workspace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no resource id of a workspace: /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.OperationalInsights/workspaces/NAME"
)]
pub struct WorkspaceError(String);

/// A workspace's resource id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceId(String);

impl WorkspaceId {
    /// As Azure writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Subscription, resource group and name.
    pub(super) fn parts(&self) -> Option<[&str; 3]> {
        parts(&self.0)
    }
}

/// The parts of a resource id that differ; none if it is not a workspace's. Azure takes either case.
fn parts(text: &str) -> Option<[&str; 3]> {
    let segments: Vec<&str> = text.split('/').collect();
    let [
        "",
        subscriptions,
        subscription,
        groups,
        group,
        providers,
        provider,
        kind,
        name,
    ] = segments[..]
    else {
        return None;
    };
    let fixed = [
        (subscriptions, "subscriptions"),
        (groups, "resourceGroups"),
        (providers, "providers"),
        (provider, "Microsoft.OperationalInsights"),
        (kind, "workspaces"),
    ];
    let named = [subscription, group, name];
    let plain = |text: &str| {
        let allowed = |one: char| one.is_alphanumeric() || "-_.()".contains(one);
        !text.is_empty() && text.chars().all(allowed)
    };
    let fits = fixed
        .iter()
        .all(|(found, wanted)| found.eq_ignore_ascii_case(wanted));
    (fits && named.iter().all(|one| plain(one))).then_some(named)
}

impl FromStr for WorkspaceId {
    type Err = WorkspaceError;

    fn from_str(text: &str) -> Result<Self, WorkspaceError> {
        match parts(text) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(WorkspaceError(text.to_owned())),
        }
    }
}
