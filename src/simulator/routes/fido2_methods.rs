//! `/users/{id}/authentication/fido2Methods`: list, get, creation options, create, delete.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::Timestamp;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::encoding::{base64url, hex};
use crate::graph::model::fido2_authentication_method::{
    WebauthnAuthenticatorAttestationResponse, WebauthnPublicKeyCredential,
};
use crate::graph::model::{AttestationLevel, Fido2AuthenticationMethod, PasskeyType};
use crate::simulator::fault::Effect;
use crate::simulator::relying_party::{self, Refusal, Registration, date_time};
use crate::simulator::routes::call::Call;
use crate::simulator::routes::creation_options;
use crate::simulator::routes::{Access, Caller, GraphError, Version, odata, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{Blob, DuplicateStatus, Fido2Method, State as TenantState, User};

/// The service refuses longer names.
const DISPLAY_NAME_LIMIT: usize = 30;

const TYPE: &str = "#microsoft.graph.fido2AuthenticationMethod";

/// The body of a creation. Members that the service does not know are refused by it, so they are here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    #[serde(rename = "@odata.type")]
    _type: Option<String>,
    #[serde(rename = "displayName")]
    display_name: Option<String>,
    #[serde(rename = "publicKeyCredential")]
    public_key_credential: Credential,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credential {
    #[serde(rename = "@odata.type")]
    _type: Option<String>,
    id: String,
    response: AttestationResponse,
    /// An open type: any member may appear in it.
    #[serde(rename = "clientExtensionResults")]
    _client_extension_results: Option<serde_json::Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttestationResponse {
    #[serde(rename = "@odata.type")]
    _type: Option<String>,
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    #[serde(rename = "attestationObject")]
    attestation_object: String,
}

impl From<Credential> for WebauthnPublicKeyCredential {
    fn from(credential: Credential) -> Self {
        Self {
            id: credential.id,
            response: WebauthnAuthenticatorAttestationResponse {
                client_data_json: credential.response.client_data_json,
                attestation_object: credential.response.attestation_object,
            },
        }
    }
}

pub(super) async fn list(call: Call, Path(user): Path<String>) -> Result<Response, GraphError> {
    let now = call.service.env.now();
    call.service.tenant.read(|state| {
        let user = authorized(state, &call.caller, &user, Access::Read)?;
        let methods: Vec<Value> = state
            .visible_methods(user.id, now)
            .map(|method| wire(state, method))
            .collect();
        let context = format!("users('{}')/authentication/fido2Methods", user.id);
        Ok(call.whole(&context, methods))
    })
}

/// `GET …/fido2Methods/{segment}`: a method, or the function that makes creation options.
pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    Path((user, segment)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    effect: Option<Extension<Effect>>,
    caller: Caller,
) -> Result<Response, GraphError> {
    if segment.starts_with("creationOptions") {
        let lifetime = creation_options::lifetime(version, &segment, query.as_deref())?;
        let lifetime = match effect {
            Some(Extension(Effect::ChallengeLifetime(lifetime))) => lifetime,
            _ => lifetime,
        };
        return creation_options::answer(&service, version, &caller, &user, lifetime);
    }
    let now = service.env.now();
    service.tenant.read(|state| {
        let user = authorized(state, &caller, &user, Access::Read)?;
        let method = state
            .visible_methods(user.id, now)
            .find(|method| id(method) == segment)
            .ok_or_else(GraphError::no_such_method)?;
        let context = format!("users('{}')/authentication/fido2Methods/$entity", user.id);
        let body = wire(state, method);
        Ok(odata::entity(&service, version, &context, body))
    })
}

pub(super) async fn delete(
    State(service): State<Service>,
    Path((user, segment)): Path<(String, String)>,
    caller: Caller,
) -> Result<StatusCode, GraphError> {
    let now = service.env.now();
    service.tenant.try_audited(&caller.initiator(), |state| {
        let user_id = authorized(state, &caller, &user, Access::Write)?.id;
        let position = state.fido2_methods.iter().position(|method| {
            method.user_id == user_id && method.visible_from <= now && id(method) == segment
        });
        state
            .fido2_methods
            .remove(position.ok_or_else(GraphError::no_such_method)?);
        Ok(StatusCode::NO_CONTENT)
    })
}

pub(super) async fn create(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    Path(user): Path<String>,
    effect: Option<Extension<Effect>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, GraphError> {
    let now = service.env.now();
    let visible_from = match effect {
        Some(Extension(Effect::Hidden(time))) => now.saturating_add(time).unwrap_or(Timestamp::MAX),
        _ => now,
    };
    service.tenant.try_audited(&caller.initiator(), |state| {
        let user = authorized(state, &caller, &user, Access::Write)?;
        let user = state.with_every_group(user);
        require_other(&caller, &user)?;
        let refused = |refusal: Refusal| GraphError::refused(refusal.to_string());
        state
            .fido2_policy
            .admit_user(&user)
            .map_err(|refusal| refused(refusal.into()))?;
        let create = read(&body)?;
        let credential = create.public_key_credential.into();
        let registration =
            relying_party::verify(state, user.id, &credential, now).map_err(refused)?;
        refuse_duplicate(state, &registration)?;
        let display_name = create
            .display_name
            .unwrap_or_else(|| model(state, registration.attested.aaguid));
        let method = method(&user, registration, display_name, now, visible_from);
        let context = format!("users('{}')/authentication/fido2Methods/$entity", user.id);
        let body = wire(state, &method);
        state.fido2_methods.push(method);
        let answer = odata::entity(&service, version, &context, body);
        Ok((StatusCode::CREATED, answer).into_response())
    })
}

/// The user that the path names, whose methods the caller's permissions and roles reach.
pub(super) fn authorized<'a>(
    state: &'a TenantState,
    caller: &Caller,
    user: &str,
    access: Access,
) -> Result<&'a User, GraphError> {
    let found = state.user(user);
    let own = found.is_some_and(|user| caller.is(user));
    caller.require_any(permissions::for_methods(access, own))?;
    let found = found.filter(|user| state.is_settled(&user.id.to_string()));
    let found = found.ok_or_else(|| GraphError::no_such_object(user))?;
    caller.require_authority(state, found, access)?;
    Ok(found)
}

/// The provisioning interface is for others: nobody registers a key for themselves.
pub(super) fn require_other(caller: &Caller, user: &User) -> Result<(), GraphError> {
    if caller.is(user) {
        Err(GraphError::method_not_allowed())
    } else {
        Ok(())
    }
}

fn read(body: &[u8]) -> Result<Create, GraphError> {
    let create: Create = serde_json::from_slice(body)
        .map_err(|cause| GraphError::refused(format!("The request body is not valid: {cause}.")))?;
    let length = create
        .display_name
        .as_deref()
        .map(|name| name.chars().count());
    if length.is_some_and(|length| length == 0 || length > DISPLAY_NAME_LIMIT) {
        return Err(GraphError::refused(format!(
            "displayName must have 1 to {DISPLAY_NAME_LIMIT} characters."
        )));
    }
    Ok(create)
}

fn refuse_duplicate(state: &TenantState, registration: &Registration) -> Result<(), GraphError> {
    let reason = "A credential with this id is already registered.";
    let known = state
        .fido2_methods
        .iter()
        .any(|method| method.credential_id.0 == registration.attested.credential_id);
    match (known, state.quirks.duplicate_status) {
        (false, _) => Ok(()),
        (true, DuplicateStatus::BadRequest) => Err(GraphError::refused(reason)),
        (true, DuplicateStatus::Conflict) => Err(GraphError::conflict(reason)),
    }
}

fn method(
    user: &User,
    registration: Registration,
    display_name: String,
    now: Timestamp,
    visible_from: Timestamp,
) -> Fido2Method {
    let attested = registration.attested;
    Fido2Method {
        user_id: user.id,
        public_key: attested.public_key.as_bytes().to_vec().into(),
        credential_id: attested.credential_id.into(),
        sign_count: registration.sign_count,
        attestation_object: registration.attestation_object.into(),
        display_name,
        created: now,
        visible_from,
        aaguid: attested.aaguid,
        attestation_certificates: registration.certificates.into_iter().map(Blob).collect(),
        is_attested: registration.is_attested,
        is_backup_eligible: registration.is_backup_eligible,
    }
}

/// The method's id: the credential id as .NET writes it into URLs.
fn id(method: &Fido2Method) -> String {
    base64url::encode_url_token(&method.credential_id.0)
}

fn model(state: &TenantState, aaguid: crate::webauthn::Aaguid) -> String {
    let known = state.models.get(&aaguid).cloned();
    known.unwrap_or_else(|| "Security key".to_owned())
}

pub(super) fn wire(state: &TenantState, method: &Fido2Method) -> Value {
    let thumbprint = |certificate: &Blob| {
        hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &certificate.0).as_ref())
    };
    let method = Fido2AuthenticationMethod {
        id: id(method),
        display_name: Some(method.display_name.clone()),
        created_date_time: Some(date_time(method.created)),
        aa_guid: Some(method.aaguid.to_string()),
        model: Some(model(state, method.aaguid)),
        attestation_certificates: Some(
            method
                .attestation_certificates
                .iter()
                .map(thumbprint)
                .collect(),
        ),
        attestation_level: Some(if method.is_attested {
            AttestationLevel::Attested
        } else {
            AttestationLevel::NotAttested
        }),
        passkey_type: Some(if method.is_backup_eligible {
            PasskeyType::Synced
        } else {
            PasskeyType::DeviceBound
        }),
    };
    let mut body = json!(method);
    body["@odata.type"] = TYPE.into();
    body
}
