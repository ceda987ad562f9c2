//! `memberOf` and `transitiveMemberOf`: the groups, directory roles and administrative units of a user or a group.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::simulator::routes::call::Call;
use crate::simulator::routes::directory_objects::Object;
use crate::simulator::routes::page::{Options, Queried};
use crate::simulator::routes::{Caller, GraphError, odata, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{AdministrativeUnit, Role, State};

pub(super) fn routes() -> Router<Service> {
    let user = "/users/{user}";
    let group = "/groups/{group}";
    let direct = "memberOf";
    let all = "transitiveMemberOf";
    Router::new()
        .route(&format!("/me/{direct}"), get(of_me_directly))
        .route(&format!("/me/{all}"), get(of_me))
        .route(&format!("/me/{all}/{{cast}}"), get(of_me_by_kind))
        .route(&format!("{user}/{direct}"), get(of_user_directly))
        .route(&format!("{user}/{all}"), get(of_user))
        .route(&format!("{user}/{all}/{{cast}}"), get(of_user_by_kind))
        .route(&format!("{group}/{direct}"), get(of_group_directly))
        .route(&format!("{group}/{all}"), get(of_group))
}

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

    /// What an object is a member of; directly, or through groups as well.
    fn objects(self, state: &State, caller: &Caller, id: &str, direct: bool) -> Vec<Value> {
        let groups = if direct {
            state.settled_direct_groups(id)
        } else {
            state.settled_groups(id)
        };
        match self {
            Self::AdministrativeUnit => seen_by(caller, self, state.units_of(id).map(unit)),
            Self::DirectoryRole => {
                let by_group = if direct { Vec::new() } else { groups };
                let principals = by_group.iter().map(String::as_str).chain([id]);
                let roles = state.roles_by(principals).into_iter();
                seen_by(caller, self, roles.map(|role| directory_role(state, role)))
            }
            Self::Group => {
                let groups = groups.into_iter().map(Object::Group);
                groups
                    .map(|group| group.render(state, caller, None))
                    .collect()
            }
        }
    }
}

/// Memberships of one object, as the caller may see them.
struct Wanted<'a> {
    of: Holder<'a>,
    kind: Option<&'a str>,
    direct: bool,
}

/// Whose memberships they are.
#[derive(Clone, Copy)]
enum Holder<'a> {
    Group(&'a str),
    Me,
    User(&'a str),
}

impl<'a> Wanted<'a> {
    const fn all(of: Holder<'a>) -> Self {
        Self {
            of,
            kind: None,
            direct: false,
        }
    }

    const fn direct(of: Holder<'a>) -> Self {
        Self {
            of,
            kind: None,
            direct: true,
        }
    }

    const fn of_kind(of: Holder<'a>, kind: &'a str) -> Self {
        Self {
            of,
            kind: Some(kind),
            direct: false,
        }
    }

    /// The path, of a holder with this object id: a sign-in name may have what ends a path.
    fn path(&self, id: &str) -> String {
        let of = match self.of {
            Holder::Group(_) => format!("groups/{id}"),
            Holder::Me => "me".to_owned(),
            Holder::User(_) => format!("users/{id}"),
        };
        let relation = if self.direct {
            "memberOf"
        } else {
            "transitiveMemberOf"
        };
        let cast = self.kind.map(|kind| format!("/{kind}"));
        format!("{of}/{relation}{}", cast.unwrap_or_default())
    }
}

async fn of_me(call: Call, options: Queried) -> Result<Response, GraphError> {
    answer(&call, &Wanted::all(Holder::Me), options)
}

async fn of_me_directly(call: Call, options: Queried) -> Result<Response, GraphError> {
    answer(&call, &Wanted::direct(Holder::Me), options)
}

async fn of_me_by_kind(
    call: Call,
    Path(cast): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    answer(&call, &Wanted::of_kind(Holder::Me, &cast), options)
}

async fn of_user(
    call: Call,
    Path(user): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    answer(&call, &Wanted::all(Holder::User(&user)), options)
}

async fn of_user_directly(
    call: Call,
    Path(user): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    answer(&call, &Wanted::direct(Holder::User(&user)), options)
}

async fn of_user_by_kind(
    call: Call,
    Path((user, cast)): Path<(String, String)>,
    options: Queried,
) -> Result<Response, GraphError> {
    answer(&call, &Wanted::of_kind(Holder::User(&user), &cast), options)
}

async fn of_group(
    call: Call,
    Path(group): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    answer(&call, &Wanted::all(Holder::Group(&group)), options)
}

async fn of_group_directly(
    call: Call,
    Path(group): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    answer(&call, &Wanted::direct(Holder::Group(&group)), options)
}

fn answer(call: &Call, wanted: &Wanted<'_>, options: Queried) -> Result<Response, GraphError> {
    let one = wanted.kind.map(Kind::of_cast).transpose()?;
    let kinds = one.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    let (id, objects) = call.service.tenant.read(|state| {
        let id = holder(state, &call.caller, wanted.of)?;
        let kinds = kinds.iter();
        let objects = kinds.flat_map(|kind| kind.objects(state, &call.caller, &id, wanted.direct));
        let objects: Vec<Value> = objects.collect();
        Ok::<_, GraphError>((id, objects))
    })?;
    let options = Options::without_filter(options)?;
    let select = options.select.as_deref();
    let objects = objects
        .into_iter()
        .map(|object| odata::selected(object, select));
    let path = wanted.path(&id);
    let objects: Vec<Value> = objects.collect();
    let total = (call.is_eventual && options.count == Some(true)).then_some(objects.len());
    call.collection(&path, "directoryObjects")
        .page(objects.into_iter(), total, &options, Ok)
}

/// The object id of whose memberships are wanted, if the caller may read them.
fn holder(state: &State, caller: &Caller, of: Holder<'_>) -> Result<String, GraphError> {
    let (name, user) = match of {
        Holder::Group(id) => {
            caller.require_any(&permissions::GROUPS)?;
            let group = state.group(id).filter(|group| state.is_settled(&group.id));
            let group = group.ok_or_else(|| GraphError::no_such_object(id))?;
            return Ok(group.id.clone());
        }
        Holder::Me => (None, caller.user_id().and_then(|id| state.user_by_id(id))),
        Holder::User(name) => (Some(name), state.user(name)),
    };
    if name.is_none() || user.is_some_and(|user| caller.is(user)) {
        caller.require_any(&permissions::OWN_USER)?;
    } else {
        caller.require_any(&permissions::USERS)?;
    }
    let id = user.map(|user| user.id.to_string());
    id.filter(|id| state.is_settled(id))
        .ok_or_else(|| name.map_or_else(GraphError::not_delegated, GraphError::no_such_object))
}

/// Of objects that the caller must not read, only type and id are told; the rest is null.
fn seen_by(caller: &Caller, kind: Kind, objects: impl Iterator<Item = Value>) -> Vec<Value> {
    let hidden = caller.require_any(kind.permissions()).is_err();
    let mut objects: Vec<Value> = objects.collect();
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

fn directory_role(state: &State, role: Role) -> Value {
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
