//! The logs, row by row.

use std::collections::HashSet;
use std::io::Write;

use uuid::Uuid;

use super::ask::{MOST_PAGES, Question, Went};
use super::evidence::Evidence;
use super::known::Known;
use super::past::{Marks, Spans};
use super::recent::{Met, Refused};
use super::who::Who;
use super::{Look, Memory, OVERLAP, Rows, Unread};
use crate::ceremony::Error;
use crate::graph::model::{DirectoryAudit, SignIn};
use crate::graph::{AuditsOf, Client, Row, SignInKind, Window};
use crate::ledger::Account;
use crate::tenant::activity::{
    Asked, Change, Event, Explanation, Findings, Log, Watched, of_change, of_sign_in, of_unreadable,
};

/// The most changes of which it is still to be told which deed explains them.
const MOST_CHANGES: usize = 10_000;

const KINDS: [SignInKind; 2] = [SignInKind::Interactive, SignInKind::NonInteractive];

/// What was read so far.
pub(super) struct Reading<'a> {
    pub(super) watched: Watched,
    pub(super) accounts: Vec<Account>,
    pub(super) known: Known,
    pub(super) spans: Spans,
    pub(super) evidence: Evidence<'a>,
    pub(super) findings: Findings,
    pub(super) rows: Rows,
    pub(super) unread: Vec<Unread>,
    pub(super) met: Met,
    /// Rows that another question may bring again.
    pub(super) ids: HashSet<String>,
    pub(super) changes: Vec<Change>,
    /// Whether the service does not answer for the moment.
    pub(super) is_broken: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn begin(
        who: &Who,
        known: Known,
        spans: Spans,
        sink: &'a mut dyn Write,
    ) -> Result<Self, Error> {
        Ok(Self {
            watched: who.watched(),
            accounts: who.accounts.clone(),
            known,
            spans,
            evidence: Evidence::begin(sink, who).map_err(Error::Evidence)?,
            findings: Findings::default(),
            rows: Rows::default(),
            unread: Vec::new(),
            met: Met::default(),
            ids: HashSet::new(),
            changes: Vec::new(),
            is_broken: false,
        })
    }

    /// Both kinds of each account's sign-ins: of all the newest, then of those that have more the ones that succeeded, and only then the
    /// others. A hundred thousand wrong passwords must not stand before the one sign-in that went well.
    pub(super) async fn sign_ins(&mut self, client: &Client) -> Result<(), Error> {
        let window = self.spans.of(Log::SignIns);
        let mut long = Vec::new();
        for id in self.account_ids(Log::SignIns, window) {
            for kind in KINDS {
                let mut question = sign_ins_of(client, id, kind, window);
                match self.ask(&mut question, 1).await? {
                    Went::Through => {}
                    Went::On => long.push((id, kind, question)),
                    Went::Wrong => return Ok(()),
                }
            }
        }
        for (id, kind, _) in &long {
            let mut question = sign_ins_of(client, *id, *kind, window);
            question.rows = question.rows.that_succeeded();
            if let Went::Wrong = self.ask(&mut question, usize::MAX).await? {
                return Ok(());
            }
        }
        for (_, _, mut question) in long {
            question.is_repeated = false;
            match self.ask(&mut question, MOST_PAGES).await? {
                Went::Through => {}
                Went::On => self.too_many(&question, window),
                Went::Wrong => return Ok(()),
            }
        }
        Ok(())
    }

    /// What was done by the accounts, to them, to their groups, and to policies.
    pub(super) async fn directory_audits(&mut self, client: &Client) -> Result<(), Error> {
        let window = self.spans.of(Log::DirectoryAudits);
        if self.is_broken {
            self.unread.push(Unread {
                log: Log::DirectoryAudits,
                window,
                why: "it was not asked for: the service did not answer before".to_owned(),
                permission: None,
                of: None,
                code: String::new(),
            });
            return Ok(());
        }
        let ids = self.account_ids(Log::DirectoryAudits, window);
        let groups = self.watched.groups.iter();
        let groups = groups.filter_map(|group| Uuid::parse_str(group).ok());
        let groups: Vec<AuditsOf> = groups.map(AuditsOf::Target).collect();
        let of_accounts = ids.into_iter().flat_map(|id| {
            [AuditsOf::Target(id), AuditsOf::InitiatedBy(id)].map(|of| (of, Some(id.to_string())))
        });
        let of_policies = [
            AuditsOf::ConditionalAccess,
            AuditsOf::AuthenticationPolicies,
        ];
        let of_all = groups.into_iter().chain(of_policies).map(|of| (of, None));
        for (of, account) in of_accounts.chain(of_all) {
            let mut question = Question {
                rows: client.directory_audits(of, window),
                log: Log::DirectoryAudits,
                of: account,
                take: |reading, row, of| reading.change(row, of),
                is_repeated: true,
                oldest: None,
            };
            match self.ask(&mut question, MOST_PAGES).await? {
                Went::Through => {}
                Went::On => self.too_many(&question, window),
                Went::Wrong => return Ok(()),
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self, who: Who) -> Result<Look, Error> {
        for (event, explanation) in self.known.announced.of_changes(self.changes) {
            self.findings.add(event, explanation);
        }
        let mut unread = who.unread;
        unread.extend(self.unread);
        let window = self.spans.whole();
        let accounts = &who.accounts;
        let is_held_back = |one: &Unread| {
            let of = one.of.as_deref();
            let mut accounts = accounts.iter();
            let concerns = of.is_none_or(|of| accounts.any(|one| one.id.eq_ignore_ascii_case(of)));
            one.window.until == window.until && concerns
        };
        let is_whole = |log: Log| {
            let mut unread = unread.iter();
            !unread.any(|one| one.log == log && is_held_back(one))
        };
        let read = |log: Log| match is_whole(log) {
            true => Some(window.until),
            // From where this look began, the overlap included.
            false => self.spans.of(log).from.checked_add(OVERLAP).ok(),
        };
        let read = Marks {
            sign_ins: read(Log::SignIns),
            directory_audits: read(Log::DirectoryAudits),
        };
        let (recent, told, refused_until) = self.met.end(window.until, is_whole);
        let from = self.spans.of(Log::SignIns).from;
        let mut refused = self.known.refused;
        if let Some(until) = refused_until {
            let unread = unread.iter().filter(|one| one.log == Log::SignIns);
            let unread: Vec<_> = unread
                .map(|one| (one.of.clone(), one.window.until))
                .collect();
            for one in Refused::of(accounts, (from, until), &unread) {
                one.add_to(&mut refused);
            }
        }
        // No later look begins before this one.
        refused.retain(|one| one.until >= from);
        let used = self.known.announced.used();
        let used =
            used.map(|(entry, activity, request)| (entry, activity.to_owned(), request.to_owned()));
        let memory = Memory {
            told,
            used: used.collect(),
            refused,
            read: Some(read),
        };
        Ok(Look {
            tenant: who.tenant,
            accounts: who.accounts,
            groups: who.groups,
            window,
            rows: self.rows,
            omitted: self.findings.omitted,
            unexplained: self.findings.unexplained,
            findings: self.findings.sorted(),
            unread,
            evidence: self.evidence.finish().map_err(Error::Evidence)?,
            recent,
            memory,
            refused_until,
            untold: false,
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
                    of: Some(account.id.clone()),
                    code: "no_guid".to_owned(),
                }),
            }
        }
        ids
    }

    fn sign_in(&mut self, row: &Row<SignIn>, of: Option<&str>) {
        self.rows.sign_ins = self.rows.sign_ins.saturating_add(1);
        let id = row.id();
        let asked = self.asked(&id, of);
        let event = match &row.row {
            Ok(row) => of_sign_in(row, &self.watched, asked),
            Err(row) => {
                let time = row.time.as_deref();
                Some(of_unreadable(Log::SignIns, time, &row.why, asked))
            }
        };
        let Some(event) = event else { return };
        if self.is_told(&event) {
            return;
        }
        match self.known.announced.of_sign_in(&event) {
            Some(explanation) => {
                self.met.add(&event, true);
                self.findings.add(event, explanation);
            }
            None => self.rows.waiting = self.rows.waiting.saturating_add(1),
        }
    }

    fn change(&mut self, row: &Row<DirectoryAudit>, of: Option<&str>) {
        self.rows.directory_audits = self.rows.directory_audits.saturating_add(1);
        let id = row.id();
        let asked = self.asked(&id, of);
        let event = match &row.row {
            Ok(row) => of_change(row, &self.watched, asked),
            Err(row) => of_unreadable(Log::DirectoryAudits, row.time.as_deref(), &row.why, asked),
        };
        if self.is_told(&event) {
            return;
        }
        self.met.add(&event, true);
        let change = match &row.row {
            Ok(row) => self
                .known
                .announced
                .change(event, row, self.watched.did(row)),
            Err(_) => Err(Box::new(event)),
        };
        match change {
            Ok(change) if self.changes.len() < MOST_CHANGES => self.changes.push(change),
            Ok(change) => {
                let why = Some("there are too many changes like it".to_owned());
                let explanation = Explanation::Nothing { why };
                self.findings.add(change.into_event(), explanation);
            }
            Err(event) => {
                let explanation = Explanation::Nothing { why: None };
                self.findings.add(*event, explanation);
            }
        }
    }

    fn asked<'b>(&self, id: &'b str, account: Option<&'b str>) -> Asked<'b> {
        Asked {
            id,
            account,
            now: self.spans.whole().until,
        }
    }

    /// Whether an earlier look has told of this row. The next may meet it, too.
    fn is_told(&mut self, event: &Event) -> bool {
        let mut refused = self.known.refused.iter();
        let among_many = refused.any(|one| one.includes(event));
        let told = among_many || self.known.told.contains(&event.id);
        if told {
            self.rows.told = self.rows.told.saturating_add(1);
            self.met.add(event, false);
        }
        told
    }
}

fn sign_ins_of(client: &Client, id: Uuid, kind: SignInKind, window: Window) -> Question<SignIn> {
    Question {
        rows: client.sign_in_log(id, kind, window),
        log: Log::SignIns,
        of: Some(id.to_string()),
        take: |reading, row, of| reading.sign_in(row, of),
        is_repeated: true,
        oldest: None,
    }
}
