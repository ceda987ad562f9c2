//! Profiles as files: what they say, what is refused, and the habits of keys that only profiles have.

use std::time::Duration;

use proptest::prelude::*;

use super::host::{BROADCAST, CLIENT_DATA_HASH, Host, RP_ID};
use crate::ctap::status::Status;
use crate::emulator::Profile;
use crate::emulator::profile::{
    Defect, Extension, Family, Optional, ProfileError, ProfileFile, ResetWindow, Version,
};
use crate::encoding::cbor::{self, Value};
use crate::webauthn::cose_key;

fn parse(text: &str) -> Profile {
    ProfileFile::parse(text).unwrap().profile
}

fn refusal(text: &str) -> String {
    ProfileFile::parse(text).unwrap_err().to_string()
}

#[test]
fn every_family_loads_has_a_description_and_survives_being_shown() {
    for family in Family::ALL {
        let file = family.read();
        assert!(file.description.is_some(), "{}", family.name);
        let again = ProfileFile::parse(&file.complete_text()).unwrap();
        assert_eq!(again.profile, file.profile, "{}", family.name);
        assert_eq!(again.description, file.description, "{}", family.name);
    }
}

#[test]
fn aaguids_are_of_our_own_range_and_none_is_used_twice() {
    let imitated = Family::ALL
        .iter()
        .filter(|family| !["default", "strict", "preview", "u2f"].contains(&family.name));
    let mut seen = Vec::new();
    for family in imitated {
        let aaguid = family.read().profile.aaguid.to_string();
        assert!(
            aaguid.starts_with("8b1d6c52-0f3e-4b6a-9c77-2e5a41d0"),
            "{}",
            family.name
        );
        assert!(!seen.contains(&aaguid), "{}", family.name);
        seen.push(aaguid);
    }
}

#[test]
fn nothing_is_the_default_and_what_is_given_replaces_it() {
    assert_eq!(parse(""), Profile::default());
    let profile = parse(
        r#"
        aaguid = "01020304-0506-0708-090a-0b0c0d0e0f10"
        versions = ["FIDO_2_0", "FIDO_2_1"]
        algorithms = ["EdDSA"]
        extensions = ["hmac-secret"]
        reset_window = "1500ms"
        touch_timeout = "2m"
        enterprise_rp_ids = "absent"
        leaves_out = ["up"]
        usb.product_id = "beef"
        "#,
    );
    let mut expected = Profile {
        aaguid: "01020304-0506-0708-090a-0b0c0d0e0f10".parse().unwrap(),
        versions: vec![Version::Fido20, Version::Fido21],
        algorithms: vec![cose_key::EDDSA],
        extensions: vec![Extension::HmacSecret],
        reset_window: ResetWindow::AfterPowerUp(Duration::from_millis(1500)),
        touch_timeout: Duration::from_secs(120),
        enterprise_rp_ids: None,
        leaves_out: vec![Optional::Up],
        ..Profile::default()
    };
    expected.usb.product_id = 0xbeef;
    assert_eq!(profile, expected);
}

#[test]
fn a_base_is_built_upon() {
    let profile = parse("base = \"preview\"\nmax_msg_size = 1024");
    let expected = Profile {
        max_msg_size: 1024,
        ..Profile::preview()
    };
    assert_eq!(profile, expected);
    let without = parse("base = \"bio\"\nfingerprint = \"absent\"");
    assert_eq!(without.fingerprint, None);
    let other = parse("base = \"bio\"\n[fingerprint]\nsamples = 3").fingerprint;
    assert_eq!(
        other.map(|sensor| (sensor.samples, sensor.templates)),
        Some((3, 5))
    );
}

/// What a file says, and how the refusal begins.
const REFUSED: [(&str, &str); 24] = [
    (
        "min_pin_length = 3",
        "min_pin_length: 3 is not within 4 to 63",
    ),
    (
        "min_pin_length = 64",
        "min_pin_length: 64 is not within 4 to 63",
    ),
    (
        "max_pin_length = 3",
        "max_pin_length: 3 is not within 4 to 63",
    ),
    (
        "max_msg_size = 1023",
        "max_msg_size: 1023 is not within 1024 to 7609",
    ),
    (
        "max_msg_size = 7610",
        "max_msg_size: 7610 is not within 1024 to 7609",
    ),
    (
        "max_credential_id_length = 79",
        "max_credential_id_length: 79 is not within 80 to 1023",
    ),
    (
        "credential_id_length = 129",
        "credential_id_length: 129 is not within 80 to 128",
    ),
    (
        "pin_uv_auth_protocols = []",
        "pin_uv_auth_protocols: must not be empty",
    ),
    (
        "pin_uv_auth_protocols = [1, 1]",
        "pin_uv_auth_protocols: lists something twice",
    ),
    ("versions = []", "versions: must not be empty"),
    ("algorithms = []", "algorithms: must not be empty"),
    (
        "extensions = [\"largeBlobKey\"]\nlarge_blobs = \"absent\"",
        "extensions: largeBlobKey: needs large_blobs",
    ),
    (
        "large_blobs = 1023",
        "large_blobs: 1023 is not within 1024 to 65536",
    ),
    (
        "large_blobs = 4000000000",
        "large_blobs: 4000000000 is not within 1024 to 65536",
    ),
    (
        "max_cred_blob_length = 31",
        "max_cred_blob_length: 31 is not within 32 to 1024",
    ),
    (
        "discoverable_credentials = 1001",
        "discoverable_credentials: 1001 is not within 1 to 1000",
    ),
    (
        "touch_timeout = \"1h\"",
        "touch_timeout: 3600 is not within 1 to 600",
    ),
    (
        "base = \"bio\"\nfingerprint.max_retries = 26",
        "fingerprint.max_retries: 26 is not within 1 to 25",
    ),
    (
        "transports = [\"\"]",
        "transports: a text of 0 bytes, 1 to 255 are possible",
    ),
    (
        "base = \"bio\"\ncrashes_on_get_uv_retries = true",
        "crashes_on_get_uv_retries: cannot be together with fingerprint",
    ),
    (
        "no_mc_ga_permissions_with_client_pin = true",
        "no_mc_ga_permissions_with_client_pin: needs fingerprint",
    ),
    (
        "versions = [\"FIDO_2_0\"]",
        "authenticator_config: needs FIDO_2_1 or later in versions",
    ),
    (
        "versions = [\"U2F_V2\"]\nmax_msg_size = 1200",
        "max_msg_size: means nothing for a key whose only version is U2F_V2",
    ),
    (
        "base = \"yubikey\"",
        "base: no profile is called \"yubikey\"",
    ),
];

#[test]
fn what_no_key_can_be_is_refused_by_the_name_of_the_member() {
    for (text, reason) in REFUSED {
        let refusal = refusal(text);
        assert!(refusal.starts_with(reason), "{text}: {refusal}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_by_line_or_member() {
    let cases = [
        ("\n\nversions = [", "line 3: "),
        ("min_pin_lenght = 4", "min_pin_lenght: unknown field"),
        ("usb.vendor = 1", "usb.vendor: unknown field"),
        (
            "usb.vendor_id = \"12\"",
            "usb.vendor_id: \"12\" is not four hexadecimal digits",
        ),
        (
            "versions = [\"FIDO_2_0\", \"FIDO_9\"]",
            "versions[1]: unknown variant",
        ),
        (
            "pin_uv_auth_protocols = [3]",
            "pin_uv_auth_protocols[0]: there is no PIN/UV auth protocol 3",
        ),
        ("always_uv = \"maybe\"", "always_uv: "),
        (
            "reset_window = \"never\"",
            "reset_window: \"never\" is neither \"always\"",
        ),
        ("aaguid = \"8b1d\"", "aaguid: "),
        (
            "base = \"bio\"\nfingerprint.samples = 300",
            "fingerprint.samples: ",
        ),
        ("base = 1", "base: "),
    ];
    for (text, reason) in cases {
        assert!(
            refusal(text).starts_with(reason),
            "{text}: {}",
            refusal(text)
        );
    }
}

#[test]
fn a_file_is_read_to_a_limit_and_named_in_the_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("huge.toml");
    std::fs::write(&path, "#".repeat(70_000)).unwrap();
    let huge = ProfileFile::read(&path).unwrap_err();
    assert!(matches!(&huge, ProfileError::TooLarge { path: named } if *named == path));
    std::fs::write(&path, "versions = 1").unwrap();
    let wrong = ProfileFile::choose(path.to_str().unwrap()).unwrap_err();
    let ProfileError::Defect {
        path: named,
        defect,
    } = wrong
    else {
        panic!("{wrong}");
    };
    assert_eq!(named, path);
    assert!(matches!(*defect, Defect::Member { member, .. } if member == "versions"));
    let nobody = ProfileFile::choose("./nobody.toml").unwrap_err();
    assert!(matches!(nobody, ProfileError::Read { .. }));
    assert!(matches!(
        ProfileFile::choose("nobody"),
        Err(ProfileError::Unknown(_))
    ));
}

#[test]
fn a_key_keeps_its_profile() {
    let directory = tempfile::tempdir().unwrap();
    let of_key = || ProfileFile::of_key(directory.path()).unwrap();
    assert_eq!(of_key(), None);
    let chosen = ProfileFile::choose("preview").unwrap();
    chosen.keep(directory.path()).unwrap();
    assert_eq!(of_key().map(|file| file.profile), Some(Profile::preview()));
}

fn new_credential(host: &mut Host, rk: bool) -> Vec<u8> {
    let request = cbor::map([
        (1, Value::Bytes(CLIENT_DATA_HASH.to_vec())),
        (2, cbor::map([("id", Value::from(RP_ID))])),
        (3, cbor::map([("id", Value::Bytes(vec![1; 16]))])),
        (
            4,
            Value::Array(vec![cbor::map([
                ("alg", Value::from(cose_key::ES256)),
                ("type", Value::from("public-key")),
            ])]),
        ),
        (7, cbor::map([("rk", Value::Bool(rk))])),
    ]);
    let data = host.call(0x01, &request).unwrap().bytes(2);
    let length = usize::from(u16::from_be_bytes([data[53], data[54]]));
    data[55..55 + length].to_vec()
}

#[test]
fn credential_ids_have_the_length_that_the_profile_gives() {
    for length in [80, 96, 241] {
        let mut host = Host::new(Profile {
            credential_id_length: Some(length),
            max_credential_id_length: 255,
            ..Profile::default()
        });
        for rk in [false, true] {
            let id = new_credential(&mut host, rk);
            assert_eq!(id.len(), length);
            let request = cbor::map([
                (1, Value::from(RP_ID)),
                (2, Value::Bytes(CLIENT_DATA_HASH.to_vec())),
                (
                    3,
                    Value::Array(vec![cbor::map([
                        ("id", Value::Bytes(id)),
                        ("type", Value::from("public-key")),
                    ])]),
                ),
            ]);
            assert!(host.call(0x02, &request).is_ok(), "{length} {rk}");
        }
    }
}

#[test]
fn a_reset_can_be_allowed_as_the_first_command_only() {
    let mut host = Host::new(Profile {
        reset_window: ResetWindow::FirstCommand,
        ..Profile::default()
    });
    host.advance(Duration::from_secs(3600));
    host.info();
    assert!(host.call_plain(0x07).is_ok());
    assert!(host.call_plain(0x07).is_ok());
    host.retries();
    let refused = host.call_plain(0x07).err();
    assert_eq!(refused, Some(u8::from(Status::NotAllowed)));
    host.emulator.power_cycle();
    assert!(host.call_plain(0x07).is_ok());
}

#[test]
fn the_question_for_uv_retries_can_drop_the_key_off_the_bus() {
    let get_uv_retries = cbor::map([(2, Value::from(7))]);
    let request = [vec![0x06], cbor::encode(&get_uv_retries)].concat();
    for crashes in [false, true] {
        let mut host = Host::new(Profile {
            crashes_on_get_uv_retries: crashes,
            ..Profile::default()
        });
        host.retries();
        host.send(host.cid, 0x10, &request);
        assert_eq!(host.emulator.is_gone(), crashes);
    }
}

#[test]
fn capabilities_are_those_of_the_profile() {
    let u2f_only = Family::named("u2f").unwrap().read().profile;
    let no_wink = |versions| Profile {
        wink: false,
        versions,
        ..Profile::default()
    };
    let cases = [
        (Profile::default(), 0x05),
        (
            no_wink(vec![Version::U2fV2, Version::Fido20, Version::Fido21]),
            0x04,
        ),
        (no_wink(vec![Version::Fido20, Version::Fido21]), 0x0c),
        (u2f_only, 0x01),
    ];
    for (profile, capabilities) in cases {
        let has_wink = profile.wink;
        let mut host = Host::new(profile);
        host.send(BROADCAST, 0x06, &[0; 8]);
        let (_, _, answer) = host.message().unwrap();
        assert_eq!(answer.last(), Some(&capabilities));
        host.send(host.cid, 0x08, &[]);
        let (_, command, _) = host.message().unwrap();
        assert_eq!(command, if has_wink { 0x08 } else { 0x3f });
    }
}

#[test]
fn what_is_left_out_is_not_mentioned_and_still_works() {
    let mut host = Host::new(Profile {
        leaves_out: vec![
            Optional::Up,
            Optional::Algorithms,
            Optional::FirmwareVersion,
        ],
        ..Profile::default()
    });
    assert_eq!(host.option("up"), None);
    let info = host.info();
    assert!(info.find(0x0a).is_none() && info.find(0x0e).is_none());
    assert!(!new_credential(&mut host, true).is_empty());
}

#[test]
fn a_pin_can_be_too_long() {
    let mut host = Host::new(Profile {
        max_pin_length: Some(8),
        ..Profile::default()
    });
    let refused = host.set_pin(1, "123456789");
    assert_eq!(refused, Err(u8::from(Status::PinPolicyViolation)));
    assert_eq!(host.set_pin(1, "äöüßäöüß"), Ok(()));
}

proptest! {
    #[test]
    fn any_text_is_a_profile_or_a_defect(text in "\\PC{0,200}") {
        let _ = ProfileFile::parse(&text);
    }

    #[test]
    fn any_value_for_any_member_is_a_profile_or_a_defect(
        member in 0_usize..60,
        value in prop_oneof![
            Just("true".to_owned()),
            Just("[]".to_owned()),
            Just("{}".to_owned()),
            Just("1.5".to_owned()),
            any::<i64>().prop_map(|number| number.to_string()),
            "[a-z0-9]{0,9}".prop_map(|text| format!("{text:?}")),
            "[a-z]{0,9}".prop_map(|text| format!("[{text:?}]")),
        ],
    ) {
        let whole: toml::Table = Family::ALL[0].read().complete_text().parse().unwrap();
        let name = whole.keys().nth(member % whole.len()).unwrap();
        if let Ok(file) = ProfileFile::parse(&format!("{name} = {value}")) {
            prop_assert_eq!(file.profile.check(), Ok(()));
            let again = ProfileFile::parse(&file.complete_text()).unwrap();
            prop_assert_eq!(again.profile, file.profile);
        }
    }
}
