//! `/groups`

use super::client::{ApiVersion, Client, Question, Request};
use super::error::Error;
use super::filter::literal;
use super::model::{DirectoryObject, Group, GroupCreate, ReferenceCreate};
use super::path::Segment;

/// The members of [`Group`].
const SELECT: &str = "$select=id,displayName,groupTypes,membershipRule,securityEnabled,isAssignableToRole,\
isManagementRestricted,onPremisesSyncEnabled";

/// The members of [`DirectoryObject`], and the largest page.
const OBJECTS: &str = "$select=id,displayName,userPrincipalName&$top=999";

/// What a cast to one kind of object takes. Such reads are eventually consistent.
const ADVANCED: (&str, &str) = ("ConsistencyLevel", "eventual");

impl Client {
    /// The group with this object id. `GroupMember.Read.All`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, also for one that was created a moment ago.
    pub fn group(&self, id: &str) -> Question<Group> {
        let request = self.of_group(id, &[]).map(|one| one.query(SELECT));
        Question::one(self, request)
    }

    /// Every group with this display name: none, one, or several, because names need not be unique. `GroupMember.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn groups_named(&self, name: &str) -> Question<Vec<Group>> {
        let query = format!("$filter=displayName eq {}&{SELECT}", literal(name));
        Question::all(self, Ok(Request::get(self.url(["groups"])).query(&query)))
    }

    /// Everything that is in the group itself. v1.0 leaves service principals out, so beta is asked. `GroupMember.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn members(&self, group: &str) -> Question<Vec<DirectoryObject>> {
        let members = |group: Segment<'_>| {
            let url = self.url_in(ApiVersion::Beta, ["groups", group.as_str(), "members"]);
            Request::get(url).query(OBJECTS)
        };
        let group = Segment::new("a group", group).map_err(Error::from);
        Question::all(self, group.map(members))
    }

    /// The groups that are in the group itself. `GroupMember.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn member_groups(&self, group: &str) -> Question<Vec<DirectoryObject>> {
        let request = self.of_group(group, &["members", "microsoft.graph.group"]);
        let query = "$select=id,displayName&$count=true&$top=999";
        let advanced = |one: Request| one.query(query).header(ADVANCED.0, ADVANCED.1);
        Question::all(self, request.map(advanced))
    }

    /// Everything that is in the group or in a group within it. `GroupMember.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn transitive_members(&self, group: &str) -> Question<Vec<DirectoryObject>> {
        let request = self.of_group(group, &["transitiveMembers"]);
        Question::all(self, request.map(|one| one.query(OBJECTS)))
    }

    /// Who may change the group besides administrators. `GroupMember.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn owners(&self, group: &str) -> Question<Vec<DirectoryObject>> {
        let request = self.of_group(group, &["owners"]);
        Question::all(self, request.map(|one| one.query(OBJECTS)))
    }

    /// Makes a group without members. Display names are not unique: who does not know what became of a creation looks for it
    /// with [`Self::groups_named`] before the next. `Group.ReadWrite.All`; for a role-assignable group
    /// `RoleManagement.ReadWrite.Directory` and a licence besides.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] when the group may be there all the same.
    pub async fn create_group(&self, group: &GroupCreate) -> Result<Group, Error> {
        self.fetch(&Request::post(self.url(["groups"]), group))
            .await
    }

    /// Takes an object into a group. One that is in it already is left there: the service answers 400 to that as to much else,
    /// so the group is read again. `GroupMember.ReadWrite.All`; for a role-assignable group `RoleManagement.ReadWrite.Directory`
    /// besides.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] when it may be a member all the same; adding it again is harmless.
    pub async fn add_member(&self, group: &str, member: &str) -> Result<(), Error> {
        let segment = Segment::new("a group", group)?;
        let url = self.url(["groups", segment.as_str(), "members", "$ref"]);
        let reference = ReferenceCreate {
            odata_id: self.directory_object(member)?,
        };
        match self.send(&Request::post(url, &reference)).await {
            Ok(_) => Ok(()),
            Err(Error::BadRequest(refusal)) if self.is_member(group, member).await? => {
                tracing::debug!(%refusal, "a member already");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether an object is in the group itself.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such group.
    pub async fn is_member(&self, group: &str, member: &str) -> Result<bool, Error> {
        let members = self.members(group).await?;
        Ok(members
            .iter()
            .any(|one| one.id.eq_ignore_ascii_case(member)))
    }

    /// The address that stands for an object in a request's body.
    fn directory_object(&self, id: &str) -> Result<String, Error> {
        let id = Segment::new("an object", id)?;
        Ok(self.url(["directoryObjects", id.as_str()]).into())
    }

    /// A question about what belongs to a group.
    fn of_group(&self, group: &str, what: &[&str]) -> Result<Request, Error> {
        let group = Segment::new("a group", group)?;
        let segments = ["groups", group.as_str()].into_iter();
        Ok(Request::get(self.url(segments.chain(what.iter().copied()))))
    }
}
