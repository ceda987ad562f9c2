//! The demo tenant that a new state directory starts with.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::encoding::base64url;
use crate::env::Env;
use crate::secret::ClientSecret;
use crate::simulator::conditional_access::ConditionalAccess;
use crate::simulator::logs::LogSettings;
use crate::simulator::tenant::{
    Application, Fido2Policy, License, Quirks, Role, State, Table, User, UserType,
};
use crate::simulator::tls;

/// The names of what the demo tenant was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoNames {
    /// Sign-in names of the two emergency accounts (Global Administrator).
    pub emergency_accounts: [String; 2],
    /// Sign-in name of the operator (Privileged Authentication Administrator).
    pub operator: String,
    /// Sign-in name of a guest.
    pub guest: String,
    /// The application with a secret.
    pub app_client_id: Uuid,
    /// The application for browser and device sign-in.
    pub public_client_id: Uuid,
    /// The application that reads the logs; tenants that were made before there was one have none of this id.
    #[serde(default)]
    pub audit_client_id: Uuid,
}

/// Application permissions of the demo's auditing application.
const AUDIT_PERMISSIONS: [&str; 3] = ["AuditLog.Read.All", "Directory.Read.All", "Policy.Read.All"];

/// The secrets of the demo's applications.
pub(in crate::simulator::tenant) struct DemoSecrets {
    pub(in crate::simulator::tenant) app: ClientSecret,
    pub(in crate::simulator::tenant) audit: ClientSecret,
}

/// Application permissions of the demo application: provisioning and reconciling, and reading and changing accounts, groups, roles
/// and Conditional Access.
const APP_PERMISSIONS: [&str; 19] = [
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "User.RevokeSessions.All",
    "Group.ReadWrite.All",
    "GroupMember.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "AdministrativeUnit.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
    "AuditLog.Read.All",
    "AccessReview.Read.All",
    "LifecycleWorkflows-Workflow.Read.All",
    "Policy.Read.AuthenticationMethod",
    "Policy.Read.All",
    "Policy.Read.ConditionalAccess",
    "Policy.ReadWrite.ConditionalAccess",
    "Application.Read.All",
];

/// Delegated permissions of the demo's public client.
const DELEGATED_PERMISSIONS: [&str; 20] = [
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "User.Read",
    "Group.ReadWrite.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "Organization.Read.All",
    "Domain.Read.All",
    "AuditLog.Read.All",
    "AccessReview.Read.All",
    "LifecycleWorkflows-Workflow.Read.All",
    "Policy.Read.All",
    "Policy.Read.AuthenticationMethod",
    "Policy.Read.ConditionalAccess",
    "Policy.ReadWrite.ConditionalAccess",
    "Application.Read.All",
];

/// A new tenant and the secrets of its applications.
pub(in crate::simulator::tenant) fn demo(env: &Env) -> (State, DemoSecrets) {
    let domain = format!(
        "halligan{}.onmicrosoft.com",
        crate::encoding::hex::encode(&env.random::<3>())
    );
    let upn = |name: &str| format!("{name}@{domain}");
    let account = |name: &str, display_name: &str| User::member(&upn(name), display_name, env);
    let accounts = [
        account("bg1", "Emergency Access 1"),
        account("bg2", "Emergency Access 2"),
    ];
    let operator = account("operator", "Olive Operator");
    let guest = User {
        user_type: UserType::Guest,
        creation_type: Some("Invitation".to_owned()),
        ..User::member(&upn("visitor_fabrikam.example#EXT#"), "Victor Visitor", env)
    };
    let mut app = Application::confidential("Halligan provisioning", &APP_PERMISSIONS, env);
    let secret = base64url::encode(&env.random::<32>());
    app.add_secret(&secret);
    let mut audit = Application::confidential("Halligan audit", &AUDIT_PERMISSIONS, env);
    let audit_secret = base64url::encode(&env.random::<32>());
    audit.add_secret(&audit_secret);
    let public_client = Application::public("Halligan operator", &DELEGATED_PERMISSIONS, env);
    let demo = DemoNames {
        emergency_accounts: [upn("bg1"), upn("bg2")],
        operator: operator.user_principal_name.clone(),
        guest: guest.user_principal_name.clone(),
        app_client_id: app.client_id,
        public_client_id: public_client.client_id,
        audit_client_id: audit.client_id,
    };
    let mut state = State {
        now: env.now(),
        tenant_id: env.uuid(),
        domain: domain.clone(),
        display_name: "Halligan demo".to_owned(),
        demo,
        license: License::P2,
        domains: Vec::new(),
        on_premises_sync_enabled: None,
        users: Table::default(),
        deleted_users: Vec::new(),
        applications: vec![app, public_client, audit],
        groups: Table::default(),
        administrative_units: Vec::new(),
        role_assignments: Table::default(),
        fido2_policy: Fido2Policy::default(),
        fido2_methods: Vec::new(),
        models: Default::default(),
        trust_anchors: Vec::new(),
        ineligible_models: Vec::new(),
        access_reviews: Vec::new(),
        lifecycle_workflows: Vec::new(),
        logs: LogSettings::default(),
        entries: Vec::new(),
        quirks: Quirks::default(),
        conditional_access: ConditionalAccess::default(),
        unsettled: Vec::new(),
        challenges: Vec::new(),
        refresh_tokens: Vec::new(),
        token_signing_key: tls::random_key(env).to_bytes().to_vec().into(),
        id_token_key: 0,
    };
    for account in &accounts {
        state.assign(account.id, Role::GlobalAdministrator);
    }
    state.assign(operator.id, Role::PrivilegedAuthenticationAdministrator);
    state.assign(operator.id, Role::ReportsReader);
    state.users.extend(accounts);
    state.users.extend([operator, guest]);
    let secrets = DemoSecrets {
        app: ClientSecret::new(secret),
        audit: ClientSecret::new(audit_secret),
    };
    (state, secrets)
}
