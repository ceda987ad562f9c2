use super::key::{self, TOKEN, protocols};
use super::*;
use crate::ctap::error::{PinFailure, PinFailureKind};
use crate::secret::PinError;

const MODERN: [(&str, bool); 2] = [("clientPin", true), ("pinUvAuthToken", true)];

fn silent(_: &[u8]) -> Vec<u8> {
    panic!("the key is asked something else");
}

fn failure<T>(result: Result<T, Error>) -> PinFailure {
    match result.err().unwrap() {
        Error::Pin { failure, .. } => failure,
        other => panic!("{other}"),
    }
}

fn subcommands(log: &Log) -> Vec<Value> {
    let log = log.lock().unwrap();
    let pin_requests = log.iter().filter(|message| message[0] == 0x06);
    pin_requests
        .map(|message| member(&parameters(message), 2).unwrap())
        .collect()
}

#[test]
fn a_proof_costs_a_key_agreement_and_one_command() {
    for (list, chosen) in [([1, 2], 1), ([2, 1], 2)] {
        let (mut key, log) = pin_key(info(&MODERN, &[protocols(&list)]), silent);
        let auth = key
            .pin_uv_auth(
                &pin("123456"),
                Permissions::MC | Permissions::GA,
                Some(&rp_id()),
            )
            .unwrap();
        assert_eq!(subcommands(&log), [Value::from(2), Value::from(9)]);
        let request = last(&log);
        assert_eq!(member(&request, 1), Some(Value::from(chosen)));
        assert_eq!(member(&request, 9), Some(Value::from(3)));
        assert_eq!(
            member(&request, 0x0a),
            Some(Value::from("login.microsoft.com"))
        );
        let token = crate::secret::PinUvAuthToken::new(TOKEN.to_vec().into());
        let param = auth.authenticate(b"message");
        assert_eq!(param.protocol.number(), chosen);
        assert_eq!(param, param.protocol.authenticate(&token, b"message"));
    }
}

#[test]
fn an_old_key_gives_a_token_for_everything() {
    let (mut key, log) = pin_key(info(&[("clientPin", true)], &[]), silent);
    let auth = key
        .pin_uv_auth(&pin("123456"), Permissions::MC, None)
        .unwrap();
    assert_eq!(subcommands(&log), [Value::from(2), Value::from(5)]);
    let request = last(&log);
    assert_eq!(member(&request, 1), Some(Value::from(1)));
    assert_eq!(member(&request, 9), None);
    auth.touch();
    assert!(auth.covers(Permissions::CM | Permissions::ACFG | Permissions::MC, None));
}

#[test]
fn a_proof_covers_what_it_was_given_for() {
    let (mut key, _) = pin_key(info(&MODERN, &[protocols(&[2])]), silent);
    let (mc, ga, cm) = (Permissions::MC, Permissions::GA, Permissions::CM);
    let auth = key
        .pin_uv_auth(&pin("123456"), mc | ga | cm, Some(&rp_id()))
        .unwrap();
    let other = "example.com".parse().unwrap();
    assert!(auth.covers(mc | ga, Some(&rp_id())));
    assert!(!auth.covers(mc, Some(&other)) && !auth.covers(cm, None));
    assert!(!auth.covers(Permissions::ACFG, Some(&rp_id())));
    auth.touch();
    assert!(!auth.covers(ga, Some(&rp_id())));
    assert!(auth.covers(cm, Some(&rp_id())));
    let unbound = proof(&mut key, cm);
    assert!(unbound.covers(cm, None) && unbound.covers(cm, Some(&other)));
}

#[test]
fn a_wrong_pin_reports_the_tries_left_and_is_not_tried_again() {
    let (mut key, log) = pin_key(info(&MODERN, &[protocols(&[2, 1])]), silent);
    for left in [7, 6, 5] {
        let found = failure(key.pin_uv_auth(&pin("654321"), Permissions::CM, None));
        let expected = PinFailure {
            kind: PinFailureKind::Invalid,
            retries: Some(left),
            power_cycle_needed: left == 5,
        };
        assert_eq!(found, expected);
    }
    let once = [2, 9, 1].map(Value::from);
    assert_eq!(subcommands(&log)[..3], once);
    assert_eq!(subcommands(&log).len(), 9);
    let blocked = failure(key.pin_uv_auth(&pin("123456"), Permissions::CM, None));
    assert_eq!(
        blocked.to_string(),
        "PIN entry is blocked until the key is unplugged, 5 tries left, the key must be unplugged first"
    );
}

#[test]
fn what_cannot_succeed_is_refused_before_the_key_is_asked() {
    let refuse = |options: &[(&str, bool)], members: &[(u8, Value)]| {
        let (mut key, log) = pin_key(info(options, members), silent);
        let result = key.pin_uv_auth(&pin("123456"), Permissions::MC, Some(&rp_id()));
        assert_eq!(commands(&log), [0u8; 0]);
        result
    };
    let kind = |result| failure(result).kind;
    assert_eq!(
        kind(refuse(&[("clientPin", false)], &[])),
        PinFailureKind::NotSet
    );
    let forced = [(0x0c, Value::from(true))];
    assert_eq!(
        kind(refuse(&MODERN, &forced)),
        PinFailureKind::ChangeRequired
    );
    assert!(matches!(refuse(&[], &[]), Err(Error::Unsupported("PINs"))));
    assert!(matches!(
        refuse(&MODERN, &[protocols(&[9])]),
        Err(Error::Unsupported(_))
    ));
    let forbidden = [
        MODERN.as_slice(),
        &[("noMcGaPermissionsWithClientPin", true)],
    ]
    .concat();
    assert!(matches!(
        refuse(&forbidden, &[]),
        Err(Error::Unsupported(_))
    ));
    let (mut key, log) = pin_key(info(&MODERN, &[]), silent);
    let result = key.pin_uv_auth(&pin("123456"), Permissions::GA, None);
    assert!(matches!(result, Err(Error::RpIdNeeded)));
    assert_eq!(commands(&log), [0u8; 0]);
}

#[test]
fn a_first_pin_is_set_and_known_without_asking_the_key_anew() {
    for list in [[1, 2], [2, 1]] {
        let options = [("clientPin", false), ("pinUvAuthToken", true)];
        let (mut key, log) = pin_key(info(&options, &[protocols(&list)]), silent);
        key.set_pin(&pin("halligan")).unwrap();
        assert_eq!(commands(&log), [0x06, 0x06]);
        assert_eq!(subcommands(&log), [Value::from(2), Value::from(3)]);
        let again = failure(key.set_pin(&pin("halligan")));
        assert_eq!(again.kind, PinFailureKind::AlreadySet);
        assert_eq!(commands(&log), [0x06, 0x06]);
    }
}

#[test]
fn a_pin_is_measured_before_it_is_sent() {
    let minimum = [(0x0d, Value::from(8))];
    let too_short = PinError::TooShort {
        found: 6,
        minimum: 8,
    };
    let (mut key, log) = pin_key(info(&[("clientPin", false)], &minimum), silent);
    let error = key.set_pin(&pin("123456"));
    assert!(matches!(error, Err(Error::PinUnfit(found)) if found == too_short));
    let (mut set, _) = pin_key(info(&[("clientPin", true)], &minimum), silent);
    let error = set.change_pin(&pin("123456"), &pin("654321"));
    assert!(matches!(error, Err(Error::PinUnfit(found)) if found == too_short));
    let error = set.set_pin(&pin("12345678")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "clientPIN setPIN: the key already has a PIN"
    );
    assert_eq!(commands(&log), [0u8; 0]);
}

#[test]
fn a_pin_is_changed_only_by_the_present_one() {
    for list in [[1, 2], [2, 1]] {
        let (mut key, _) = pin_key(info(&MODERN, &[protocols(&list)]), silent);
        let error = key
            .change_pin(&pin("000000"), &pin("halligan"))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "clientPIN changePIN: the PIN is wrong, 7 tries left"
        );
        key.change_pin(&pin("123456"), &pin("halligan")).unwrap();
        key.pin_uv_auth(&pin("halligan"), Permissions::CM, None)
            .unwrap();
    }
}

#[test]
fn retries_of_user_verification_are_only_asked_of_a_key_that_has_it() {
    let (mut key, log) = pin_key(info(&MODERN, &[]), silent);
    assert!(matches!(key.uv_retries(), Err(Error::Unsupported(_))));
    assert_eq!(commands(&log), [0u8; 0]);
    let (mut key, _) = pin_key(info(&[("clientPin", true), ("uv", false)], &[]), silent);
    assert_eq!(key.uv_retries().unwrap(), 3);
    assert_eq!(key.pin_retries().unwrap().retries, 8);
}

#[test]
fn built_in_user_verification_gives_a_proof_or_the_tries_left() {
    let options = [MODERN.as_slice(), &[("uv", true)]].concat();
    let (mut key, log) = pin_key(info(&options, &[protocols(&[2])]), silent);
    let auth = key
        .built_in_uv_auth(Permissions::CM, None, &mut Wait::unattended())
        .unwrap();
    assert_eq!(subcommands(&log), [Value::from(2), Value::from(6)]);
    assert!(auth.covers(Permissions::CM, None));
    let (mut key, _) = pin_key(info(&MODERN, &[]), silent);
    let error = key.built_in_uv_auth(Permissions::CM, None, &mut Wait::unattended());
    assert!(matches!(error, Err(Error::Unsupported(_))));
}

#[test]
fn a_key_that_signs_only_for_its_own_verification_gives_the_pin_the_rest() {
    let options = [
        MODERN.as_slice(),
        &[("uv", true), ("noMcGaPermissionsWithClientPin", true)],
    ]
    .concat();
    let (mut key, log) = pin_key(info(&options, &[protocols(&[2])]), silent);
    let both = Permissions::MC | Permissions::GA;
    assert!(!key.takes_pin_for(both) && !key.takes_pin_for(Permissions::GA | Permissions::CM));
    assert!(key.takes_pin_for(Permissions::CM));
    let auth = key
        .built_in_uv_auth(both, Some(&rp_id()), &mut Wait::unattended())
        .unwrap();
    assert!(auth.covers(both, Some(&rp_id())));
    let request = last(&log);
    assert_eq!(member(&request, 6), None);
    assert_eq!(member(&request, 9), Some(Value::from(3)));
    assert_eq!(
        member(&request, 0x0a),
        Some(Value::from("login.microsoft.com"))
    );
    key.pin_uv_auth(&pin("123456"), Permissions::CM, None)
        .unwrap();
}

#[test]
fn a_finger_that_is_not_recognised_reports_the_tries_left() {
    for (refusal, kind) in [
        (Status::UvInvalid, PinFailureKind::UvInvalid),
        (Status::UvBlocked, PinFailureKind::UvBlocked),
    ] {
        let options = [MODERN.as_slice(), &[("uv", true)]].concat();
        let (mut key, log) = Key::open(info(&options, &[protocols(&[2])]), move |message| {
            let subcommand = member(&parameters(message), 2).unwrap();
            match subcommand
                .as_integer()
                .and_then(|number| number.try_into().ok())
            {
                Some(2_u8) => key::ok(cbor::map([(0x01, key::base_point())])),
                Some(7) => key::ok(cbor::map([(0x05, Value::from(2))])),
                _ => key::status(refusal),
            }
        });
        let error = key.built_in_uv_auth(Permissions::CM, None, &mut Wait::unattended());
        let found = failure(error);
        assert_eq!((found.kind, found.retries), (kind, Some(2)));
        assert_eq!(subcommands(&log), [2, 6, 7].map(Value::from));
    }
}

#[test]
fn a_pin_that_must_be_changed_is_good_again_once_it_is() {
    let forced = [protocols(&[2]), (0x0c, Value::from(true))];
    let (mut key, _) = pin_key(info(&MODERN, &forced), silent);
    let refused = failure(key.pin_uv_auth(&pin("123456"), Permissions::CM, None));
    assert_eq!(refused.kind, PinFailureKind::ChangeRequired);
    key.change_pin(&pin("123456"), &pin("halligan")).unwrap();
    key.pin_uv_auth(&pin("halligan"), Permissions::CM, None)
        .unwrap();
}

#[test]
fn a_key_agreement_off_the_curve_is_refused() {
    let (mut key, _) = Key::open(info(&MODERN, &[]), |_| {
        let zero = Value::Bytes(vec![0; 32]);
        let point = cbor::map([
            (1, Value::from(2)),
            (-1, Value::from(1)),
            (-2, zero.clone()),
            (-3, zero),
        ]);
        key::ok(cbor::map([(0x01, point)]))
    });
    let error = key
        .pin_uv_auth(&pin("123456"), Permissions::CM, None)
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "clientPIN getKeyAgreement: key agreement: the key's public key is not a point of P-256"
    );
}
