//! The emulator's own key, and the root of all bases: it gives what no file does.

use std::time::Duration;

use super::{
    Attestation, BioEnrollment, CredentialManagement, Extension, Fingerprint, FingerprintKind,
    PinUvAuthProtocol, Profile, ResetWindow, UsbIdentity, Version,
};
use crate::webauthn::{Aaguid, cose_key};

/// AAGUID of the default profile: a random GUID that belongs to no vendor.
pub const DEFAULT_AAGUID: Aaguid = Aaguid::new([
    0x8b, 0x1d, 0x6c, 0x52, 0x0f, 0x3e, 0x4b, 0x6a, 0x9c, 0x77, 0x2e, 0x5a, 0x41, 0xd0, 0x93, 0xf4,
]);

impl Default for Profile {
    fn default() -> Self {
        Self {
            aaguid: DEFAULT_AAGUID,
            firmware_version: 0x0001_0000,
            versions: vec![
                Version::U2fV2,
                Version::Fido20,
                Version::Fido21Pre,
                Version::Fido21,
            ],
            pin_uv_auth_protocols: vec![PinUvAuthProtocol::Two, PinUvAuthProtocol::One],
            extensions: vec![
                Extension::CredBlob,
                Extension::CredProtect,
                Extension::HmacSecret,
                Extension::LargeBlobKey,
                Extension::MinPinLength,
            ],
            transports: vec!["usb".to_owned()],
            algorithms: vec![cose_key::ES256, cose_key::EDDSA],
            attestation: Attestation::Packed,
            always_uv: Some(false),
            make_cred_uv_not_rqd: true,
            enterprise_rp_ids: Some(vec!["login.microsoft.com".to_owned()]),
            // libfido2 before 1.15, and OpenSSH with it, sends nothing but the prototype command.
            credential_management: CredentialManagement::Both,
            authenticator_config: true,
            min_pin_length: 4,
            max_rp_ids_for_set_min_pin_length: 4,
            max_msg_size: 2048,
            max_credential_count_in_list: 10,
            max_credential_id_length: 128,
            discoverable_credentials: 100,
            max_cred_blob_length: 32,
            large_blobs: Some(4096),
            fingerprint: None,
            no_mc_ga_permissions_with_client_pin: false,
            pin_complexity_policy: None,
            pin_complexity_policy_url: None,
            max_pin_length: None,
            attestation_formats: Vec::new(),
            certifications: Vec::new(),
            silent_assertions: true,
            long_touch_for_reset: false,
            can_enable_long_touch_for_reset: false,
            transports_for_reset: Vec::new(),
            usb: UsbIdentity {
                // pid.codes, for software in development.
                vendor_id: 0x1209,
                product_id: 0xf1d0,
                product: "Halligan emulated key".to_owned(),
                device_version: [1, 0, 0],
            },
            reset_window: ResetWindow::Always,
            touch_timeout: Duration::from_secs(30),
            credential_id_length: None,
            leaves_out: Vec::new(),
            wink: true,
            crashes_on_get_uv_retries: false,
        }
    }
}

impl Default for Fingerprint {
    fn default() -> Self {
        Self {
            kind: FingerprintKind::Touch,
            // libfido2 1.12, for one, only uses the prototype.
            enrollment: BioEnrollment::Both,
            samples: 5,
            templates: 5,
            max_friendly_name: 15,
            max_retries: 3,
        }
    }
}
