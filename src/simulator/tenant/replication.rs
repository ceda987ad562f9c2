//! What the service's replicas have not heard of yet. The routes that read one object by its id, and whatever decides about
//! sign-ins, know every change at once; the others ask here.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::simulator::tenant::State;

/// A change that not every replica knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) enum Change {
    /// Of a user or a group, by object id.
    Created(String),
    /// An object is a member of a group from now on.
    Added { group: String, member: String },
    /// An object is a member of a group no longer.
    Removed { group: String, member: String },
}

/// A change, and when every replica knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) struct Unsettled {
    change: Change,
    until: Timestamp,
}

impl State {
    /// Remembers a change for as long as the quirk `replicationDelayMs` says.
    pub(in crate::simulator) fn replicate(&mut self, change: Change) {
        let now = self.now;
        self.unsettled.retain(|known| now < known.until);
        let delay = i64::try_from(self.quirks.replication_delay_ms).unwrap_or(i64::MAX);
        if delay > 0 {
            let until = now.saturating_add(SignedDuration::from_millis(delay));
            self.unsettled.push(Unsettled {
                change,
                until: until.unwrap_or(Timestamp::MAX),
            });
        }
    }

    /// Whether every replica knows of an object.
    #[must_use]
    pub(in crate::simulator) fn is_settled(&self, object_id: &str) -> bool {
        let mut unsettled = self.unsettled();
        !unsettled.any(|change| matches!(change, Change::Created(id) if id == object_id))
    }

    /// The groups that have an object as a member directly, as a replica that lags behind tells it.
    pub(in crate::simulator) fn settled_parents(&self, id: &str) -> Vec<String> {
        let mut groups: Vec<String> = self
            .groups
            .holding(id)
            .map(|group| group.id.clone())
            .collect();
        for change in self.unsettled() {
            match change {
                Change::Added { group, member } if member == id => {
                    groups.retain(|known| known != group);
                }
                Change::Removed { group, member } if member == id && !groups.contains(group) => {
                    groups.push(group.clone());
                }
                _ => {}
            }
        }
        groups
    }

    fn unsettled(&self) -> impl Iterator<Item = &Change> {
        let unsettled = self.unsettled.iter();
        unsettled
            .filter(|known| self.now < known.until)
            .map(|known| &known.change)
    }
}
