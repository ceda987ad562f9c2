use super::key::{TOKEN, ok, protocols, status};
use super::*;
use crate::ctap::command::get_assertion;

const MODERN: [(&str, bool); 2] = [("clientPin", true), ("pinUvAuthToken", true)];

fn list_limits(count: u8, length: u8) -> Vec<(u8, Value)> {
    vec![
        protocols(&[2]),
        (0x07, Value::from(count)),
        (0x08, Value::from(length)),
    ]
}

fn created() -> Vec<u8> {
    ok(cbor::map([
        (0x01, Value::from("none")),
        (0x02, Value::Bytes(vec![0; 37])),
    ]))
}

fn signed(more: &[(u8, Value)]) -> Vec<u8> {
    let members = [
        (0x02, Value::Bytes(vec![0; 37])),
        (0x03, Value::Bytes(vec![1])),
    ];
    ok(cbor::map(members.into_iter().chain(more.iter().cloned())))
}

/// The first bytes of the ids in the list under `key` of a request.
fn ids(message: &[u8], key: u8) -> Vec<u8> {
    let list = member(&parameters(message), key).map(|list| list.into_array().unwrap());
    let first = |item: Value| {
        let map = item.into_map().unwrap();
        cbor::get(&map, &Value::from("id"))
            .unwrap()
            .as_bytes()
            .unwrap()[0]
    };
    list.unwrap_or_default().into_iter().map(first).collect()
}

/// A key that holds the credentials whose ids begin with these bytes.
fn holding(members: &[(u8, Value)], held: &'static [u8]) -> (Authenticator, Log) {
    let info = info(&MODERN, members);
    pin_key(info, move |message| match message[0] {
        0x01 if ids(message, 0x05).iter().any(|id| held.contains(id)) => {
            status(Status::CredentialExcluded)
        }
        0x01 => created(),
        _ => match ids(message, 0x03).into_iter().find(|id| held.contains(id)) {
            None => status(Status::NoCredentials),
            Some(id) => {
                let id = Value::Bytes(descriptor(id, 20).id);
                let credential = cbor::map([("id", id), ("type", Value::from("public-key"))]);
                signed(&[(0x01, credential)])
            }
        },
    })
}

fn create(
    key: &mut Authenticator,
    exclude: &[CredentialDescriptor],
    auth: Option<&PinUvAuth>,
) -> Result<make_credential::Response, Error> {
    let mut request = creation();
    request.exclude_list = exclude.to_vec();
    key.make_credential(&request, auth, &mut Wait::unattended())
}

fn five() -> Vec<CredentialDescriptor> {
    (1..=5).map(|first| descriptor(first, 20)).collect()
}

#[test]
fn a_short_exclude_list_goes_straight_into_the_creation() {
    let (mut key, log) = holding(&list_limits(8, 64), &[]);
    create(&mut key, &five(), None).unwrap();
    assert_eq!(commands(&log), [0x01]);
    assert_eq!(ids(&log.lock().unwrap()[0], 0x05), [1, 2, 3, 4, 5]);
    let (mut key, _) = holding(&list_limits(8, 64), &[5]);
    let error = create(&mut key, &five(), None).unwrap_err();
    assert!(matches!(
        error,
        Error::CredentialExcluded {
            credential_id: None
        }
    ));
    let error = create(&mut key, &[descriptor(5, 20)], None).unwrap_err();
    let expected = descriptor(5, 20).id;
    assert!(
        matches!(error, Error::CredentialExcluded { credential_id: Some(id) } if id == expected)
    );
}

#[test]
fn a_long_exclude_list_is_asked_for_silently_in_parts() {
    let (mut key, log) = holding(&list_limits(2, 64), &[]);
    create(&mut key, &five(), None).unwrap();
    assert_eq!(commands(&log), [0x02, 0x02, 0x02, 0x01]);
    let messages = log.lock().unwrap().clone();
    assert_eq!(ids(&messages[0], 0x03), [1, 2]);
    assert_eq!(ids(&messages[2], 0x03), [5]);
    assert_eq!(ids(&messages[3], 0x05), [1, 2]);
    let silent = cbor::map([("up", Value::from(false))]);
    for message in &messages[..3] {
        assert_eq!(member(&parameters(message), 0x05), Some(silent.clone()));
        assert_eq!(member(&parameters(message), 0x06), None);
    }
}

#[test]
fn a_credential_in_a_later_part_stops_the_creation_without_a_touch() {
    let (mut key, log) = holding(&list_limits(2, 64), &[4]);
    let error = create(&mut key, &five(), None).unwrap_err();
    let expected = descriptor(4, 20).id;
    assert!(
        matches!(error, Error::CredentialExcluded { credential_id: Some(id) } if id == expected)
    );
    assert_eq!(commands(&log), [0x02, 0x02]);
}

#[test]
fn a_key_that_states_no_list_length_is_asked_for_one_at_a_time() {
    let (mut key, log) = holding(&[protocols(&[2])], &[]);
    create(&mut key, &five(), None).unwrap();
    assert_eq!(commands(&log), [0x02, 0x02, 0x02, 0x02, 0x02, 0x01]);
    assert_eq!(ids(log.lock().unwrap().last().unwrap(), 0x05), [1]);
}

#[test]
fn ids_too_long_for_the_key_are_left_out() {
    let (mut key, log) = holding(&list_limits(8, 64), &[]);
    create(&mut key, &[descriptor(1, 65), descriptor(2, 64)], None).unwrap();
    assert_eq!(ids(&log.lock().unwrap()[0], 0x05), [2]);
    create(&mut key, &[descriptor(1, 65)], None).unwrap();
    assert_eq!(member(&last(&log), 0x05), None);
}

#[test]
fn parts_fit_into_the_message_size_of_the_key() {
    let (mut key, log) = holding(&list_limits(20, 250), &[]);
    let list: Vec<_> = (1..=10).map(|first| descriptor(first, 240)).collect();
    create(&mut key, &list, None).unwrap();
    assert_eq!(commands(&log), [0x02, 0x02, 0x02, 0x02, 0x01]);
    assert!(
        log.lock()
            .unwrap()
            .iter()
            .all(|message| message.len() <= 1024)
    );
}

#[test]
fn a_request_that_cannot_be_split_is_refused() {
    let (mut key, log) = holding(&[(0x05, Value::from(100))], &[]);
    create(&mut key, &[], None).unwrap();
    let error = create(&mut key, &[descriptor(1, 200)], None).unwrap_err();
    assert!(matches!(error, Error::RequestTooLarge { maximum: 100, .. }));
    assert_eq!(commands(&log), [0x01]);
}

#[test]
fn a_proof_is_sent_with_silent_questions_only_if_it_covers_them() {
    let token = crate::secret::PinUvAuthToken::new(TOKEN.to_vec().into());
    for (permissions, with_questions) in [
        (Permissions::MC, false),
        (Permissions::MC | Permissions::GA, true),
    ] {
        let (mut key, log) = holding(&list_limits(2, 64), &[]);
        let auth = proof(&mut key, permissions);
        log.lock().unwrap().clear();
        create(&mut key, &five(), Some(&auth)).unwrap();
        let messages = log.lock().unwrap().clone();
        let param = |hash: &[u8]| {
            let protocol = crate::ctap::pin_protocol::PinUvAuthProtocol::Two;
            Some(Value::Bytes(protocol.authenticate(&token, hash).bytes))
        };
        let question = member(&parameters(&messages[0]), 0x06);
        assert_eq!(question, with_questions.then(|| param(&[0; 32]).unwrap()));
        assert_eq!(member(&parameters(&messages[3]), 0x08), param(&[5; 32]));
        assert!(!auth.covers(Permissions::MC, Some(&rp_id())));
    }
}

fn assert_with(
    key: &mut Authenticator,
    allow: Vec<CredentialDescriptor>,
) -> Result<Vec<get_assertion::Response>, Error> {
    let mut request = get_assertion::Request::new(rp_id(), [6; 32]);
    request.allow_list = allow;
    key.get_assertion(&request, None, &mut Wait::unattended())
}

#[test]
fn all_assertions_are_fetched() {
    let (mut key, log) = Key::open(info(&[], &[]), |message| match message[0] {
        0x02 => signed(&[(0x05, Value::from(3))]),
        _ => signed(&[]),
    });
    assert_eq!(assert_with(&mut key, Vec::new()).unwrap().len(), 3);
    assert_eq!(commands(&log), [0x02, 0x08, 0x08]);
}

#[test]
fn an_absurd_number_of_assertions_is_not_believed() {
    let (mut key, log) = Key::open(info(&[], &[]), |_| signed(&[(0x05, Value::from(u32::MAX))]));
    let error = assert_with(&mut key, Vec::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "getAssertion response: member numberOfCredentials (0x05) malformed"
    );
    assert_eq!(commands(&log), [0x02]);
}

#[test]
fn a_credential_that_the_key_leaves_out_is_the_only_one_asked_for() {
    let (mut key, _) = Key::open(info(&[], &[]), |_| signed(&[]));
    let responses = assert_with(&mut key, vec![descriptor(9, 30)]).unwrap();
    assert_eq!(responses[0].credential, Some(descriptor(9, 30)));
}

#[test]
fn a_long_allow_list_is_narrowed_to_what_the_key_holds() {
    let (mut key, log) = holding(&list_limits(2, 64), &[4]);
    let responses = assert_with(&mut key, five()).unwrap();
    assert_eq!(responses[0].credential, Some(descriptor(4, 20)));
    assert_eq!(commands(&log), [0x02, 0x02, 0x02]);
    assert_eq!(ids(&log.lock().unwrap()[2], 0x03), [3, 4]);
}

#[test]
fn an_allow_list_never_becomes_empty() {
    let (mut key, log) = holding(&list_limits(2, 16), &[]);
    let error = assert_with(&mut key, five()).unwrap_err();
    assert_eq!(status_of(&error), Some(Status::NoCredentials));
    let messages = log.lock().unwrap();
    assert!(
        messages
            .iter()
            .all(|message| !ids(message, 0x03).is_empty())
    );
}
