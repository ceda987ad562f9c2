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
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    #[serde(rename = "$select")]
    pub(super) select: Option<String>,
    #[serde(rename = "$filter")]
    pub(super) filter: Option<String>,
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skiptoken")]
    pub(super) skip: Option<String>,
    /// Without effect where the resource does not count.
    #[serde(rename = "$count")]
    pub(super) count: Option<bool>,
    #[serde(rename = "$expand")]
    pub(super) expand: Option<String>,
    #[serde(rename = "$orderby")]
    pub(super) order_by: Option<String>,
    /// The size of pages, where it is the largest as well as the usual one.
    #[serde(skip)]
    pages: Option<usize>,
}

/// The query as the extractor sees it: ours to refuse.
pub(super) type Queried = Result<Query<Options>, QueryRejection>;

impl Options {
    /// Whatever options there are; the resource must refuse those that it does not take.
    pub(super) fn any(queried: Queried) -> Result<Self, GraphError> {
        let options = queried.map(|Query(options)| options);
        options.map_err(|_| unsupported())
    }

    /// The same, of a resource whose pages are this large unless they are to be smaller.
    pub(super) fn in_pages_of(self, size: usize) -> Self {
        Self {
            pages: Some(size),
            ..self
        }
    }

    /// The options of a resource that can be filtered.
    pub(super) fn with_filter(queried: Queried) -> Result<Self, GraphError> {
        let options = Self::any(queried)?;
        match (&options.expand, &options.order_by) {
            (None, None) => Ok(options),
            _ => Err(unsupported()),
        }
    }

    pub(super) fn page_size(&self) -> Result<usize, GraphError> {
        let largest = self.pages.unwrap_or(LARGEST_PAGE);
        let size = self.top.unwrap_or(self.pages.unwrap_or(DEFAULT_PAGE));
        if (1..=largest).contains(&size) {
            Ok(size)
        } else {
            Err(GraphError::unsupported_query(format!(
                "Invalid page size specified: '{size}'. Must be between 1 and {largest} inclusive."
            )))
        }
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

pub(super) fn unsupported() -> GraphError {
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
    /// The page that the options ask for: items are rendered only if they are on it. The total is told if it is given.
    pub(super) fn page<T>(
        &self,
        items: impl Iterator<Item = T>,
        total: Option<usize>,
        options: &Options,
        render: impl FnMut(T) -> Result<Value, GraphError>,
    ) -> Result<Response, GraphError> {
        let size = options.page_size()?;
        let start = options.skip.as_deref().unwrap_or("0").parse();
        let start: usize = start.map_err(|_| unsupported())?;
        let mut items = items.skip(start);
        let page = items.by_ref().take(size).map(render);
        let page: Vec<Value> = page.collect::<Result<_, _>>()?;
        let end = start.saturating_add(page.len());
        let next = items
            .next()
            .map(|_| self.next_link(options, size, &end.to_string()));
        Ok(odata::collection(
            self.service,
            self.version,
            self.context,
            total,
            page,
            next,
        ))
    }

    /// The same request for what is behind this page.
    pub(super) fn next_link(&self, options: &Options, size: usize, skip: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let texts = [
            ("$select", &options.select),
            ("$filter", &options.filter),
            ("$expand", &options.expand),
            ("$orderby", &options.order_by),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                query.append_pair(name, text);
            }
        }
        if let Some(count) = options.count {
            query.append_pair("$count", &count.to_string());
        }
        query.append_pair("$top", &size.to_string());
        query.append_pair("$skiptoken", skip);
        let base = &self.service.base_url;
        let version = self.version.as_str();
        format!("{base}/{version}/{}?{}", self.path, query.finish())
    }
}
