use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::ctap::status::Status;
use crate::emulator::command::Command;

#[test]
fn what_is_shown_can_be_read_again() {
    for text in [
        "bad-signature",
        "busy@makeCredential,times:3",
        "delay=1500ms@getAssertion,getInfo",
        "keepalive@reset",
        "noise@nth:2",
        "non-canonical@from:3,times:2",
        "pin-blocked@clientPIN",
        "sign-count-back",
        "silent@clientPIN",
        "slow-touch=2s@makeCredential",
        "status=0x7f@getInfo,report:17",
        "storage-full",
        "truncated@after:30s",
        "unplug",
        "unplug=answer@getAssertion",
        "unplug=touch",
        "unplug-after=17",
        "wrong-aaguid",
        "wrong-key@from:2",
        "wrong-sequence@times:1",
    ] {
        let fault: Fault = text.parse().expect("a fault");
        assert_eq!(fault.to_string(), text);
    }
}

#[test]
fn other_spellings_mean_the_same() {
    for (spelling, same) in [
        ("unplug-on=getAssertion", "unplug@getAssertion"),
        ("silent-on=clientPIN", "silent@clientPIN"),
        ("keepalive-on=makecredential", "keepalive@makeCredential"),
        ("unplug-on=reset@nth:2", "unplug@nth:2,reset"),
        ("unplug=request", "unplug"),
        ("status=CTAP1_ERR_OTHER", "status=0x7F"),
        ("busy@from:2,times:1", "busy@nth:2"),
    ] {
        assert_eq!(spelling.parse::<Fault>(), same.parse::<Fault>());
    }
}

#[test]
fn what_is_no_fault_is_refused_by_name() {
    use ParseFaultError as E;
    let refusal = |text: &str| text.parse::<Fault>().expect_err(text);
    for unknown in ["", "pull", "unplug on", "unplug-on"] {
        assert!(matches!(refusal(unknown), E::Unknown(_)), "{unknown}");
    }
    assert!(matches!(refusal("pull@sometimes"), E::Unknown(_)));
    for word in Effect::WORDS {
        assert!(
            !matches!(Effect::parse(word, None), Err(E::Unknown(_))),
            "{word}"
        );
    }
    assert!(refusal("pull").to_string().contains("unplug"));
    for value in [
        "bad-signature=1",
        "busy=",
        "delay",
        "delay=soon",
        "status=0x00",
        "status=7f",
        "unplug=later",
        "unplug-after=0",
        "unplug-after=soon",
    ] {
        assert!(matches!(refusal(value), E::Value { .. }), "{value}");
    }
    for condition in [
        "busy@",
        "busy@signEverything",
        "busy@times:0",
        "busy@nth:-1",
        "busy@after:soon",
        "busy@getInfo,",
        "busy@until:2",
        "unplug-on=signEverything",
    ] {
        assert!(matches!(refusal(condition), E::Condition(_)), "{condition}");
    }
    for repeated in [
        "busy@nth:2,times:3",
        "busy@times:3,nth:2",
        "busy@nth:1,from:2",
        "busy@from:1,from:2",
        "busy@after:0s,after:2s",
        "busy@getInfo,getInfo",
        "busy@getInfo,getinfo",
        "silent-on=reset@reset",
    ] {
        assert!(matches!(refusal(repeated), E::Repeated(_)), "{repeated}");
    }
    for never in [
        "bad-signature@getInfo",
        "unplug-after=3@getInfo",
        "pin-blocked@reset",
    ] {
        assert!(matches!(refusal(never), E::Never { .. }), "{never}");
    }
}

#[test]
fn a_file_holds_one_fault_a_line() {
    let text = "# a bad day\nbusy@times:2\n\n  unplug@makeCredential  # at last\n";
    let faults: Faults = text.parse().expect("faults");
    let lines: Vec<String> = faults.into_iter().map(|fault| fault.to_string()).collect();
    assert_eq!(lines, ["busy@times:2", "unplug@makeCredential"]);
    let wrong = "busy\n# fine\nbusier".parse::<Faults>();
    let source = ParseFaultError::Unknown("busier".to_owned());
    assert_eq!(wrong, Err(ParseFaultsError { line: 3, source }));
}

/// What happens at six getInfo, one report and one second each.
fn happens(fault: &str) -> Vec<bool> {
    let mut script = Script::default();
    let started = Duration::from_secs(100);
    script.add(fault.parse().expect("a fault"), started);
    let mut at = |second: u32| {
        let now = started + Duration::from_secs(second.into());
        script.begin(Some(Command::GetInfo), u64::from(second) + 1, now);
        !script.active().is_empty()
    };
    (0..6).map(&mut at).collect()
}

#[test]
fn conditions_narrow_the_occurrences() {
    let (yes, no) = (true, false);
    for (fault, expected) in [
        ("busy", [yes; 6]),
        ("busy@getInfo", [yes; 6]),
        ("busy@makeCredential", [no; 6]),
        ("bad-signature", [no; 6]),
        ("busy@nth:2", [no, yes, no, no, no, no]),
        ("busy@times:2", [yes, yes, no, no, no, no]),
        ("busy@from:3", [no, no, yes, yes, yes, yes]),
        ("busy@from:3,times:2", [no, no, yes, yes, no, no]),
        ("busy@report:4", [no, no, no, yes, yes, yes]),
        ("busy@after:5s", [no, no, no, no, no, yes]),
        ("busy@after:2s,nth:2", [no, no, no, yes, no, no]),
        ("unplug", [yes, no, no, no, no, no]),
        ("unplug@times:2", [yes, yes, no, no, no, no]),
    ] {
        assert_eq!(happens(fault), expected, "{fault}");
    }
}

#[test]
fn progress_counts_occurrences_and_what_became_of_them() {
    let mut script = Script::default();
    script.set(
        "busy@getInfo,nth:2".parse().expect("faults"),
        Duration::ZERO,
    );
    for command in [
        Command::GetInfo,
        Command::Reset,
        Command::GetInfo,
        Command::GetInfo,
    ] {
        script.begin(Some(command), 1, Duration::ZERO);
    }
    let expected = Progress {
        fault: "busy@getInfo,nth:2".to_owned(),
        occurrences: 3,
        happened: 1,
    };
    assert_eq!(script.progress(), [expected]);
}

#[test]
fn answers_are_spoilt_where_there_is_something_to_spoil() {
    let spoilt = |answer: &[u8], effect| {
        let mut answer = answer.to_vec();
        spoil(&mut answer, &[effect]);
        answer
    };
    assert_eq!(
        spoilt(&[0, 0xa1, 1, 2], Effect::NonCanonical),
        [0, 0xb8, 1, 1, 2]
    );
    assert_eq!(
        spoilt(&[0, 0xb8, 24], Effect::NonCanonical),
        [0, 0xb9, 0, 24]
    );
    assert_eq!(spoilt(&[0, 0xa1, 1, 2], Effect::Truncated), [0, 0xa1]);
    for effect in [Effect::NonCanonical, Effect::Truncated] {
        assert_eq!(spoilt(&[0x31], effect), [0x31]);
    }
}

fn effect() -> impl Strategy<Value = Effect> {
    let duration = (1..100_000u64).prop_map(Duration::from_millis);
    prop_oneof![
        Just(Effect::Busy),
        Just(Effect::Noise),
        Just(Effect::Unplug(Moment::Touch)),
        duration.clone().prop_map(Effect::Delay),
        duration.prop_map(Effect::SlowTouch),
        (1..=u8::MAX).prop_map(|status| Effect::Status(Status::from(status))),
    ]
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let commands = [Command::GetInfo, Command::MakeCredential, Command::Reset];
    let commands = prop::sample::subsequence(commands.to_vec(), 0..=3);
    let times = prop::option::of(1..9u64);
    (commands, 1..9u64, times, 0..9u64, 0..9000u64).prop_map(
        |(commands, from, times, report, after)| Schedule {
            commands,
            from,
            times,
            report,
            after: Duration::from_millis(after),
        },
    )
}

proptest! {
    #[test]
    fn every_fault_survives_the_round_trip(effect in effect(), schedule in schedule()) {
        let fault = Fault { effect, schedule };
        prop_assert_eq!(fault.to_string().parse(), Ok(fault));
    }

    #[test]
    fn any_text_is_a_fault_or_is_refused(text in "\\PC{0,40}", value in "[a-z@=,:0-9-]{0,30}") {
        let _ = text.parse::<Fault>();
        let _ = format!("busy@{value}").parse::<Fault>();
        let _ = format!("delay={value}").parse::<Fault>();
        let _ = text.parse::<Faults>();
    }

    #[test]
    fn spoiling_any_answer_leaves_its_status(answer in prop::collection::vec(any::<u8>(), 1..40)) {
        let mut spoilt = answer.clone();
        spoil(&mut spoilt, &[Effect::NonCanonical, Effect::Truncated]);
        prop_assert_eq!(spoilt.first(), answer.first());
    }
}
