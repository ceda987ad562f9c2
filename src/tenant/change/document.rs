//! The file that holds changes.

use serde_json::{Map, Value};

use super::Error;

/// One object that is to be changed or made.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which object of the file, from 1 on.
    pub at: usize,
    /// What it is.
    pub object: Object,
    /// Its members, those that change at least.
    pub members: Map<String, Value>,
}

/// What can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// A `conditionalAccessPolicy`: the one with its `id`, else a new one.
    Policy,
    /// An `authenticationStrengthPolicy`, likewise.
    Strength,
    /// The `fido2AuthenticationMethodConfiguration`.
    Passkeys,
}

impl Change {
    /// For people: what it is, and its name.
    #[must_use]
    pub fn describe(&self) -> String {
        let kind = match self.object {
            Object::Policy => "Conditional Access policy",
            Object::Strength => "authentication strength",
            Object::Passkeys => return "the passkey policy".to_owned(),
        };
        let name = ["displayName", "id"]
            .into_iter()
            .find_map(|member| self.members.get(member)?.as_str());
        format!("{kind} {}", name.unwrap_or("without a name"))
    }
}

/// Reads the changes in a file, in their order.
///
/// # Errors
/// When the text is no JSON, or holds nothing or something else.
pub fn read(text: &str) -> Result<Vec<Change>, Error> {
    let objects = match serde_json::from_str(text)? {
        Value::Array(objects) => objects,
        Value::Object(mut page) => match page.remove("value") {
            Some(Value::Array(objects)) => objects,
            Some(one) => vec![one],
            None => vec![Value::Object(page)],
        },
        _ => return Err(Error::Kind(1)),
    };
    if objects.is_empty() {
        return Err(Error::Empty);
    }
    let numbered = objects.into_iter().zip(1..);
    numbered.map(|(object, at)| change(object, at)).collect()
}

fn change(object: Value, at: usize) -> Result<Change, Error> {
    let Value::Object(mut members) = object else {
        return Err(Error::Kind(at));
    };
    let object = kind(&members).ok_or(Error::Kind(at))?;
    members.retain(|name, _| name == "@odata.type" || !name.contains('@'));
    if object != Object::Passkeys {
        members.remove("@odata.type");
    }
    Ok(Change {
        at,
        object,
        members,
    })
}

/// What an object is: by its type if it says so, else by members that only one kind has.
fn kind(members: &Map<String, Value>) -> Option<Object> {
    let named = members.get("@odata.type").and_then(Value::as_str);
    if let Some(named) = named {
        return match named.trim_start_matches("#microsoft.graph.") {
            "conditionalAccessPolicy" => Some(Object::Policy),
            "authenticationStrengthPolicy" => Some(Object::Strength),
            "fido2AuthenticationMethodConfiguration" => Some(Object::Passkeys),
            _ => None,
        };
    }
    let has = |names: &[&str]| names.iter().any(|name| members.contains_key(*name));
    if has(&["allowedCombinations", "combinationConfigurations"]) {
        Some(Object::Strength)
    } else if has(&["conditions", "grantControls", "sessionControls"]) {
        Some(Object::Policy)
    } else if has(&[
        "isSelfServiceRegistrationAllowed",
        "isAttestationEnforced",
        "keyRestrictions",
        "passkeyProfiles",
        "includeTargets",
        "excludeTargets",
    ]) {
        Some(Object::Passkeys)
    } else if has(&["state"]) && has(&["id"]) && members.get("id") != Some(&Value::from("Fido2")) {
        // A policy that is only switched on or off.
        Some(Object::Policy)
    } else {
        None
    }
}
