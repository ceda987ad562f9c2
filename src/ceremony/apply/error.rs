//! Why the tenant was not changed as it was planned, or nobody knows that it was.

use crate::encoding::printable;

/// Why a change of the tenant was not made, or is not sure.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Something is in the way of an emergency account, or may be, if a policy is enforced.
    #[error("{} is not enforced: {}", printable(policy), printable(&against.join("; ")))]
    ExclusionUnproven {
        /// The policy.
        policy: String,
        /// What stands against it.
        against: Vec<String>,
    },
    /// Several objects have a name.
    #[error("there are several of the name {0:?}, and which of them is meant nobody can say")]
    Ambiguous(String),
    /// A change was made, and another run has recorded meanwhile that it was not.
    #[error("{step} was made, on {id}, but another run has recorded meanwhile that it was not")]
    ChangeGivenUp {
        /// The step of the plan.
        step: String,
        /// The object's id.
        id: String,
    },
    /// Another run changes the tenant at the same time.
    #[error("{0} was left alone: another run is changing the tenant")]
    ChangeUnderWay(String),
    /// The service has taken a change, and does not show it.
    #[error("the service took {0}, and does not show it")]
    DoesNotShow(String),
    /// Another process of this station changes the tenant.
    #[error("another `halligan tenant apply` of the station {0} is at work")]
    RunUnderWay(String),
    /// A step took longer than other stations wait for it.
    #[error("the tenant did not get done with {0} in time")]
    TooSlow(String),
    /// Somebody else changed the tenant between plan and change.
    #[error("{step} was not done: {} since it was planned", printable(found))]
    NotAsPlanned {
        /// The step of the plan.
        step: String,
        /// What is otherwise.
        found: String,
    },
}
