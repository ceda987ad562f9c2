//! How the accounts come into the groups that policies name: directly, or by groups within groups.
//!
//! Asked from above: which groups are in a group that matters, among those that the account is in anyway. So the number of questions
//! depends on how deep such groups are nested, and not on how many groups an account or the tenant has.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::Found;
use super::permission;
use crate::ceremony::unread::read;
use crate::graph::model::{ConditionalAccessPolicy, DirectoryObject};
use crate::graph::{self, Client};
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::{Account, Edge, ExclusionGroup};

/// The groups that policies include or exclude, and the one that is to be excluded. Where policies are unread, only that one.
pub(super) fn groups_that_matter(
    policies: &Read<Vec<ConditionalAccessPolicy>>,
    group: &Read<Option<ExclusionGroup>>,
) -> BTreeSet<String> {
    let users = policies.iter().flatten();
    let users = users.filter_map(|policy| policy.conditions.users.as_ref());
    let named = users.flat_map(|users| users.include_groups.iter().chain(&users.exclude_groups));
    let ours = group.iter().flatten().map(|one| &one.group.id);
    named.chain(ours).cloned().collect()
}

/// Which groups are directly in a group, as far as it was asked.
pub(super) type Children = BTreeMap<String, Read<Vec<DirectoryObject>>>;

/// Finds the paths of every account, level by level, all accounts together.
pub(super) async fn read_all(
    client: &Client,
    named: &BTreeSet<String>,
    accounts: &mut [Found],
) -> Result<(), graph::Error> {
    let mut children = Children::new();
    loop {
        let mut unknown = BTreeSet::new();
        for found in &mut *accounts {
            let Some(walked) = walk(found, named, &children) else {
                continue;
            };
            unknown.extend(walked.unknown);
            found.account.edges = walked.edges;
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let mut batch = client.batch();
        let ask = |group: String| {
            let pending = batch.add(client.member_groups(&group));
            (group, pending)
        };
        let asked: Vec<_> = unknown.into_iter().map(ask).collect();
        let mut answers = batch.send().await?;
        for (group, pending) in asked {
            let members = read(answers.take(pending).await, permission::GROUPS)?;
            children.insert(group, members);
        }
    }
}

/// What is known of an account's paths.
pub(super) struct Walked {
    pub(super) edges: Read<Vec<Edge>>,
    /// Groups whose members decide.
    pub(super) unknown: BTreeSet<String>,
}

/// Goes down from the groups that matter to the account, as far as the groups' members are known. Nothing for an account whose
/// memberships are unread, of which the edges already say so.
pub(super) fn walk(found: &Found, named: &BTreeSet<String>, children: &Children) -> Option<Walked> {
    let Account {
        user, memberships, ..
    } = &found.account;
    let id = &user.as_ref().ok()?.as_ref()?.id;
    let (memberships, direct) = match (memberships, &found.direct) {
        (Ok(memberships), Ok(direct)) => (memberships, direct),
        (Err(unread), _) | (_, Err(unread)) => return Some(Walked::stopped(unread)),
    };
    let inside: BTreeSet<&str> = memberships.iter().map(|one| one.id.as_str()).collect();
    let direct: BTreeSet<&str> = direct.iter().map(|one| one.id.as_str()).collect();
    let mut edges = Vec::new();
    let mut unknown = BTreeSet::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let named = named.iter().map(String::as_str);
    let mut to_see: Vec<&str> = named.filter(|one| inside.contains(one)).collect();
    while let Some(group) = to_see.pop() {
        if !seen.insert(group) {
            continue;
        }
        if direct.contains(group) {
            edges.push(edge(id, group));
            continue;
        }
        match children.get(group) {
            None => {
                unknown.insert(group.to_owned());
            }
            Some(Err(unread)) => return Some(Walked::stopped(unread)),
            Some(Ok(members)) => {
                let members = members.iter().map(|one| one.id.as_str());
                for member in members.filter(|one| inside.contains(one)) {
                    edges.push(edge(member, group));
                    to_see.push(member);
                }
            }
        }
    }
    Some(Walked {
        edges: Ok(edges),
        unknown,
    })
}

impl Walked {
    fn stopped(unread: &Unread) -> Self {
        Self {
            edges: Err(unread.clone()),
            unknown: BTreeSet::new(),
        }
    }
}

fn edge(member: &str, group: &str) -> Edge {
    Edge {
        member: member.to_owned(),
        group: group.to_owned(),
    }
}
