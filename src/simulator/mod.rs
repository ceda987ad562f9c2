//! A Microsoft Entra tenant in software: an OAuth 2.0 authority and the part of Microsoft Graph that provisions FIDO2
//! keys, over TLS on loopback, with state in a directory. It behaves like the service, not like our client; what it
//! does differently or not at all is in `docs/simulator.md`.
//!
//! ```text
//! serve::start(Config, Env) -> Result<Running, serve::Error>            async, needs a tokio runtime
//!   Config  { state_dir, listen, auto_approve: Option<String /* UPN */>, faults: Vec<Fault>, trust_anchors: Vec<Vec<u8>> /* DER */ }
//!           Config::new(state_dir)                                      127.0.0.1:0, nothing else set
//!   Running { graph_url, authority_url: Url, ca_cert_path: PathBuf, ca_pem: String, tenant: Tenant, faults: Faults, demo: Demo }
//!           Running::shutdown(self).await                               dropping it shuts down as well
//!   Demo    { tenant_id: Uuid, emergency_accounts: [String; 2], operator: String, guest: String   /* UPNs */,
//!             app: DemoApp { client_id: Uuid, secret_path: PathBuf }, public_client_id: Uuid }
//! Tenant    (cheap to clone)
//!   read(|state: &State| …) -> R         update(|state: &mut State| …) -> Result<R, storage::Error>   (persisted)
//!   State   { tenant_id, domain, users: Vec<User>, applications: Vec<Application>, fido2_policy: Fido2Policy,
//!             fido2_methods: Vec<Fido2Method>, trust_anchors, models, quirks, … }
//! Faults    (cheap to clone): add(Fault), clear(), remaining() -> Vec<Fault>
//! Fault     FromStr: `createMethod=429,retry-after=2,times=3`, `createMethod=drop,after-commit`, `creationOptions=503`, …
//! ```
