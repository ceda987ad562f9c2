//! `/users`

use super::client::{Client, Request};
use super::error::Error;
use super::model::User;
use super::path::Segment;

/// The members of [`User`].
const SELECT: &str =
    "$select=id,userPrincipalName,displayName,accountEnabled,userType,onPremisesSyncEnabled";

impl Client {
    /// The user with this user principal name or object id.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown user, also for one that was created a moment ago.
    pub async fn user(&self, user: &str) -> Result<User, Error> {
        let user = Segment::new("a user", user)?;
        let url = self.url(["users", user.as_str()]);
        self.fetch(&Request::get(url).query(SELECT)).await
    }
}
