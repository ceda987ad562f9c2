//! The parts of a row.

use serde_json::{Map, Value, json};

use crate::simulator::tenant::{Group, State, User};

/// What was done.
pub(super) struct Activity {
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    pub(super) service: &'static str,
    /// `Add`, `Update`, `Delete`, …
    pub(super) operation: &'static str,
    pub(super) reason: String,
    pub(super) targets: Vec<Target>,
}

/// To what it was done.
pub(super) struct Target {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) name: Option<String>,
    pub(super) user_principal_name: Option<String>,
    pub(super) modified: Vec<Modified>,
}

/// A member of it, before and after; each as JSON within a text, as the service has it.
pub(super) struct Modified {
    pub(super) name: String,
    pub(super) old: Option<Value>,
    pub(super) new: Option<Value>,
}

impl Activity {
    /// Of the directory itself.
    pub(super) fn of_directory(
        name: &'static str,
        category: &'static str,
        operation: &'static str,
        targets: Vec<Target>,
    ) -> Self {
        Self {
            name,
            category,
            service: "Core Directory",
            operation,
            reason: String::new(),
            targets,
        }
    }
}

impl Target {
    pub(super) fn user(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            kind: "User",
            name: None,
            user_principal_name: Some(user.user_principal_name.clone()),
            modified: Vec::new(),
        }
    }

    pub(super) fn group(group: &Group) -> Self {
        Self {
            name: Some(group.display_name.clone()),
            ..Self::other("Group", &group.id)
        }
    }

    pub(super) fn other(kind: &'static str, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            kind,
            name: None,
            user_principal_name: None,
            modified: Vec::new(),
        }
    }

    /// Whatever an object id means: a user, a group, an application's service principal, or something that is gone.
    pub(super) fn object(state: &State, id: &str) -> Self {
        if let Some(user) = state.user(id) {
            return Self::user(user);
        }
        if let Some(group) = state.group(id) {
            return Self::group(group);
        }
        let mut applications = state.applications.iter();
        let application = applications.find(|known| id.parse() == Ok(known.object_id));
        Self {
            name: application.map(|known| known.display_name.clone()),
            ..Self::other("ServicePrincipal", id)
        }
    }

    pub(super) fn with(self, modified: Vec<Modified>) -> Self {
        Self { modified, ..self }
    }

    pub(super) fn wire(self) -> Value {
        let modified = self.modified.into_iter().map(|one| {
            json!({
                "displayName": one.name,
                "oldValue": one.old.map(|value| value.to_string()),
                "newValue": one.new.map(|value| value.to_string()),
            })
        });
        json!({
            "id": self.id,
            "displayName": self.name,
            "type": self.kind,
            "userPrincipalName": self.user_principal_name,
            "groupType": (self.kind == "Group").then_some("azureAD"),
            "modifiedProperties": modified.collect::<Vec<_>>(),
        })
    }
}

/// The members of two objects that differ, but for those that are told otherwise. The directory puts every value into a list.
pub(super) fn differences(before: &Value, after: &Value, except: &[&str]) -> Vec<Modified> {
    let none = Map::new();
    let old = before.as_object().unwrap_or(&none);
    let new = after.as_object().unwrap_or(&none);
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    let listed = |value: Option<&Value>| value.map(|value| json!([value]));
    names
        .into_iter()
        .filter(|name| !except.contains(&name.as_str()) && old.get(*name) != new.get(*name))
        .map(|name| Modified {
            name: capitalized(name),
            old: listed(old.get(name)),
            new: listed(new.get(name)),
        })
        .collect()
}

/// As the log writes the names of members.
pub(super) fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
