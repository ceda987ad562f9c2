//! Sign-in without an operator, by `azure_identity` over our own HTTPS client: client secret, client certificate,
//! workload identity, managed identity, and whoever is signed in to the Azure CLI.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::error::ErrorKind;
use azure_core::http::headers::Headers;
use azure_core::http::{
    AsyncRawResponse, Body, ClientOptions, ExponentialRetryOptions, HttpClient, Request,
    RetryOptions, Transport,
};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, ClientAssertionCredential,
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
    WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use jiff::Timestamp;
use oauth2::RefreshToken;
use serde::Deserialize;

use super::{Assertion, Error, Flow, Issued, TenantName, application_scope};
use crate::env::Env;
use crate::graph::cloud::Endpoints;
use crate::graph::http::{self, Http};
use crate::secret::{AccessToken, ClientSecret};

/// How long a sign-in may take with all repetitions of its own.
const LIMIT: Duration = Duration::from_secs(90);

/// The longest life of an access token that is believed: a year, in seconds. Microsoft's live about an hour.
const LIFETIME_LIMIT: i64 = 365 * 24 * 3600;

/// What an application signs in to, and how it gets there.
#[derive(Clone)]
pub struct Application {
    /// For the authority.
    pub http: Http,
    /// The authority and Graph.
    pub endpoints: Endpoints,
    /// The tenant.
    pub tenant: TenantName,
    /// The application's (client) id.
    pub client_id: String,
    /// Clock and randomness.
    pub env: Env,
}

impl Application {
    /// Signs in with a secret.
    ///
    /// # Errors
    /// When a member is empty.
    pub fn client_secret(&self, secret: &ClientSecret) -> Result<AzureFlow, Error> {
        const NAME: &str = "client secret";
        let options = ClientSecretCredentialOptions {
            client_options: self.client_options(),
        };
        let credential = ClientSecretCredential::new(
            self.tenant.as_str(),
            self.client_id.clone(),
            Secret::new(secret.expose().to_owned()),
            Some(options),
        );
        self.flow(NAME, credential)
    }

    /// Signs in with a certificate and its RSA private key, both in one PEM text.
    ///
    /// # Errors
    /// When the PEM text cannot be used.
    pub fn client_certificate(&self, pem: &ClientSecret) -> Result<AzureFlow, Error> {
        const NAME: &str = "client certificate";
        let audience = self
            .endpoints
            .authority
            .join([self.tenant.as_str(), "oauth2", "v2.0", "token"])
            .to_string();
        let assertion =
            Assertion::from_pem(pem, self.client_id.clone(), audience, self.env.clone())?;
        let credential = ClientAssertionCredential::new(
            self.tenant.as_str().to_owned(),
            self.client_id.clone(),
            assertion,
            Some(self.assertion_options()),
        );
        self.flow(NAME, credential)
    }

    /// Signs in with a token that another identity provider (Kubernetes) keeps fresh in a file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn workload_identity(&self, token_file: PathBuf) -> Result<AzureFlow, Error> {
        const NAME: &str = "workload identity";
        let credential = WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
            credential_options: self.assertion_options(),
            client_id: Some(self.client_id.clone()),
            tenant_id: Some(self.tenant.as_str().to_owned()),
            token_file_path: Some(token_file),
        }));
        self.flow(NAME, credential)
    }

    fn flow<C: TokenCredential + 'static>(
        &self,
        name: &'static str,
        credential: azure_core::Result<Arc<C>>,
    ) -> Result<AzureFlow, Error> {
        AzureFlow::new(name, credential, &self.endpoints)
    }

    fn assertion_options(&self) -> ClientAssertionCredentialOptions {
        ClientAssertionCredentialOptions {
            client_options: self.client_options(),
        }
    }

    fn client_options(&self) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = self.endpoints.authority.as_str().to_owned();
        ClientOptions {
            cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
            ..client_options(self.http.clone())
        }
    }
}

/// Signs in as the machine: the identity that Azure assigned to the virtual machine or the app service. `client_id`
/// chooses one of several.
///
/// The metadata service speaks plain http over a link-local address, as the platform defines it; no other request does.
///
/// # Errors
/// When this kind of machine is not supported.
pub fn managed_identity(
    endpoints: &Endpoints,
    client_id: Option<String>,
) -> Result<AzureFlow, Error> {
    let options = ManagedIdentityCredentialOptions {
        user_assigned_id: client_id.map(UserAssignedId::ClientId),
        client_options: client_options(Http::link_local()?),
    };
    let credential = ManagedIdentityCredential::new(Some(options));
    AzureFlow::new("managed identity", credential, endpoints)
}

/// Uses the sign-in of the Azure CLI. For a person that application has no permission for authentication methods; it
/// serves after `az login --service-principal`.
///
/// # Errors
/// See [`Error::Local`].
pub fn azure_cli(endpoints: &Endpoints, tenant: Option<&TenantName>) -> Result<AzureFlow, Error> {
    let options = AzureCliCredentialOptions {
        tenant_id: tenant.map(|tenant| tenant.as_str().to_owned()),
        ..AzureCliCredentialOptions::default()
    };
    let credential = AzureCliCredential::new(Some(options));
    AzureFlow::new("Azure CLI", credential, endpoints)
}

/// A credential of `azure_identity`.
pub struct AzureFlow {
    name: &'static str,
    credential: Arc<dyn TokenCredential>,
    scope: String,
}

impl AzureFlow {
    fn new<C: TokenCredential + 'static>(
        name: &'static str,
        credential: azure_core::Result<Arc<C>>,
        endpoints: &Endpoints,
    ) -> Result<Self, Error> {
        let credential = credential.map_err(|error| Error::of_azure(name, &error))?;
        Ok(Self {
            name,
            credential,
            scope: application_scope(&endpoints.graph),
        })
    }
}

#[async_trait]
impl Flow for AzureFlow {
    async fn issue(&self, _: Option<&RefreshToken>) -> Result<Issued, Error> {
        let scopes = [self.scope.as_str()];
        let token = tokio::time::timeout(LIMIT, self.credential.get_token(&scopes, None))
            .await
            .map_err(|_| Error::TimedOut { limit: LIMIT })?
            .map_err(|error| Error::of_azure(self.name, &error))?;
        Ok(Issued {
            access_token: AccessToken::new(token.token.secret().to_owned()),
            expires: Timestamp::from_second(token.expires_on.unix_timestamp())
                .unwrap_or(Timestamp::MAX),
            refresh_token: None,
        })
    }
}

fn client_options(http: Http) -> ClientOptions {
    let retry = ExponentialRetryOptions {
        max_retries: 3,
        ..ExponentialRetryOptions::default()
    };
    ClientOptions {
        retry: RetryOptions::exponential(retry),
        transport: Some(Transport::new(Arc::new(BoundedHttp(http)))),
        ..ClientOptions::default()
    }
}

/// Our client as `azure_core` wants it, with our bound on the answer's length.
#[derive(Debug)]
struct BoundedHttp(Http);

#[async_trait]
impl HttpClient for BoundedHttp {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let answer = self
            .0
            .exchange(outgoing(request)?)
            .await
            .map_err(|error| azure_core::Error::new(kind(&error), error))?;
        refuse_absurd_lifetime(&answer.body)?;
        let mut headers = Headers::new();
        for (name, value) in &answer.headers {
            if let Ok(value) = value.to_str() {
                headers.insert(name.as_str().to_owned(), value.to_owned());
            }
        }
        Ok(AsyncRawResponse::from_bytes(
            answer.status.into(),
            headers,
            answer.body,
        ))
    }
}

/// `azure_identity` adds the lifetime to the clock without a check, and panics when there is no such time.
fn refuse_absurd_lifetime(body: &[u8]) -> azure_core::Result<()> {
    #[derive(Deserialize)]
    struct Lifetime {
        expires_in: i64,
    }
    match serde_json::from_slice(body) {
        Ok(Lifetime { expires_in }) if !(0..LIFETIME_LIMIT).contains(&expires_in) => {
            let reason = format!("an access token that lives {expires_in} s");
            Err(azure_core::Error::with_message(ErrorKind::Other, reason))
        }
        _ => Ok(()),
    }
}

/// `azure_core` repeats after `Io` for more than a minute. A wrong address, proxy or certificate authority does not get
/// right by itself, and the operator is waiting.
fn kind(error: &http::Error) -> ErrorKind {
    if error.nothing_sent() {
        return ErrorKind::Other;
    }
    ErrorKind::Io
}

fn outgoing(request: &Request) -> azure_core::Result<reqwest::Request> {
    let unusable = |reason: String| azure_core::Error::with_message(ErrorKind::Other, reason);
    let method = reqwest::Method::from_bytes(request.method().as_str().as_bytes())
        .map_err(|error| unusable(error.to_string()))?;
    let mut outgoing = reqwest::Request::new(method, request.url().clone());
    for (name, value) in request.headers().iter() {
        let name = reqwest::header::HeaderName::from_bytes(name.as_str().as_bytes())
            .map_err(|error| unusable(error.to_string()))?;
        let value = reqwest::header::HeaderValue::from_str(value.as_str())
            .map_err(|error| unusable(error.to_string()))?;
        outgoing.headers_mut().insert(name, value);
    }
    match request.body() {
        Body::Bytes(bytes) => *outgoing.body_mut() = Some(bytes.clone().into()),
        Body::SeekableStream(_) => {
            return Err(unusable("a token request is never a stream".to_owned()));
        }
    }
    Ok(outgoing)
}
