//! A sign-in, tried: what was proven, what Conditional Access makes of it, and the row that the log gets in any case.

use crate::simulator::conditional_access::decision::{Decision, decide};
use crate::simulator::conditional_access::key::Given;
use crate::simulator::conditional_access::policy::{ClientApp, TransferMethod};
use crate::simulator::conditional_access::sign_in::{
    AuthenticationFlow, Circumstances, Context, Identity, Person, SignIn,
};
use crate::simulator::logs::LogKind;
use crate::simulator::oauth::OAuthError;
use crate::simulator::oauth::proof::{Answer, Proof};
use crate::simulator::oauth::sign_in_row::{SignInRow, Subject};
use crate::simulator::oauth::signed_in::{SignedIn, token_id};
use crate::simulator::oauth::visitor::Visitor;
use crate::simulator::service::Service;
use crate::simulator::tenant::{Application, State, User};

/// What everybody here signs in to.
pub(super) const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";

/// By which way somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The sign-in page.
    Page,
    DeviceCode,
    /// Without the person.
    Refresh,
    /// An application for itself.
    ClientCredentials,
}

/// What the request shows.
pub(super) struct Attempt<'a> {
    pub(super) service: &'a Service,
    pub(super) application: &'a Application,
    pub(super) visitor: &'a Visitor,
    pub(super) way: Way,
}

impl Attempt<'_> {
    /// By what a person did on a page.
    pub(super) fn conclude(&self, answer: Answer<'_>) -> Result<SignedIn, OAuthError> {
        let named = answer.user().unwrap_or_default();
        let (user, proof) = answer.prove(self.service).map_err(|unproven| {
            let subject = match unproven.user_id {
                Some(id) => self.subject(id).unwrap_or(Subject::Unknown(named)),
                None => Subject::Unknown(named),
            };
            let given = unproven.by_key.then_some("Passkey (device-bound)");
            self.log(
                &subject,
                given,
                None,
                &Decision::none(),
                Err(&unproven.error),
            );
            unproven.error
        })?;
        self.admit(user, &proof)
    }

    /// By a refresh token, with what was given when it was made.
    pub(super) fn again(&self, user: User, given: Given) -> Result<SignedIn, OAuthError> {
        self.admit(user, &Proof::Earlier(given))
    }

    /// An application that acts for itself.
    pub(super) fn of_application(&self) -> String {
        let token_id = token_id(self.service);
        let subject = Subject::Application;
        self.log(&subject, None, None, &Decision::none(), Ok(&token_id));
        token_id
    }

    fn admit(&self, user: User, proof: &Proof) -> Result<SignedIn, OAuthError> {
        let given = proof.given();
        let tenant = &self.service.tenant;
        let decision = tenant.read(|state| decide(state, &self.sign_in(state, &user), given));
        let refusal = decision.refusal.map(|(number, text)| {
            let error = match self.way {
                Way::Refresh => "invalid_grant",
                _ => "access_denied",
            };
            OAuthError::new(error, number, text)
        });
        let signed_in = SignedIn {
            user_id: user.id,
            token_id: token_id(self.service),
            given,
        };
        let result = match &refusal {
            None => Ok(signed_in.token_id.as_str()),
            Some(error) => Err(error),
        };
        let subject = Subject::User(Box::new(user));
        self.log(&subject, None, Some(proof), &decision, result);
        refusal.map_or(Ok(signed_in), Err)
    }

    /// The sign-in as policies see it. A program that opens a browser for it is still a program.
    fn sign_in(&self, state: &State, user: &User) -> SignIn {
        let transfer_method =
            (self.way == Way::DeviceCode).then_some(TransferMethod::DeviceCodeFlow);
        SignIn {
            identity: Identity::Person(Person::of(state, user)),
            context: Context::Applications {
                include_applications: vec![GRAPH_ID.to_owned()],
            },
            circumstances: Circumstances {
                authentication_flow: Some(AuthenticationFlow { transfer_method }),
                client_app_type: Some(if self.application.is_public_client {
                    ClientApp::MobileAppsAndDesktopClients
                } else {
                    ClientApp::Browser
                }),
                device_platform: self.visitor.system().map(|(platform, _)| platform),
                ip_address: Some(self.visitor.ip),
                ..Circumstances::default()
            },
        }
    }

    fn subject(&self, user_id: uuid::Uuid) -> Option<Subject<'static>> {
        let user = self
            .service
            .tenant
            .read(|state| state.user_by_id(user_id).cloned());
        user.map(|user| Subject::User(Box::new(user)))
    }

    /// The row. `failed_method` is what was tried when nothing was proven.
    fn log(
        &self,
        subject: &Subject<'_>,
        failed_method: Option<&'static str>,
        proof: Option<&Proof>,
        decision: &Decision,
        result: Result<&str, &OAuthError>,
    ) {
        let row = SignInRow {
            attempt: self,
            subject,
            failed_method,
            proof,
            decision,
            result,
        };
        let row = row.wire(&self.service.tenant.read(|state| state.tenant_id));
        self.service.tenant.log(LogKind::SignIns, row);
    }
}
