//! `/users`

use super::client::{Client, Request};
use super::error::Error;
use super::model::{DirectoryObject, User};
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
    /// The ids of what the user is a member of, groups within groups included; roles and administrative units are among them.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without a permission to read memberships.
    pub async fn memberships(&self, user: &str) -> Result<Vec<String>, Error> {
        let user = Segment::new("a user", user)?;
        let url = self.url(["users", user.as_str(), "transitiveMemberOf"]);
        let objects: Vec<DirectoryObject> =
            self.collect(Request::get(url).query("$select=id")).await?;
        Ok(objects.into_iter().map(|object| object.id).collect())
    }
}
