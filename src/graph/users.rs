//! `/users`

use super::client::{Client, Question, Request};
use super::error::Error;
use super::model::{Membership, User, UserCreate, UserUpdate};
use super::path::Segment;

/// The members of [`User`].
const SELECT: &str = "$select=id,userPrincipalName,displayName,accountEnabled,userType,creationType,onPremisesSyncEnabled,\
onPremisesImmutableId,passwordPolicies,lastPasswordChangeDateTime,isManagementRestricted,createdDateTime";

impl Client {
    /// The user with this user principal name or object id. `User.Read.All`.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown user, also for one that was created a moment ago.
    pub fn user(&self, user: &str) -> Question<User> {
        let request = self.of_user(user, &[]).map(|one| one.query(SELECT));
        Question::one(self, request)
    }

    /// Whoever is signed in. `User.Read`.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for an application.
    pub fn me(&self) -> Question<User> {
        let request = Request::get(self.url(["me"])).query("$select=id,userPrincipalName");
        Question::one(self, Ok(request))
    }

    /// Ends all sessions of a user: no refresh token that was issued before is good any more. `User.RevokeSessions.All`.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] when they may be revoked all the same; doing it again is harmless.
    pub async fn revoke_sign_in_sessions(&self, user: &str) -> Result<(), Error> {
        let user = Segment::new("a user", user)?;
        let url = self.url(["users", user.as_str(), "revokeSignInSessions"]);
        self.send(&Request::post(url, &serde_json::json!({})))
            .await?;
        Ok(())
    }

    /// What the user is a member of, groups within groups included: groups, roles of the whole tenant, administrative units. No
    /// members are selected: the kinds have none but the id in common. `GroupMember.Read.All`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without a permission to read memberships.
    pub fn memberships(&self, user: &str) -> Question<Vec<Membership>> {
        Question::all(self, self.of_user(user, &["transitiveMemberOf"]))
    }

    /// The groups, roles and units that have the user itself as a member. `GroupMember.Read.All`.
    ///
    /// # Errors
    /// As [`Self::memberships`].
    pub fn direct_memberships(&self, user: &str) -> Question<Vec<Membership>> {
        Question::all(self, self.of_user(user, &["memberOf"]))
    }

    /// Makes an account. Its user principal name is unique: who does not know what became of a creation looks for it with
    /// [`Self::user`] before the next. `User.ReadWrite.All`.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] when the account may be there all the same; [`Error::BadRequest`] for a name that is taken
    /// or a password that is too weak.
    pub async fn create_user(&self, user: &UserCreate) -> Result<User, Error> {
        self.fetch(&Request::post(self.url(["users"]), user)).await
    }

    /// Changes members of an account. `User.ReadWrite.All`; an administrator's needs a role that is privileged enough besides.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where the account is more privileged than who asks.
    pub async fn update_user(&self, user: &str, update: &UserUpdate) -> Result<(), Error> {
        let url = self.url(["users", Segment::new("a user", user)?.as_str()]);
        self.send(&Request::patch(url, update)).await?;
        Ok(())
    }

    /// A question about what belongs to a user.
    fn of_user(&self, user: &str, what: &[&str]) -> Result<Request, Error> {
        let user = Segment::new("a user", user)?;
        let segments = ["users", user.as_str()].into_iter();
        Ok(Request::get(self.url(segments.chain(what.iter().copied()))))
    }
}
