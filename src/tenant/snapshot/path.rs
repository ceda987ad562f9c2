//! How an account comes into a group, for people.

use std::collections::VecDeque;

use super::Account;
use crate::tenant::conditional_access::Via;

impl Account {
    /// The path by which a policy includes or excludes the account, with the groups between.
    #[must_use]
    pub fn describe(&self, via: &Via) -> String {
        match via {
            Via::All => "all users".to_owned(),
            Via::Account => "the account itself".to_owned(),
            Via::Role(template) => format!("role {:?}", self.role_name(template)),
            Via::Guest(kind) => format!("guests ({kind})"),
            Via::Group(id) => {
                let between: Vec<String> = self
                    .between(id)
                    .into_iter()
                    .map(|group| format!("{:?}", self.group_name(group)))
                    .collect();
                let group = format!("group {:?}", self.group_name(id));
                match between.is_empty() {
                    true => group,
                    false => format!("{group}, through {}", between.join(" in ")),
                }
            }
        }
    }

    /// The groups between the account and this one, the account's own first; none if it is in it directly, or nobody knows.
    fn between(&self, group: &str) -> Vec<&str> {
        let (Ok(Some(user)), Ok(edges)) = (&self.user, &self.edges) else {
            return Vec::new();
        };
        // Breadth first, so that the shortest path is found, and every object once, so that circles end.
        let mut paths = VecDeque::from([vec![user.id.as_str()]]);
        let mut seen = vec![user.id.as_str()];
        while let Some(path) = paths.pop_front() {
            let last = path[path.len() - 1];
            if same(last, group) {
                return path.get(1..path.len() - 1).unwrap_or_default().to_vec();
            }
            for edge in edges.iter().filter(|edge| same(&edge.member, last)) {
                if !seen.iter().any(|one| same(one, &edge.group)) {
                    seen.push(&edge.group);
                    let longer = path.iter().copied().chain([edge.group.as_str()]);
                    paths.push_back(longer.collect());
                }
            }
        }
        Vec::new()
    }

    fn group_name<'a>(&'a self, id: &'a str) -> &'a str {
        let mut memberships = self.memberships.iter().flatten();
        let known = memberships.find(|one| same(&one.id, id));
        let name = known.and_then(|one| one.display_name.as_deref());
        name.unwrap_or(id)
    }

    fn role_name<'a>(&'a self, template: &'a str) -> &'a str {
        let mut memberships = self.memberships.iter().flatten();
        let known = memberships.find(|one| {
            let held = one.role_template_id.as_deref();
            held.is_some_and(|held| same(held, template))
        });
        let name = known.and_then(|one| one.display_name.as_deref());
        name.unwrap_or(template)
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
