//! A large tenant, made by numbers: to see that nothing takes longer because there is more of it.

use serde::Deserialize;
use uuid::Uuid;

use crate::simulator::tenant::{Group, State, User};

/// What the ids of generated objects begin with.
const USERS: u64 = 0x5eed_0000_0000_4001;
const GROUPS: u64 = 0x5eed_0000_0000_4002;

/// How many generated users and groups a tenant has. Groups stand in chains, each within the one before; users are in the
/// innermost ones, so that each user is in as many groups as a chain is long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Population {
    /// Users, `user0@…`, `user1@…`, …
    pub users: u32,
    /// Groups, `Group 0`, `Group 1`, …
    pub groups: u32,
    /// Groups in a chain; at least one.
    pub depth: u32,
}

impl Population {
    /// The object id of the user of this number.
    #[must_use]
    pub fn user_id(number: u32) -> Uuid {
        Uuid::from_u64_pair(USERS, 0x8000_0000_0000_0000 | u64::from(number))
    }

    /// The object id of the group of this number.
    #[must_use]
    pub fn group_id(number: u32) -> String {
        Uuid::from_u64_pair(GROUPS, 0x8000_0000_0000_0000 | u64::from(number)).to_string()
    }

    fn group(self, number: u32) -> Group {
        let depth = self.depth.max(1);
        let innermost = number % depth == depth - 1 || number + 1 == self.groups;
        let members = if innermost {
            self.users_of(number / depth).collect()
        } else {
            vec![Self::group_id(number + 1)]
        };
        Group {
            id: Self::group_id(number),
            display_name: format!("Group {number}"),
            security_enabled: Some(true),
            members,
            ..Group::default()
        }
    }

    /// The users of a chain: every so many-th.
    fn users_of(self, chain: u32) -> impl Iterator<Item = String> {
        let chains = self.groups.div_ceil(self.depth.max(1));
        let step = usize::try_from(chains).unwrap_or(usize::MAX);
        let numbers = (chain..self.users).step_by(step);
        numbers.map(|number| Self::user_id(number).to_string())
    }
}

impl State {
    /// Makes the users and groups that are not there yet.
    pub fn populate(&mut self, population: &Population) {
        let domain = self.domain.clone();
        let missing = |number: &u32| self.user_by_id(Population::user_id(*number)).is_none();
        let users = (0..population.users).filter(missing).map(|number| {
            let name = format!("user{number}@{domain}");
            User::bare(
                Population::user_id(number),
                &name,
                &format!("User {number}"),
            )
        });
        let users: Vec<User> = users.collect();
        let missing = |number: &u32| self.group(&Population::group_id(*number)).is_none();
        let groups = (0..population.groups).filter(missing);
        let groups: Vec<Group> = groups.map(|number| population.group(number)).collect();
        if !users.is_empty() {
            self.users.extend(users);
        }
        if !groups.is_empty() {
            self.groups.extend(groups);
        }
    }
}
