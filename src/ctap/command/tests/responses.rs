//! Recordings of real keys, published by others: python-fido2 (`tests/test_ctap2.py`), ctap-hid-fido2
//! (`get_info_response` tests, YubiKey Bio), the Yubico .NET SDK (`Ctap2CborSerializerTests`, YubiKey 5.2), a public trace of a
//! YubiKey that speaks CTAP 2.2, and a reader of TrustKey keys.

use proptest::prelude::*;

use super::super::{DecodeError, MemberName, client_pin, credential_management, entity};
use super::super::{get_assertion, get_info, make_credential};
use super::bytes;
use crate::encoding::cbor::{self, Value};
use crate::encoding::hex;
use crate::webauthn::Flags;

const YUBIKEY_BETA: &str = "a60182665532465f5632684649444f5f325f3002826375766d6b686d61632d736563726574\
    0350f8a011f38c0a4d15800617111f9edc7d04a462726bf5627570f564706c6174f469636c69656e7450696ef4\
    051904b0068101";
const YUBIKEY_5_2: &str = "aa0183665532465f5632684649444f5f325f306c4649444f5f325f315f505245\
    02826b6372656450726f746563746b686d61632d73656372657403502fc0579f811347eab116bb5a8db9202a\
    04a562726bf5627570f564706c6174f469636c69656e7450696ef47563726564656e7469616c4d676d7450726576696577f5\
    051904b006810107080818800982636e6663637573620a82a263616c672664747970656a7075626c69632d6b6579\
    a263616c672764747970656a7075626c69632d6b6579";
const YUBIKEY_BIO: &str = "b30184665532465f5632684649444f5f325f306c4649444f5f325f315f505245684649444f5f325f31\
    02856b6372656450726f746563746b686d61632d7365637265746c6c61726765426c6f624b65796863726564426c6f62\
    6c6d696e50696e4c656e6774680350d8522d9f575b486688a9ba99fa02f35b\
    04b062726bf5627570f5627576f564706c6174f4677576546f6b656ef568616c776179735576f568637265644d676d74f5\
    69617574686e72436667f56962696f456e726f6c6cf569636c69656e7450696ef56a6c61726765426c6f6273f5\
    6e70696e557641757468546f6b656ef56f7365744d696e50494e4c656e677468f5706d616b654372656455764e6f74527164f4\
    7563726564656e7469616c4d676d7450726576696577f5781b75736572566572696669636174696f6e4d676d7450726576696577f5\
    051904b00682020107080818800981637573620a82a263616c672664747970656a7075626c69632d6b6579\
    a263616c672764747970656a7075626c69632d6b65790b1904000cf40d040e1a000505060f18201001110312021415";
const YUBIKEY_CTAP_2_2: &str = "b8180185665532465f5632684649444f5f325f306c4649444f5f325f315f505245684649444f5f325f31\
    684649444f5f325f3202886b6372656450726f746563746b686d61632d7365637265746c6c61726765426c6f624b6579\
    6863726564426c6f626c6d696e50696e4c656e6774686e686d61632d7365637265742d6d63\
    71746869726450617274795061796d656e74647369676e0350f8a011f38c0a4d15800617111f9edc7d\
    04ae626570f562726bf5627570f564706c6174f468616c776179735576f568637265644d676d74f569617574686e72436667f5\
    69636c69656e7450696ef56a6c61726765426c6f6273f56d706572437265644d676d74524ff5\
    6e70696e557641757468546f6b656ef56f7365744d696e50494e4c656e677468f5706d616b654372656455764e6f74527164f5\
    7563726564656e7469616c4d676d7450726576696577f5051906000682020107080818800982636e666363757362\
    0a83a263616c672664747970656a7075626c69632d6b6579a263616c672764747970656a7075626c69632d6b6579\
    a263616c67382264747970656a7075626c69632d6b65790b1910000cf40d040e010f182010011418601682667061636b6564\
    646e6f6e651818f518195820cd48bc98a751b4d6b599c2f3df09e6a45941f3736c0da2115e864dd0be647203\
    181a8163757362181bf5181c5368747470733a2f2f6578616d706c652e636f6d181d183f";
const TRUSTKEY: &str = "a70183665532465f5632684649444f5f325f306c4649444f5f325f315f505245\
    02826b6372656450726f746563746b686d61632d7365637265740350f7c558a0f46511e8b5680800200c9a66\
    04a762726bf5627570f5627576f464706c6174f469636c69656e7450696ef47563726564656e7469616c4d676d7450726576696577f5\
    781b75736572566572696669636174696f6e4d676d7450726576696577f4068101070a081820";
const MAKE_CREDENTIAL: &str = "a301667061636b65640258c40021f5fc0b85cd22e60623bcd7d1ca48948909249b4776eb515154e57b66ae12\
    410000001cf8a011f38c0a4d15800617111f9edc7d0040fe3aac036d14c1e1c65518b698dd1da8f596bc33e11072813466c6bf\
    3845691509b80fb76d59309b8d39e0a93452688f6ca3a39a76f3fc52744fb73948b15783a5010203262001215820643566c206\
    dd00227005fa5de69320616ca268043a38f08bde2e9dc45a5cafaf225820171353b2932434703726aae579fa6542432861fe59\
    1e481ea22d63997e1a529003a363616c67266373696758483046022100cc1ef43edf07de8f208c21619c78a565ddcf4150766a\
    d58781193be8e0a742ed022100f1ed7c7243e45b7d8e5bda6b1abf10af7391789d1ef21b70bd69fed48dba4cb1637835638159\
    01973082019330820138a003020102020900859b726cb24b4c29300a06082a8648ce3d0403023047310b300906035504061302\
    555331143012060355040a0c0b59756269636f205465737431223020060355040b0c1941757468656e74696361746f72204174\
    746573746174696f6e301e170d3136313230343131353530305a170d3236313230323131353530305a3047310b300906035504\
    061302555331143012060355040a0c0b59756269636f205465737431223020060355040b0c1941757468656e74696361746f72\
    204174746573746174696f6e3059301306072a8648ce3d020106082a8648ce3d03010703420004ad11eb0e8852e53ad5dfed86\
    b41e6134a18ec4e1af8f221a3c7d6e636c80ea13c3d504ff2e76211bb44525b196c44cb4849979cf6f896ecd2bb860de1bf437\
    6ba30d300b30090603551d1304023000300a06082a8648ce3d0403020349003046022100e9a39f1b03197525f7373e10ce77e7\
    8021731b94d0c03f3fda1fd22db3d030e7022100c4faec3445a820cf43129cdb00aabefd9ae2d874f9c5d343cb2f113da23723f3";
const GET_ASSERTION: &str = "a301a26269645840fe3aac036d14c1e1c65518b698dd1da8f596bc33e11072813466c6bf3845691509b80fb76d59\
    309b8d39e0a93452688f6ca3a39a76f3fc52744fb73948b1578364747970656a7075626c69632d6b65790258250021f5fc0b85\
    cd22e60623bcd7d1ca48948909249b4776eb515154e57b66ae12010000001d035846304402206765cbf6e871d3af7f01ae96f0\
    6b13c90f26f54b905c5166a2c791274fc2397102200b143893586cc799fba4da83b119eaea1bd80ac3ce88fcedb3efbd596a1f\
    4f63";
const CREDENTIAL_ID: &str = "fe3aac036d14c1e1c65518b698dd1da8f596bc33e11072813466c6bf3845691509b80fb76d59309b8d39e0a93452688f\
    6ca3a39a76f3fc52744fb73948b15783";
const ASSERTION: &str = get_assertion::NAME;

fn info(digits: &str) -> get_info::Response {
    get_info::Response::decode(&bytes(digits)).unwrap()
}

#[test]
fn an_early_key_leaves_most_members_out() {
    let info = info(YUBIKEY_BETA);
    assert_eq!(info.versions, ["U2F_V2", "FIDO_2_0"]);
    assert_eq!(
        info.aaguid.to_string(),
        "f8a011f3-8c0a-4d15-8006-17111f9edc7d"
    );
    assert_eq!(info.options.rk, Some(true));
    assert_eq!(info.options.client_pin, Some(false));
    assert_eq!(info.options.uv, None);
    assert_eq!(info.options.cred_mgmt, None);
    assert_eq!(info.max_msg_size, Some(1200));
    assert_eq!(info.pin_uv_auth_protocols, Some(vec![1]));
    assert_eq!(info.max_credential_count_in_list, None);
    assert_eq!(info.min_pin_length, None);
    assert_eq!((info.pin_minimum(), info.message_limit()), (4, 1200));
    assert!(info.has_extension("hmac-secret") && !info.has_extension("credProtect"));
    assert_eq!(info.unknown, []);
}

#[test]
fn a_preview_key_names_its_preview_options() {
    let info = info(YUBIKEY_5_2);
    assert!(info.has_version("FIDO_2_1_PRE") && !info.has_version("FIDO_2_1"));
    assert_eq!(info.options.credential_mgmt_preview, Some(true));
    assert_eq!(info.options.pin_uv_auth_token, None);
    assert_eq!(info.max_credential_count_in_list, Some(8));
    assert_eq!(info.max_credential_id_length, Some(128));
    assert_eq!(info.algorithms, Some(vec![-7, -8]));
    assert_eq!(info.transports.unwrap(), ["nfc", "usb"]);
}

#[test]
fn a_biometric_key_has_nothing_that_is_lost() {
    let info = info(YUBIKEY_BIO);
    assert_eq!(info.pin_uv_auth_protocols, Some(vec![2, 1]));
    let options = &info.options;
    for option in [
        options.uv,
        options.pin_uv_auth_token,
        options.always_uv,
        options.cred_mgmt,
        options.authnr_cfg,
        options.bio_enroll,
        options.client_pin,
        options.large_blobs,
        options.set_min_pin_length,
        options.user_verification_mgmt_preview,
    ] {
        assert_eq!(option, Some(true));
    }
    assert_eq!(options.make_cred_uv_not_rqd, Some(false));
    assert_eq!(options.ep, None);
    // A name of its own that no specification has.
    assert_eq!(options.unknown.get("uvToken"), Some(&true));
    assert_eq!(options.unknown.len(), 1);
    assert_eq!(info.force_pin_change, Some(false));
    assert_eq!(info.min_pin_length, Some(4));
    assert_eq!(info.firmware_version, Some(0x0005_0506));
    assert_eq!(info.max_cred_blob_length, Some(32));
    assert_eq!(info.max_rp_ids_for_set_min_pin_length, Some(1));
    assert_eq!(info.preferred_platform_uv_attempts, Some(3));
    assert_eq!(info.uv_modality, Some(2));
    assert_eq!(info.remaining_discoverable_credentials, Some(21));
    assert_eq!(info.unknown, []);
}

#[test]
fn members_of_ctap_2_2_are_understood() {
    let info = info(YUBIKEY_CTAP_2_2);
    assert!(info.has_version("FIDO_2_2"));
    assert_eq!(info.options.ep, Some(true));
    assert_eq!(info.options.per_cred_mgmt_ro, Some(true));
    assert_eq!(info.algorithms, Some(vec![-7, -8, -35]));
    assert_eq!(info.attestation_formats.unwrap(), ["packed", "none"]);
    assert_eq!(info.long_touch_for_reset, Some(true));
    assert_eq!(info.enc_identifier.unwrap().len(), 32);
    assert_eq!(info.transports_for_reset.unwrap(), ["usb"]);
    assert_eq!(info.pin_complexity_policy, Some(true));
    assert_eq!(
        info.pin_complexity_policy_url.as_deref(),
        Some(b"https://example.com".as_slice())
    );
    assert_eq!(info.max_pin_length, Some(63));
    assert_eq!(info.unknown, []);
}

#[test]
fn a_key_that_states_no_message_limit_gets_the_default() {
    let info = info(TRUSTKEY);
    assert_eq!(info.options.uv, Some(false));
    assert_eq!(info.max_msg_size, None);
    assert_eq!(info.message_limit(), 1024);
    assert_eq!(info.max_credential_id_length, Some(32));
}

#[test]
fn unknown_members_are_kept() {
    let info = info(
        &format!(
            "a3{}",
            "0180 0350 00000000000000000000000000000000 1899 1904d2"
        )
        .replace(' ', ""),
    );
    assert_eq!(info.unknown, [(Value::from(0x99), Value::from(1234))]);
}

#[test]
fn a_recorded_make_credential_becomes_an_attestation_object() {
    let response = make_credential::Response::decode(&bytes(MAKE_CREDENTIAL)).unwrap();
    assert_eq!(response.fmt, "packed");
    assert_eq!(response.ep_att, None);
    assert_eq!(response.large_blob_key, None);
    let data = response.authenticator_data().unwrap();
    assert_eq!((data.flags, data.sign_count), (Flags(0x41), 28));
    let attested = data.attested.unwrap();
    assert_eq!(hex::encode(&attested.credential_id), CREDENTIAL_ID);
    let object = response.attestation_object();
    let again = crate::webauthn::AttestationObject::parse(&object.to_bytes()).unwrap();
    assert_eq!(again, object);
}

#[test]
fn a_recorded_assertion_is_read() {
    let response = get_assertion::Response::decode(ASSERTION, &bytes(GET_ASSERTION)).unwrap();
    assert_eq!(
        hex::encode(&response.credential.as_ref().unwrap().id),
        CREDENTIAL_ID
    );
    let data = response.authenticator_data().unwrap();
    assert_eq!((data.flags, data.sign_count), (Flags(1), 29));
    assert_eq!(response.signature.len(), 70);
    assert_eq!(response.user, None);
    assert_eq!(response.number_of_credentials, None);
}

fn missing(command: &'static str, name: &'static str, key: Option<u8>) -> DecodeError {
    DecodeError::Missing {
        command,
        member: MemberName { name, key },
    }
}

#[test]
fn errors_name_command_and_member() {
    let error = make_credential::Response::decode(&bytes("a1016470616368")).unwrap_err();
    assert_eq!(error, missing("makeCredential", "authData", Some(2)));
    assert_eq!(
        error.to_string(),
        "makeCredential response: member authData (0x02) missing"
    );
    let error = get_assertion::Response::decode(ASSERTION, &bytes("a201a002f5")).unwrap_err();
    assert_eq!(error, missing("getAssertion", "credential.id", None));
    let error = get_info::Response::decode(&bytes("a20180034100")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "getInfo response: member aaguid (0x03) malformed"
    );
    let error = get_info::Response::decode(&[0x80]).unwrap_err();
    assert_eq!(error, DecodeError::NotAMap { command: "getInfo" });
    let error = get_info::Response::decode(&[]).unwrap_err();
    assert_eq!(error, missing("getInfo", "versions", Some(1)));
}

#[test]
fn absent_retries_are_an_error_and_not_zero() {
    let decode = |digits| client_pin::Response::decode("clientPIN getPINRetries", &bytes(digits));
    let retries = decode("a2030804f5").ok().unwrap().pin_retries().unwrap();
    assert_eq!(
        (retries.retries, retries.power_cycle_state),
        (8, Some(true))
    );
    let error = decode("a0").ok().unwrap().pin_retries().unwrap_err();
    assert_eq!(
        error,
        missing("clientPIN getPINRetries", "pinRetries", Some(3))
    );
    let negative = decode("a10320").ok().unwrap().pin_retries();
    assert!(matches!(negative, Err(DecodeError::Malformed { .. })));
    let huge = decode("a1031901ff").ok().unwrap().pin_retries();
    assert!(matches!(huge, Err(DecodeError::Malformed { .. })));
}

#[test]
fn enumerations_are_read_with_names_of_every_kind() {
    use credential_management::{EnumeratedCredential, EnumeratedRp, Metadata};
    let metadata = Metadata::decode("m", &bytes("a201021815")).unwrap_err();
    assert!(matches!(metadata, DecodeError::Cbor { .. }));
    let metadata = Metadata::decode("m", &bytes("a20102021817")).unwrap();
    assert_eq!(metadata.existing_resident_credentials_count, 2);
    assert_eq!(
        metadata.max_possible_remaining_resident_credentials_count,
        23
    );
    let rp = format!(
        "a303a162696464{}045820{}0502",
        hex::encode(b"ssh:"),
        "09".repeat(32)
    );
    let (rp, total) = EnumeratedRp::decode("r", &bytes(&rp)).unwrap();
    assert_eq!(rp.unwrap().id.as_deref(), Some("ssh:"));
    assert_eq!(total, Some(2));
    assert_eq!(
        EnumeratedRp::decode("r", &bytes("a10500")),
        Ok((None, Some(0)))
    );
    let credential = "a5 06a16269644107 07a262696442aabb64747970656a7075626c69632d6b6579 \
        08a3010103272006 0901 0a03"
        .replace(' ', "");
    let (credential, total) = EnumeratedCredential::decode("c", &bytes(&credential)).unwrap();
    assert_eq!(credential.credential.id, [0xaa, 0xbb]);
    assert_eq!(credential.user.id, [7]);
    assert_eq!(credential.public_key, bytes("a3010103272006"));
    assert_eq!((credential.cred_protect, total), (Some(3), Some(1)));
}

#[test]
fn a_name_cut_in_the_middle_of_a_character_does_not_hide_the_credential() {
    use credential_management::EnumeratedCredential;
    // user.name is "Jü" without its last byte.
    let credential = "a3 06a262696441 07 646e616d65 62 4ac3 07a262696442aabb64747970656a7075626c69632d6b6579 08a0"
        .replace(' ', "");
    let (credential, _) = EnumeratedCredential::decode("c", &bytes(&credential)).unwrap();
    assert_eq!(credential.user.name.as_deref(), Some("J?"));
    assert_eq!(credential.credential.id, [0xaa, 0xbb]);
}

#[test]
fn a_large_blob_key_does_not_show() {
    let key = entity::LargeBlobKey::new(vec![0xab; 32]);
    assert_eq!(format!("{key:?}"), "LargeBlobKey");
}

fn decode_all(bytes: &[u8]) {
    let _ = get_info::Response::decode(bytes);
    let _ = make_credential::Response::decode(bytes);
    let _ = get_assertion::Response::decode(ASSERTION, bytes);
    let _ = credential_management::Metadata::decode("m", bytes);
    let _ = credential_management::EnumeratedRp::decode("r", bytes);
    let _ = credential_management::EnumeratedCredential::decode("c", bytes);
    let response = || client_pin::Response::decode("p", bytes);
    let _ = response().and_then(client_pin::Response::key_agreement);
    let _ = response().and_then(client_pin::Response::pin_uv_auth_token);
    let _ = response().and_then(client_pin::Response::pin_retries);
    let _ = response().and_then(client_pin::Response::uv_retries);
}

/// Maps as keys send them, with members of any type under the keys that the parsers look for.
fn any_response() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        "[a-zA-Z]{0,12}".prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
    ];
    let inner = leaf.prop_recursive(2, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("(id|name|type|alg|rk)", inner, 0..4).prop_map(cbor::map),
        ]
    });
    prop::collection::btree_map(0u8..0x20, inner, 0..12).prop_map(cbor::map)
}

proptest! {
    #[test]
    fn any_bytes_give_a_response_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        decode_all(&bytes);
    }

    #[test]
    fn any_map_gives_a_response_or_an_error(response in any_response()) {
        decode_all(&cbor::encode(&response));
    }

    #[test]
    fn a_damaged_recording_gives_a_response_or_an_error(
        which in 0usize..5,
        position in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let recordings = [YUBIKEY_BIO, YUBIKEY_CTAP_2_2, TRUSTKEY, MAKE_CREDENTIAL, GET_ASSERTION];
        let mut recording = bytes(recordings[which]);
        let position = position.index(recording.len());
        recording[position] = byte;
        decode_all(&recording);
        if let Ok(response) = make_credential::Response::decode(&recording) {
            let _ = response.authenticator_data();
        }
    }
}
