//! Wire types of Microsoft Graph v1.0, with exactly the wire's member names. Everything the service documents as nullable is
//! an `Option`; unknown members and every `@odata.*` annotation are ignored at all levels; enumerations keep values
//! that they do not know. Client and simulator share these types and nothing else.

pub mod access_token;
pub mod authentication_method;
pub mod authentication_strength_policy;
pub mod batch;
pub mod conditional_access_policy;
pub mod credential_creation_options;
pub mod directory_audit;
pub mod domain;
pub mod error;
pub mod fido2_authentication_method;
pub mod fido2_policy;
pub mod governance;
pub mod group;
mod kind;
pub mod membership;
pub mod named_location;
mod null;
pub mod page;
pub mod sign_in;
pub mod unified_role_assignment;
pub mod unified_role_schedule_instance;
pub mod user;
pub mod what_if;

pub use access_token::AccessTokenClaims;
pub use authentication_method::{
    AuthenticationMethod, IdentitySecurityDefaultsEnforcementPolicy,
    StrongAuthenticationRequirements,
};
pub use authentication_strength_policy::{
    AuthenticationCombinationConfiguration, AuthenticationStrengthPolicy,
};
pub use batch::{BatchAnswers, BatchRequest, BatchRequests, BatchResponse};
pub use conditional_access_policy::{ConditionalAccessPolicy, ConditionalAccessPolicyUpdate};
pub use credential_creation_options::{CreationOptionsAnswer, WebauthnCredentialCreationOptions};
pub use directory_audit::DirectoryAudit;
pub use domain::{AssignedPlan, Domain, Organization};
pub use error::{ErrorAnswer, ErrorBody, InnerError};
pub use fido2_authentication_method::{
    AttestationLevel, Fido2AuthenticationMethod, Fido2AuthenticationMethodCreate, PasskeyType,
    WebauthnAuthenticatorAttestationResponse, WebauthnPublicKeyCredential,
};
pub use fido2_policy::{
    Fido2AuthenticationMethodConfiguration, Fido2KeyRestrictions,
    PasskeyAuthenticationMethodTarget, PasskeyProfile,
};
pub use governance::{AccessReviewScheduleDefinition, AccessReviewScheduleSettings, Workflow};
pub use group::{DirectoryObject, Group, GroupCreate, ReferenceCreate};
pub use kind::kind;
pub use membership::Membership;
pub use named_location::NamedLocation;
pub use page::Page;
pub use sign_in::{AppliedConditionalAccessPolicy, SignIn};
pub use unified_role_assignment::{ExpandedRoleAssignment, UnifiedRoleAssignment};
pub use unified_role_schedule_instance::UnifiedRoleScheduleInstance;
pub use user::{PasswordProfile, User, UserCreate, UserUpdate};
pub use what_if::{
    AuthenticationFlow, ConditionalAccessWhatIf, SignInConditions, SignInContext, SignInIdentity,
    WhatIfAnalysisResult,
};
