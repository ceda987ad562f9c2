//! The rows of a log for a time, page by page: what is held is a page, however long the log.

use std::collections::HashSet;
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use url::Url;

use super::exchange::Success;
use super::{Client, Request};
use crate::encoding::hex;
use crate::graph::error::Error;
use crate::graph::http;
use crate::graph::model::{Page, SignIn};

/// Pages after which a log counts as endless: ten million rows, or half a day of asking.
const PAGE_LIMIT: usize = 10_000;

/// The most rows that the service puts into an answer.
const LARGEST_PAGE: usize = 1000;

/// So few rows that an answer is short enough in any tenant: each sign-in tells what every policy did, half a kilobyte each, and a
/// tenant may have 240 policies.
pub(in crate::graph) const SMALLEST_PAGE: usize = 20;

/// A row of a log.
pub trait LogRow: DeserializeOwned {
    /// The member that says when it was, and by which the log is ordered.
    const TIME: &'static str;

    /// The row's own id.
    fn id(&self) -> &str;

    /// When it was, as the service wrote it.
    fn time(&self) -> Option<&str>;
}

/// A row, and the very text that the service sent of it.
#[derive(Debug)]
pub struct Row<T> {
    /// What is understood of it, or why nothing is. One such row must not keep the others from being read.
    pub row: Result<T, UnreadableRow>,
    /// All of it.
    pub text: Box<RawValue>,
}

/// A row of another shape than documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableRow {
    /// Its own id, if there is one.
    pub id: Option<String>,
    /// When it was, as the service wrote it, if it says so.
    pub time: Option<String>,
    /// Which member cannot be read.
    pub why: String,
}

impl<T: LogRow> Row<T> {
    /// The row's own id; of one that has none, the hash of its text: rows without an id are not the same row.
    #[must_use]
    pub fn id(&self) -> String {
        let id = match &self.row {
            Ok(row) => Some(row.id()),
            Err(unreadable) => unreadable.id.as_deref(),
        };
        match id.filter(|id| !id.is_empty()) {
            Some(id) => id.to_owned(),
            None => {
                let hash = Sha256::digest(self.text.get());
                format!("sha256:{}", hex::encode(&hash))
            }
        }
    }

    /// When it was, as the service wrote it.
    #[must_use]
    pub fn time(&self) -> Option<&str> {
        match &self.row {
            Ok(row) => row.time(),
            Err(unreadable) => unreadable.time.as_deref(),
        }
    }
}

/// From one moment to another, both included, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: Timestamp,
    /// The last moment.
    pub until: Timestamp,
}

/// The rows that fit a filter, newest first.
///
/// How long a row is depends on the tenant. The largest pages are asked for, because the service allows few requests; when an answer
/// is longer than is read ([`ANSWER_LIMIT`](http::ANSWER_LIMIT)), smaller ones from the oldest row on that was read.
#[must_use = "rows that are not asked for are not read"]
pub struct Rows<T> {
    client: Client,
    log: Url,
    filter: String,
    window: Window,
    page_size: usize,
    next: Next,
    pages: usize,
    /// The oldest moment that was read, as the service wrote it, and the ids of its rows: where to go on with smaller pages.
    oldest: Option<String>,
    ids_of_oldest: HashSet<String>,
    row: PhantomData<fn() -> T>,
}

enum Next {
    /// A page by a query of ours, which goes on from `oldest`.
    Query,
    /// The service's own link, which is followed as it is.
    Link(Request),
    End,
}

impl<T: LogRow> Rows<T> {
    /// The rows of a log (its address) in this time that also fit `filter`.
    pub(in crate::graph) fn new(client: &Client, log: Url, filter: String, window: Window) -> Self {
        Self {
            client: client.clone(),
            log,
            filter,
            window,
            page_size: LARGEST_PAGE,
            next: Next::Query,
            pages: 0,
            oldest: None,
            ids_of_oldest: HashSet::new(),
            row: PhantomData,
        }
    }

    /// Whether there are rows that were not read yet.
    #[must_use]
    pub fn has_more(&self) -> bool {
        !matches!(self.next, Next::End)
    }

    /// The next page, which may be empty; nothing after the last. After an error the same page can be asked for again.
    ///
    /// # Errors
    /// [`Error::lacks_licence`] without the licence that the log needs; all that a read can come to.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Row<T>>>, Error> {
        let (answer, is_continued) = loop {
            let (request, is_query) = match &self.next {
                Next::Query => (self.query(), true),
                Next::Link(request) => (request.clone(), false),
                Next::End => return Ok(None),
            };
            match self.client.send(&request).await {
                Ok(answer) => break (answer, is_query && self.oldest.is_some()),
                Err(error) if self.can_shrink(&error) => {
                    self.page_size = (self.page_size / 4).max(SMALLEST_PAGE);
                    self.next = Next::Query;
                }
                Err(error) => return Err(error),
            }
        };
        self.pages += 1;
        let (mut rows, next) = self.read(&answer)?;
        // A query that goes on from the oldest moment brings that moment's rows again.
        if is_continued {
            rows.retain(|row| !self.ids_of_oldest.contains(&row.id()));
        }
        self.remember(&rows);
        self.next = next;
        Ok(Some(rows))
    }

    fn query(&self) -> Request {
        let moment = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (time, size) = (T::TIME, self.page_size);
        let from = moment(self.window.from);
        let until = moment(whole_second_after(self.window.until));
        let until = self.oldest.as_ref().unwrap_or(&until);
        let filter = &self.filter;
        let query = format!(
            "$filter={filter} and {time} ge {from} and {time} le {until}&$orderby={time} desc&$top={size}"
        );
        Request::get(self.log.clone()).query(&query)
    }

    fn can_shrink(&self, error: &Error) -> bool {
        let too_long = matches!(
            error,
            Error::Http {
                source: http::Error::AnswerTooLong { .. },
                ..
            }
        );
        too_long && self.page_size > SMALLEST_PAGE
    }

    fn read(&self, answer: &Success) -> Result<(Vec<Row<T>>, Next), Error> {
        let Page { value, next_link } = answer.json::<Page<Box<RawValue>>>()?;
        let rows = value.into_iter().map(|text| {
            let row = answer.part(text.get());
            let row = row.map_err(|error| unreadable::<T>(&error, text.get()));
            Row { row, text }
        });
        let rows: Vec<_> = rows.collect();
        let next = match next_link {
            None => Next::End,
            Some(_) if self.pages >= PAGE_LIMIT => {
                return Err(Error::TooManyPages {
                    call: answer.call.clone(),
                    limit: PAGE_LIMIT,
                });
            }
            Some(link) => Next::Link(Request::get(self.client.next(&answer.call, &link)?)),
        };
        Ok((rows, next))
    }

    /// What has to be known to go on without the service's link.
    fn remember(&mut self, rows: &[Row<T>]) {
        let Some(oldest) = rows.iter().rev().find_map(|row| plain(row.time()?)) else {
            return;
        };
        if self.oldest.as_deref() != Some(oldest) {
            self.oldest = Some(oldest.to_owned());
            self.ids_of_oldest.clear();
        }
        let same = rows.iter().filter(|row| row.time() == Some(oldest));
        let ids = same.map(Row::id);
        self.ids_of_oldest.extend(ids);
    }
}

impl Rows<SignIn> {
    /// Only the sign-ins that succeeded, which are few however many were tried.
    pub fn that_succeeded(mut self) -> Self {
        self.filter.push_str(" and status/errorCode eq 0");
        self
    }
}

/// What can be said of a row that is not as documented.
fn unreadable<T: LogRow>(error: &Error, text: &str) -> UnreadableRow {
    let row: Value = serde_json::from_str(text).unwrap_or_default();
    let member = |name: &str| row[name].as_str().map(str::to_owned);
    let why = match error {
        Error::Malformed { member, reason, .. } => format!("its member {member}: {reason}"),
        error => error.to_string(),
    };
    UnreadableRow {
        id: member("id"),
        time: member(T::TIME),
        why,
    }
}

/// What happened within the last second belongs to it.
fn whole_second_after(time: Timestamp) -> Timestamp {
    match time.subsec_nanosecond() {
        0 => time,
        _ => Timestamp::from_second(time.as_second().saturating_add(1)).unwrap_or(time),
    }
}

/// A moment that can stand in a query as it is: the service's text must not become part of the question.
fn plain(time: &str) -> Option<&str> {
    let is_plain = time
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-:.".contains(&byte));
    (is_plain && time.parse::<Timestamp>().is_ok()).then_some(time)
}
