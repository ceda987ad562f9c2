//! `transitiveMemberOf`: the groups, directory roles and administrative units of a user.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::simulator::routes::page::{Collection, Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{AdministrativeUnit, Group, Role, State as Tenant, User};

/// What a user can be a member of, by the type's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    AdministrativeUnit,
    DirectoryRole,
    Group,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Group, Self::DirectoryRole, Self::AdministrativeUnit];

    const fn name(self) -> &'static str {
        match self {
            Self::AdministrativeUnit => "administrativeUnit",
            Self::DirectoryRole => "directoryRole",
            Self::Group => "group",
        }
    }

    /// The kind in `…/transitiveMemberOf/microsoft.graph.group`.
    fn of_cast(segment: &str) -> Result<Self, GraphError> {
        let name = segment.strip_prefix("microsoft.graph.");
        let name = name.or_else(|| segment.strip_prefix("graph."));
        let mut kinds = Self::ALL.into_iter();
        kinds
            .find(|kind| Some(kind.name()) == name)
            .ok_or_else(|| GraphError::no_such_segment(segment))
    }

    const fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::AdministrativeUnit => &permissions::ADMINISTRATIVE_UNITS,
            Self::DirectoryRole => &permissions::ROLES,
            Self::Group => &permissions::GROUPS,
        }
    }

    fn objects(self, state: &Tenant, user: &User) -> Vec<Value> {
        match self {
            Self::AdministrativeUnit => state.units_of(&user.id.to_string()).map(unit).collect(),
            Self::DirectoryRole => {
                let roles = state.roles_of(user).into_iter();
                roles.map(|role| directory_role(state, role)).collect()
            }
            Self::Group => {
                let ids = state.groups_of(user.id).into_iter();
                ids.map(|id| group(&id, state.group(&id))).collect()
            }
        }
    }
}

/// A user's memberships of these kinds, as the caller may see them.
struct Wanted<'a> {
    user: Option<&'a str>,
    kinds: &'a [Kind],
    path: String,
}

pub(super) async fn of_user(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    Path(user): Path<String>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    let wanted = Wanted {
        user: Some(&user),
        kinds: &Kind::ALL,
        path: format!("users/{user}/transitiveMemberOf"),
    };
    answer(&service, version, &caller, &wanted, options)
}

pub(super) async fn of_user_by_kind(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    Path((user, cast)): Path<(String, String)>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    let wanted = Wanted {
        user: Some(&user),
        kinds: &[Kind::of_cast(&cast)?],
        path: format!("users/{user}/transitiveMemberOf/{cast}"),
    };
    answer(&service, version, &caller, &wanted, options)
}

pub(super) async fn of_me(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    let wanted = Wanted {
        user: None,
        kinds: &Kind::ALL,
        path: "me/transitiveMemberOf".to_owned(),
    };
    answer(&service, version, &caller, &wanted, options)
}

pub(super) async fn of_me_by_kind(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    Path(cast): Path<String>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    let wanted = Wanted {
        user: None,
        kinds: &[Kind::of_cast(&cast)?],
        path: format!("me/transitiveMemberOf/{cast}"),
    };
    answer(&service, version, &caller, &wanted, options)
}

fn answer(
    service: &Service,
    version: Version,
    caller: &Caller,
    wanted: &Wanted<'_>,
    options: Queried,
) -> Result<Response, GraphError> {
    let objects = service.tenant.read(|state| {
        let user = readable_user(state, caller, wanted.user)?;
        let kinds = wanted.kinds.iter();
        let objects = kinds.flat_map(|kind| seen_by(caller, *kind, kind.objects(state, user)));
        Ok::<Vec<Value>, GraphError>(objects.collect())
    })?;
    let options = Options::without_filter(options)?;
    let select = options.select.as_deref();
    let objects = objects.into_iter().map(|object| selected(object, select));
    let collection = Collection {
        service,
        version,
        path: &wanted.path,
        context: "directoryObjects",
    };
    collection.answer(objects.collect(), &options)
}

fn readable_user<'a>(
    state: &'a Tenant,
    caller: &Caller,
    name: Option<&str>,
) -> Result<&'a User, GraphError> {
    let found = match name {
        Some(name) => state.user(name),
        None => caller.user_id().and_then(|id| state.user_by_id(id)),
    };
    if name.is_none() || found.is_some_and(|user| caller.is(user)) {
        caller.require_any(&permissions::OWN_USER)?;
    } else {
        caller.require_any(&permissions::USERS)?;
    }
    found.ok_or_else(|| name.map_or_else(GraphError::not_delegated, GraphError::no_such_object))
}

/// Of objects that the caller must not read, only type and id are told; the rest is null.
fn seen_by(caller: &Caller, kind: Kind, mut objects: Vec<Value>) -> Vec<Value> {
    let hidden = caller.require_any(kind.permissions()).is_err();
    for members in objects.iter_mut().filter_map(Value::as_object_mut) {
        let open = ["@odata.type", "id"];
        for (name, value) in members.iter_mut() {
            if hidden && !open.contains(&name.as_str()) {
                *value = Value::Null;
            }
        }
    }
    objects
}

/// The object with what `$select` names; the type stays, as objects of several types are mixed.
fn selected(mut object: Value, select: Option<&str>) -> Value {
    if let (Some(members), Some(select)) = (object.as_object_mut(), select) {
        let names: Vec<&str> = select.split(',').map(str::trim).collect();
        members.retain(|name, _| name == "@odata.type" || names.contains(&name.as_str()));
    }
    object
}

fn group(id: &str, known: Option<&Group>) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.group",
        "id": id,
        "displayName": known.map(|group| &group.display_name),
        "isAssignableToRole": known.is_some_and(|group| group.is_assignable_to_role),
        "securityEnabled": true,
    })
}

fn directory_role(state: &Tenant, role: Role) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.directoryRole",
        "id": directory_role_id(state.tenant_id, role),
        "displayName": role.display_name(),
        "roleTemplateId": role.template_id(),
    })
}

/// An activated role has its own id in each tenant, which is not the template's.
fn directory_role_id(tenant_id: Uuid, role: Role) -> Uuid {
    let digest = Sha256::digest([tenant_id.as_bytes(), role.template_id().as_bytes()].concat());
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(id)
}

/// `administrativeUnit`
pub(super) fn unit(unit: &AdministrativeUnit) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.administrativeUnit",
        "id": unit.id,
        "displayName": unit.display_name,
        "isMemberManagementRestricted": unit.is_member_management_restricted,
    })
}
