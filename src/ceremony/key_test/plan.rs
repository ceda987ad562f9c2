//! What a run will ask for, so that whoever is asked can say no.

use std::time::Duration;

use super::bench::Bench;
use super::check::{Check, Kind, Need};

/// A touch, with finding the key.
const TOUCH: Duration = Duration::from_secs(4);
/// Unplugging and plugging in.
const REINSERTION: Duration = Duration::from_secs(15);
/// What the checks take by themselves.
const REST: Duration = Duration::from_secs(30);

/// What a run will ask for at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Checks.
    pub checks: usize,
    /// How often the key is touched.
    pub touches: u32,
    /// How often it is unplugged and plugged in again.
    pub reinsertions: u32,
    /// Whether checks are among them that erase everything on the key.
    pub destroys: bool,
}

impl Plan {
    /// Of the checks whose needs are met.
    pub(super) fn of(bench: &Bench<'_>, checks: &[&'static Check]) -> Self {
        let mut plan = Self {
            checks: checks.len(),
            touches: 0,
            reinsertions: 0,
            destroys: false,
        };
        let mut made: Vec<Need> = Vec::new();
        for check in checks {
            if check.needs.iter().any(|need| bench.has(*need).is_err()) {
                continue;
            }
            plan.destroys |= check.kind == Kind::Destructive;
            plan.touches += u32::from(check.touches);
            plan.reinsertions += u32::from(check.reinsertions);
            let mut needed = check.needs.to_vec();
            while let Some(need) = needed.pop() {
                if !made.contains(&need) {
                    plan.touches += u32::from(need.touches());
                    plan.reinsertions += u32::from(need.reinsertions());
                    made.push(need);
                    needed.extend(need.rests_on());
                }
            }
        }
        // Each touch may be preceded by one that proves the user.
        if bench.verifies_by_finger() {
            plan.touches *= 2;
        }
        if plan.destroys {
            // The reset at the end.
            plan.touches += 1;
            plan.reinsertions += 1;
        }
        plan
    }

    /// About how long, for a person who is there.
    #[must_use]
    pub fn duration(&self) -> Duration {
        TOUCH * self.touches + REINSERTION * self.reinsertions + REST
    }
}
