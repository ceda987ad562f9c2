//! The configuration file, exactly as typed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::accept::Accept;
use super::schedule::Schedule;
use crate::webauthn::Aaguid;

/// The file, exactly as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Directory or URL of the ledger.
    pub(crate) ledger: Option<String>,
    #[serde(default)]
    pub(crate) object_store: ObjectStore,
    /// This workstation's name in the ledger.
    pub(crate) station: Option<String>,
    /// Where this workstation keeps its signing key.
    pub(crate) station_directory: Option<PathBuf>,
    #[serde(default)]
    pub(crate) tenant: Tenant,
    #[serde(default)]
    pub(crate) sign_in: SignIn,
    #[serde(default)]
    pub(crate) attestation: Attestation,
    #[serde(default)]
    pub(crate) mds: Mds,
    #[serde(default)]
    pub(crate) custody: Custody,
    #[serde(default)]
    pub(crate) key_policy: KeyPolicy,
    #[serde(default)]
    pub(crate) emergency: Emergency,
    #[serde(default)]
    pub(crate) schedule: Schedule,
    #[serde(default)]
    pub(crate) alerts: Alerts,
    #[serde(default)]
    pub(crate) monitor: Monitor,
    #[serde(default)]
    pub(crate) drill: Drill,
    #[serde(default)]
    pub(crate) review: Review,
}

/// `[alerts]`: who is told, and where the logs go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Alerts {
    /// E-mail addresses.
    pub(crate) email: Vec<String>,
    /// Telephones for text messages, `COUNTRY:NUMBER`.
    pub(crate) sms: Vec<String>,
    /// Telephones that are called.
    pub(crate) voice: Vec<String>,
    /// Addresses with https.
    pub(crate) webhook: Vec<String>,
    /// Resource id of the Log Analytics workspace.
    pub(crate) workspace: Option<String>,
    /// After how many hours without a row a log counts as silent.
    pub(crate) silence_hours: Option<u8>,
}

/// `[monitor]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Monitor {
    /// How long `--follow` waits between two looks.
    pub(crate) every: Option<String>,
    /// Where what nothing explains is sent.
    pub(crate) webhook: Option<String>,
    /// File with a header line that goes with it.
    pub(crate) webhook_header_file: Option<PathBuf>,
}

/// `[drill]`: how an emergency account signs in to show that it can.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Drill {
    /// A public client with the redirect address `http://localhost`.
    pub(crate) client_id: Option<String>,
    /// Delegated permissions to ask for, where the application has more than `User.Read`.
    pub(crate) permissions: Option<Vec<String>>,
}

/// `[review]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Review {
    /// How many reviewers are to sign each review.
    pub(crate) signatures: Option<usize>,
}

/// `[emergency]`: what the tenant is to be like.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Emergency {
    pub(crate) account: Vec<EmergencyAccount>,
    /// How many working keys each account is to have.
    pub(crate) keys_per_account: Option<usize>,
    /// Accounts that stand for everybody else.
    pub(crate) regular_users: Vec<String>,
    pub(crate) group: EmergencyGroup,
    pub(crate) mfa_policy: EmergencyMfaPolicy,
    pub(crate) dedicated_policy: EmergencyDedicatedPolicy,
    pub(crate) exclude_also: EmergencyExclusions,
    pub(crate) thresholds: EmergencyThresholds,
    /// What becomes of the passwords of accounts that are made.
    pub(crate) password: Option<PasswordKeeping>,
    /// What an audit finds and is taken as it is.
    pub(crate) accept: Vec<Accept>,
}

/// What becomes of the password of an account that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PasswordKeeping {
    /// Nobody ever knows it.
    Discard,
    /// It is sealed to the custodians of `[custody]`.
    Seal,
}

/// `[[emergency.account]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmergencyAccount {
    /// The sign-in name; without `@` it is in the tenant's initial domain.
    pub(crate) name: String,
    pub(crate) display_name: Option<String>,
}

/// `[emergency.group]`: the group that is excluded from policies, by name or by id.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmergencyGroup {
    pub(crate) name: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) role_assignable: Option<bool>,
}

/// `[emergency.mfa_policy]`: what asks everybody else.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmergencyMfaPolicy {
    pub(crate) name: Option<String>,
    pub(crate) strength: Option<MfaStrength>,
}

/// What a policy asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MfaStrength {
    /// Any second factor.
    #[default]
    Mfa,
    /// The built-in authentication strength of that name.
    Multifactor,
    PhishingResistant,
}

/// `[emergency.dedicated_policy]`: what asks the emergency accounts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EmergencyDedicatedPolicy {
    pub(crate) enabled: bool,
    pub(crate) name: Option<String>,
    pub(crate) reason: Option<String>,
}

/// `[emergency.exclude_also]`: who else may be excluded from the policy for everybody.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EmergencyExclusions {
    pub(crate) users: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) roles: Vec<String>,
}

/// `[emergency.thresholds]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmergencyThresholds {
    pub(crate) global_administrators: Option<usize>,
    pub(crate) password_age_days: Option<u16>,
    pub(crate) sign_in_days: Option<u16>,
    pub(crate) review_every_days: Option<u16>,
}

/// `[key_policy]`: what every key is set to when it is enrolled.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyPolicy {
    /// The fewest characters that a PIN may have.
    pub(crate) min_pin_length: Option<u8>,
    /// Demand another PIN before the key signs again.
    #[serde(default)]
    pub(crate) force_pin_change: bool,
    /// Whether the key verifies its user for everything that it signs.
    pub(crate) always_uv: Option<bool>,
    /// Let the key show its serial number in the attestation.
    #[serde(default)]
    pub(crate) enterprise_attestation: bool,
}

/// `[tenant]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tenant {
    /// Tenant id or a verified domain.
    pub(crate) id: Option<String>,
    /// `global`, `usgov`, `usgov-dod`, `china`
    pub(crate) cloud: Option<String>,
    /// Another Graph, for stand-ins and private gateways.
    pub(crate) graph_url: Option<String>,
    /// Another authority, likewise.
    pub(crate) authority_url: Option<String>,
    /// PEM file of a certification authority to trust besides the operating system's.
    pub(crate) ca_cert: Option<PathBuf>,
    /// `v1.0` or `beta`
    pub(crate) graph_version: Option<String>,
    /// Whether Conditional Access and the log are asked at the pace that the service allows.
    pub(crate) pace: Option<bool>,
}

/// `[sign_in]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    pub(crate) method: Option<SignInMethod>,
    /// The application (client) id.
    pub(crate) client_id: Option<String>,
    /// File that holds the client secret.
    pub(crate) client_secret_file: Option<PathBuf>,
    /// PEM file with the certificate and its private key.
    pub(crate) client_certificate: Option<PathBuf>,
    /// File that holds the federated token, for workload identity.
    pub(crate) federated_token_file: Option<PathBuf>,
    /// Delegated permissions to ask for, where the application has others than the usual ones.
    pub(crate) permissions: Option<Vec<String>>,
    /// Suggested user for the browser sign-in.
    pub(crate) login_hint: Option<String>,
}

/// How the operator or the job signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SignInMethod {
    Browser,
    DeviceCode,
    ClientSecret,
    ClientCertificate,
    WorkloadIdentity,
    ManagedIdentity,
    AzureCli,
}

/// `[attestation]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attestation {
    /// PEM files with the roots that a key's attestation may lead to.
    #[serde(default)]
    pub(crate) roots: Vec<PathBuf>,
    /// Refuse a key whose attestation could not be verified completely.
    #[serde(default)]
    pub(crate) required: bool,
    /// The certification by FIDO that a model must have at least.
    pub(crate) min_level: Option<String>,
    /// The models that are allowed; any if there are none.
    #[serde(default)]
    pub(crate) allowed_models: Vec<Aaguid>,
    /// The oldest firmware of a model that is allowed.
    #[serde(default)]
    pub(crate) min_firmware: BTreeMap<Aaguid, u64>,
    /// Whether credentials must not be able to leave the key.
    pub(crate) device_bound_only: Option<bool>,
    /// Refuse a key whose account has keys of its model only.
    #[serde(default)]
    pub(crate) distinct_models: bool,
    /// Refuse a key whose account has keys of its batch only.
    #[serde(default)]
    pub(crate) distinct_batches: bool,
    /// Known weaknesses.
    #[serde(default)]
    pub(crate) advisory: Vec<Advisory>,
}

/// `[[attestation.advisory]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advisory {
    pub(crate) model: Aaguid,
    /// The oldest firmware that has it.
    pub(crate) firmware_from: Option<u64>,
    /// The newest firmware that has it.
    pub(crate) firmware_to: Option<u64>,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) severity: AdvisorySeverity,
}

/// What becomes of a key that has a known weakness.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AdvisorySeverity {
    #[default]
    Warning,
    Critical,
}

/// `[mds]`: FIDO's metadata.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mds {
    /// Where verified metadata is kept.
    pub(crate) directory: Option<PathBuf>,
    /// PEM files with roots that the signer may lead to besides FIDO's.
    #[serde(default)]
    pub(crate) roots: Vec<PathBuf>,
    /// File or address that it is taken from.
    pub(crate) source: Option<String>,
}

/// `[custody]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Custody {
    /// How many custodians it takes to open a PIN.
    pub(crate) threshold: Option<u8>,
    /// What a generated PIN is made of.
    pub(crate) pin: Option<PinKind>,
    /// How many characters a generated PIN has at least.
    pub(crate) pin_length: Option<usize>,
    #[serde(default)]
    pub(crate) custodian: Vec<Custodian>,
}

/// What generated PINs are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PinKind {
    Digits,
    Mixed,
}

/// `[[custody.custodian]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Custodian {
    pub(crate) name: String,
    /// `age1…`, `ssh-ed25519 …` or `ssh-rsa …`
    pub(crate) recipient: Option<String>,
    /// File with such lines.
    pub(crate) recipient_file: Option<PathBuf>,
}

/// `[object_store]`: what an address such as `az://CONTAINER` does not say. Credentials come from the environment only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectStore {
    /// Azure's storage account.
    pub(crate) account: Option<String>,
    /// Another service than the cloud's own.
    pub(crate) endpoint: Option<String>,
    /// Of an S3 bucket.
    pub(crate) region: Option<String>,
}
