//! authenticatorGetInfo (CTAP 2.1 §6.4).

use super::Reply;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::profile::{
    BioEnrollment, CredentialManagement, Extension, PinUvAuthProtocol, Version,
};
use crate::encoding::cbor::{self, Value};

/// A bit of uvModality (FIDO Registry of Predefined Values §3.1).
const USER_VERIFY_FINGERPRINT_INTERNAL: u32 = 0x02;

/// An option: its name, and its value unless it is absent.
type NamedOption = (&'static str, Option<bool>);
/// A member: its number, and its value unless it is absent.
type Member = (u8, Option<Value>);

impl Authenticator {
    pub(in crate::emulator) fn get_info(&self) -> Reply {
        let left_out = |&(number, _): &Member| {
            let mut left_out = self.profile.leaves_out.iter();
            left_out.any(|optional| optional.member() == Some(number))
        };
        Reply::members(
            self.members_since_2_0()
                .into_iter()
                .chain(self.members_since_2_1())
                .chain(self.members_since_2_2())
                .filter(|member| !left_out(member)),
        )
    }

    fn members_since_2_0(&self) -> [Member; 10] {
        let profile = &self.profile;
        let versions = profile
            .versions
            .iter()
            .filter(|version| **version != Version::U2fV2 || self.is_ctap1_enabled())
            .map(|version: &Version| version.as_str());
        let extensions = profile
            .extensions
            .iter()
            .map(|extension| extension.as_str());
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
        [
            (0x01, Some(texts(versions))),
            (0x02, Some(texts(extensions))),
            (0x03, Some(Value::Bytes(profile.aaguid.as_bytes().to_vec()))),
            (0x04, Some(self.options())),
            (0x05, Some(number(profile.max_msg_size))),
            (0x06, Some(Value::Array(protocols.collect()))),
            (0x07, Some(number(profile.max_credential_count_in_list))),
            (0x08, Some(number(profile.max_credential_id_length))),
            (0x09, listed(&profile.transports)),
            (0x0a, Some(Value::Array(algorithms.collect()))),
        ]
    }

    fn members_since_2_1(&self) -> [Member; 10] {
        let profile = &self.profile;
        let state = self.state();
        let since_2_1 = |value: Value| profile.has_permissions().then_some(value);
        let config = |value: Value| profile.authenticator_config.then_some(value);
        let sensor = profile.fingerprint.as_ref();
        let attempts = sensor.map(Self::preferred_platform_uv_attempts);
        let remaining = profile
            .discoverable_credentials
            .saturating_sub(state.credentials.len());
        let certifications = profile
            .certifications
            .iter()
            .map(|(name, level)| (name.as_str(), Value::from(*level)));
        let is_certified = !profile.certifications.is_empty();
        [
            (0x0b, profile.large_blobs.map(number)),
            (0x0c, config(Value::Bool(state.force_pin_change))),
            (0x0d, config(number(state.min_pin_length))),
            (0x0e, Some(Value::from(profile.firmware_version))),
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
            (0x11, attempts.map(Value::from).and_then(since_2_1)),
            (
                0x12,
                sensor.and_then(|_| since_2_1(Value::from(USER_VERIFY_FINGERPRINT_INTERNAL))),
            ),
            (0x13, is_certified.then(|| cbor::map(certifications))),
            (0x14, since_2_1(number(remaining))),
        ]
    }

    fn members_since_2_2(&self) -> [Member; 7] {
        let profile = &self.profile;
        let url = profile.pin_complexity_policy_url.as_ref();
        let url = url.map(|url| Value::Bytes(url.as_bytes().to_vec()));
        [
            (0x16, listed(&profile.attestation_formats)),
            (0x18, self.long_touch_for_reset().map(Value::Bool)),
            (0x1a, listed(&profile.transports_for_reset)),
            (0x1b, profile.pin_complexity_policy.map(Value::Bool)),
            (0x1c, url),
            (0x1d, profile.max_pin_length.map(Value::from)),
            (0x1f, self.authenticator_config_commands()),
        ]
    }

    fn options(&self) -> Value {
        let profile = &self.profile;
        let management = profile.credential_management;
        let enabled = |condition: bool| condition.then_some(true);
        let options = [
            ("alwaysUv", profile.always_uv.map(|_| self.always_uv())),
            ("authnrCfg", enabled(profile.authenticator_config)),
            ("clientPin", Some(self.is_pin_set())),
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
            ("largeBlobs", enabled(profile.large_blobs.is_some())),
            (
                "makeCredUvNotRqd",
                profile
                    .has_permissions()
                    .then_some(self.make_cred_uv_not_rqd()),
            ),
            (
                "noMcGaPermissionsWithClientPin",
                enabled(profile.no_mc_ga_permissions_with_client_pin),
            ),
            ("pinUvAuthToken", enabled(profile.has_permissions())),
            ("plat", Some(false)),
            ("rk", Some(true)),
            ("setMinPINLength", enabled(profile.authenticator_config)),
            ("up", Some(true)),
        ];
        let left_out = |name: &str| {
            let mut left_out = profile.leaves_out.iter();
            left_out.any(|optional| optional.option() == Some(name))
        };
        cbor::map(
            options
                .into_iter()
                .chain(self.fingerprint_options())
                .filter(|(name, _)| !left_out(name))
                .filter_map(|(name, value)| Some((name, Value::Bool(value?)))),
        )
    }

    fn fingerprint_options(&self) -> [NamedOption; 5] {
        let sensor = self.profile.fingerprint.as_ref();
        let enrolls = |commands: [BioEnrollment; 2]| {
            sensor
                .filter(|sensor| commands.contains(&sensor.enrollment))
                .map(|_| self.is_uv_enabled())
        };
        let issues_tokens = sensor.is_some() && self.profile.has_permissions();
        let enabled = |condition: bool| (issues_tokens && condition).then_some(true);
        let has_standard_enrollment = self.sensor_with_standard_enrollment().is_some();
        [
            (
                "bioEnroll",
                enrolls([BioEnrollment::Standard, BioEnrollment::Both]),
            ),
            (
                "userVerificationMgmtPreview",
                enrolls([BioEnrollment::Preview, BioEnrollment::Both]),
            ),
            ("uv", sensor.map(|_| self.is_uv_enabled())),
            ("uvAcfg", enabled(self.profile.authenticator_config)),
            ("uvBioEnroll", enabled(has_standard_enrollment)),
        ]
    }
}

fn number(value: usize) -> Value {
    Value::from(u64::try_from(value).unwrap_or(u64::MAX))
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Value {
    Value::Array(texts.map(Value::from).collect())
}

/// A member that is absent when nothing is in it.
fn listed(items: &[String]) -> Option<Value> {
    (!items.is_empty()).then(|| texts(items.iter().map(String::as_str)))
}
