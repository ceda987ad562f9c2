//! What Conditional Access asks of somebody who signs in, by the policies as Graph shows them.
//!
//! ```text
//! policy × scenario ── users, resource, circumstances ──▶ Applied (yes, no, open; with the conditions that decide)
//! policy that applies ── grant controls ──▶ Demand (nothing, the key, a barrier, open)
//! all policies × scenario ──▶ Outcome: every enforced policy must be satisfied; there is no order among them
//! ```
//!
//! A scenario says as much as it wants to: what it leaves out is *open*, and so is a condition that is not known here. Open is
//! never "does not apply": the question behind it is whether an emergency account can be locked out.

mod applied;
mod circumstances;
mod demand;
pub mod everybody;
mod matching;
mod outcome;
mod resource;
mod scenario;
mod strength;
#[cfg(test)]
mod tests;
mod users;
mod way;

pub use applied::{Applied, Condition, apply};
pub use demand::{Demand, demand};
pub use matching::{Match, unknown_members};
pub use outcome::{Enforcement, Outcome, PolicyOutcome, judge};
pub use resource::app;
pub use scenario::{ClientApp, Person, PersonKind, Place, Platform, Resource, RiskLevel, Scenario};
pub use strength::{built_in_strength, with_strengths};
pub use users::{Via, exclusions, meant};
pub use way::{APPLICATIONS, CLIENTS, PLATFORMS, Way, usual_ways, ways};
