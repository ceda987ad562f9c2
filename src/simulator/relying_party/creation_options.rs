//! `webauthnCredentialCreationOptions` as the service fills it in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::encoding::base64url;
use crate::graph::model::WebauthnCredentialCreationOptions;
use crate::graph::model::credential_creation_options::{
    AuthenticatorSelectionCriteria, CredentialDescriptor, CredentialParameters,
    PublicKeyCredentialCreationOptions, RpEntity, UserEntity,
};
use crate::simulator::relying_party::{ALGORITHMS, RP_ID, RP_NAME, user_handle};
use crate::simulator::tenant::{CredentialIdEncoding, Fido2Method, State, User};

/// A hint for user interfaces, in milliseconds.
const TIMEOUT: i32 = 60_000;

/// The options for one more key of a user.
pub(in crate::simulator) fn creation_options(
    state: &State,
    user: &User,
    challenge: &[u8],
    expires: Timestamp,
    now: Timestamp,
) -> WebauthnCredentialCreationOptions {
    let exclude = state
        .visible_methods(user.id, now)
        .map(|method| descriptor(method, state.quirks.credential_id_encoding));
    let handle = user_handle(state.tenant_id, user.id);
    WebauthnCredentialCreationOptions {
        challenge_timeout_date_time: Some(date_time(expires)),
        public_key: Some(PublicKeyCredentialCreationOptions {
            rp: Some(RpEntity {
                id: Some(RP_ID.to_owned()),
                name: Some(RP_NAME.to_owned()),
            }),
            user: Some(UserEntity {
                id: Some(base64url::encode(&handle)),
                name: Some(user.user_principal_name.clone()),
                display_name: Some(user.display_name.clone()),
            }),
            challenge: Some(base64url::encode(challenge)),
            pub_key_cred_params: Some(ALGORITHMS.map(parameters).to_vec()),
            timeout: Some(TIMEOUT),
            exclude_credentials: Some(exclude.collect()),
            authenticator_selection: Some(AuthenticatorSelectionCriteria {
                authenticator_attachment: Some("cross-platform".to_owned()),
                require_resident_key: Some(true),
                user_verification: Some("required".to_owned()),
            }),
            attestation: Some("direct".to_owned()),
            extensions: Some(extensions(state.quirks.omit_extensions)),
        }),
    }
}

/// A time as the service writes it.
pub(in crate::simulator) fn date_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn parameters(alg: i32) -> CredentialParameters {
    CredentialParameters {
        kind: Some("public-key".to_owned()),
        alg: Some(alg),
    }
}

fn descriptor(method: &Fido2Method, encoding: CredentialIdEncoding) -> CredentialDescriptor {
    let id = &method.credential_id.0;
    let id = match encoding {
        CredentialIdEncoding::Base64Url => base64url::encode(id),
        CredentialIdEncoding::PaddedBase64 => STANDARD.encode(id),
        CredentialIdEncoding::UrlToken => base64url::encode_url_token(id),
    };
    CredentialDescriptor {
        kind: Some("public-key".to_owned()),
        id: Some(id),
        transports: Some(vec!["usb".to_owned(), "nfc".to_owned()]),
    }
}

fn extensions(omit: bool) -> Map<String, Value> {
    let mut extensions = Map::new();
    if !omit {
        extensions.insert("hmacCreateSecret".to_owned(), json!(true));
        extensions.insert("enforceCredentialProtectionPolicy".to_owned(), json!(true));
        extensions.insert(
            "credentialProtectionPolicy".to_owned(),
            json!("userVerificationOptional"),
        );
    }
    extensions
}
