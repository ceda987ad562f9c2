//! Objects of the directory by their ids, of whatever kind, and how they are shown among others.

use serde_json::{Map, Value, json};

use crate::simulator::routes::{Caller, GraphError, groups, permissions, users};
use crate::simulator::tenant::{Application, State, User};

/// An object that can be a member, an owner, or the principal of a role.
pub(super) enum Object<'a> {
    Application(&'a Application),
    /// With its id, for some are known by nothing else.
    Group(String),
    User(&'a User),
}

/// What is shown of an application among others, without `$select`.
const OF_APPLICATIONS: [&str; 3] = ["id", "appId", "displayName"];

/// The same of a group; not quite what it says of itself.
const OF_GROUPS: [&str; 12] = [
    "id",
    "displayName",
    "description",
    "groupTypes",
    "isAssignableToRole",
    "isManagementRestricted",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "onPremisesSyncEnabled",
    "securityEnabled",
    "visibility",
];

impl<'a> Object<'a> {
    /// The object of this id, if there is one.
    pub(super) fn find(state: &'a State, id: &str) -> Option<Self> {
        let user = id.parse().ok().and_then(|id| state.user_by_id(id));
        let application = || {
            let mut applications = state.applications.iter();
            applications.find(|application| id.parse() == Ok(application.object_id))
        };
        let group = || state.group(id).map(|group| Self::Group(group.id.clone()));
        user.map(Self::User)
            .or_else(|| application().map(Self::Application))
            .or_else(group)
    }

    /// The same of what every replica knows.
    pub(super) fn settled(state: &'a State, id: &str) -> Result<Self, GraphError> {
        let found = Self::find(state, id).filter(|object| state.is_settled(&object.id()));
        found.ok_or_else(|| GraphError::no_such_object(id))
    }

    /// The object id as the tenant writes it, however it was asked for.
    pub(super) fn id(&self) -> String {
        match self {
            Self::Application(application) => application.object_id.to_string(),
            Self::Group(id) => id.clone(),
            Self::User(user) => user.id.to_string(),
        }
    }

    /// The kind, as in `#microsoft.graph.user`.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Application(_) => "servicePrincipal",
            Self::Group(_) => "group",
            Self::User(_) => "user",
        }
    }

    const fn permissions(&self) -> &'static [&'static str] {
        match self {
            Self::Application(_) => &permissions::APPLICATIONS,
            Self::Group(_) => &permissions::GROUPS,
            Self::User(_) => &permissions::USERS,
        }
    }

    fn member(&self, state: &State, name: &str) -> Option<Value> {
        match self {
            Self::Application(application) => match name {
                "id" => Some(json!(application.object_id)),
                "appId" => Some(json!(application.client_id)),
                "displayName" => Some(json!(application.display_name)),
                _ => None,
            },
            Self::Group(id) => groups::member(state, id, name),
            Self::User(user) => users::member(state, user, name),
        }
    }

    /// The object among others, as the caller may see it: of what the caller must not read, the type and the id are told and the
    /// rest is null. Members that the kind does not have are left out.
    pub(super) fn render(&self, state: &State, caller: &Caller, select: Option<&str>) -> Value {
        let names: Vec<&str> = match select {
            Some(select) => select.split(',').map(str::trim).collect(),
            None => self.shown().to_vec(),
        };
        let hidden = caller.require_any(self.permissions()).is_err();
        let mut body = Map::new();
        body.insert(
            "@odata.type".to_owned(),
            format!("#microsoft.graph.{}", self.kind()).into(),
        );
        for name in names {
            if let Some(value) = self.member(state, name) {
                let hidden = hidden && name != "id";
                body.insert(name.to_owned(), if hidden { Value::Null } else { value });
            }
        }
        body.into()
    }

    const fn shown(&self) -> &'static [&'static str] {
        match self {
            Self::Application(_) => &OF_APPLICATIONS,
            Self::Group(_) => &OF_GROUPS,
            Self::User(_) => &users::DEFAULT,
        }
    }
}
