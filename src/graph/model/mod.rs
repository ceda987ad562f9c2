//! Wire types of Microsoft Graph v1.0, with exactly the wire's member names. Everything the service documents as nullable is
//! an `Option`; unknown members and every `@odata.*` annotation are ignored at all levels; enumerations keep values
//! that they do not know. Client and simulator share these types and nothing else.

pub mod credential_creation_options;
pub mod directory_object;
pub mod error;
pub mod fido2_authentication_method;
pub mod fido2_policy;
pub mod page;
pub mod user;

pub use credential_creation_options::{CreationOptionsAnswer, WebauthnCredentialCreationOptions};
pub use directory_object::DirectoryObject;
pub use error::{ErrorAnswer, ErrorBody, InnerError};
pub use fido2_authentication_method::{
    AttestationLevel, Fido2AuthenticationMethod, Fido2AuthenticationMethodCreate, PasskeyType,
    WebauthnAuthenticatorAttestationResponse, WebauthnPublicKeyCredential,
};
pub use fido2_policy::{
    Fido2AuthenticationMethodConfiguration, Fido2KeyRestrictions,
    PasskeyAuthenticationMethodTarget, PasskeyProfile,
};
pub use page::Page;
pub use user::User;
