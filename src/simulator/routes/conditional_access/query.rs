//! `$select` of objects that are answered with all that they have.

use serde_json::Value;

/// An object with the members that `$select` names, and what says its type.
pub(super) fn selected(mut object: Value, select: Option<&str>) -> Value {
    if let (Value::Object(members), Some(select)) = (&mut object, select) {
        let names: Vec<&str> = select.split(',').map(str::trim).collect();
        members.retain(|name, _| names.contains(&name.as_str()) || name.starts_with("@odata."));
    }
    object
}
