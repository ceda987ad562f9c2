//! `/auditLogs/signIns`. Five requests in ten seconds; the client holds the others back.

use jiff::Timestamp;
use uuid::Uuid;

use super::client::{ApiVersion, Client, LogRow, Question, Request, Rows, Window};
use super::model::SignIn;

/// How many sign-ins are asked for. Each tells what every policy did, half a kilobyte each, so that in a tenant with as many
/// policies as there may be (240) an answer of 33 would be longer than the [`ANSWER_LIMIT`](super::http::ANSWER_LIMIT).
pub(in crate::graph) const MOST: usize = 20;

/// Which sign-ins of a person. Beta tells of interactive ones only, unless it is asked for a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInKind {
    /// Somebody took part.
    Interactive,
    /// A program went on with what somebody had begun.
    NonInteractive,
}

impl SignInKind {
    /// As `signInEventTypes` names it.
    fn name(self) -> &'static str {
        match self {
            Self::Interactive => "interactiveUser",
            Self::NonInteractive => "nonInteractiveUser",
        }
    }
}

impl LogRow for SignIn {
    const TIME: &'static str = "createdDateTime";

    fn id(&self) -> &str {
        &self.id
    }

    fn time(&self) -> Option<&str> {
        self.created_date_time.as_deref()
    }
}

impl Client {
    /// A user's newest interactive sign-ins since this moment, 20 at most. Beta only has what somebody was asked for.
    /// `AuditLog.Read.All`; what each policy did needs `Policy.Read.All` besides.
    ///
    /// # Errors
    /// [`Error::lacks_licence`](super::Error::lacks_licence) without P1.
    pub fn sign_ins(&self, user: Uuid, since: Timestamp) -> Question<Vec<SignIn>> {
        let url = self.url_in(ApiVersion::Beta, ["auditLogs", "signIns"]);
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ");
        let query = format!(
            "$filter=userId eq '{user}' and createdDateTime ge {since}&$orderby=createdDateTime desc&$top={MOST}"
        );
        Question::first_page(self, Ok(Request::get(url).query(&query)))
    }

    /// All of a user's sign-ins of one kind in this time, newest first. One user and one kind at a time, because that is what is
    /// documented: a part of a query that the service does not know it may pass over in silence, and the log would seem empty.
    ///
    /// Permissions and licence as [`Self::sign_ins`].
    pub fn sign_in_log(&self, user: Uuid, kind: SignInKind, window: Window) -> Rows<SignIn> {
        let url = self.url_in(ApiVersion::Beta, ["auditLogs", "signIns"]);
        let kind = kind.name();
        let filter = format!("userId eq '{user}' and signInEventTypes/any(t: t eq '{kind}')");
        Rows::new(self, url, filter, window)
    }
}
