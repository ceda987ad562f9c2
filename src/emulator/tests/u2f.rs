//! CTAP1 over CTAPHID_MSG, and what the two protocols share.

use std::time::Duration;

use der::{Decode, DecodePem, Encode};
use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::Verifier;
use p256::pkcs8::DecodePublicKey;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;

use super::config::toggle_always_uv;
use super::credentials::{authenticator_data, credential_id, verifies};
use super::host::{ACFG, Answer, Host, RP_ID};
use super::requests::{Assert, Create, algorithms, descriptors};
use crate::emulator::profile::Version;
use crate::emulator::touch::{After, Deny, TouchMode};
use crate::emulator::{Effect, Fault, Faults, Profile};
use crate::encoding::cbor::{self, Value};
use crate::webauthn::CoseKey;

const CHALLENGE: [u8; 32] = [0xc4; 32];
pub(super) const ENFORCE: u8 = 0x03;
const CHECK_ONLY: u8 = 0x07;
const DONT_ENFORCE: u8 = 0x08;
const OK: u16 = 0x9000;
const CONDITIONS_NOT_SATISFIED: u16 = 0x6985;
const COMMAND_NOT_ALLOWED: u16 = 0x6986;
const WRONG_LENGTH: u16 = 0x6700;
const WRONG_DATA: u16 = 0x6a80;

fn host() -> Host {
    Host::new(Profile::default())
}

/// The application parameter; for CTAP2 the RP ID hash.
fn application() -> [u8; 32] {
    Sha256::digest(RP_ID).into()
}

/// With extended lengths, as most hosts send it.
fn extended(ins: u8, p1: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    [&[0, ins, p1, 0, 0], length.as_slice(), data, &[0, 0]].concat()
}

struct Registered {
    public_key: CoseKey,
    key_handle: Vec<u8>,
    certificate: Certificate,
    signature: Vec<u8>,
    signed: Vec<u8>,
}

fn register(host: &mut Host) -> Result<Registered, u16> {
    let data = [CHALLENGE, application()].concat();
    let (response, status) = host.apdu(&extended(1, 0, &data));
    if status != OK {
        assert!(response.is_empty());
        return Err(status);
    }
    assert_eq!(response[..2], [0x05, 0x04]);
    let point = &response[1..66];
    let (key_handle, rest) = response[67..].split_at(response[66].into());
    // A DER SEQUENCE with two bytes of length.
    assert_eq!(rest[..2], [0x30, 0x82]);
    let length = 4 + usize::from(u16::from_be_bytes([rest[2], rest[3]]));
    let (certificate, signature) = rest.split_at(length);
    let coordinate = |start: usize| point[start..start + 32].try_into().unwrap();
    Ok(Registered {
        public_key: CoseKey::from_p256(coordinate(1), coordinate(33)),
        key_handle: key_handle.to_vec(),
        certificate: Certificate::from_der(certificate).unwrap(),
        signature: signature.to_vec(),
        signed: [
            &[0],
            application().as_slice(),
            &CHALLENGE,
            key_handle,
            point,
        ]
        .concat(),
    })
}

pub(super) struct Authenticated {
    user_presence: u8,
    counter: u32,
    verifies: bool,
}

pub(super) fn authenticate(
    host: &mut Host,
    control: u8,
    key_handle: &[u8],
    public_key: &CoseKey,
) -> Result<Authenticated, u16> {
    let length = u8::try_from(key_handle.len()).unwrap();
    let data = [CHALLENGE.as_slice(), &application(), &[length], key_handle].concat();
    let (response, status) = host.apdu(&extended(2, control, &data));
    if status != OK {
        assert!(response.is_empty());
        return Err(status);
    }
    let signed = [application().as_slice(), &response[..5], &CHALLENGE].concat();
    Ok(Authenticated {
        user_presence: response[0],
        counter: u32::from_be_bytes(response[1..5].try_into().unwrap()),
        verifies: public_key.verify(&signed, &response[5..]).is_ok(),
    })
}

fn status(host: &mut Host, control: u8, key_handle: &[u8], public_key: &CoseKey) -> u16 {
    match authenticate(host, control, key_handle, public_key) {
        Ok(_) => OK,
        Err(status) => status,
    }
}

fn verifying_key(certificate: &Certificate) -> VerifyingKey {
    let spki = certificate.tbs_certificate().subject_public_key_info();
    VerifyingKey::from_public_key_der(&spki.to_der().unwrap()).unwrap()
}

fn made_public_key(made: &Answer) -> CoseKey {
    authenticator_data(made).attested.unwrap().public_key
}

#[test]
fn the_version_is_told_in_every_encoding() {
    let mut host = host();
    for command in [
        &[0, 3, 0, 0][..],
        &[0, 3, 0, 0, 0],
        &[0, 3, 0, 0, 0, 0, 0],
        &[0, 3, 0, 0, 0, 0, 0, 0, 0],
    ] {
        assert_eq!(host.apdu(command), (b"U2F_V2".to_vec(), OK));
    }
}

#[test]
fn a_registration_is_attested_up_to_the_root() {
    let mut host = host();
    let registered = register(&mut host).unwrap();
    let signature = p256::ecdsa::Signature::from_der(&registered.signature).unwrap();
    let leaf = &registered.certificate;
    verifying_key(leaf)
        .verify(&registered.signed, &signature)
        .unwrap();
    let root = Certificate::from_pem(host.emulator.attestation_root_pem()).unwrap();
    let signature = p256::ecdsa::Signature::from_der(leaf.signature().raw_bytes()).unwrap();
    verifying_key(&root)
        .verify(&leaf.tbs_certificate().to_der().unwrap(), &signature)
        .unwrap();
    let extensions = leaf.tbs_certificate().extensions().unwrap();
    let transports = extensions
        .iter()
        .find(|extension| extension.extn_id.to_string() == "1.3.6.1.4.1.45724.2.1.1")
        .unwrap();
    assert_eq!(transports.extn_value.as_bytes(), [3, 2, 5, 0x20]);
    assert!(!transports.critical);
    let another = register(&mut host).unwrap();
    assert_ne!(another.key_handle, registered.key_handle);
    assert_ne!(another.public_key, registered.public_key);
}

#[test]
fn short_lengths_register_too() {
    let data = [CHALLENGE, application()].concat();
    let command = [&[0, 1, 0, 0, 64], data.as_slice(), &[0]].concat();
    assert_eq!(host().apdu(&command).1, OK);
}

#[test]
fn each_control_byte_does_what_it_says() {
    let mut host = host();
    let key = register(&mut host).unwrap();
    let mut sign = |control| authenticate(&mut host, control, &key.key_handle, &key.public_key);
    assert_eq!(
        sign(CHECK_ONLY).err(),
        Some(CONDITIONS_NOT_SATISFIED),
        "the key handle is good"
    );
    let touched = sign(ENFORCE).unwrap();
    assert!(touched.verifies);
    assert_eq!(touched.user_presence, 1);
    let untouched = sign(DONT_ENFORCE).unwrap();
    assert!(untouched.verifies);
    assert_eq!(untouched.user_presence, 0);
    assert_eq!(untouched.counter, touched.counter + 1);
    assert_eq!(sign(0x00).err(), Some(WRONG_DATA));
}

#[test]
fn a_key_handle_of_another_key_or_application_is_wrong_data_before_any_touch() {
    let mut host = host();
    let key = register(&mut host).unwrap();
    host.never_touch();
    let mut damaged = key.key_handle.clone();
    damaged[20] ^= 1;
    for key_handle in [&damaged[..], &[], &[7; 255]] {
        for control in [ENFORCE, CHECK_ONLY, DONT_ENFORCE] {
            let status = status(&mut host, control, key_handle, &key.public_key);
            assert_eq!(status, WRONG_DATA);
        }
    }
    let length = u8::try_from(key.key_handle.len()).unwrap();
    let elsewhere = [&[9; 64], [length].as_slice(), &key.key_handle].concat();
    let (_, status) = host.apdu(&extended(2, CHECK_ONLY, &elsewhere));
    assert_eq!(status, WRONG_DATA);
}

#[test]
fn malformed_commands_have_their_status_words() {
    let mut host = host();
    let good = [CHALLENGE, application()].concat();
    let short_handle = [good.as_slice(), &[5, 1, 2, 3, 4]].concat();
    for (command, expected) in [
        (vec![0], WRONG_LENGTH),
        (vec![0, 3, 0], WRONG_LENGTH),
        (vec![1, 3, 0, 0], 0x6e00),
        (vec![0x80, 1, 0, 0], 0x6e00),
        (vec![0, 4, 0, 0], 0x6d00),
        (vec![0, 0xa4, 4, 0, 1, 0], 0x6d00),
        (extended(3, 0, b"x"), WRONG_LENGTH),
        (extended(1, 0, &good[1..]), WRONG_LENGTH),
        (extended(1, 0, &short_handle), WRONG_LENGTH),
        (extended(2, ENFORCE, &good), WRONG_LENGTH),
        (extended(2, ENFORCE, &short_handle), WRONG_LENGTH),
        (vec![0, 1, 0, 0, 0, 0, 64, 1, 2, 3], WRONG_LENGTH),
    ] {
        assert_eq!(
            host.apdu(&command),
            (vec![], expected),
            "command {command:02x?}"
        );
    }
}

#[test]
fn without_a_touch_the_key_refuses_at_once_and_the_host_polls() {
    let mut host = host();
    host.emulator
        .set_touch(Box::new(After(Duration::from_millis(600))));
    for _ in 0..3 {
        assert_eq!(register(&mut host).err(), Some(CONDITIONS_NOT_SATISFIED));
        assert_eq!(host.emulator.time_until_next(), None, "nothing is pending");
        host.advance(Duration::from_millis(200));
    }
    let key = register(&mut host).unwrap();
    let sign = |host: &mut Host, control| status(host, control, &key.key_handle, &key.public_key);
    assert_eq!(
        sign(&mut host, ENFORCE),
        CONDITIONS_NOT_SATISFIED,
        "the touch is used up"
    );
    assert_eq!(sign(&mut host, DONT_ENFORCE), OK);
    host.advance(Duration::from_millis(600));
    assert_eq!(sign(&mut host, CHECK_ONLY), CONDITIONS_NOT_SATISFIED);
    assert_eq!(sign(&mut host, ENFORCE), OK);
    host.emulator.set_touch(Box::new(Deny));
    assert_eq!(register(&mut host).err(), Some(CONDITIONS_NOT_SATISFIED));
}

#[test]
fn a_key_that_is_unplugged_awaits_no_touch() {
    let mut host = host();
    host.emulator.set_touch_mode(TouchMode::Ask);
    assert_eq!(register(&mut host).err(), Some(CONDITIONS_NOT_SATISFIED));
    assert!(host.emulator.touch().is_ok());
    host.emulator.unplug(None);
    assert!(host.emulator.touch().is_err());
}

#[test]
fn a_key_that_refuses_silent_assertions_wants_the_touch_in_u2f_too() {
    let mut host = Host::new(Profile {
        silent_assertions: false,
        ..Profile::default()
    });
    let key = register(&mut host).unwrap();
    let signed = authenticate(&mut host, DONT_ENFORCE, &key.key_handle, &key.public_key).unwrap();
    assert_eq!(signed.user_presence, 1);
    host.never_touch();
    let untouched = status(&mut host, DONT_ENFORCE, &key.key_handle, &key.public_key);
    assert_eq!(untouched, CONDITIONS_NOT_SATISFIED);
}

#[test]
fn both_protocols_use_each_others_credentials_and_one_counter() {
    let mut host = host();
    let key = register(&mut host).unwrap();
    let asserted = Assert::new()
        .allow(&[&key.key_handle])
        .send(&mut host)
        .unwrap();
    assert!(verifies(&asserted, &key.public_key));
    assert_eq!(asserted.find(4), None, "U2F knows no user");
    let counter = authenticator_data(&asserted).sign_count;

    let made = Create::new().send(&mut host).unwrap();
    let id = credential_id(&made);
    let signed = authenticate(&mut host, ENFORCE, &id, &made_public_key(&made)).unwrap();
    assert!(signed.verifies);
    assert_eq!(signed.counter, counter + 2);
    // An exclude list finds it as well.
    let excluded = Create::new().with(5, descriptors(&[&key.key_handle]));
    assert_eq!(excluded.send(&mut host), Err(0x19));
}

#[test]
fn u2f_does_not_use_what_needs_user_verification_or_another_algorithm() {
    let mut host = host();
    let protected =
        |level: u8| Create::new().with(6, cbor::map([("credProtect", Value::from(level))]));
    for (create, expected) in [
        (protected(2), OK),
        (protected(3), WRONG_DATA),
        (Create::new().with(4, algorithms(&[-8])), WRONG_DATA),
        (Create::new().discoverable(), WRONG_DATA),
    ] {
        let made = create.send(&mut host).unwrap();
        let id = credential_id(&made);
        let found = status(&mut host, ENFORCE, &id, &made_public_key(&made));
        assert_eq!(found, expected);
    }
}

#[test]
fn a_pin_alone_does_not_stop_u2f_and_always_uv_does() {
    let mut host = host();
    host.set_pin(2, "123456").unwrap();
    let key = register(&mut host).unwrap();
    assert_eq!(
        host.info().get(1),
        versions(&["U2F_V2", "FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1"])
    );

    let token = host.token(2, "123456", ACFG, None).unwrap();
    toggle_always_uv(&mut host, Some(&token)).unwrap();
    assert_eq!(
        host.info().get(1),
        versions(&["FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1"])
    );
    assert_eq!(register(&mut host).err(), Some(COMMAND_NOT_ALLOWED));
    for control in [ENFORCE, CHECK_ONLY, DONT_ENFORCE] {
        let refused = status(&mut host, control, &key.key_handle, &key.public_key);
        assert_eq!(refused, COMMAND_NOT_ALLOWED);
    }

    toggle_always_uv(&mut host, Some(&token)).unwrap();
    let again = status(&mut host, ENFORCE, &key.key_handle, &key.public_key);
    assert_eq!(again, OK);
}

fn versions(names: &[&str]) -> Value {
    Value::Array(names.iter().copied().map(Value::from).collect())
}

#[test]
fn a_reset_ends_u2f_credentials_and_a_power_cycle_does_not() {
    let mut host = host();
    let key = register(&mut host).unwrap();
    host.emulator.power_cycle();
    let kept = status(&mut host, ENFORCE, &key.key_handle, &key.public_key);
    assert_eq!(kept, OK);
    assert_eq!(host.raw(&[0x07]), (0, vec![]));
    let erased = status(&mut host, ENFORCE, &key.key_handle, &key.public_key);
    assert_eq!(erased, WRONG_DATA);
}

#[test]
fn a_u2f_command_ends_a_sequence_of_assertions() {
    let mut host = host();
    for user in [b"one", b"two"] {
        let create = Create::for_user(RP_ID, user).discoverable();
        create.send(&mut host).unwrap();
    }
    assert_eq!(Assert::new().send(&mut host).unwrap().number(5), 2);
    assert_eq!(host.apdu(&[0, 3, 0, 0]).1, OK);
    assert_eq!(host.raw(&[0x08]).0, 0x30);
}

#[test]
fn a_key_of_one_protocol_only_says_so_and_refuses_the_other() {
    let mut u2f = Host::new(Profile {
        versions: vec![Version::U2fV2],
        ..Profile::default()
    });
    assert!(register(&mut u2f).is_ok());
    // WINK alone: neither CBOR nor NMSG.
    assert_eq!(capabilities(&mut u2f), 0x01);
    u2f.send(u2f.cid, 0x10, &[0x04]);
    assert_eq!(u2f.messages(), [(0x3f, vec![0x01])]);

    let mut fido2 = Host::new(Profile {
        versions: vec![Version::Fido20],
        ..Profile::default()
    });
    assert_eq!(capabilities(&mut fido2), 0x0d);
    fido2.send(fido2.cid, 0x03, &[0, 3, 0, 0]);
    assert_eq!(fido2.messages(), [(0x3f, vec![0x01])]);
}

fn capabilities(host: &mut Host) -> u8 {
    host.send(host.cid, 0x06, b"nonce678");
    host.message().unwrap().2[16]
}

#[test]
fn faults_of_signatures_and_counters_show_in_u2f() {
    let mut host = host();
    let key = register(&mut host).unwrap();
    let faults = [Effect::BadSignature, Effect::SignCountBack].map(Fault::from);
    let sign =
        |host: &mut Host| authenticate(host, ENFORCE, &key.key_handle, &key.public_key).unwrap();
    let good = [sign(&mut host), sign(&mut host), sign(&mut host)];
    host.emulator.set_faults(Faults::from_iter(faults));
    let (first, second) = (sign(&mut host), sign(&mut host));
    assert!(good[2].verifies && !first.verifies);
    assert!(first.counter < good[2].counter && second.counter < first.counter);
    let registered = register(&mut host).unwrap();
    let signature = p256::ecdsa::Signature::from_der(&registered.signature).unwrap();
    let verified = verifying_key(&registered.certificate).verify(&registered.signed, &signature);
    assert!(verified.is_err());
}

#[test]
fn faults_of_the_wire_and_commands_know_u2f() {
    let mut host = host();
    let faults = ["busy@u2f,times:1", "silent@getInfo"].map(|fault| fault.parse().unwrap());
    host.emulator.set_faults(Faults::from_iter(faults));
    host.send(host.cid, 0x03, &[0, 3, 0, 0, 0, 0, 0]);
    assert_eq!(host.messages(), [(0x3f, vec![0x06])]);
    register(&mut host).unwrap();
}

#[test]
fn a_touch_by_hand_serves_the_host_that_asks_again() {
    let mut host = host();
    host.never_touch();
    assert!(host.emulator.touch().is_err());
    assert!(register(&mut host).is_err());
    host.emulator.touch().unwrap();
    register(&mut host).unwrap();
    assert!(host.emulator.touch().is_err());
    assert!(register(&mut host).is_err());
}
