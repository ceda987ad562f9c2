//! By which path somebody is excluded, for people.

use super::super::facts::same;
use crate::tenant::conditional_access::Via;
use crate::tenant::snapshot::Account;

/// The paths, each with the groups that it leads through.
pub(super) fn describe(paths: &[Via], account: &Account, person: &str) -> String {
    let named: Vec<String> = paths.iter().map(|via| one(via, account, person)).collect();
    named.join(", ")
}

fn one(via: &Via, account: &Account, person: &str) -> String {
    match via {
        Via::All => "all users".to_owned(),
        Via::Account => "the account itself".to_owned(),
        Via::Role(template) => format!("role {:?}", role(template, account)),
        Via::Guest(kind) => format!("guests ({kind})"),
        Via::Group(id) => {
            let group = format!("group {:?}", name(id, account));
            match between(id, account, person).as_slice() {
                [] => group,
                inner => format!("{group}, through {}", inner.join(" in ")),
            }
        }
    }
}

fn name<'a>(id: &'a str, account: &'a Account) -> &'a str {
    let mut memberships = account.memberships.iter().flatten();
    let known = memberships.find(|one| same(&one.id, id));
    known
        .and_then(|one| one.display_name.as_deref())
        .unwrap_or(id)
}

fn role<'a>(template: &'a str, account: &'a Account) -> &'a str {
    let mut memberships = account.memberships.iter().flatten();
    let is_it = |held: Option<&String>| held.is_some_and(|held| same(held, template));
    let known = memberships.find(|one| is_it(one.role_template_id.as_ref()));
    known
        .and_then(|one| one.display_name.as_deref())
        .unwrap_or(template)
}

/// The groups between the account and this group, from the inside out; none if the account is in it directly, or nobody knows.
fn between(group: &str, account: &Account, person: &str) -> Vec<String> {
    let Ok(edges) = &account.edges else {
        return Vec::new();
    };
    // Breadth first, so that the shortest path is shown; every object is visited once, and circles end.
    let mut visited: Vec<(&str, Option<usize>)> = vec![(person, None)];
    let mut at = 0;
    while let Some((member, _)) = visited.get(at).copied() {
        if same(member, group) {
            return way(&visited, at, account);
        }
        for edge in edges.iter().filter(|edge| same(&edge.member, member)) {
            if !visited.iter().any(|(seen, _)| same(seen, &edge.group)) {
                visited.push((&edge.group, Some(at)));
            }
        }
        at += 1;
    }
    Vec::new()
}

fn way(visited: &[(&str, Option<usize>)], end: usize, account: &Account) -> Vec<String> {
    let mut inner = Vec::new();
    let mut before = visited[end].1;
    while let Some(at) = before {
        let (id, earlier) = visited[at];
        // The first is the account.
        if earlier.is_some() {
            inner.push(format!("{:?}", name(id, account)));
        }
        before = earlier;
    }
    inner.reverse();
    inner
}
