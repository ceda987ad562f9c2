//! `/identityGovernance`: what can take accounts and memberships away without anybody.

use super::client::{Client, Question, Request};
use super::model::{AccessReviewScheduleDefinition, Workflow};

impl Client {
    /// The access reviews. `AccessReview.Read.All`.
    ///
    /// # Errors
    /// [`Error::lacks_licence`](super::Error::lacks_licence) without P2 or Governance.
    pub fn access_reviews(&self) -> Question<Vec<AccessReviewScheduleDefinition>> {
        let url = self.url(["identityGovernance", "accessReviews", "definitions"]);
        let select =
            "$select=id,displayName,status,scope,instanceEnumerationScope,settings&$top=100";
        Question::all(self, Ok(Request::get(url).query(select)))
    }

    /// The lifecycle workflows, with whom they mean and when they run. `LifecycleWorkflows.Read.All`.
    ///
    /// # Errors
    /// [`Error::lacks_licence`](super::Error::lacks_licence) without Governance.
    pub fn lifecycle_workflows(&self) -> Question<Vec<Workflow>> {
        let url = self.url(["identityGovernance", "lifecycleWorkflows", "workflows"]);
        let select =
            "$select=id,displayName,category,isEnabled,isSchedulingEnabled,executionConditions";
        Question::all(self, Ok(Request::get(url).query(select)))
    }
}
