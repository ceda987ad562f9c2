//! For which parts of the time since the last review nobody knows what the logs had: each log and each account by itself, as a look
//! may be at some accounts only, and may have read one log and not the other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Material;
use super::story::Story;
use crate::ceremony::duty::{CLOCK_TOLERANCE, concerns};
use crate::ledger::{Log, Period, TenantMonitored, Told, Unread};

type Span = (Timestamp, Timestamp);

/// Somebody whose traces are looked for.
struct Account {
    /// Object id.
    id: String,
    name: String,
    /// Before that there was nothing to be seen.
    since: Timestamp,
}

/// One line for each gap.
pub(super) fn unseen(material: &Material<'_>, story: &Story<'_>) -> Vec<String> {
    let accounts = accounts(material, story);
    if accounts.is_empty() {
        return vec!["no account is known whose traces could be looked for".to_owned()];
    }
    let looks = story.looks();
    let mut unknown = not_found(material, &accounts);
    let mut gaps: BTreeMap<(Span, Option<String>), Affected> = BTreeMap::new();
    for log in [Log::DirectoryAudits, Log::SignIns] {
        for account in &accounts {
            for gap in gaps_of(&looks, log, account, story) {
                let why = unread(&looks, log, account, gap).map(|unread| unread.why.clone());
                let affected = gaps.entry((gap, why)).or_default();
                affected.logs.insert(log);
                affected.names.insert(&account.name);
            }
        }
    }
    let lines = gaps.iter().map(|((gap, why), affected)| {
        let names = affected.names.iter().copied();
        let whom = match affected.names.len() == accounts.len() {
            true => String::new(),
            false => format!(" for {}", names.collect::<Vec<_>>().join(", ")),
        };
        let what = affected.describe();
        match why {
            Some(why) => format!("{what} of {} to {}{whom}: {why}", gap.0, gap.1),
            None => format!("nobody looked at {what} of {} to {}{whom}", gap.0, gap.1),
        }
    });
    unknown.extend(lines);
    unknown
}

/// One line for each account that is configured and that the tenant did not show, unless it is known by its key.
fn not_found(material: &Material<'_>, accounts: &[Account]) -> Vec<String> {
    let snapshot = material.audited.ok().map(|audited| audited.snapshot);
    let configured = snapshot.into_iter().flat_map(|one| &one.accounts);
    let missing = configured.filter(|one| {
        let is_found = one.user.as_ref().is_ok_and(Option::is_some);
        let is_called = |known: &Account| {
            let local = known.name.split('@').next().unwrap_or_default();
            let mut names = [known.id.as_str(), &known.name, local].into_iter();
            names.any(|name| name.eq_ignore_ascii_case(&one.name))
        };
        !is_found && !accounts.iter().any(is_called)
    });
    missing
        .map(|one| format!("nobody looked for {}", one.name))
        .collect()
}

/// Which logs and accounts have the same gap for the same reason.
#[derive(Default)]
struct Affected<'a> {
    logs: BTreeSet<Log>,
    names: BTreeSet<&'a str>,
}

impl Affected<'_> {
    fn describe(&self) -> &'static str {
        let mut logs = self.logs.iter();
        match (logs.next(), logs.next()) {
            (Some(Log::DirectoryAudits), None) => "the directory's log",
            (Some(Log::SignIns), None) => "the sign-in log",
            _ => "the logs",
        }
    }
}

/// Those that the tenant has, as far as it was read, and those with keys.
fn accounts(material: &Material<'_>, story: &Story<'_>) -> Vec<Account> {
    let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
    let mut add = |id: &str, name: &str, since: Timestamp| {
        let account = Account {
            id: id.to_owned(),
            name: name.to_owned(),
            since: since.max(story.from),
        };
        let key = id.to_ascii_lowercase();
        accounts.entry(key).or_insert(account);
    };
    let snapshot = material.audited.ok().map(|audited| audited.snapshot);
    let read = snapshot.into_iter().flat_map(|one| &one.accounts);
    for user in read.filter_map(|account| account.user.as_ref().ok()?.as_ref()) {
        let name = user.user_principal_name.as_deref().unwrap_or(&user.id);
        let created = user.created_date_time.as_deref();
        let created = created.and_then(|time| time.parse().ok());
        add(&user.id, name, created.unwrap_or(story.from));
    }
    for key in story.keys() {
        let owner = &key.enrolled.account;
        add(&owner.id, &owner.upn, story.from);
    }
    accounts.into_values().collect()
}

/// The parts of the time that no look covers.
fn gaps_of(
    looks: &[(&Told, &TenantMonitored)],
    log: Log,
    account: &Account,
    story: &Story<'_>,
) -> Vec<Span> {
    let until = story.until;
    let at_it = looks.iter().filter(|(_, look)| {
        let mut accounts = look.accounts.iter();
        accounts.any(|one| one.id.eq_ignore_ascii_case(&account.id))
    });
    let mut seen: Vec<Span> = at_it
        .filter(|(told, _)| story.is_past(told.time))
        .flat_map(|(told, look)| read(told, look, log, account, until))
        .collect();
    seen.sort_unstable();
    let mut gaps = Vec::new();
    let mut at = account.since;
    for (from, to) in seen.into_iter().chain([(until, until)]) {
        if from.duration_since(at) > CLOCK_TOLERANCE {
            gaps.push((at, from));
        }
        at = at.max(to);
    }
    gaps
}

/// What a look has read of a log for an account. Nobody sees rows that are not there yet, whatever the entry says.
fn read(
    told: &Told,
    look: &TenantMonitored,
    log: Log,
    account: &Account,
    now: Timestamp,
) -> Vec<Span> {
    let Some((from, until)) = span(&look.period) else {
        return Vec::new();
    };
    let mut parts = vec![(from, until.min(told.time).min(now))];
    let unread = look.unread.iter().filter(|one| one.log == log);
    for unread in unread.filter(|one| concerns(look, one, &account.id)) {
        let Some((begin, end)) = span(&unread.period) else {
            return Vec::new();
        };
        let cut = |(from, until): Span| [(from, until.min(begin)), (from.max(end), until)];
        parts = parts.into_iter().flat_map(cut).collect();
    }
    parts.retain(|(from, until)| from < until);
    parts
}

/// Why the newest look that had to do with a gap could not read it.
fn unread<'a>(
    looks: &[(&Told, &'a TenantMonitored)],
    log: Log,
    account: &Account,
    gap: Span,
) -> Option<&'a Unread> {
    let mut newest_first = looks.iter().rev().flat_map(|(_, look)| {
        let unread = look.unread.iter();
        unread.filter(|one| one.log == log && concerns(look, one, &account.id))
    });
    newest_first
        .find(|one| span(&one.period).is_none_or(|(from, until)| from < gap.1 && until > gap.0))
}

fn span(period: &Period) -> Option<Span> {
    Some((period.from.parse().ok()?, period.until.parse().ok()?))
}
