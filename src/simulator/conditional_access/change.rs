//! How a policy comes about: from the body of a POST, or from one that is there and the body of a PATCH.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::simulator::conditional_access::{Policy, Refusal};
use crate::simulator::tenant::strip_annotations;

/// Members that the service writes; what a client sends of them is passed over, as when it writes back what it read.
const READ_ONLY: [&str; 4] = [
    "id",
    "createdDateTime",
    "modifiedDateTime",
    "deletedDateTime",
];

impl Policy {
    /// A new policy of these members.
    ///
    /// # Errors
    /// [`Refusal::Schema`]; whether it fits the tenant is not looked at.
    pub fn new(body: Value, id: Uuid, now: Timestamp) -> Result<Self, Refusal> {
        let mut members = writable(body);
        if let Value::Object(members) = &mut members {
            members.insert("id".to_owned(), json!(id));
            members.insert("createdDateTime".to_owned(), json!(now));
        }
        Ok(serde_json::from_value(members)?)
    }

    /// The policy after a change. Of an object those members change that the body names, at every depth; a collection is
    /// replaced as a whole; null empties.
    ///
    /// # Errors
    /// [`Refusal::Schema`]; whether it fits the tenant is not looked at.
    pub fn changed(&self, body: Value, now: Timestamp) -> Result<Self, Refusal> {
        let mut members = serde_json::to_value(self)?;
        merge(&mut members, writable(body));
        if let Value::Object(members) = &mut members {
            members.insert("modifiedDateTime".to_owned(), json!(now));
        }
        Ok(serde_json::from_value(members)?)
    }
}

/// What a client may write. Of an authentication strength the id counts.
fn writable(mut body: Value) -> Value {
    strip_annotations(&mut body);
    if let Value::Object(members) = &mut body {
        members.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    }
    let strength = body.pointer_mut("/grantControls/authenticationStrength");
    if let Some(Value::Object(strength)) = strength {
        strength.retain(|name, _| name == "id");
    }
    body
}

/// Anything but an object, such as an array or null, takes the place of what was there.
fn merge(old: &mut Value, new: Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in new {
                merge(old.entry(name).or_insert(Value::Null), value);
            }
        }
        (old, new) => *old = new,
    }
}
