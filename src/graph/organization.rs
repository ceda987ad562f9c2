//! `/organization` and `/domains`

use super::client::{Client, Question, Request};
use super::model::{Domain, Organization};

impl Client {
    /// The tenant itself, in a collection of one. `Organization.Read.All`.
    ///
    /// # Errors
    /// See [`Error`](super::Error).
    pub fn organization(&self) -> Question<Vec<Organization>> {
        let select = "$select=id,displayName,assignedPlans,onPremisesSyncEnabled";
        let request = Request::get(self.url(["organization"])).query(select);
        Question::all(self, Ok(request))
    }

    /// The tenant's domains. `Domain.Read.All`.
    ///
    /// # Errors
    /// See [`Error`](super::Error).
    pub fn domains(&self) -> Question<Vec<Domain>> {
        let select = "$select=id,authenticationType,isInitial,isVerified";
        let request = Request::get(self.url(["domains"])).query(select);
        Question::all(self, Ok(request))
    }
}
