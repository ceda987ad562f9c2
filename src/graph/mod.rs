//! A tenant, seen from the tool: Microsoft Graph over HTTPS.
//!
//! ```text
//! // cloud.rs
//! enum Cloud { Global, UsGov, UsGovDod, China }                 // FromStr/Display: global, usgov, usgov-dod, china
//! struct HttpsUrl(Url)                                          // parse refuses anything but https://
//! struct Endpoints { authority: HttpsUrl, graph: HttpsUrl }     // From<Cloud>
//! enum ApiVersion { V1, Beta }
//! // http.rs
//! struct Http                                                   // Http::new(extra_ca_pem: &[Vec<u8>]) -> Result<Http, Error>
//! // client
//! Client::new(http: Http, graph: HttpsUrl, token_source: Arc<dyn TokenSource>, env: Env) -> Client
//!   .version(ApiVersion) .retry(Retry) .on_wait(impl Fn(&Waiting)) .stop_when(impl Future<Output = ()>)
//!   async fn user(&self, upn_or_id: &str) -> Result<User, Error>
//!   async fn creation_options(&self, user: &str, challenge_minutes: Option<u32>) -> Result<ReceivedCreationOptions, Error>
//!   async fn create_fido2_method(&self, user: &str, create: &Fido2AuthenticationMethodCreate) -> Result<Fido2AuthenticationMethod, Error>
//!   async fn fido2_methods(&self, user: &str) -> Result<Vec<Fido2AuthenticationMethod>, Error>
//!   async fn fido2_method(&self, user: &str, id: &str) -> Result<Fido2AuthenticationMethod, Error>
//!   async fn fido2_method_of_credential(&self, user: &str, credential_id: &[u8]) -> Result<Option<Fido2AuthenticationMethod>, Error>
//!   async fn delete_fido2_method(&self, user: &str, id: &str) -> Result<(), Error>
//! // creation_options.rs
//! struct ReceivedCreationOptions { options: CreationOptions, raw: serde_json::Value }
//! struct CreationOptions {
//!     rp_id: RpId, rp_name: Option<String>,
//!     user_handle: Vec<u8>, user_name: String, user_display_name: String,     // the names at most 64 bytes each
//!     challenge: String,                                                      // base64url text for ClientData::new
//!     algorithms: Vec<i64>, exclude_list: Vec<Vec<u8>>, undecodable_exclusions: Vec<String>,
//!     expires: Option<Timestamp>, hmac_secret: bool, cred_protect: Option<u8>,
//!     user_verification: Requirement, require_resident_key: bool, attestation: Option<String>,
//! }
//! CreationOptions::from_json(&serde_json::Value) -> Result<CreationOptions, creation_options::Error>
//! // display_name.rs
//! struct DisplayName(String)                                    // at most 30 characters
//! DisplayName::new(label: &str) -> Result<DisplayName, ..>      // the label alone; refuses, never cuts
//! DisplayName::with_remark(label: &str, remark: &str) -> Result<DisplayName, ..>   // the remark may be cut, never the label
//! // error.rs
//! enum Error { .. } with .outcome_unknown() -> bool, .status() -> Option<u16>, .request_id() -> Option<&str>
//! // credential
//! trait TokenSource { async fn token(&self) -> Result<AccessToken, credential::Error>; }
//! ```

pub mod model;
