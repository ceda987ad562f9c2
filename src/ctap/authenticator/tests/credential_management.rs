use super::key::{ok, protocols, status};
use super::*;

fn managing(
    options: &[(&str, bool)],
    answer: impl FnMut(&[u8]) -> Vec<u8> + Send + 'static,
) -> (Authenticator, PinUvAuth, Log) {
    let options = [&[("clientPin", true)], options].concat();
    let (mut key, log) = pin_key(info(&options, &[protocols(&[2])]), answer);
    let auth = proof(&mut key, Permissions::CM);
    log.lock().unwrap().clear();
    (key, auth, log)
}

fn subcommand(message: &[u8]) -> u8 {
    let number = member(&parameters(message), 0x01).unwrap();
    u8::try_from(number.as_integer().unwrap()).unwrap()
}

fn rp(id: &str, hash: u8, total: Option<u32>) -> Vec<u8> {
    let rp = [
        (0x03, cbor::map([("id", Value::from(id))])),
        (0x04, Value::Bytes(vec![hash; 32])),
    ];
    let total = total.map(|total| (0x05, Value::from(total)));
    ok(cbor::map(rp.into_iter().chain(total)))
}

fn credential(id: u8, total: Option<u32>) -> Vec<u8> {
    let descriptor = cbor::map([
        ("id", Value::Bytes(vec![id])),
        ("type", Value::from("public-key")),
    ]);
    let members = [
        (0x06, cbor::map([("id", Value::Bytes(vec![1]))])),
        (0x07, descriptor),
        (0x08, Value::Map(Vec::new())),
    ];
    let total = total.map(|total| (0x09, Value::from(total)));
    ok(cbor::map(members.into_iter().chain(total)))
}

fn two_of_each(message: &[u8]) -> Vec<u8> {
    match subcommand(message) {
        1 => ok(cbor::map([(0x01, Value::from(4)), (0x02, Value::from(21))])),
        2 => rp("login.microsoft.com", 1, Some(2)),
        3 => rp("ssh:", 2, None),
        4 => credential(1, Some(2)),
        5 => credential(2, None),
        _ => vec![0],
    }
}

#[test]
fn everything_is_enumerated_by_the_final_command() {
    let options = [("credMgmt", true), ("credentialMgmtPreview", true)];
    let (mut key, auth, log) = managing(&options, two_of_each);
    let metadata = key.credentials_metadata(&auth).unwrap();
    assert_eq!(
        metadata.max_possible_remaining_resident_credentials_count,
        21
    );
    let rps = key.relying_parties(&auth).unwrap();
    let ids: Vec<_> = rps.iter().map(|rp| rp.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["login.microsoft.com", "ssh:"]);
    let credentials = key.credentials([1; 32], &auth).unwrap();
    assert_eq!(credentials.len(), 2);
    key.delete_credential(&[1], &auth).unwrap();
    let user = credentials[1].user.clone();
    key.update_user_information(&[2], user, &auth).unwrap();
    assert_eq!(commands(&log), [0x0a; 7]);
    let messages = log.lock().unwrap();
    let with_param = |message: &Vec<u8>| member(&parameters(message), 0x04).is_some();
    let expected = [true, true, false, true, false, true, true];
    assert_eq!(
        messages.iter().map(with_param).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn a_preview_key_gets_the_preview_command() {
    let (mut key, auth, log) = managing(&[("credentialMgmtPreview", true)], two_of_each);
    key.relying_parties(&auth).unwrap();
    assert_eq!(commands(&log), [0x41, 0x41]);
}

#[test]
fn a_key_that_answers_only_the_preview_command_is_asked_by_it_from_then_on() {
    let (mut key, auth, log) = managing(&[("credMgmt", true)], |message| match message[0] {
        0x0a => status(Status::InvalidCommand),
        _ => two_of_each(message),
    });
    key.relying_parties(&auth).unwrap();
    assert_eq!(commands(&log), [0x0a, 0x41, 0x41]);
}

#[test]
fn a_key_without_credentials_has_empty_lists() {
    let (mut key, auth, _) = managing(&[("credMgmt", true)], |_| status(Status::NoCredentials));
    assert_eq!(key.relying_parties(&auth).unwrap(), []);
    assert_eq!(key.credentials([0; 32], &auth).unwrap(), []);
    let error = key.delete_credential(&[1], &auth).unwrap_err();
    assert_eq!(status_of(&error), Some(Status::NoCredentials));
    let (mut key, auth, _) = managing(&[("credMgmt", true)], |_| {
        ok(cbor::map([(0x05, Value::from(0))]))
    });
    assert_eq!(key.relying_parties(&auth).unwrap(), []);
}

#[test]
fn absurd_totals_are_not_believed() {
    let (mut key, auth, log) =
        managing(&[("credMgmt", true)], |message| match subcommand(message) {
            2 => rp("a", 1, Some(u32::MAX)),
            _ => credential(1, Some(u32::MAX)),
        });
    assert!(matches!(
        key.relying_parties(&auth),
        Err(Error::Response(_))
    ));
    assert!(matches!(
        key.credentials([0; 32], &auth),
        Err(Error::Response(_))
    ));
    assert_eq!(commands(&log), [0x0a, 0x0a]);
}

#[test]
fn a_key_without_credential_management_is_not_asked() {
    let (mut key, auth, log) = managing(&[("credMgmt", false)], two_of_each);
    let error = key.relying_parties(&auth).unwrap_err();
    assert!(matches!(error, Error::Unsupported("credential management")));
    assert_eq!(commands(&log), [0u8; 0]);
}
