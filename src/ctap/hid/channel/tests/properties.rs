use proptest::prelude::*;

use super::super::super::packet::REPORT_LENGTH;
use super::*;

/// Reports as a broken or hostile device might send them: anything, but often on our channel and often plausible.
fn any_report() -> impl Strategy<Value = (u64, Report)> {
    let marker = prop_oneof![
        any::<u8>(),
        Just(0x80 | command::CBOR),
        Just(0x80 | command::KEEPALIVE),
        Just(0x80 | command::ERROR),
        Just(0x80 | command::INIT),
        0u8..4,
    ];
    let cid = prop_oneof![
        4 => Just(OURS),
        1 => Just(FOREIGN),
        1 => Just(ChannelId::BROADCAST)
    ];
    let length = prop_oneof![0u16..200, any::<u16>()];
    let rest = prop::collection::vec(any::<u8>(), REPORT_LENGTH - 7);
    (0u64..3000, cid, marker, length, rest).prop_map(|(delay, cid, marker, length, rest)| {
        let header = [cid.0.as_slice(), &[marker], &length.to_be_bytes()].concat();
        let report = [header, rest].concat().try_into().unwrap();
        (delay, report)
    })
}

proptest! {
    #[test]
    fn any_reports_end_in_a_response_or_an_error(
        reports in prop::collection::vec(any_report(), 0..40),
        then in prop::collection::vec(any_report(), 0..10),
    ) {
        let mut reports = Some(reports);
        let mut channel = cbor_key(move |_| reports.take().unwrap_or_else(|| then.clone())).open();
        for _ in 0..3 {
            let _ = transact(&mut channel);
        }
    }

    #[test]
    fn any_answer_to_init_ends_in_a_channel_or_an_error(
        reports in prop::collection::vec(any_report(), 0..20),
        length in 0u16..20,
    ) {
        let script = Script::new(move |cid, message| {
            let mut header = message.payload.clone();
            header.truncate(usize::from(length));
            let mut reports = reports.clone();
            reports.extend(answer(cid, command::INIT, &header));
            Some(reports)
        });
        let (device, env): (Box<dyn HidDevice>, _) = script.device();
        let _ = Channel::open(device, env);
    }
}
