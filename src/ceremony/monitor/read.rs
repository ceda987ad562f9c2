//! The logs, row by row.

use std::collections::HashSet;
use std::io::Write;

use jiff::Timestamp;
use uuid::Uuid;

use super::evidence::Evidence;
use super::known::{Known, Spans};
use super::who::Who;
use super::{Look, OVERLAP, Rows, Unread};
use crate::ceremony::Error;
use crate::ceremony::snapshot::permission;
use crate::ceremony::unread::read;
use crate::graph::model::{DirectoryAudit, SignIn};
use crate::graph::{self, AuditsOf, Client, LogRow, SignInKind, Window};
use crate::ledger::Account;
use crate::tenant::activity::{Findings, Log, Watched, of_change, of_sign_in};

/// The most ids that are kept for the next look. Rows beyond those would be told of twice.
const MOST_RECENT: usize = 5_000;

/// What was read so far.
pub(super) struct Reading<'a> {
    watched: Watched,
    accounts: Vec<Account>,
    known: Known,
    evidence: Evidence<'a>,
    findings: Findings,
    rows: Rows,
    unread: Vec<Unread>,
    recent: Vec<String>,
    recent_from: Timestamp,
    /// A change may be about several of those that are asked about.
    changes: HashSet<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn begin(
        who: &Who,
        known: Known,
        now: Timestamp,
        sink: &'a mut dyn Write,
    ) -> Result<Self, Error> {
        Ok(Self {
            watched: who.watched(),
            accounts: who.accounts.clone(),
            known,
            evidence: Evidence::begin(sink, who).map_err(Error::Evidence)?,
            findings: Findings::default(),
            rows: Rows::default(),
            unread: Vec::new(),
            recent: Vec::new(),
            recent_from: now.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN),
            changes: HashSet::new(),
        })
    }

    /// Both kinds of each account's sign-ins. What stands against one stands against all.
    pub(super) async fn sign_ins(&mut self, client: &Client, spans: &Spans) -> Result<(), Error> {
        let window = spans.of(Log::SignIns);
        let ids = self.account_ids(Log::SignIns, window);
        for id in ids {
            for kind in [SignInKind::Interactive, SignInKind::NonInteractive] {
                let rows = client.sign_in_log(id, kind, window);
                let read = self.all(rows, Log::SignIns, Self::sign_in).await?;
                if let Err(unread) = read {
                    self.not_read(Log::SignIns, window, unread);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// What was done by the accounts, to them, to their group, and to policies.
    pub(super) async fn directory_audits(
        &mut self,
        client: &Client,
        spans: &Spans,
    ) -> Result<(), Error> {
        let window = spans.of(Log::DirectoryAudits);
        let ids = self.account_ids(Log::DirectoryAudits, window);
        let group = self.watched.group.as_deref().map(Uuid::parse_str);
        let group = group.and_then(Result::ok).map(AuditsOf::Target);
        let of_accounts = ids
            .into_iter()
            .flat_map(|id| [AuditsOf::Target(id), AuditsOf::InitiatedBy(id)]);
        let of_policies = [
            AuditsOf::ConditionalAccess,
            AuditsOf::AuthenticationPolicies,
        ];
        let wanted: Vec<AuditsOf> = of_accounts.chain(group).chain(of_policies).collect();
        for of in wanted {
            let rows = client.directory_audits(of, window);
            let read = self.all(rows, Log::DirectoryAudits, Self::change).await?;
            if let Err(unread) = read {
                self.not_read(Log::DirectoryAudits, window, unread);
                return Ok(());
            }
        }
        Ok(())
    }

    pub(super) fn finish(self, who: Who, window: Window) -> Result<Look, Error> {
        let (omitted, unexplained) = (self.findings.omitted, self.findings.unexplained);
        let mut unread = who.unread;
        unread.extend(self.unread);
        Ok(Look {
            tenant: who.tenant,
            accounts: who.accounts,
            window,
            rows: self.rows,
            findings: self.findings.sorted(),
            omitted,
            unexplained,
            unread,
            evidence: self.evidence.finish().map_err(Error::Evidence)?,
            recent: self.recent,
        })
    }

    /// The accounts whose ids are GUIDs, which all of the directory's are.
    fn account_ids(&mut self, log: Log, window: Window) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for account in &self.accounts {
            match Uuid::parse_str(&account.id) {
                Ok(id) => ids.push(id),
                Err(_) => self.unread.push(Unread {
                    log,
                    window,
                    why: format!("the object id of {} is no GUID", account.upn),
                    permission: None,
                }),
            }
        }
        ids
    }

    fn not_read(&mut self, log: Log, window: Window, unread: crate::tenant::read::Unread) {
        self.unread.push(Unread {
            log,
            window,
            why: unread.why,
            permission: unread.permission.map(std::borrow::Cow::into_owned),
        });
    }

    /// All rows of a log; why there are none, if that will not pass by itself.
    async fn all<T: LogRow>(
        &mut self,
        mut rows: graph::Rows<T>,
        log: Log,
        take: fn(&mut Self, &T),
    ) -> Result<crate::tenant::read::Read<()>, Error> {
        loop {
            let page = match rows.next_page().await {
                Err(error @ (graph::Error::Throttled(_) | graph::Error::Unavailable(_))) => {
                    return Err(error.into());
                }
                page => page,
            };
            let page = match read(page, permission::AUDIT_LOG)? {
                Ok(None) => return Ok(Ok(())),
                Ok(Some(page)) => page,
                Err(unread) => return Ok(Err(unread)),
            };
            for row in &page {
                let new = log == Log::SignIns || self.changes.insert(row.row.id().to_owned());
                if new {
                    self.evidence.add(log, &row.text).map_err(Error::Evidence)?;
                    take(self, &row.row);
                }
            }
        }
    }

    fn sign_in(&mut self, row: &SignIn) {
        self.rows.sign_ins = self.rows.sign_ins.saturating_add(1);
        if self.is_told(row) {
            return;
        }
        if let Some(event) = of_sign_in(row, &self.watched) {
            let explanation = self.known.announced.of_sign_in(&event);
            self.findings.add(event, explanation);
        }
    }

    fn change(&mut self, row: &DirectoryAudit) {
        self.rows.directory_audits = self.rows.directory_audits.saturating_add(1);
        if self.is_told(row) {
            return;
        }
        if let Some(event) = of_change(row, &self.watched) {
            let explanation = self.known.announced.of_change(&event, row);
            self.findings.add(event, explanation);
        }
    }

    /// Whether an earlier look has told of this row. The next may meet it, too.
    fn is_told(&mut self, row: &impl LogRow) -> bool {
        let time = row.time().and_then(|time| time.parse::<Timestamp>().ok());
        let is_recent = time.is_none_or(|time| time >= self.recent_from);
        if is_recent && self.recent.len() < MOST_RECENT {
            self.recent.push(row.id().to_owned());
        }
        let told = self.known.told.contains(row.id());
        self.rows.told = self.rows.told.saturating_add(u32::from(told));
        told
    }
}
