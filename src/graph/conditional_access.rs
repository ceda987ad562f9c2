//! `/identity/conditionalAccess`. One request per second and tenant; the client holds the others back.

use serde::Serialize;
use serde_json::Value;

use super::client::{Client, Question, Request};
use super::error::Error;
use super::model::{
    AuthenticationStrengthPolicy, ConditionalAccessPolicy, ConditionalAccessPolicyUpdate,
    ConditionalAccessWhatIf, NamedLocation, WhatIfAnalysisResult,
};
use super::path::Segment;

/// As many as a tenant can have, in one page: each page costs a second.
const ALL_POLICIES: &str = "$top=240";

impl Client {
    /// Every policy, those that are off included. `Policy.Read.All`.
    ///
    /// # Errors
    /// [`Error::lacks_licence`] without P1.
    pub fn conditional_access_policies(&self) -> Question<Vec<ConditionalAccessPolicy>> {
        let request = Request::get(self.policies_url(None)).query(ALL_POLICIES);
        Question::all(self, Ok(request))
    }

    /// One policy. `Policy.Read.All`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub fn conditional_access_policy(&self, id: &str) -> Question<ConditionalAccessPolicy> {
        let id = Segment::new("a policy", id).map_err(Error::from);
        let request = id.map(|id| Request::get(self.policies_url(Some(id))));
        Question::one(self, request)
    }

    /// Makes a policy. Display names are not unique: who does not know what became of a creation looks among all policies before
    /// the next. `Policy.Read.All`, `Policy.ReadWrite.ConditionalAccess`, `Application.Read.All`.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] when the policy may be there all the same; [`Error::lacks_licence`] without P1.
    pub async fn create_conditional_access_policy(
        &self,
        policy: &ConditionalAccessPolicy,
    ) -> Result<ConditionalAccessPolicy, Error> {
        let body = without_annotations(policy);
        self.fetch(&Request::post(self.policies_url(None), &body))
            .await
    }

    /// Changes members of a policy. A member that is sent is replaced as a whole: who changes conditions sends all of them.
    /// The permissions of a creation.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none. After any failure the policy has to be read again.
    pub async fn update_conditional_access_policy(
        &self,
        id: &str,
        update: &ConditionalAccessPolicyUpdate,
    ) -> Result<(), Error> {
        let url = self.policies_url(Some(Segment::new("a policy", id)?));
        let body = without_annotations(update);
        self.send(&Request::patch(url, &body)).await?;
        Ok(())
    }

    /// What the service's own evaluation says of a sign-in that nobody attempts. `Policy.Read.ConditionalAccess`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn evaluate(
        &self,
        what_if: &ConditionalAccessWhatIf,
    ) -> Question<Vec<WhatIfAnalysisResult>> {
        let url = self.url(["identity", "conditionalAccess", "evaluate"]);
        Question::all(self, Ok(Request::asking(url, what_if)))
    }

    /// The networks and countries that policies can name. `Policy.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn named_locations(&self) -> Question<Vec<NamedLocation>> {
        let url = self.url(["identity", "conditionalAccess", "namedLocations"]);
        Question::all(self, Ok(Request::get(url)))
    }

    /// Authentication strengths, built in or not, with the models that they demand. `Policy.Read.All`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn authentication_strengths(&self) -> Question<Vec<AuthenticationStrengthPolicy>> {
        let url = self.url(["policies", "authenticationStrengthPolicies"]);
        let expanded = Request::get(url).query("$expand=combinationConfigurations");
        Question::all(self, Ok(expanded))
    }

    fn policies_url(&self, id: Option<Segment<'_>>) -> url::Url {
        let collection = ["identity", "conditionalAccess", "policies"];
        self.url(collection.into_iter().chain(id.map(Segment::as_str)))
    }
}

/// A body without what the service adds to its answers, but for the kinds of objects, which it wants back.
fn without_annotations<T: Serialize>(policy: &T) -> Value {
    let mut body = serde_json::to_value(policy)
        .expect("wire types have text keys and no failing serializer of their own");
    strip(&mut body);
    body
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| name == "@odata.type" || !name.contains("@odata."));
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
