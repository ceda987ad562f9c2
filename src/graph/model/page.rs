//! One page of a collection.

use serde::{Deserialize, Serialize};

/// A page; `@odata.nextLink` is followed verbatim until it is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The page's items.
    pub value: Vec<T>,
    /// Where the next page is.
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
}
