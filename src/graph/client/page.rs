//! Collections, page by page.

use serde::de::DeserializeOwned;
use url::Url;

use super::{Client, Request};
use crate::graph::error::{Call, Error};
use crate::graph::model::Page;

/// Pages after which a collection counts as endless. The largest that the tool reads, a log of 90 days, is far smaller.
const PAGE_LIMIT: usize = 500;

impl Client {
    /// Every item of a collection. The service's link to the next page is followed as it is, but only to the same
    /// origin: whoever gets the request gets the access token.
    pub(in crate::graph) async fn collect<T: DeserializeOwned>(
        &self,
        first: Request,
    ) -> Result<Vec<T>, Error> {
        let mut request = first;
        let mut items = Vec::new();
        for _ in 1..=PAGE_LIMIT {
            let answer = self.send(&request).await?;
            let page: Page<T> = answer.json()?;
            items.extend(page.value);
            match page.next_link {
                Some(link) => request = request.at(self.next(&answer.call, &link)?),
                None => return Ok(items),
            }
        }
        Err(Error::TooManyPages {
            call: self.call(&request),
            limit: PAGE_LIMIT,
        })
    }

    fn next(&self, call: &Call, link: &str) -> Result<Url, Error> {
        let call = call.clone();
        match Url::parse(link) {
            Ok(url) if self.graph.same_origin(&url) => Ok(url),
            Ok(url) => Err(Error::ForeignNextLink {
                call,
                origin: url.origin().ascii_serialization(),
            }),
            Err(error) => Err(Error::Malformed {
                call,
                member: "@odata.nextLink".to_owned(),
                reason: error.to_string(),
            }),
        }
    }
}
