//! The group that keeps the emergency accounts out of policies.

use super::permission;
use crate::ceremony::unread::read;
use crate::graph::model::{DirectoryObject, Group};
use crate::graph::{self, Answers, Batch, Client, Pending};
use crate::tenant::desired::GroupReference;
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::ExclusionGroup;

/// What was asked.
pub(super) enum Asked {
    ById(Pending<Group>),
    ByName(Pending<Vec<Group>>, String),
}

/// Asks which group is meant.
pub(super) fn ask_for(batch: &mut Batch, client: &Client, reference: &GroupReference) -> Asked {
    match reference {
        GroupReference::Id(id) => Asked::ById(batch.add(client.group(id))),
        GroupReference::Name(name) => {
            Asked::ByName(batch.add(client.groups_named(name)), name.clone())
        }
    }
}

/// The group; none if there is none. Several of one name are none that could be told.
pub(super) async fn found(
    asked: Asked,
    answers: &mut Answers,
) -> Result<Read<Option<Group>>, graph::Error> {
    let (groups, name) = match asked {
        Asked::ById(pending) => match answers.take(pending).await {
            Err(graph::Error::NotFound(_)) => return Ok(Ok(None)),
            answer => return Ok(read(answer, permission::GROUPS)?.map(Some)),
        },
        Asked::ByName(pending, name) => (answers.take(pending).await, name),
    };
    Ok(read(groups, permission::GROUPS)?.and_then(|mut groups| {
        if groups.len() < 2 {
            return Ok(groups.pop());
        }
        let ids: Vec<&str> = groups.iter().map(|one| one.id.as_str()).collect();
        Err(Unread {
            why: format!("several groups are named {name:?}: {}", ids.join(", ")),
            permission: None,
        })
    }))
}

/// The group, and the questions about it.
pub(super) struct Members {
    group: Group,
    transitive_members: Pending<Vec<DirectoryObject>>,
    owners: Pending<Vec<DirectoryObject>>,
}

/// Asks who is in it and who may change it.
pub(super) fn ask_for_members(
    batch: &mut Batch,
    client: &Client,
    found: Read<Option<Group>>,
) -> Read<Option<Members>> {
    let ask = |group: Group| Members {
        transitive_members: batch.add(client.transitive_members(&group.id)),
        owners: batch.add(client.owners(&group.id)),
        group,
    };
    Ok(found?.map(ask))
}

/// The group with its members.
pub(super) async fn members(
    asked: Read<Option<Members>>,
    answers: &mut Answers,
) -> Result<Read<Option<ExclusionGroup>>, graph::Error> {
    let asked = match asked {
        Ok(Some(asked)) => asked,
        Ok(None) => return Ok(Ok(None)),
        Err(unread) => return Ok(Err(unread)),
    };
    Ok(Ok(Some(ExclusionGroup {
        group: asked.group,
        transitive_members: read(
            answers.take(asked.transitive_members).await,
            permission::GROUPS,
        )?,
        owners: read(answers.take(asked.owners).await, permission::GROUPS)?,
    })))
}
