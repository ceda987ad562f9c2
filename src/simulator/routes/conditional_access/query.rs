//! Query options of the collections here: `$select`, and `$filter` by members that equal a text.

use serde_json::Value;

use crate::simulator::routes::GraphError;

/// `member eq 'value' and …` for these members.
pub(super) fn conditions(
    filter: Option<&str>,
    members: &'static [&'static str],
) -> Result<Vec<(&'static str, String)>, GraphError> {
    let terms = filter.into_iter().flat_map(|filter| filter.split(" and "));
    terms.map(|term| condition(term, members)).collect()
}

fn condition(
    term: &str,
    members: &'static [&'static str],
) -> Result<(&'static str, String), GraphError> {
    let parsed = term.trim().split_once(" eq ").and_then(|(member, value)| {
        let mut members = members.iter();
        let member = members.find(|known| **known == member.trim())?;
        let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        // A quotation mark within a text is written twice.
        let value = value.replace("''", "\u{0}");
        (!value.contains('\'')).then(|| (*member, value.replace('\u{0}', "'")))
    });
    parsed.ok_or_else(|| GraphError::unsupported_query("Invalid filter clause."))
}

/// Whether an object has these values.
pub(super) fn meets(object: &Value, conditions: &[(&'static str, String)]) -> bool {
    let mut conditions = conditions.iter();
    conditions.all(|(member, value)| object[member] == value.as_str())
}

/// An object with the members that `$select` names, and what says its type.
pub(super) fn selected(mut object: Value, select: Option<&str>) -> Value {
    if let (Value::Object(members), Some(select)) = (&mut object, select) {
        let names: Vec<&str> = select.split(',').map(str::trim).collect();
        members.retain(|name, _| names.contains(&name.as_str()) || name.starts_with("@odata."));
    }
    object
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn filters_compare_texts_and_nothing_else() {
        let found = conditions(
            Some("state eq 'enabled' and displayName eq 'Bob''s'"),
            &["state", "displayName"],
        );
        let wanted = vec![
            ("state", "enabled".to_owned()),
            ("displayName", "Bob's".to_owned()),
        ];
        assert_eq!(found.unwrap(), wanted);
        for bad in [
            "",
            "state eq enabled",
            "state ne 'enabled'",
            "id eq 'x'",
            "state eq 'a' or state eq 'b'",
            "state eq 'a'b'",
        ] {
            assert!(conditions(Some(bad), &["state"]).is_err(), "{bad}");
        }
    }
}
