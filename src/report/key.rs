//! What one key says of itself.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::ctap::Identity;
use crate::ctap::command::client_pin::PinRetries;
use crate::ctap::command::credential_management::{EnumeratedCredential, EnumeratedRp};
use crate::ctap::command::get_info;
use crate::encoding::{base64url, hex};
use crate::report::Report;

/// A key that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// What `--device` takes.
    pub device: String,
    /// Ids and names.
    pub description: String,
    /// Serial number.
    pub serial: Option<String>,
    /// Whether this user may use it.
    pub permitted: bool,
}

/// Renders the keys that are plugged in.
#[must_use]
pub fn device_list(keys: &[ListedKey]) -> Report {
    let rows: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!({
                "device": key.device,
                "description": key.description,
                "serial": key.serial,
                "permitted": key.permitted,
            })
        })
        .collect();
    let mut text = String::new();
    for key in keys {
        let serial = key
            .serial
            .as_ref()
            .map(|serial| format!(" serial {serial}"))
            .unwrap_or_default();
        let permission = if key.permitted {
            ""
        } else {
            " (no permission)"
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{}  {}{serial}{permission}",
            key.device, key.description
        );
    }
    if keys.is_empty() {
        text.push_str("No FIDO2 key is plugged in.\n");
    }
    Report::new("halligan.key.list/1", true, json!({"keys": rows}), text)
}

/// Renders getInfo. A member that the key did not send is null, never false or zero.
#[must_use]
pub fn key_info(
    transport: &str,
    identity: Identity,
    info: &get_info::Response,
    retries: Option<PinRetries>,
) -> Report {
    let mut body = info_members(info);
    let connection = json!({
        "device": transport,
        "ctaphid": {
            "protocol_version": identity.protocol_version,
            "device_version": identity.device_version,
            "wink": identity.capabilities.wink(),
            "u2f": identity.capabilities.msg(),
        },
        "pin_retries": retries.map(|retries| retries.retries),
        "power_cycle_needed": retries.and_then(|retries| retries.power_cycle_state),
    });
    merge(&mut body, connection);
    Report::new(
        "halligan.key.info/1",
        true,
        Value::Object(body),
        info_text(transport, info, retries),
    )
}

/// The members of getInfo. One that the key did not send is null, never false or zero.
pub(super) fn info_members(info: &get_info::Response) -> Map<String, Value> {
    let options = &info.options;
    let mut members = Map::new();
    let what_it_can = json!({
        "aaguid": info.aaguid,
        "versions": info.versions,
        "extensions": info.extensions,
        "firmware_version": info.firmware_version,
        "options": {
            "rk": options.rk,
            "up": options.up,
            "uv": options.uv,
            "clientPin": options.client_pin,
            "pinUvAuthToken": options.pin_uv_auth_token,
            "noMcGaPermissionsWithClientPin": options.no_mc_ga_permissions_with_client_pin,
            "credMgmt": options.cred_mgmt,
            "credentialMgmtPreview": options.credential_mgmt_preview,
            "perCredMgmtRO": options.per_cred_mgmt_ro,
            "authnrCfg": options.authnr_cfg,
            "alwaysUv": options.always_uv,
            "ep": options.ep,
            "setMinPINLength": options.set_min_pin_length,
            "makeCredUvNotRqd": options.make_cred_uv_not_rqd,
            "largeBlobs": options.large_blobs,
            "bioEnroll": options.bio_enroll,
            "uvBioEnroll": options.uv_bio_enroll,
            "uvAcfg": options.uv_acfg,
            "other": options.unknown,
        },
        "algorithms": info.algorithms,
        "pin_uv_auth_protocols": info.pin_uv_auth_protocols,
        "transports": info.transports,
        "attestation_formats": info.attestation_formats,
        "certifications": info.certifications,
        "uv_modality": info.uv_modality,
    });
    let limits = json!({
        "min_pin_length": info.min_pin_length,
        "max_pin_length": info.max_pin_length,
        "force_pin_change": info.force_pin_change,
        "pin_complexity_policy": info.pin_complexity_policy,
        "max_msg_size": info.max_msg_size,
        "max_credential_count_in_list": info.max_credential_count_in_list,
        "max_credential_id_length": info.max_credential_id_length,
        "max_cred_blob_length": info.max_cred_blob_length,
        "max_serialized_large_blob_array": info.max_serialized_large_blob_array,
        "max_rp_ids_for_set_min_pin_length": info.max_rp_ids_for_set_min_pin_length,
        "remaining_discoverable_credentials": info.remaining_discoverable_credentials,
        "long_touch_for_reset": info.long_touch_for_reset,
        "transports_for_reset": info.transports_for_reset,
    });
    merge(&mut members, what_it_can);
    merge(&mut members, limits);
    members
}

fn merge(members: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        members.extend(more);
    }
}

fn info_text(transport: &str, info: &get_info::Response, retries: Option<PinRetries>) -> String {
    let mut text = format!("{transport}\n");
    let mut line = |name: &str, value: String| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {name:<14}{value}");
    };
    line("model", info.aaguid.to_string());
    line("versions", info.versions.join(", "));
    line(
        "extensions",
        info.extensions
            .as_ref()
            .map_or_else(|| "none".to_owned(), |names| names.join(", ")),
    );
    line("firmware", shown(info.firmware_version));
    line(
        "PIN",
        match (info.options.client_pin, retries) {
            (Some(true), Some(retries)) => format!("set, {} tries left", retries.retries),
            (Some(true), None) => "set".to_owned(),
            (Some(false), _) => "not set".to_owned(),
            (None, _) => "not supported".to_owned(),
        },
    );
    line(
        "discoverable",
        match info.options.rk {
            Some(true) => match info.remaining_discoverable_credentials {
                Some(room) => format!("yes, room for {room} more"),
                None => "yes".to_owned(),
            },
            _ => "no".to_owned(),
        },
    );
    line("always UV", shown(info.options.always_uv));
    line(
        "PIN change",
        if info.force_pin_change == Some(true) {
            "demanded".to_owned()
        } else {
            "not demanded".to_owned()
        },
    );
    text
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "not stated".to_owned(), |value| value.to_string())
}

/// Renders the discoverable credentials on a key, by relying party.
#[must_use]
pub fn credentials(held: &[(EnumeratedRp, Vec<EnumeratedCredential>)]) -> Report {
    let mut rows: Vec<Value> = Vec::new();
    let mut text = String::new();
    for (rp, stored) in held
        .iter()
        .flat_map(|(rp, credentials)| credentials.iter().map(move |stored| (rp, stored)))
    {
        let id = hex::encode(&stored.credential.id);
        rows.push(json!({
            "rp_id": rp.id,
            "credential_id": id,
            "user_name": stored.user.name,
            "user_handle": base64url::encode(&stored.user.id),
            "cred_protect": stored.cred_protect,
        }));
        let name = stored.user.name.as_deref().unwrap_or("(no name)");
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{}  {name}  {id}",
            rp.id.as_deref().unwrap_or("(no RP ID)")
        );
    }
    if rows.is_empty() {
        text.push_str("The key holds no discoverable credentials.\n");
    }
    Report::new(
        "halligan.key.credentials.list/1",
        true,
        json!({"credentials": rows}),
        text,
    )
}
