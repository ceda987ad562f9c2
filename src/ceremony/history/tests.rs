//! Observations before and after, and what is made of the difference.

use super::drift::{Cause, Drift, drift};
use super::explanation::Explanations;
use crate::ledger::{
    CeremonyFailed, ConfigApplied, ConfigIntended, EnrollCredentialCreated, Event, KeySettings,
    Latency, Observation, ResetPerformed, Step,
};
use crate::webauthn::Aaguid;

const LABEL: &str = "BG1-A";
const MODEL: Aaguid = Aaguid::new([7; 16]);

fn observation() -> Observation {
    let texts = |texts: &[&str]| Some(texts.iter().map(|&text| text.to_owned()).collect());
    Observation {
        firmware: Some("5".to_owned()),
        versions: texts(&["FIDO_2_0", "FIDO_2_1"]),
        extensions: texts(&["credProtect", "hmac-secret"]),
        options: Some([("rk".to_owned(), true), ("alwaysUv".to_owned(), false)].into()),
        min_pin_length: Some(4),
        pin_retries: Some(8),
        uv_retries: Some(3),
        credentials_left: Some(20),
        latency: Some([time("getInfo", 3_000)].into()),
    }
}

fn time(command: &str, median_us: u32) -> (String, Latency) {
    (command.to_owned(), Latency { n: 1, median_us })
}

/// What differs once this was done to the key, and these entries were written from 1 on.
fn after(change: impl FnOnce(&mut Observation), entries: &[Event]) -> Vec<Drift> {
    let mut now = observation();
    change(&mut now);
    let mut explained = Explanations::default();
    for (index, event) in (1..).zip(entries) {
        explained.take_in(index, event, LABEL, MODEL);
    }
    drift(&observation(), &now, &explained)
}

/// The one thing that differs, and why.
#[track_caller]
fn only(drifts: &[Drift]) -> (&str, &Cause) {
    match drifts {
        [drift] => (&drift.subject, &drift.cause),
        drifts => panic!("{drifts:?}"),
    }
}

#[track_caller]
fn is_unexplained(drifts: &[Drift], subject: &str) {
    let (found, cause) = only(drifts);
    assert_eq!(found, subject);
    assert!(matches!(cause, Cause::Unexplained(_)), "{cause:?}");
}

fn option(name: &'static str, value: bool) -> impl FnOnce(&mut Observation) {
    move |now| {
        now.options
            .get_or_insert_default()
            .insert(name.to_owned(), value);
    }
}

fn always_uv(on: bool) -> KeySettings {
    KeySettings {
        always_uv: Some(on),
        ..KeySettings::default()
    }
}

fn applied(settings: KeySettings) -> Event {
    Event::ConfigApplied(ConfigApplied {
        label: LABEL.to_owned(),
        settings,
    })
}

#[test]
fn a_key_that_is_as_it_was_has_not_changed() {
    assert_eq!(after(|_| (), &[]), []);
    // What was not observed then or now says nothing.
    assert_eq!(after(|now| *now = Observation::default(), &[]), []);
}

#[test]
fn what_nobody_recorded_is_unexplained() {
    is_unexplained(
        &after(|now| now.firmware = Some("6".to_owned()), &[]),
        "firmware",
    );
    is_unexplained(&after(option("alwaysUv", true), &[]), "option alwaysUv");
    is_unexplained(&after(option("rk", false), &[]), "option rk");
    is_unexplained(&after(option("bioEnroll", true), &[]), "option bioEnroll");
    let gone = |now: &mut Observation| now.options.get_or_insert_default().clear();
    assert_eq!(after(gone, &[]).len(), 2);
    is_unexplained(
        &after(|now| now.min_pin_length = Some(6), &[]),
        "minimum PIN length",
    );
    is_unexplained(
        &after(|now| now.uv_retries = Some(2), &[]),
        "fingerprint tries",
    );
    is_unexplained(
        &after(|now| now.credentials_left = Some(19), &[]),
        "room for credentials",
    );
    let lost = |now: &mut Observation| drop(now.extensions.get_or_insert_default().pop());
    is_unexplained(&after(lost, &[]), "extension hmac-secret");
    let tried = after(|now| now.pin_retries = Some(5), &[]);
    is_unexplained(&tried, "PIN tries");
    assert_eq!(
        tried[0].to_string(),
        "PIN tries 8, now 5: somebody tried PINs on the key"
    );
}

#[test]
fn what_takes_nothing_from_the_key_is_only_told() {
    let more = |now: &mut Observation| {
        let extensions = now.extensions.get_or_insert_default();
        extensions.push("largeBlobKey".to_owned());
    };
    assert!(matches!(
        only(&after(more, &[])),
        ("extension largeBlobKey", Cause::Harmless(_))
    ));
    let room = after(|now| now.credentials_left = Some(21), &[]);
    assert!(matches!(only(&room), (_, Cause::Harmless(_))));
    assert_eq!(after(|now| now.pin_retries = Some(9), &[]), []);
}

#[test]
fn a_time_must_double_and_grow_by_more_than_a_busy_computer_is_late() {
    let took = |median_us| {
        after(
            |now| now.latency = Some([time("getInfo", median_us)].into()),
            &[],
        )
    };
    assert_eq!(took(53_000), []);
    assert!(matches!(
        only(&took(53_001)),
        ("time of getInfo", Cause::Harmless(_))
    ));
    let unknown = after(
        |now| now.latency = Some([time("selection", 9_000_000)].into()),
        &[],
    );
    assert_eq!(unknown, []);
    let slow = |median_us| Observation {
        latency: Some([time("getInfo", median_us)].into()),
        ..Observation::default()
    };
    let grown = |from, to| drift(&slow(from), &slow(to), &Explanations::default()).len();
    assert_eq!((grown(100_000, 200_000), grown(100_000, 200_001)), (0, 1));
}

#[test]
fn settings_that_the_ledger_applied_explain_what_they_set_and_nothing_else() {
    let set = [applied(always_uv(true))];
    assert_eq!(
        only(&after(option("alwaysUv", true), &set)),
        ("option alwaysUv", &Cause::Recorded(1))
    );
    is_unexplained(
        &after(|now| now.firmware = Some("6".to_owned()), &[])[..],
        "firmware",
    );
    // Set by us, and taken back by somebody else.
    is_unexplained(&after(|_| (), &set), "option alwaysUv");
    // Set and taken back by us.
    let back = [applied(always_uv(true)), applied(always_uv(false))];
    assert_eq!(after(|_| (), &back), []);
    is_unexplained(&after(option("alwaysUv", true), &back), "option alwaysUv");
    let longer = KeySettings {
        min_pin_length: Some(6),
        ..KeySettings::default()
    };
    let length = after(
        |now| now.min_pin_length = Some(6),
        &[applied(longer.clone())],
    );
    assert_eq!(only(&length), ("minimum PIN length", &Cause::Recorded(1)));
    is_unexplained(
        &after(|now| now.min_pin_length = Some(8), &[applied(longer)]),
        "minimum PIN length",
    );
}

#[test]
fn u2f_goes_with_always_uv_and_comes_back() {
    let without = |now: &mut Observation| now.versions = Some(vec!["FIDO_2_1".to_owned()]);
    let before = Observation {
        versions: Some(vec!["FIDO_2_1".to_owned(), "U2F_V2".to_owned()]),
        ..observation()
    };
    let mut explained = Explanations::default();
    let mut now = before.clone();
    without(&mut now);
    is_unexplained(&drift(&before, &now, &explained), "version U2F_V2");
    explained.take_in(1, &applied(always_uv(true)), LABEL, MODEL);
    now.options
        .get_or_insert_default()
        .insert("alwaysUv".to_owned(), true);
    let found = drift(&before, &now, &explained);
    assert!(found.iter().all(|drift| drift.cause == Cause::Recorded(1)));
    assert_eq!(found.len(), 2);
}

#[test]
fn settings_that_were_only_intended_may_be_so_or_not() {
    let intended = [Event::ConfigIntended(ConfigIntended {
        label: LABEL.to_owned(),
        settings: always_uv(true),
    })];
    assert_eq!(after(|_| (), &intended), []);
    let set = after(option("alwaysUv", true), &intended);
    assert_eq!(only(&set), ("option alwaysUv", &Cause::Recorded(1)));
}

#[test]
fn another_keys_settings_explain_nothing() {
    let other = Event::ConfigApplied(ConfigApplied {
        label: "BG2-A".to_owned(),
        settings: always_uv(true),
    });
    is_unexplained(
        &after(option("alwaysUv", true), &[other]),
        "option alwaysUv",
    );
}

#[test]
fn a_try_that_a_ceremony_spent_is_explained_and_a_second_one_is_not() {
    let failed = Event::CeremonyFailed(CeremonyFailed {
        label: LABEL.to_owned(),
        reached: Step::Intended,
        code: "pin".to_owned(),
        message: String::new(),
        remains: None,
        deletes_credential: false,
    });
    let spent = |left, events: &[Event]| after(|now| now.pin_retries = Some(left), events);
    assert_eq!(
        only(&spent(7, std::slice::from_ref(&failed))),
        ("PIN tries", &Cause::Recorded(1))
    );
    is_unexplained(&spent(6, std::slice::from_ref(&failed)), "PIN tries");
    let twice = [failed.clone(), failed];
    assert_eq!(only(&spent(6, &twice)), ("PIN tries", &Cause::Recorded(2)));
}

#[test]
fn credentials_that_were_made_for_other_accounts_take_room() {
    let created = |aaguid| {
        Event::EnrollCredentialCreated(EnrollCredentialCreated {
            label: "BG2-A".to_owned(),
            rp_id: "login.microsoft.com".parse().unwrap(),
            credential_id: vec![1],
            aaguid,
            attestation_object: Vec::new(),
            client_data_json: Vec::new(),
        })
    };
    let stored = |events: &[Event]| after(|now| now.credentials_left = Some(19), events);
    let made = stored(&[created(MODEL)]);
    assert_eq!(only(&made), ("room for credentials", &Cause::Recorded(1)));
    is_unexplained(
        &stored(&[created(Aaguid::new([8; 16]))]),
        "room for credentials",
    );
}

#[test]
fn a_reset_explains_what_it_takes_away() {
    let reset = [
        applied(always_uv(true)),
        Event::ResetPerformed(ResetPerformed {
            label: LABEL.to_owned(),
            credential_id: vec![1],
        }),
    ];
    assert_eq!(after(|_| (), &reset), []);
    let option = after(option("clientPin", false), &reset);
    assert_eq!(only(&option), ("option clientPin", &Cause::Recorded(2)));
}
