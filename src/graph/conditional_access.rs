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
        let body = body(policy);
        self.fetch(&Request::post(self.policies_url(None), &body))
            .await
    }

    /// Changes members of a policy. Of an object that is sent, conditions or controls, everything is sent: nobody has to know what
    /// the service does to the rest.
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
        let body = body(update);
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

/// A body without what the service adds to its answers: annotations, but for the kinds of objects, which it wants back, and all of an
/// authentication strength but its id.
fn body<T: Serialize>(policy: &T) -> Value {
    let mut body = serde_json::to_value(policy)
        .expect("wire types have text keys and no failing serializer of their own");
    strip(&mut body);
    let strength = body.pointer_mut("/grantControls/authenticationStrength");
    if let Some(Value::Object(members)) = strength {
        members.retain(|name, _| name == "id");
    }
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
