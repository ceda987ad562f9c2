use super::key::status;
use super::*;
use crate::ctap::PinFailureKind;
use crate::ctap::command::authenticator_config::MinPinLength;

const ALL: [(&str, bool); 5] = [
    ("authnrCfg", true),
    ("setMinPINLength", true),
    ("alwaysUv", false),
    ("ep", false),
    ("clientPin", false),
];

/// Ceremonies run on a thread of their own and hold proofs across awaits.
#[test]
fn keys_move_between_threads_and_proofs_are_shared() {
    fn sendable<T: Send>() {}
    fn shareable<T: Send + Sync>() {}
    sendable::<Authenticator>();
    sendable::<Wait<'_>>();
    shareable::<PinUvAuth>();
    shareable::<Error>();
}

#[test]
fn settings_are_sent_and_the_key_asked_anew_afterwards() {
    let (mut key, log) = Key::open(info(&ALL, &[]), |_| vec![0]);
    let parameters = MinPinLength {
        new_min_pin_length: Some(8),
        ..MinPinLength::default()
    };
    key.set_min_pin_length(parameters, None).unwrap();
    key.toggle_always_uv(None).unwrap();
    key.enable_enterprise_attestation(None).unwrap();
    assert_eq!(commands(&log), [0x0d, 0x04, 0x0d, 0x04, 0x0d]);
    assert_eq!(member(&last(&log), 0x01), Some(Value::from(1)));
}

#[test]
fn settings_that_the_key_does_not_have_are_not_sent() {
    let (mut key, log) = Key::open(info(&[("authnrCfg", true)], &[]), |_| vec![0]);
    for error in [
        key.set_min_pin_length(MinPinLength::default(), None),
        key.toggle_always_uv(None),
        key.enable_enterprise_attestation(None),
    ] {
        assert!(matches!(error, Err(Error::Unsupported(_))));
    }
    let (mut key, _) = Key::open(info(&[("alwaysUv", true)], &[]), |_| vec![0]);
    let error = key.toggle_always_uv(None);
    assert!(matches!(
        error,
        Err(Error::Unsupported("authenticatorConfig"))
    ));
    assert_eq!(commands(&log), [0u8; 0]);
}

#[test]
fn a_key_that_demands_a_pin_is_understood() {
    let (mut key, _) = Key::open(info(&ALL, &[]), |_| status(Status::PuatRequired));
    match key.toggle_always_uv(None) {
        Err(Error::Pin { failure, .. }) => assert_eq!(failure.kind, PinFailureKind::Required),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reset_that_comes_too_late_names_its_status() {
    let (mut key, _) = Key::open(info(&[], &[]), |_| status(Status::NotAllowed));
    let error = key.reset(&mut Wait::unattended()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "reset: the key answered CTAP2_ERR_NOT_ALLOWED (0x30)"
    );
    let (mut key, log) = Key::open(info(&[], &[]), |_| vec![0]);
    key.reset(&mut Wait::unattended()).unwrap();
    assert_eq!(*log.lock().unwrap(), [vec![0x07]]);
}

#[test]
fn an_empty_response_is_an_error() {
    let (mut key, _) = Key::open(info(&[], &[]), |_| Vec::new());
    let error = key.reset(&mut Wait::unattended()).unwrap_err();
    assert_eq!(error.to_string(), "reset response: empty");
}
