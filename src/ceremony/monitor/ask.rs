//! What is asked of a log, and what comes of it.

use jiff::Timestamp;

use super::Unread;
use super::read::Reading;
use crate::ceremony::Error;
use crate::ceremony::error::in_full;
use crate::ceremony::snapshot::permission;
use crate::ceremony::unread::read;
use crate::graph::{self, LogRow, Row, Window};
use crate::tenant::activity::Log;

/// The most pages of one question: three hundred thousand rows, or ten minutes of asking. Whoever tries passwords must not be able to
/// keep a look from its end.
pub(super) const MOST_PAGES: usize = 300;

/// A question about a log.
pub(super) struct Question<T> {
    pub(super) rows: graph::Rows<T>,
    pub(super) log: Log,
    /// The account that it is about.
    pub(super) of: Option<String>,
    pub(super) take: fn(&mut Reading<'_>, &Row<T>, Option<&str>),
    /// Whether its rows may come again.
    pub(super) is_repeated: bool,
    /// When the oldest row was.
    pub(super) oldest: Option<Timestamp>,
}

/// How a question went.
pub(super) enum Went {
    /// There is nothing more, or what stands against it stands against this one only.
    Through,
    /// There are more pages.
    On,
    /// What stands against it stands against all.
    Wrong,
}

impl Reading<'_> {
    /// Takes in so many pages.
    pub(super) async fn ask<T: LogRow>(
        &mut self,
        question: &mut Question<T>,
        most: usize,
    ) -> Result<Went, Error> {
        for _ in 0..most {
            let page = question.rows.next_page().await;
            let code = page.as_ref().err().map(code).unwrap_or_default();
            let page = match page {
                Err(error @ (graph::Error::Throttled(_) | graph::Error::Unavailable(_))) => {
                    Err(error)
                }
                page => read(page, permission::AUDIT_LOG),
            };
            match page {
                Ok(Ok(Some(page))) => self.take_in(question, &page)?,
                Ok(Ok(None)) => return Ok(Went::Through),
                Ok(Err(unread)) => {
                    let is_everybodys = code.starts_with("403") || unread.permission.is_some();
                    let unread = self
                        .unread_of(question, unread.why, code)
                        .with(unread.permission);
                    return Ok(self.not_read(unread, is_everybodys));
                }
                Err(error) => return self.broken_off(question, error, code),
            }
            if !question.rows.has_more() {
                return Ok(Went::Through);
            }
        }
        Ok(Went::On)
    }

    fn take_in<T: LogRow>(
        &mut self,
        question: &mut Question<T>,
        page: &[Row<T>],
    ) -> Result<(), Error> {
        for row in page {
            let time = row.time().and_then(|time| time.parse().ok());
            question.oldest = time.or(question.oldest);
            let is_new = match question.is_repeated {
                true => self.ids.insert(row.id()),
                false => !self.ids.contains(&row.id()),
            };
            if is_new {
                let added = self.evidence.add(question.log, &row.text);
                added.map_err(Error::Evidence)?;
                (question.take)(self, row, question.of.as_deref());
            }
        }
        Ok(())
    }

    fn unread_of<T>(&self, question: &Question<T>, why: String, code: String) -> Unread {
        Unread {
            log: question.log,
            window: self.spans.of(question.log),
            why,
            permission: None,
            of: question.of.clone(),
            code,
        }
    }

    fn not_read(&mut self, unread: Unread, is_everybodys: bool) -> Went {
        match is_everybodys {
            true => {
                self.unread.push(Unread { of: None, ..unread });
                Went::Wrong
            }
            false => {
                self.unread.push(unread);
                Went::Through
            }
        }
    }

    /// What fails for the moment ends the look. But nothing of that must keep from being told what was found before.
    fn broken_off<T>(
        &mut self,
        question: &Question<T>,
        error: graph::Error,
        code: String,
    ) -> Result<Went, Error> {
        if self.findings.unexplained == 0 || matches!(error, graph::Error::Interrupted(_)) {
            return Err(error.into());
        }
        self.is_broken = true;
        let unread = self.unread_of(question, in_full(&error), code);
        Ok(self.not_read(unread, true))
    }

    /// Somebody tried so often that not all of it can be read. What is older than what was read will not be: those who got in were
    /// asked for by themselves.
    pub(super) fn too_many<T>(&mut self, question: &Question<T>, window: Window) {
        let rows = match question.log {
            Log::SignIns => "sign-ins; of the older ones only those that succeeded were",
            Log::DirectoryAudits => "changes; the older ones were not",
        };
        let until = question.oldest.unwrap_or(window.from);
        self.unread.push(Unread {
            window: Window {
                until: until.max(window.from),
                ..window
            },
            code: "too_many".to_owned(),
            ..self.unread_of(
                question,
                format!("there are too many {rows} read"),
                String::new(),
            )
        });
    }
}

/// What of an error stays the same from look to look.
fn code(error: &graph::Error) -> String {
    match error.refusal() {
        Some(refusal) => format!("{} {}", refusal.status, refusal.code),
        None => "no_answer".to_owned(),
    }
}

impl Unread {
    fn with(self, permission: Option<std::borrow::Cow<'static, str>>) -> Self {
        Self {
            permission: permission.map(std::borrow::Cow::into_owned),
            ..self
        }
    }
}
