use std::time::Duration;

use proptest::prelude::*;

use super::host::{BROADCAST, Host};
use super::requests::{Assert, Create};
use crate::emulator::serve::ListenAddress;
use crate::emulator::{Fault, Profile};
use crate::encoding::cbor::{self, Value};

/// Values of the kinds that CTAP2 uses, and keys that are likely to be known.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just("id".to_owned()),
        Just("type".to_owned()),
        Just("public-key".to_owned()),
        Just("alg".to_owned()),
        Just("rk".to_owned()),
        Just("hmac-secret".to_owned()),
        Just("largeBlobKey".to_owned()),
        ".{0,8}",
    ];
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        (-9i64..20).prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        prop::collection::vec(any::<u8>(), 0..70).prop_map(Value::Bytes),
        text.prop_map(Value::Text),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((-4i64..16, inner.clone()), 0..8).prop_map(cbor::map),
            prop::collection::vec((inner.clone(), inner), 0..3).prop_map(Value::Map),
        ]
    })
}

fn command() -> impl Strategy<Value = u8> {
    prop_oneof![
        prop::sample::select(vec![
            1, 2, 4, 6, 7, 8, 9, 0x0a, 0x0b, 0x0c, 0x0d, 0x40, 0x41
        ]),
        any::<u8>(),
    ]
}

/// The key still answers INIT, and a command.
fn assert_alive(host: &mut Host) {
    host.advance(Duration::from_secs(60));
    host.messages();
    host.cid = host.init(BROADCAST);
    assert_eq!(host.raw(&[0x04]).0, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_reports_leave_the_key_alive(
        reports in prop::collection::vec((any::<bool>(), prop::array::uniform32(any::<u8>())), 0..40),
    ) {
        let mut host = Host::new(Profile::default());
        for (on_channel, bytes) in reports {
            let mut report = [0; 64];
            report[..32].copy_from_slice(&bytes);
            if on_channel {
                report[..4].copy_from_slice(&host.cid);
            }
            host.emulator.handle_report(&report);
            while host.emulator.poll().is_some() {}
            prop_assert!(host.emulator.time_until_next() != Some(Duration::ZERO));
        }
        assert_alive(&mut host);
    }

    #[test]
    fn any_request_bytes_are_answered(
        requests in prop::collection::vec(
            (command(), prop::collection::vec(any::<u8>(), 0..200)), 1..8),
    ) {
        let mut host = Host::new(Profile::default());
        for (command, parameters) in requests {
            host.raw(&[&[command], parameters.as_slice()].concat());
        }
        assert_alive(&mut host);
    }

    #[test]
    fn any_parameters_are_answered(
        requests in prop::collection::vec((command(), value()), 1..12),
    ) {
        let mut host = Host::new(Profile::default());
        for (command, parameters) in requests {
            let encoded = cbor::encode(&parameters);
            let request = [&[command], encoded.as_slice()].concat();
            host.raw(&request);
        }
        assert_alive(&mut host);
    }

    #[test]
    fn any_apdu_is_answered_with_a_status_word(
        header in prop::array::uniform3(0u8..10),
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut host = Host::new(Profile::default());
        let [cla, ins, p1] = header;
        let (_, status) = host.apdu(&[&[cla / 5, ins, p1], body.as_slice()].concat());
        prop_assert_ne!(status, 0);
        assert_alive(&mut host);
    }

    #[test]
    fn any_text_is_an_address_or_a_fault_or_none(text in "([a-z-]{0,12}[:=])?.{0,20}") {
        if let Ok(address) = text.parse::<ListenAddress>() {
            prop_assert_eq!(address.to_string().parse::<ListenAddress>(), Ok(address));
        }
        if let Ok(fault) = text.parse::<Fault>() {
            prop_assert_eq!(fault.to_string().parse::<Fault>(), Ok(fault));
        }
    }

    #[test]
    fn any_member_may_be_anything(key in 1i32..12, value in value()) {
        let mut host = Host::new(Profile::default());
        // An answer of either kind; what matters is that there is one.
        let _ = Create::new().with(key, value.clone()).send(&mut host);
        let _ = Assert::new().with(key, value).send(&mut host);
        assert_alive(&mut host);
    }
}
