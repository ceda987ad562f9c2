//! Collections: the query options that they take, and one page of them.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use crate::simulator::routes::{GraphError, Version, odata};
use crate::simulator::service::Service;

const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// The query options that resources here take; any other is refused.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    #[serde(rename = "$select")]
    pub(super) select: Option<String>,
    #[serde(rename = "$filter")]
    pub(super) filter: Option<String>,
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skiptoken")]
    skip: Option<usize>,
    /// Taken without effect, as by resources that do not count.
    #[serde(rename = "$count")]
    _count: Option<bool>,
}

/// The query as the extractor sees it: ours to refuse.
pub(super) type Queried = Result<Query<Options>, QueryRejection>;

impl Options {
    /// The options of a resource that can be filtered.
    pub(super) fn with_filter(queried: Queried) -> Result<Self, GraphError> {
        let options = queried.map(|Query(options)| options);
        options.map_err(|_| unsupported())
    }

    /// The options of a resource that cannot.
    pub(super) fn without_filter(queried: Queried) -> Result<Self, GraphError> {
        let options = Self::with_filter(queried)?;
        match options.filter {
            Some(_) => Err(unsupported()),
            None => Ok(options),
        }
    }
}

fn unsupported() -> GraphError {
    GraphError::unsupported_query("Unsupported or invalid query option.")
}

/// A collection by its path below the version, such as `users`, and by its OData context.
pub(super) struct Collection<'a> {
    pub(super) service: &'a Service,
    pub(super) version: Version,
    pub(super) path: &'a str,
    pub(super) context: &'a str,
}

impl Collection<'_> {
    /// The page that the options ask for, of all the items.
    pub(super) fn answer(
        &self,
        mut items: Vec<Value>,
        options: &Options,
    ) -> Result<Response, GraphError> {
        let size = options.top.unwrap_or(DEFAULT_PAGE);
        if !(1..=LARGEST_PAGE).contains(&size) {
            return Err(GraphError::unsupported_query(format!(
                "Invalid page size specified: '{size}'. Must be between 1 and {LARGEST_PAGE} inclusive."
            )));
        }
        let start = options.skip.unwrap_or_default().min(items.len());
        let end = start.saturating_add(size).min(items.len());
        let next = (end < items.len()).then(|| self.next_link(options, size, end));
        let page = items.drain(start..end).collect();
        let Self {
            service, version, ..
        } = self;
        Ok(odata::collection(
            service,
            *version,
            self.context,
            page,
            next,
        ))
    }

    fn next_link(&self, options: &Options, size: usize, skip: usize) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let texts = [("$select", &options.select), ("$filter", &options.filter)];
        for (name, text) in texts {
            if let Some(text) = text {
                query.append_pair(name, text);
            }
        }
        query.append_pair("$top", &size.to_string());
        query.append_pair("$skiptoken", &skip.to_string());
        let base = &self.service.base_url;
        let version = self.version.as_str();
        format!("{base}/{version}/{}?{}", self.path, query.finish())
    }
}
