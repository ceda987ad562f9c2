//! A page of a log: by time, from the place that a skip token names.

use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::simulator::logs::{Key, LogKind, LogRow, Window};
use crate::simulator::routes::audit_logs::READERS;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::filter::Filter;
use crate::simulator::routes::page::{Options, Queried, unsupported};
use crate::simulator::routes::{GraphError, odata, permissions, quota};
use crate::simulator::tenant::License;

/// The most, and the usual, number of rows in an answer.
const PAGE: usize = 1000;

/// What distinguishes the logs.
pub(super) struct Listing {
    pub(super) kind: LogKind,
    /// Below the version.
    pub(super) path: &'static str,
    /// What `$filter` may ask for; `/` leads into a member.
    pub(super) filtered: &'static [&'static str],
    /// Those of them that name an object by which rows are found.
    pub(super) objects: &'static [&'static str],
}

impl Listing {
    /// Rows that the caller may read. `fits` is asked besides the filter, and `show` makes of a row what is answered.
    pub(super) fn answer(
        &self,
        call: &Call,
        options: Queried,
        fits: impl Fn(&Filter, &LogRow) -> bool,
        show: impl Fn(LogRow) -> Value,
    ) -> Result<Response, GraphError> {
        call.caller.require_any(&permissions::LOGS)?;
        call.caller.require_role(&READERS)?;
        let options = Options::any(options)?.in_pages_of(PAGE);
        let filter = Filter::parse(options.filter.as_deref(), self.filtered)?;
        let window = self.window(call, &options, &filter)?;
        let size = options.page_size()?;
        if let Err(wait) = admitted(call) {
            return Ok(quota::exceeded(wait));
        }
        let (rows, next) = call.service.tenant.read_log(self.kind, |log| {
            log.page(&window, size, |row| {
                fits(&filter, row) && filter.fits(|name| member(row, name))
            })
        });
        let select = options.select.as_deref();
        let rows = rows
            .into_iter()
            .map(|row| odata::selected(show(row), select));
        let collection = call.collection(self.path, self.path);
        let next = next.map(|key| collection.next_link(&options, size, &token(key)));
        Ok(odata::collection(
            &call.service,
            call.version,
            self.path,
            None,
            rows.collect(),
            next,
        ))
    }

    /// What the options ask for, within what the tenant still keeps.
    fn window(
        &self,
        call: &Call,
        options: &Options,
        filter: &Filter,
    ) -> Result<Window, GraphError> {
        let time = self.kind.time_member();
        let (descending, ascending) = (format!("{time} desc"), format!("{time} asc"));
        let ascending = match options.order_by.as_deref().map(str::trim) {
            None => false,
            Some(order) if order == descending => false,
            Some(order) if order == time || order == ascending => true,
            Some(_) => return Err(unsupported()),
        };
        if options.expand.is_some() {
            return Err(unsupported());
        }
        let behind = options.skip.as_deref().map(place);
        let behind = behind.map(|place| place.ok_or_else(unsupported));
        let (now, license) = call.service.tenant.read(|state| (state.now, state.license));
        let kept = now.saturating_sub(retention(license)).unwrap_or(now);
        let (from, to) = filter.times_of(time);
        let mut objects = self.objects.iter();
        let object = objects.find_map(|name| match filter.values_of(name)?.as_slice() {
            [id] => id.parse().ok(),
            _ => None,
        });
        Ok(Window {
            from: from.map_or(kept, |from| from.max(kept)),
            to: to.unwrap_or(Timestamp::MAX),
            now,
            ascending,
            behind: behind.transpose()?,
            object,
        })
    }
}

fn retention(license: License) -> SignedDuration {
    let days = if license < License::P1 { 7 } else { 30 };
    SignedDuration::from_hours(days * 24)
}

fn admitted(call: &Call) -> Result<(), std::time::Duration> {
    let service = &call.service;
    if service.tenant.read(|state| state.logs.is_throttled) {
        let now = service.env.monotonic();
        service.log_pace.take(call.caller.client_id(), now)
    } else {
        Ok(())
    }
}

/// A member of a row, or of one of its members.
pub(super) fn member(row: &LogRow, path: &str) -> Value {
    let mut names = path.split('/');
    let first = names.next().and_then(|name| row.get(name));
    let found = names.fold(first, |value, name| value.and_then(|value| value.get(name)));
    found.cloned().unwrap_or_default()
}

/// A place as a skip token.
fn token((time, number): Key) -> String {
    format!("{}_{number}", time.as_nanosecond())
}

fn place(token: &str) -> Option<Key> {
    let (time, number) = token.split_once('_')?;
    let time = Timestamp::from_nanosecond(time.parse().ok()?).ok()?;
    Some((time, number.parse().ok()?))
}
