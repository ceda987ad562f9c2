//! Everything the tenant knows, as it is stored.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::simulator::conditional_access::ConditionalAccess;
use crate::simulator::conditional_access::key::Given;
use crate::simulator::logs::{Entry, LogKind, LogRow, LogSettings};
use crate::simulator::tenant::{
    AdministrativeUnit, Application, Blob, DeletedUser, DemoNames, Domain, Fido2Method,
    Fido2Policy, Group, IssuedChallenge, License, RoleAssignment, Table, Unsettled, User,
};
use crate::webauthn::Aaguid;

/// How `excludeCredentials[].id` is written; the service has shown all three.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CredentialIdEncoding {
    /// As documented.
    Base64Url,
    /// As seen in 2024.
    PaddedBase64,
    /// As seen since the end of 2024.
    #[default]
    UrlToken,
}

/// The status that answers the registration of a credential which is registered already; both have been reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DuplicateStatus {
    /// 400
    #[default]
    BadRequest,
    /// 409
    Conflict,
}

/// How the policy shows its passkey profiles; nobody has told which of the first two the service does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProfileForm {
    /// Not at all, as in US government clouds: targets have no profiles, and no change may bring them in.
    Absent,
    /// To those who say `$expand=passkeyProfiles`.
    #[default]
    Expanded,
    /// Always.
    Inline,
}

/// Behaviour on which reports about the service disagree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Quirks {
    /// How exclude lists are written.
    pub credential_id_encoding: CredentialIdEncoding,
    /// How a duplicate is refused.
    pub duplicate_status: DuplicateStatus,
    /// Creation options without any extension, as in the documentation of v1.0.
    pub omit_extensions: bool,
    /// Creation options are given without a look at the policy or at restricted units; the registration is then refused.
    pub late_refusals: bool,
    /// How passkey profiles are shown.
    pub profile_form: ProfileForm,
    /// How long it takes until every replica knows of a new user or group and of who is in a group, in milliseconds.
    pub replication_delay_ms: u64,
    /// How many resource units requests to the directory may cost in ten seconds; none: any number.
    pub identity_quota: Option<NonZeroU32>,
}

/// A refresh token that was handed out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) struct RefreshToken {
    pub(in crate::simulator) hash: Blob,
    pub(in crate::simulator) client_id: Uuid,
    pub(in crate::simulator) user_id: Uuid,
    /// What the user signed in with.
    #[serde(default = "usual")]
    pub(in crate::simulator) given: Given,
    pub(in crate::simulator) expires: Timestamp,
}

/// Of tokens that were stored before it was.
const fn usual() -> Given {
    Given::PasswordAndSecondFactor
}

/// Everything the tenant knows. No `Debug`: it holds the key that signs access tokens.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The time at which the state is looked at; whoever takes it from a [`Tenant`](crate::simulator::Tenant) has it set.
    #[serde(skip)]
    pub now: Timestamp,
    /// The tenant's id.
    pub tenant_id: Uuid,
    /// The verified domain, `….onmicrosoft.com`.
    pub domain: String,
    /// The organization's name.
    pub display_name: String,
    /// What the demo tenant was made with.
    pub demo: DemoNames,
    /// What the tenant pays for.
    #[serde(default)]
    pub license: License,
    /// Domains besides the initial one, or instead of what that one would be.
    #[serde(default)]
    pub domains: Vec<Domain>,
    /// Whether accounts come from an on-premises directory.
    #[serde(default)]
    pub on_premises_sync_enabled: Option<bool>,
    /// Accounts.
    pub users: Table<User>,
    /// Accounts that were deleted and can be brought back.
    #[serde(default)]
    pub deleted_users: Vec<DeletedUser>,
    /// Groups that are more than an id in `users`.
    #[serde(default)]
    pub groups: Table<Group>,
    /// Administrative units.
    #[serde(default)]
    pub administrative_units: Vec<AdministrativeUnit>,
    /// Who has which directory role, or may take it.
    #[serde(default)]
    pub role_assignments: Table<RoleAssignment>,
    /// Application registrations.
    pub applications: Vec<Application>,
    /// The FIDO2 policy.
    pub fido2_policy: Fido2Policy,
    /// Registered keys of all users.
    pub fido2_methods: Vec<Fido2Method>,
    /// Names of authenticator models, as the FIDO metadata would give them.
    pub models: BTreeMap<Aaguid, String>,
    /// Certificates (DER) to which attestations may lead, as the FIDO metadata would give them.
    pub trust_anchors: Vec<Blob>,
    /// Models that the FIDO metadata does not have as certified keys with user verification, resident keys and
    /// hmac-secret: never attested, whatever their certificates lead to.
    #[serde(default)]
    pub ineligible_models: Vec<Aaguid>,
    /// Access reviews, as Graph shows them.
    #[serde(default)]
    pub access_reviews: Vec<Map<String, Value>>,
    /// Lifecycle workflows, as Graph shows them.
    #[serde(default)]
    pub lifecycle_workflows: Vec<Map<String, Value>>,
    /// How the logs behave; what is in them is kept elsewhere.
    #[serde(default)]
    pub logs: LogSettings,
    /// Rows for the logs, on their way: they are added with the change that they belong to.
    #[serde(skip)]
    pub(in crate::simulator) entries: Vec<Entry>,
    /// Behaviour on which reports disagree.
    pub quirks: Quirks,
    /// Policies, and what they name.
    #[serde(default)]
    pub conditional_access: ConditionalAccess,
    #[serde(default)]
    pub(in crate::simulator) unsettled: Vec<Unsettled>,
    pub(in crate::simulator) challenges: Vec<IssuedChallenge>,
    pub(in crate::simulator) refresh_tokens: Vec<RefreshToken>,
    pub(in crate::simulator) token_signing_key: Blob,
    /// Which key signs ID tokens: how often they were rotated.
    #[serde(default)]
    pub(in crate::simulator) id_token_key: usize,
}

impl State {
    /// Whether a text names this tenant: id or domain.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        name.parse() == Ok(self.tenant_id) || self.domain.eq_ignore_ascii_case(name)
    }

    /// A sign-in name in full: without `@` it is in the tenant's own domain. An object id stays as it is.
    #[must_use]
    pub fn full_name(&self, name: &str) -> String {
        if name.contains('@') || name.parse::<Uuid>().is_ok() {
            name.to_owned()
        } else {
            format!("{name}@{}", self.domain)
        }
    }

    /// The user with this object id or sign-in name.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.named(&table_name(name))
    }

    /// The user with this object id.
    #[must_use]
    pub fn user_by_id(&self, id: Uuid) -> Option<&User> {
        self.users.named(&id.to_string())
    }

    /// The user with this object id or sign-in name, to change it.
    pub fn user_mut(&mut self, name: &str) -> Option<&mut User> {
        self.users.named_mut(&table_name(name))
    }

    /// The application with this client id.
    #[must_use]
    pub fn application(&self, client_id: Uuid) -> Option<&Application> {
        self.applications
            .iter()
            .find(|application| application.client_id == client_id)
    }

    /// The application with this client id, to change it.
    pub fn application_mut(&mut self, client_id: Uuid) -> Option<&mut Application> {
        self.applications
            .iter_mut()
            .find(|application| application.client_id == client_id)
    }

    /// Trusts attestations that lead to this certificate (DER); adding it twice changes nothing.
    pub fn trust_anchor(&mut self, der: &[u8]) {
        if !self.trust_anchors.iter().any(|known| known.0 == der) {
            self.trust_anchors.push(der.to_vec().into());
        }
    }

    /// Adds a row to a log, visible at once; in the place of one with the same `id`.
    pub fn log(&mut self, kind: LogKind, row: LogRow) {
        self.entries.push(Entry::new(kind, row, self.now));
    }

    /// Adds a row about what happens now, visible when the delay is over.
    pub(in crate::simulator) fn log_now(&mut self, kind: LogKind, row: LogRow) {
        self.entries
            .push(Entry::new(kind, row, self.visible_from()));
    }

    /// From when on a row is visible that is written now.
    pub(in crate::simulator) fn visible_from(&self) -> Timestamp {
        let delay = SignedDuration::from_secs(self.logs.delay_seconds.into());
        self.now.saturating_add(delay).unwrap_or(Timestamp::MAX)
    }

    /// The keys of a user that answers show by now.
    pub fn visible_methods(
        &self,
        user_id: Uuid,
        now: Timestamp,
    ) -> impl Iterator<Item = &Fido2Method> {
        self.fido2_methods
            .iter()
            .filter(move |method| method.user_id == user_id && method.visible_from <= now)
    }
}

/// How a table of users knows a name: ids in their usual form, sign-in names in lower case.
fn table_name(name: &str) -> String {
    let id = name.parse::<Uuid>().map(|id| id.to_string());
    id.unwrap_or_else(|_| name.to_ascii_lowercase())
}
