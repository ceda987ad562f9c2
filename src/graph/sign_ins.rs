//! `/auditLogs/signIns`. Five requests in ten seconds; the client holds the others back.

use jiff::Timestamp;
use uuid::Uuid;

use super::client::{ApiVersion, Client, Question, Request};
use super::model::SignIn;

/// How many sign-ins are asked for. Each tells what every policy did, half a kilobyte each, so that in a tenant with as many
/// policies as there may be (240) an answer of 33 would be longer than the [`ANSWER_LIMIT`](super::http::ANSWER_LIMIT).
pub(in crate::graph) const MOST: usize = 20;

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
}
