use super::credentials::{authenticator_data, credential_id};
use super::host::{Answer, GA, Host, MC, Platform, RP_ID};
use super::requests::{Assert, Create, descriptors};
use crate::emulator::Profile;
use crate::emulator::profile::Extension;
use crate::encoding::cbor::{self, Value};

const PIN: &str = "123456";

fn output(answer: &Answer, name: &str) -> Option<Value> {
    authenticator_data(answer).extension(name).cloned()
}

fn inputs(name: &str, value: Value) -> Value {
    cbor::map([(name, value)])
}

/// Whether getAssertion finds the credential: with and without allow list, with and without PIN.
fn visibility(host: &mut Host, protocol: u8, id: &[u8]) -> [bool; 4] {
    let listed = Assert::new().allow(&[id]).send(host).is_ok();
    let unlisted = Assert::new().send(host).is_ok();
    let mut verified = |assert: Assert| {
        let token = host.token(protocol, PIN, GA, Some(RP_ID)).unwrap();
        assert.authorized(&token).send(host).is_ok()
    };
    let listed_verified = verified(Assert::new().allow(&[id]));
    let unlisted_verified = verified(Assert::new());
    [listed, unlisted, listed_verified, unlisted_verified]
}

#[test]
fn cred_protect_hides_credentials_by_level() {
    for protocol in [1, 2] {
        for (level, expected) in [
            (1, [true, true, true, true]),
            (2, [true, false, true, true]),
            (3, [false, false, true, true]),
        ] {
            let mut host = Host::new(Profile::default());
            let create = Create::new()
                .discoverable()
                .with(6, inputs("credProtect", Value::from(level)));
            let made = create.send(&mut host).unwrap();
            assert_eq!(output(&made, "credProtect"), Some(Value::from(level)));
            host.set_pin(protocol, PIN).unwrap();
            let id = credential_id(&made);
            assert_eq!(visibility(&mut host, protocol, &id), expected, "{level}");
        }
    }
}

#[test]
fn a_wrapped_credential_keeps_its_cred_protect() {
    let mut host = Host::new(Profile::default());
    let protect = inputs("credProtect", Value::from(3));
    let made = Create::new().with(6, protect).send(&mut host).unwrap();
    let id = credential_id(&made);
    assert_eq!(Assert::new().allow(&[&id]).send(&mut host), Err(0x2e));
    // It does not exclude either, for a platform that has not verified the user.
    let again = Create::new().with(5, descriptors(&[&id]));
    assert!(again.send(&mut host).is_ok());
    host.set_pin(2, PIN).unwrap();
    let token = host.token(2, PIN, MC, Some(RP_ID)).unwrap();
    assert_eq!(again.authorized(&token).send(&mut host), Err(0x19));
}

#[test]
fn a_level_that_does_not_exist_is_refused() {
    let mut host = Host::new(Profile::default());
    for (value, status) in [(Value::from(4), 0x2c), (Value::from("3"), 0x11)] {
        let create = Create::new().with(6, inputs("credProtect", value));
        assert_eq!(create.send(&mut host), Err(status));
    }
}

/// The input of hmac-secret and hmac-secret-mc.
fn salts_for(platform: &Platform, protocol: u8, salts: &[u8]) -> Value {
    let salt_enc = platform.encrypt(salts);
    cbor::map([
        (1, platform.key_agreement()),
        (3, Value::Bytes(platform.authenticate(&salt_enc))),
        (2, Value::Bytes(salt_enc)),
        (4, Value::from(protocol)),
    ])
}

/// Asks for hmac-secret with these salts; the decrypted outputs.
fn hmac_secret(host: &mut Host, protocol: u8, assert: Assert, salts: &[u8]) -> Result<Vec<u8>, u8> {
    let platform = host.agree(protocol);
    let input = salts_for(&platform, protocol, salts);
    let answer = assert.with(4, inputs("hmac-secret", input)).send(host)?;
    let output = output(&answer, "hmac-secret").unwrap();
    Ok(platform.decrypt(output.as_bytes().unwrap()))
}

#[test]
fn hmac_secret_depends_on_salt_credential_and_verification() {
    for protocol in [1, 2] {
        let mut host = Host::new(Profile::default());
        let create = || Create::new().with(6, inputs("hmac-secret", Value::Bool(true)));
        let made = create().send(&mut host).unwrap();
        assert_eq!(output(&made, "hmac-secret"), Some(Value::Bool(true)));
        let id = credential_id(&made);
        let other = credential_id(&create().send(&mut host).unwrap());
        let on = |id: &[u8]| Assert::new().allow(&[id]);
        let two = [[1; 32], [2; 32]].concat();
        let outputs = hmac_secret(&mut host, protocol, on(&id), &two).unwrap();
        assert_eq!(outputs.len(), 64);
        let one = hmac_secret(&mut host, protocol, on(&id), &[2; 32]).unwrap();
        assert_eq!(one, outputs[32..]);
        assert_ne!(outputs[..32], outputs[32..]);
        let elsewhere = hmac_secret(&mut host, protocol, on(&other), &[2; 32]).unwrap();
        assert_ne!(one, elsewhere);
        host.set_pin(protocol, PIN).unwrap();
        let token = host.token(protocol, PIN, GA, Some(RP_ID)).unwrap();
        let verified = on(&id).authorized(&token);
        let verified = hmac_secret(&mut host, protocol, verified, &[2; 32]).unwrap();
        assert_ne!(one, verified);
    }
}

#[test]
fn hmac_secret_refuses_other_lengths_wrong_macs_and_silence() {
    for protocol in [1, 2] {
        let mut host = Host::new(Profile::default());
        let id = credential_id(&Create::new().send(&mut host).unwrap());
        let assert = || Assert::new().allow(&[&id]);
        for length in [0, 16, 48, 80] {
            let refused = hmac_secret(&mut host, protocol, assert(), &vec![1; length]);
            assert_eq!(refused, Err(0x03), "{length}");
        }
        let silently = assert().with(5, inputs("up", Value::Bool(false)));
        let refused = hmac_secret(&mut host, protocol, silently, &[1; 32]);
        assert_eq!(refused, Err(0x2b));
        let platform = host.agree(protocol);
        let input = cbor::map([
            (1, platform.key_agreement()),
            (2, Value::Bytes(platform.encrypt(&[1; 32]))),
            (3, Value::Bytes(platform.authenticate(b"something else"))),
            (4, Value::from(protocol)),
        ]);
        let forged = assert().with(4, inputs("hmac-secret", input));
        assert_eq!(forged.send(&mut host), Err(0x33));
    }
}

#[test]
fn hmac_secret_mc_gives_at_creation_what_an_assertion_gives() {
    let mut extensions = Profile::default().extensions;
    extensions.push(Extension::HmacSecretMc);
    let profile = Profile {
        extensions,
        ..Profile::default()
    };
    let create = |input: Value, hmac_secret: bool| {
        Create::new().with(
            6,
            cbor::map([
                ("hmac-secret", Value::Bool(hmac_secret)),
                ("hmac-secret-mc", input),
            ]),
        )
    };
    for protocol in [1, 2] {
        let mut host = Host::new(profile.clone());
        let platform = host.agree(protocol);
        let salts = [[1; 32], [2; 32]].concat();
        let input = || salts_for(&platform, protocol, &salts);
        let made = create(input(), true).send(&mut host).unwrap();
        assert_eq!(output(&made, "hmac-secret"), Some(Value::Bool(true)));
        let at_creation = output(&made, "hmac-secret-mc").unwrap();
        let at_creation = platform.decrypt(at_creation.as_bytes().unwrap());
        let id = credential_id(&made);
        let later = hmac_secret(&mut host, protocol, Assert::new().allow(&[&id]), &salts);
        assert_eq!(later.unwrap(), at_creation);
        assert_eq!(create(input(), false).send(&mut host), Err(0x14));
        let short = salts_for(&platform, protocol, &[1; 16]);
        assert_eq!(create(short, true).send(&mut host), Err(0x03));
        assert_eq!(create(Value::Bool(true), true).send(&mut host), Err(0x11));
        // With the PIN it is the other secret, here as there.
        host.set_pin(protocol, PIN).unwrap();
        let mc = host.token(protocol, PIN, MC, Some(RP_ID)).unwrap();
        let platform = host.agree(protocol);
        let input = salts_for(&platform, protocol, &salts);
        let made = create(input, true).authorized(&mc).send(&mut host).unwrap();
        let at_creation = output(&made, "hmac-secret-mc").unwrap();
        let at_creation = platform.decrypt(at_creation.as_bytes().unwrap());
        let id = credential_id(&made);
        let unverified = hmac_secret(&mut host, protocol, Assert::new().allow(&[&id]), &salts);
        assert_ne!(unverified.unwrap(), at_creation);
        let ga = host.token(protocol, PIN, GA, Some(RP_ID)).unwrap();
        let verified = Assert::new().allow(&[&id]).authorized(&ga);
        let verified = hmac_secret(&mut host, protocol, verified, &salts);
        assert_eq!(verified.unwrap(), at_creation);
    }
    // A key without the extension does not look at it.
    let ignored = create(Value::from(1), true).send(&mut Host::new(Profile::default()));
    assert_eq!(output(&ignored.unwrap(), "hmac-secret-mc"), None);
}

#[test]
fn a_cred_blob_is_kept_by_discoverable_credentials_only() {
    let mut host = Host::new(Profile::default());
    let blob = |length: usize| inputs("credBlob", Value::Bytes(vec![0xb1; length]));
    let stored = |host: &mut Host, create: Create| {
        let made = create.send(host).unwrap();
        output(&made, "credBlob").unwrap().as_bool().unwrap()
    };
    assert!(!stored(&mut host, Create::new().with(6, blob(32))));
    assert!(!stored(
        &mut host,
        Create::new().discoverable().with(6, blob(33))
    ));
    let ask = |host: &mut Host| {
        let assert = Assert::new().with(4, inputs("credBlob", Value::Bool(true)));
        output(&assert.send(host).unwrap(), "credBlob")
    };
    assert_eq!(ask(&mut host), Some(Value::Bytes(vec![])));
    assert!(stored(
        &mut host,
        Create::new().discoverable().with(6, blob(32))
    ));
    assert_eq!(ask(&mut host), Some(Value::Bytes(vec![0xb1; 32])));
}

#[test]
fn unknown_extensions_are_ignored() {
    let mut host = Host::new(Profile::default());
    let create = Create::new().with(6, inputs("unheardOf", Value::Bool(true)));
    let made = create.send(&mut host).unwrap();
    assert_eq!(authenticator_data(&made).extensions, None);
}
