//! The kinds of objects.

/// The kind that an `@odata.type` names, without the namespace: `user` for `#microsoft.graph.user`.
#[must_use]
pub fn kind(odata_type: &str) -> &str {
    let name = odata_type.strip_prefix("#microsoft.graph.");
    name.unwrap_or(odata_type)
}
