use std::time::Duration;

use super::credentials::credential_id;
use super::host::{Answer, CM, Host, RP_ID, Token};
use super::requests::{Assert, Create};
use crate::emulator::Profile;
use crate::emulator::profile::CredentialManagement;
use crate::encoding::cbor::{self, Value};
use crate::webauthn::RpId;

const PIN: &str = "123456";
const STANDARD: u8 = 0x0a;
const PROTOTYPE: u8 = 0x41;

/// A key of this kind with three credentials at two RPs, and a PIN.
fn host(management: CredentialManagement, protocol: u8) -> Host {
    let mut host = Host::new(Profile {
        credential_management: management,
        ..Profile::default()
    });
    for (rp_id, user) in [(RP_ID, b"1"), (RP_ID, b"2"), ("example.org", b"3")] {
        let create = Create::for_user(rp_id, user).discoverable();
        create.send(&mut host).unwrap();
    }
    host.set_pin(protocol, PIN).unwrap();
    host
}

fn manage(
    host: &mut Host,
    command: u8,
    token: Option<&Token>,
    subcommand: u8,
    parameters: Option<Value>,
) -> Result<Answer, u8> {
    let mut members = vec![(1, Value::from(subcommand))];
    let mut message = vec![subcommand];
    if let Some(parameters) = parameters {
        message.extend(cbor::encode(&parameters));
        members.push((2, parameters));
    }
    if let Some(token) = token {
        members.push((3, Value::from(token.protocol)));
        members.push((4, Value::Bytes(token.authenticate(&message))));
    }
    host.call(command, &cbor::map(members))
}

fn at(rp_id: &str) -> Option<Value> {
    let rp_id: RpId = rp_id.parse().unwrap();
    Some(cbor::map([(1, Value::Bytes(rp_id.hash().to_vec()))]))
}

fn credential(id: &[u8]) -> Value {
    cbor::map([
        ("id", Value::Bytes(id.to_vec())),
        ("type", Value::from("public-key")),
    ])
}

#[test]
fn credentials_are_counted_and_listed() {
    for (protocol, command) in [(1, STANDARD), (2, STANDARD), (1, PROTOTYPE), (2, PROTOTYPE)] {
        let host = &mut host(CredentialManagement::Both, protocol);
        let token = &host.token(protocol, PIN, CM, None).unwrap();
        let metadata = manage(host, command, Some(token), 1, None).unwrap();
        assert_eq!((metadata.number(1), metadata.number(2)), (3, 97));
        let first = manage(host, command, Some(token), 2, None).unwrap();
        assert_eq!(first.number(5), 2);
        assert_eq!(first.map(3).find("id"), Some(RP_ID.into()));
        let second = manage(host, command, None, 3, None).unwrap();
        assert_eq!(second.map(3).find("id"), Some("example.org".into()));
        assert_eq!(second.find(5), None);
        assert_eq!(manage(host, command, None, 3, None), Err(0x30));
        let first = manage(host, command, Some(token), 4, at(RP_ID)).unwrap();
        assert_eq!(first.number(9), 2);
        assert_eq!(first.number(10), 1);
        assert_eq!(first.map(6).find("id"), Some(Value::Bytes(b"2".to_vec())));
        assert_eq!(first.map(8).get(3), Value::from(-7));
        let second = manage(host, command, None, 5, None).unwrap();
        assert_eq!(
            second.map(6).find("name"),
            Some("bg1@contoso.example".into())
        );
        assert_eq!(manage(host, command, None, 5, None), Err(0x30));
        let nowhere = manage(host, command, Some(token), 4, at("nowhere.example"));
        assert_eq!(nowhere, Err(0x2e));
    }
}

#[test]
fn an_rps_credentials_can_be_listed_before_the_next_rp() {
    for command in [STANDARD, PROTOTYPE] {
        let host = &mut host(CredentialManagement::Both, 2);
        let token = &host.token(2, PIN, CM, None).unwrap();
        let user = |answer: &Answer| answer.map(6).find("id").unwrap().into_bytes().unwrap();
        manage(host, command, Some(token), 2, None).unwrap();
        let only = manage(host, command, Some(token), 4, at("example.org")).unwrap();
        assert_eq!((user(&only), only.number(9)), (b"3".to_vec(), 1));
        let second = manage(host, command, None, 3, None).unwrap();
        assert_eq!(second.map(3).find("id"), Some("example.org".into()));
        // Left in the middle, and with two of them to come.
        manage(host, command, Some(token), 2, None).unwrap();
        let first = manage(host, command, Some(token), 4, at(RP_ID)).unwrap();
        assert_eq!(user(&first), b"2");
        let again = manage(host, command, Some(token), 4, at(RP_ID)).unwrap();
        assert_eq!(user(&again), b"2");
        let next = manage(host, command, None, 5, None).unwrap();
        assert_eq!(user(&next), b"1");
        assert!(manage(host, command, None, 3, None).is_ok());
        // Any other command ends both, another subcommand too.
        manage(host, command, Some(token), 2, None).unwrap();
        manage(host, command, Some(token), 1, None).unwrap();
        assert_eq!(manage(host, command, None, 3, None), Err(0x30));
        manage(host, command, Some(token), 4, at(RP_ID)).unwrap();
        assert_eq!(manage(host, command, None, 3, None), Err(0x30));
        assert_eq!(manage(host, command, None, 5, None), Err(0x30));
    }
}

#[test]
fn an_enumeration_ends_with_its_token() {
    let host = &mut host(CredentialManagement::Standard, 2);
    let token = &host.token(2, PIN, CM, None).unwrap();
    let begin = |host: &mut Host| manage(host, STANDARD, Some(token), 2, None);
    begin(host).unwrap();
    for _ in 0..20 {
        host.advance(Duration::from_secs(29));
        begin(host).unwrap();
    }
    // 580 s of the token's 600 are gone.
    host.advance(Duration::from_secs(21));
    assert_eq!(manage(host, STANDARD, None, 3, None), Err(0x30));
}

#[test]
fn everything_that_is_stored_is_listed() {
    let host = &mut Host::new(Profile::default());
    let extensions = cbor::map([
        ("credProtect", Value::from(2)),
        ("largeBlobKey", Value::Bool(true)),
    ]);
    let create = Create::for_user("a.example", b"1").discoverable();
    let made = create.with(6, extensions).send(host).unwrap();
    let plain = Create::for_user("b.example", b"2").discoverable();
    plain.send(host).unwrap();
    host.set_pin(2, PIN).unwrap();
    let token = &host.token(2, PIN, CM, None).unwrap();
    let listed = manage(host, STANDARD, Some(token), 4, at("a.example")).unwrap();
    let user = listed.map(6);
    assert_eq!(user.find("id"), Some(Value::Bytes(b"1".to_vec())));
    assert_eq!(user.find("name"), Some("bg1@contoso.example".into()));
    assert_eq!(user.find("displayName"), Some("Break Glass".into()));
    assert_eq!(listed.get(7), credential(&credential_id(&made)));
    assert_eq!(listed.number(0x0a), 2);
    assert_eq!(listed.bytes(0x0b), made.bytes(5));
    let other = manage(host, STANDARD, Some(token), 4, at("b.example")).unwrap();
    assert_eq!((other.number(0x0a), other.find(0x0b)), (1, None));
}

#[test]
fn without_authorization_nothing_is_said_of_parameters() {
    let host = &mut host(CredentialManagement::Standard, 2);
    for subcommand in [1, 2, 4, 6, 7] {
        assert_eq!(manage(host, STANDARD, None, subcommand, None), Err(0x36));
    }
    let token = &host.token(2, PIN, CM, None).unwrap();
    for subcommand in [4, 6, 7] {
        let incomplete = manage(host, STANDARD, Some(token), subcommand, None);
        assert_eq!(incomplete, Err(0x14));
    }
    let no_protocol = cbor::map([
        (1, Value::from(1)),
        (4, Value::Bytes(token.authenticate(&[1]))),
    ]);
    assert_eq!(host.call(STANDARD, &no_protocol), Err(0x14));
    let members = [
        (1, Value::from(1)),
        (3, Value::from(9)),
        (4, Value::Bytes(vec![0; 32])),
    ];
    assert_eq!(host.call(STANDARD, &cbor::map(members)), Err(0x02));
}

#[test]
fn a_deleted_credential_is_gone_and_its_place_free() {
    for protocol in [1, 2] {
        let host = &mut host(CredentialManagement::Standard, protocol);
        let token = &host.token(protocol, PIN, CM, None).unwrap();
        let listed = manage(host, STANDARD, Some(token), 4, at("example.org")).unwrap();
        let parameters = Some(cbor::map([(2, listed.get(7))]));
        let deleted = manage(host, STANDARD, Some(token), 6, parameters.clone());
        assert!(deleted.is_ok());
        let again = manage(host, STANDARD, Some(token), 6, parameters);
        assert_eq!(again, Err(0x2e));
        assert_eq!(Assert::at("example.org").send(host), Err(0x2e));
        assert_eq!(host.info().number(0x14), 98);
    }
}

#[test]
fn names_can_be_changed_but_not_the_account() {
    let host = &mut host(CredentialManagement::Standard, 2);
    let token = &host.token(2, PIN, CM, None).unwrap();
    let id = credential_id(&Create::for_user("a.example", b"4").authorized_for(host));
    let user = |id: &[u8], name: &str| {
        cbor::map([
            ("id", Value::Bytes(id.to_vec())),
            ("name", Value::from(name)),
        ])
    };
    let update = |host: &mut Host, user: Value| {
        let token = host.token(2, PIN, CM, None).unwrap();
        let parameters = cbor::map([(2, credential(&id)), (3, user)]);
        manage(host, STANDARD, Some(&token), 7, Some(parameters)).map(|_| ())
    };
    assert_eq!(update(host, user(b"5", "new")), Err(0x02));
    assert_eq!(update(host, user(b"4", "new")), Ok(()));
    assert_eq!(manage(host, STANDARD, Some(token), 1, None), Err(0x33));
    let token = &host.token(2, PIN, CM, None).unwrap();
    let listed = manage(host, STANDARD, Some(token), 4, at("a.example")).unwrap();
    assert_eq!(listed.map(6).find("name"), Some("new".into()));
    assert_eq!(listed.map(6).find("displayName"), None);
}

#[test]
fn the_prototype_changes_names_only_where_it_is_the_standard_command_too() {
    for (management, answer) in [
        (CredentialManagement::Both, Ok(())),
        (CredentialManagement::Misannounced, Err(0x3e)),
    ] {
        let host = &mut host(management, 2);
        let token = &host.token(2, PIN, CM, None).unwrap();
        let listed = manage(host, PROTOTYPE, Some(token), 4, at("example.org")).unwrap();
        let parameters = cbor::map([(2, listed.get(7)), (3, listed.get(6))]);
        let updated = manage(host, PROTOTYPE, Some(token), 7, Some(parameters));
        assert_eq!(updated.map(|_| ()), answer);
    }
}

#[test]
fn nothing_is_shown_without_the_right_token() {
    for protocol in [1, 2] {
        let host = &mut host(CredentialManagement::Standard, protocol);
        assert_eq!(manage(host, STANDARD, None, 1, None), Err(0x36));
        let wrong = &host.token(protocol, PIN, 1, Some(RP_ID)).unwrap();
        assert_eq!(manage(host, STANDARD, Some(wrong), 1, None), Err(0x33));
        let bound = &host.token(protocol, PIN, CM, Some(RP_ID)).unwrap();
        assert_eq!(manage(host, STANDARD, Some(bound), 1, None), Err(0x33));
        assert_eq!(manage(host, STANDARD, Some(bound), 2, None), Err(0x33));
        let elsewhere = manage(host, STANDARD, Some(bound), 4, at("example.org"));
        assert_eq!(elsewhere, Err(0x33));
        assert!(manage(host, STANDARD, Some(bound), 4, at(RP_ID)).is_ok());
    }
}

#[test]
fn only_the_announced_command_is_answered() {
    use CredentialManagement as Management;
    let answered = |management, command| {
        let host = &mut host(management, 2);
        manage(host, command, None, 1, None)
    };
    for (management, standard, prototype) in [
        (Management::Absent, 0x01, 0x01),
        (Management::Preview, 0x01, 0x36),
        (Management::Standard, 0x36, 0x01),
        (Management::Both, 0x36, 0x36),
        (Management::Misannounced, 0x01, 0x36),
    ] {
        assert_eq!(answered(management, STANDARD), Err(standard));
        assert_eq!(answered(management, PROTOTYPE), Err(prototype));
    }
    let host = &mut host(Management::Standard, 2);
    assert_eq!(manage(host, STANDARD, None, 8, None), Err(0x3e));
    assert_eq!(manage(host, STANDARD, None, 3, None), Err(0x30));
}

impl Create {
    /// Makes a discoverable credential with the PIN.
    fn authorized_for(self, host: &mut Host) -> Answer {
        let token = host.token(2, PIN, 1, Some("a.example")).unwrap();
        self.discoverable().authorized(&token).send(host).unwrap()
    }
}
