use super::key::{ok, status, with_versions};
use super::*;

fn select(versions: &[&str], answer: Vec<u8>) -> (Result<(), Error>, Log) {
    let info = with_versions(info(&[("clientPin", true)], &[]), versions);
    let (mut key, log) = Key::open(info, move |_| answer.clone());
    (key.selection(&mut Wait::unattended()), log)
}

#[test]
fn a_key_of_ctap_2_1_is_asked_by_its_own_command() {
    for newest in ["FIDO_2_1", "FIDO_2_3"] {
        let (selected, log) = select(&["U2F_V2", "FIDO_2_0", newest], vec![0]);
        selected.unwrap();
        assert_eq!(*log.lock().unwrap(), [vec![0x0b]]);
        let (refused, _) = select(&[newest], status(Status::PinInvalid));
        assert!(refused.is_err());
    }
}

#[test]
fn an_older_key_is_asked_for_what_it_refuses_after_a_touch() {
    for refusal in [
        Status::PinInvalid,
        Status::PinNotSet,
        Status::PinAuthInvalid,
    ] {
        let versions = ["FIDO_2_0", "FIDO_2_1_PRE"];
        let (selected, log) = select(&versions, status(refusal));
        selected.unwrap();
        assert_eq!(commands(&log), [0x01]);
        assert_eq!(member(&last(&log), 8), Some(Value::Bytes(Vec::new())));
        assert_eq!(member(&last(&log), 9), Some(Value::from(1)));
    }
}

#[test]
fn an_older_key_that_was_not_touched_says_so() {
    let (denied, _) = select(&["FIDO_2_0"], status(Status::OperationDenied));
    assert_eq!(
        status_of(&denied.unwrap_err()),
        Some(Status::OperationDenied)
    );
    // It did what it should have refused: a credential that nobody can find was made, after a touch.
    let (made, _) = select(&["FIDO_2_0"], ok(cbor::map::<Value>([])));
    made.unwrap();
}
