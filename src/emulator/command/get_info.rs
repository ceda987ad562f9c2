//! authenticatorGetInfo (CTAP 2.1 §6.4).

use super::Reply;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::profile::{CredentialManagement, Extension, PinUvAuthProtocol, Version};
use crate::encoding::cbor::{self, Value};

impl Authenticator {
    pub(in crate::emulator) fn get_info(&self) -> Reply {
        let profile = &self.profile;
        let state = self.state();
        let since_2_1 = |value: Value| profile.has_permissions().then_some(value);
        let number = |value: usize| Value::from(u64::try_from(value).unwrap_or(u64::MAX));
        let texts = |texts: Vec<&str>| Value::Array(texts.into_iter().map(Value::from).collect());
        let versions = profile
            .versions
            .iter()
            .filter(|version| **version != Version::U2fV2 || self.is_ctap1_enabled())
            .map(|version: &Version| version.as_str());
        let extensions = profile
            .extensions
            .iter()
            .map(|extension| extension.as_str());
        let transports = profile.transports.iter().map(String::as_str);
        let protocols = profile
            .pin_uv_auth_protocols
            .iter()
            .map(|protocol: &PinUvAuthProtocol| Value::from(protocol.number()));
        let algorithms = profile.algorithms.iter().map(|&algorithm| {
            cbor::map([
                ("alg", Value::from(algorithm)),
                ("type", Value::from("public-key")),
            ])
        });
        let remaining = profile
            .discoverable_credentials
            .saturating_sub(state.credentials.len());
        let config = |value: Value| profile.authenticator_config.then_some(value);
        Reply::members([
            (0x01, Some(texts(versions.collect()))),
            (0x02, Some(texts(extensions.collect()))),
            (0x03, Some(Value::Bytes(profile.aaguid.as_bytes().to_vec()))),
            (0x04, Some(self.options())),
            (0x05, Some(number(profile.max_msg_size))),
            (0x06, Some(Value::Array(protocols.collect()))),
            (0x07, Some(number(profile.max_credential_count_in_list))),
            (0x08, Some(number(profile.max_credential_id_length))),
            (0x09, Some(texts(transports.collect()))),
            (0x0a, Some(Value::Array(algorithms.collect()))),
            (0x0c, config(Value::Bool(state.force_pin_change))),
            (0x0d, config(number(state.min_pin_length))),
            (0x0e, since_2_1(Value::from(profile.firmware_version))),
            (
                0x0f,
                profile
                    .has_extension(Extension::CredBlob)
                    .then(|| number(profile.max_cred_blob_length)),
            ),
            (
                0x10,
                config(number(profile.max_rp_ids_for_set_min_pin_length)),
            ),
            (0x14, since_2_1(number(remaining))),
        ])
    }

    fn options(&self) -> Value {
        let profile = &self.profile;
        let management = profile.credential_management;
        let enabled = |condition: bool| condition.then_some(true);
        let options = [
            ("alwaysUv", profile.always_uv.map(|_| self.always_uv())),
            ("authnrCfg", enabled(profile.authenticator_config)),
            ("clientPin", Some(self.is_protected())),
            (
                "credMgmt",
                enabled(matches!(
                    management,
                    CredentialManagement::Standard
                        | CredentialManagement::Both
                        | CredentialManagement::Misannounced
                )),
            ),
            (
                "credentialMgmtPreview",
                enabled(matches!(
                    management,
                    CredentialManagement::Preview | CredentialManagement::Both
                )),
            ),
            (
                "ep",
                profile
                    .enterprise_rp_ids
                    .as_ref()
                    .map(|_| self.state().enterprise_attestation),
            ),
            (
                "makeCredUvNotRqd",
                profile
                    .has_permissions()
                    .then_some(self.make_cred_uv_not_rqd()),
            ),
            ("pinUvAuthToken", enabled(profile.has_permissions())),
            ("plat", Some(false)),
            ("rk", Some(true)),
            ("setMinPINLength", enabled(profile.authenticator_config)),
            ("up", Some(true)),
        ];
        cbor::map(
            options
                .into_iter()
                .filter_map(|(name, value)| Some((name, Value::Bool(value?)))),
        )
    }
}
