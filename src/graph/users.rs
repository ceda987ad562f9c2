//! `/users`

use super::client::{Client, Request};
use super::error::Error;
use super::model::{Membership, User};
use super::path::Segment;

/// The members of [`User`].
const SELECT: &str = "$select=id,userPrincipalName,displayName,accountEnabled,userType,onPremisesSyncEnabled,isManagementRestricted";

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

    /// What the user is a member of, groups within groups included: groups, roles of the whole tenant, administrative units. No
    /// members are selected: the kinds have none but the id in common.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without a permission to read memberships.
    pub async fn memberships(&self, user: &str) -> Result<Vec<Membership>, Error> {
        let user = Segment::new("a user", user)?;
        let url = self.url(["users", user.as_str(), "transitiveMemberOf"]);
        self.collect(Request::get(url)).await
    }
}
