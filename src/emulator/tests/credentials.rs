use std::time::Duration;

use der::{Decode, DecodePem, Encode};
use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::Verifier;
use p256::pkcs8::DecodePublicKey;
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::BasicConstraints;

use super::host::{Answer, CLIENT_DATA_HASH, GA, Host, MC, RP_ID};
use super::requests::{Assert, Create, algorithms, descriptors};
use crate::emulator::Profile;
use crate::emulator::profile::{Attestation, DEFAULT_AAGUID};
use crate::encoding::cbor::{self, Value};
use crate::webauthn::{AuthenticatorData, CoseKey, Flags};

const PIN: &str = "123456";

/// Authenticator data of makeCredential or getAssertion; both have it under key 2.
pub(super) fn authenticator_data(answer: &Answer) -> AuthenticatorData {
    AuthenticatorData::parse(&answer.bytes(2)).unwrap()
}

pub(super) fn credential_id(made: &Answer) -> Vec<u8> {
    authenticator_data(made).attested.unwrap().credential_id
}

pub(super) fn public_key(made: &Answer) -> CoseKey {
    authenticator_data(made).attested.unwrap().public_key
}

/// Checks an assertion's signature.
pub(super) fn verifies(asserted: &Answer, public_key: &CoseKey) -> bool {
    let signed = [asserted.bytes(2).as_slice(), &CLIENT_DATA_HASH].concat();
    public_key.verify(&signed, &asserted.bytes(3)).is_ok()
}

pub(super) fn silently() -> Value {
    cbor::map([("up", Value::Bool(false))])
}

/// Packed attestation by a certificate (WebAuthn L3 §8.2), up to the key's root.
pub(super) fn assert_attested(host: &Host, made: &Answer) {
    assert_eq!(made.get(1), Value::from("packed"));
    let statement = made.map(3);
    assert_eq!(statement.find("alg"), Some(Value::from(-7)));
    let chain = statement.find("x5c").unwrap().into_array().unwrap();
    assert_eq!(chain.len(), 1);
    let leaf = Certificate::from_der(chain[0].as_bytes().unwrap()).unwrap();
    let root = Certificate::from_pem(host.emulator.attestation_root_pem()).unwrap();
    let key_of = |certificate: &Certificate| {
        let spki = certificate.tbs_certificate().subject_public_key_info();
        VerifyingKey::from_public_key_der(&spki.to_der().unwrap()).unwrap()
    };
    let signature = statement.find("sig").unwrap().into_bytes().unwrap();
    let signature = p256::ecdsa::Signature::from_der(&signature).unwrap();
    let signed = [made.bytes(2).as_slice(), &CLIENT_DATA_HASH].concat();
    key_of(&leaf).verify(&signed, &signature).unwrap();
    let signature = p256::ecdsa::Signature::from_der(leaf.signature().raw_bytes()).unwrap();
    let signed = leaf.tbs_certificate().to_der().unwrap();
    key_of(&root).verify(&signed, &signature).unwrap();
    assert_leaf_requirements(&leaf);
    assert_eq!(
        leaf.tbs_certificate().issuer(),
        root.tbs_certificate().subject()
    );
}

/// WebAuthn L3 §8.2.1.
fn assert_leaf_requirements(leaf: &Certificate) {
    let tbs = leaf.tbs_certificate();
    assert_eq!(tbs.version(), Version::V3);
    let subject = tbs.subject().to_string();
    for part in ["C=", "O=", "OU=Authenticator Attestation", "CN="] {
        assert!(subject.contains(part), "{subject}");
    }
    let (_, constraints) = tbs.get_extension::<BasicConstraints>().unwrap().unwrap();
    assert!(!constraints.ca);
    let aaguid = tbs
        .extensions()
        .unwrap()
        .iter()
        .find(|extension| extension.extn_id.to_string() == "1.3.6.1.4.1.45724.1.1.4")
        .unwrap();
    assert!(!aaguid.critical);
    let wrapped = [&[0x04, 0x10], DEFAULT_AAGUID.as_bytes().as_slice()].concat();
    assert_eq!(aaguid.extn_value.as_bytes(), wrapped);
}

#[test]
fn get_info_tells_the_truth() {
    let mut host = Host::new(Profile::default());
    let info = host.info();
    let texts = |key: i32| -> Vec<String> {
        let array = info.get(key).into_array().unwrap();
        array
            .into_iter()
            .map(|text| text.into_text().unwrap())
            .collect()
    };
    assert_eq!(texts(1), ["U2F_V2", "FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1"]);
    assert_eq!(
        texts(2),
        [
            "credBlob",
            "credProtect",
            "hmac-secret",
            "largeBlobKey",
            "minPinLength"
        ]
    );
    assert_eq!(info.bytes(3), DEFAULT_AAGUID.as_bytes());
    assert_eq!(info.number(5), 2048);
    assert_eq!(info.get(6), Value::Array(vec![2.into(), 1.into()]));
    assert_eq!((info.number(7), info.number(8)), (10, 128));
    assert_eq!(texts(9), ["usb"]);
    assert_eq!(info.get(0x0a), algorithms(&[-7, -8]));
    assert_eq!(info.number(0x14), 100);
    assert_eq!(info.number(0x0b), 4096);
    assert_eq!(host.option("largeBlobs"), Some(true));
    // No biometrics, no built-in user verification, nothing of CTAP 2.3.
    assert_eq!(info.find(0x18), None);
    for absent in [
        "bioEnroll",
        "noMcGaPermissionsWithClientPin",
        "uv",
        "userVerificationMgmtPreview",
    ] {
        assert_eq!(host.option(absent), None, "{absent}");
    }
}

#[test]
fn a_credential_is_attested_and_asserts() {
    for (algorithm, rk) in [(-7, false), (-8, false), (-7, true), (-8, true)] {
        let mut host = Host::new(Profile::default());
        let options = cbor::map([("rk", Value::Bool(rk))]);
        let made = Create::new()
            .with(4, algorithms(&[algorithm]))
            .with(7, options)
            .send(&mut host)
            .unwrap();
        assert_attested(&host, &made);
        let data = authenticator_data(&made);
        assert_eq!(data.flags, Flags(Flags::UP | Flags::AT));
        assert_eq!(data.attested.as_ref().unwrap().aaguid, DEFAULT_AAGUID);
        let public_key = public_key(&made);
        assert_eq!(public_key.algorithm(), algorithm);
        let id = credential_id(&made);
        assert!(id.len() <= 128);
        let asserted = Assert::new().allow(&[&id]).send(&mut host).unwrap();
        assert!(verifies(&asserted, &public_key));
        assert_eq!(asserted.map(1).find("id"), Some(Value::Bytes(id)));
        assert_eq!(asserted.find(4).is_some(), rk);
        assert_eq!(asserted.find(5), None);
        let data = authenticator_data(&asserted);
        assert_eq!(data.flags, Flags(Flags::UP));
    }
}

#[test]
fn the_pin_sets_the_uv_bit() {
    for protocol in [1, 2] {
        let mut host = Host::new(Profile::default());
        host.set_pin(protocol, PIN).unwrap();
        let token = host.token(protocol, PIN, MC, Some(RP_ID)).unwrap();
        let create = Create::new().discoverable();
        assert_eq!(create.send(&mut host), Err(0x36));
        let made = create.authorized(&token).send(&mut host).unwrap();
        assert!(authenticator_data(&made).flags.has(Flags::UP | Flags::UV));
        let token = host.token(protocol, PIN, GA, Some(RP_ID)).unwrap();
        let asserted = Assert::new().authorized(&token).send(&mut host).unwrap();
        assert!(
            authenticator_data(&asserted)
                .flags
                .has(Flags::UP | Flags::UV)
        );
        assert!(verifies(&asserted, &public_key(&made)));
    }
}

#[test]
fn the_signature_counter_always_grows() {
    let mut host = Host::new(Profile::default());
    let made = Create::new().send(&mut host).unwrap();
    let id = credential_id(&made);
    let mut last = authenticator_data(&made).sign_count;
    for _ in 0..3 {
        let asserted = Assert::new().allow(&[&id]).send(&mut host).unwrap();
        let count = authenticator_data(&asserted).sign_count;
        assert!(count > last);
        last = count;
    }
}

#[test]
fn other_kinds_of_attestation_are_well_formed() {
    let profile = |attestation| Profile {
        attestation,
        ..Profile::default()
    };
    let mut own = Host::new(profile(Attestation::Own));
    let made = Create::new().send(&mut own).unwrap();
    let statement = made.map(3);
    assert_eq!(statement.find("x5c"), None);
    let signature = statement.find("sig").unwrap().into_bytes().unwrap();
    let signed = [made.bytes(2).as_slice(), &CLIENT_DATA_HASH].concat();
    assert_eq!(public_key(&made).verify(&signed, &signature), Ok(()));
    let mut none = Host::new(profile(Attestation::None));
    let made = Create::new().send(&mut none).unwrap();
    assert_eq!(made.get(1), Value::from("none"));
    assert_eq!(made.get(3), Value::Map(vec![]));
}

#[test]
fn an_excluded_credential_is_told_after_the_touch_only() {
    let mut host = Host::new(Profile::default());
    for create in [Create::new(), Create::new().discoverable()] {
        let id = credential_id(&create.send(&mut host).unwrap());
        let again = Create::new().with(5, descriptors(&[&[1; 40], &id]));
        assert_eq!(again.send(&mut host), Err(0x19));
        let elsewhere = Create::for_user("example.org", b"u").with(5, descriptors(&[&id]));
        assert!(elsewhere.send(&mut host).is_ok());
        host.never_touch();
        host.send(
            host.cid,
            0x10,
            &[
                &[1],
                cbor::encode(&cbor::map(again.members.clone())).as_slice(),
            ]
            .concat(),
        );
        assert_eq!(host.messages(), [(0x3b, vec![2])]);
        host.advance(Duration::from_secs(30));
        assert_eq!(host.messages(), [(0x10, vec![0x19])]);
        host.touch();
    }
}

#[test]
fn without_up_there_is_neither_touch_nor_flag() {
    let mut host = Host::new(Profile::default());
    let id = credential_id(&Create::new().send(&mut host).unwrap());
    host.never_touch();
    let asserted = Assert::new().allow(&[&id]).with(5, silently());
    let asserted = asserted.send(&mut host).unwrap();
    assert_eq!(authenticator_data(&asserted).flags, Flags(0));
}

#[test]
fn accounts_come_newest_first_and_names_only_after_the_pin() {
    for protocol in [1, 2] {
        let mut host = Host::new(Profile::default());
        for user in [b"1", b"2", b"3"] {
            let create = Create::for_user(RP_ID, user).discoverable();
            create.send(&mut host).unwrap();
        }
        let first = Assert::new().send(&mut host).unwrap();
        assert_eq!(first.number(5), 3);
        let user = |answer: &Answer, member: &str| answer.map(4).find(member);
        assert_eq!(user(&first, "id"), Some(Value::Bytes(b"3".to_vec())));
        assert_eq!(user(&first, "name"), None);
        host.set_pin(protocol, PIN).unwrap();
        // The sequence has ended with another command.
        assert_eq!(host.call_plain(0x08), Err(0x30));
        let token = host.token(protocol, PIN, GA, Some(RP_ID)).unwrap();
        let first = Assert::new().authorized(&token).send(&mut host).unwrap();
        assert_eq!(user(&first, "name"), Some("bg1@contoso.example".into()));
        let second = host.call_plain(0x08).unwrap();
        assert_eq!(user(&second, "id"), Some(Value::Bytes(b"2".to_vec())));
        assert_eq!(second.find(5), None);
        assert!(authenticator_data(&second).flags.has(Flags::UP | Flags::UV));
        host.advance(Duration::from_secs(31));
        assert_eq!(host.call_plain(0x08), Err(0x30));
    }
}

#[test]
fn another_channel_cannot_continue_a_sequence() {
    let mut host = Host::new(Profile::default());
    for user in [b"1", b"2"] {
        let create = Create::for_user(RP_ID, user).discoverable();
        create.send(&mut host).unwrap();
    }
    Assert::new().send(&mut host).unwrap();
    host.cid = host.init([0xff; 4]);
    assert_eq!(host.call_plain(0x08), Err(0x30));
}

#[test]
fn the_same_account_replaces_its_credential_and_a_full_key_says_so() {
    let profile = Profile {
        discoverable_credentials: 2,
        ..Profile::default()
    };
    let mut host = Host::new(profile);
    let create = |user: &[u8]| Create::for_user(RP_ID, user).discoverable();
    let old = credential_id(&create(b"1").send(&mut host).unwrap());
    create(b"2").send(&mut host).unwrap();
    assert_eq!(host.info().number(0x14), 0);
    assert_eq!(create(b"3").send(&mut host), Err(0x28));
    create(b"1").send(&mut host).unwrap();
    assert_eq!(Assert::new().allow(&[&old]).send(&mut host), Err(0x2e));
    assert_eq!(Assert::new().send(&mut host).unwrap().number(5), 2);
    // Credentials that are not stored need no room.
    assert!(Create::new().send(&mut host).is_ok());
}
