//! `/auditLogs/signIns`. Five requests in ten seconds; the client holds the others back.

use jiff::Timestamp;
use uuid::Uuid;

use super::client::{ApiVersion, Client, Question, Request};
use super::model::SignIn;

impl Client {
    /// A user's newest interactive sign-ins since this moment, 50 at most: in a tenant with many policies each has tens of
    /// kilobytes. Beta only has what somebody was asked for. `AuditLog.Read.All`; what each policy did needs `Policy.Read.All`
    /// besides.
    ///
    /// # Errors
    /// [`Error::lacks_licence`](super::Error::lacks_licence) without P1.
    pub fn sign_ins(&self, user: Uuid, since: Timestamp) -> Question<Vec<SignIn>> {
        let url = self.url_in(ApiVersion::Beta, ["auditLogs", "signIns"]);
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ");
        let query = format!(
            "$filter=userId eq '{user}' and createdDateTime ge {since}&$orderby=createdDateTime desc&$top=50"
        );
        Question::first_page(self, Ok(Request::get(url).query(&query)))
    }
}
