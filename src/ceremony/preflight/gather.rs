//! The questions to the tenant.

use std::future::IntoFuture;

use futures::future::OptionFuture;
use uuid::Uuid;

use crate::ceremony::unread::read;
use crate::graph::model::{AccessTokenClaims, Membership, UnifiedRoleAssignment};
use crate::graph::{self, Client};
use crate::tenant::passkey_policy;
use crate::tenant::preflight::{Account, Operator, OperatorKind, Read, Tenant, Unread, permission};

/// What holds for every account: the policy, and who asks.
///
/// # Errors
/// When there is no sign-in or no tenant. What it merely refuses to tell is no error.
pub(crate) async fn tenant(client: &Client) -> Result<Tenant, graph::Error> {
    // First and alone: several questions at once would ask a person to sign in several times.
    let claims = client.caller().await?;
    let (policy, operator) = futures::join!(client.fido2_policy(), who(client, claims));
    Ok(Tenant {
        policy: read(policy, permission::POLICY)?.map_err(|unread| Unread {
            why: format!("the passkey policy could not be read: {}", unread.why),
            ..unread
        }),
        operator: operator?,
    })
}

/// The account with this name or object id.
///
/// # Errors
/// [`graph::Error::NotFound`] when there is none, and when the directory cannot be asked.
pub(crate) async fn account(
    client: &Client,
    tenant: &Tenant,
    name: &str,
) -> Result<Account, graph::Error> {
    let user = client.user(name).await?;
    let restricted = user.is_management_restricted == Some(true);
    let operator = tenant.operator.as_ref().ok();
    let reaches_everybody = operator.is_none_or(|operator| {
        operator.kind == OperatorKind::Application || operator.reaches_everybody() != Some(false)
    });
    let by_groups = tenant
        .policy
        .as_ref()
        .is_ok_and(passkey_policy::asks_for_groups);
    let scoped = restricted || !reaches_everybody;
    let memberships = OptionFuture::from(
        (by_groups || scoped).then(|| client.memberships(&user.id).into_future()),
    );
    let assignments = OptionFuture::from(
        operator
            .filter(|_| scoped)
            .map(|operator| assignments(client, operator)),
    );
    let methods = client.fido2_methods(&user.id).into_future();
    let (methods, memberships, assignments) = futures::join!(methods, memberships, assignments);
    Ok(Account {
        methods: read(methods, permission::METHODS)?,
        memberships: read(memberships.unwrap_or(Ok(Vec::new())), permission::GROUPS)?,
        assignments: assignments.unwrap_or(Ok(Ok(Vec::new())))?,
        user,
    })
}

/// Who asks, and what may be done in this name.
///
/// # Errors
/// When there is no sign-in or no tenant.
pub(crate) async fn operator(client: &Client) -> Result<Read<Operator>, graph::Error> {
    let claims = client.caller().await?;
    who(client, claims).await
}

async fn who(
    client: &Client,
    claims: Option<AccessTokenClaims>,
) -> Result<Read<Operator>, graph::Error> {
    let Some(claims) = claims else {
        return Ok(Err(Unread {
            why: "the access token does not show who signed in".to_owned(),
            permission: None,
        }));
    };
    let Some(scopes) = claims.scp else {
        return Ok(Ok(Operator {
            kind: OperatorKind::Application,
            id: claims.oid,
            permissions: claims.roles,
            roles: Ok(Vec::new()),
            role_groups: false,
        }));
    };
    let memberships = match &claims.oid {
        Some(id) => read(client.memberships(id).await, permission::ROLES)?,
        None => Err(Unread {
            why: "the access token does not say who signed in".to_owned(),
            permission: None,
        }),
    };
    let role_groups = memberships.iter().flatten();
    Ok(Ok(Operator {
        kind: OperatorKind::Person,
        id: claims.oid,
        permissions: scopes.split_whitespace().map(str::to_owned).collect(),
        role_groups: role_groups
            .into_iter()
            .any(|group| group.is_assignable_to_role == Some(true)),
        roles: roles(memberships, claims.wids),
    }))
}

/// The operator's roles: as the directory has them now, else as they were at the sign-in.
fn roles(memberships: Read<Vec<Membership>>, at_sign_in: Option<Vec<String>>) -> Read<Vec<String>> {
    let shown = memberships.and_then(|memberships| {
        let hidden = memberships.iter().any(|one| match one.kind() {
            None => true,
            Some(Membership::ROLE) => one.role_template_id.is_none(),
            Some(_) => false,
        });
        if hidden {
            return Err(Unread {
                why: "the directory does not show them".to_owned(),
                permission: Some(permission::ROLES),
            });
        }
        let templates = memberships
            .into_iter()
            .filter_map(|one| one.role_template_id);
        Ok(templates.collect())
    });
    shown.or_else(|unread: Unread| {
        at_sign_in.ok_or_else(|| Unread {
            why: format!("the operator's roles could not be read: {}", unread.why),
            ..unread
        })
    })
}

async fn assignments(
    client: &Client,
    operator: &Operator,
) -> Result<Read<Vec<UnifiedRoleAssignment>>, graph::Error> {
    let id = operator.id.as_deref().map(Uuid::parse_str);
    let Some(Ok(id)) = id else {
        return Ok(Err(Unread {
            why: "the access token does not say who signed in".to_owned(),
            permission: None,
        }));
    };
    read(client.role_assignments(id).await, permission::ROLES)
}
