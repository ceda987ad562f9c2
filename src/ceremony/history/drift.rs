//! In what a key is no longer as it was, and whether that is as it should be. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::explanation::{Explanations, Word};
use crate::ledger::{KeySettings, Latency, Observation, OutcomeVerdict};

/// A time that has grown by less says nothing: a busy computer is late by as much.
const LATENCY_GROWTH_US: u32 = 50_000;
/// And so does one that has not doubled: hubs, cables and drivers differ by as much.
const LATENCY_FACTOR: u32 = 2;
/// U2F among the versions.
const U2F: &str = "U2F_V2";

/// One thing in which a key differs from what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// What has changed: `firmware`, `option alwaysUv`, `PIN tries`, …
    pub subject: String,
    /// What it was.
    pub from: String,
    /// What it is.
    pub to: String,
    /// Whether that is as it should be.
    pub cause: Cause,
}

/// Why something has changed, as far as the ledger tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// By this entry.
    Recorded(u64),
    /// Nobody knows, and it takes nothing from the key; this is what it may be.
    Harmless(&'static str),
    /// Nobody knows, and somebody should; this is what it means.
    Unexplained(&'static str),
}

impl Drift {
    /// The verdict on it.
    #[must_use]
    pub fn verdict(&self) -> OutcomeVerdict {
        match self.cause {
            Cause::Recorded(_) | Cause::Harmless(_) => OutcomeVerdict::Pass,
            Cause::Unexplained(_) => OutcomeVerdict::Fail,
        }
    }

    /// The cause in words.
    #[must_use]
    pub fn why(&self) -> String {
        match self.cause {
            Cause::Recorded(index) => format!("by entry {index}"),
            Cause::Harmless(why) | Cause::Unexplained(why) => why.to_owned(),
        }
    }
}

impl std::fmt::Display for Drift {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            subject, from, to, ..
        } = self;
        write!(formatter, "{subject} {from}, now {to}: {}", self.why())
    }
}

/// In what `now` differs from `before`, where both say something; `explained` is what the ledger says between the two.
pub(super) fn drift(
    before: &Observation,
    now: &Observation,
    explained: &Explanations,
) -> Vec<Drift> {
    let mut found = Vec::new();
    found.extend(firmware(before, now));
    found.extend(versions(before, now, explained));
    found.extend(names("extension", &before.extensions, &now.extensions));
    found.extend(options(before, now, explained));
    found.extend(min_pin_length(before, now, explained));
    found.extend(pin_tries(before, now, explained));
    found.extend(uv_tries(before, now));
    found.extend(credentials(before, now, explained));
    found.extend(latency(before, now));
    found
}

fn changed(subject: &str, from: impl ToString, to: impl ToString, cause: Cause) -> Drift {
    Drift {
        subject: subject.to_owned(),
        from: from.to_string(),
        to: to.to_string(),
        cause,
    }
}

/// No ceremony changes firmware.
fn firmware(before: &Observation, now: &Observation) -> Option<Drift> {
    let (from, to) = (before.firmware.as_ref()?, now.firmware.as_ref()?);
    let cause = Cause::Unexplained("somebody had the key and updated it, or it is another key");
    (from != to).then(|| changed("firmware", from, to, cause))
}

/// CTAP 2.1 §7.2: a key that always verifies its user does not offer U2F, which cannot.
fn versions(before: &Observation, now: &Observation, explained: &Explanations) -> Vec<Drift> {
    let mut found = names("version", &before.versions, &now.versions);
    let has_u2f = now.versions.iter().flatten().any(|version| version == U2F);
    let always_uv = explained.of_setting(|settings| settings.always_uv, &!has_u2f);
    if let Word::Explains(index) = always_uv {
        let u2f = format!("version {U2F}");
        let mut of_u2f = found.iter_mut().filter(|drift| drift.subject == u2f);
        if let Some(drift) = of_u2f.next() {
            drift.cause = Cause::Recorded(index);
        }
    }
    found
}

fn names(what: &str, before: &Option<Vec<String>>, now: &Option<Vec<String>>) -> Vec<Drift> {
    let (Some(before), Some(now)) = (before, now) else {
        return Vec::new();
    };
    let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
    let (before, now) = (set(before), set(now));
    let lost = before.difference(&now).map(|name| {
        let cause = Cause::Unexplained("the key no longer offers it");
        changed(&format!("{what} {name}"), "there", "gone", cause)
    });
    let gained = now.difference(&before).map(|name| {
        let cause = Cause::Harmless("the key offers more than before");
        changed(&format!("{what} {name}"), "absent", "there", cause)
    });
    lost.chain(gained).collect()
}

fn options(before: &Observation, now: &Observation, explained: &Explanations) -> Vec<Drift> {
    let (Some(before), Some(now)) = (&before.options, &now.options) else {
        return Vec::new();
    };
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let option = |name: &String| {
        let (from, to) = (before.get(name).copied(), now.get(name).copied());
        let cause = option_cause(name, from, to, explained)?;
        let subject = format!("option {name}");
        Some(changed(&subject, state(from), state(to), cause))
    };
    names.into_iter().filter_map(option).collect()
}

fn state(option: Option<bool>) -> &'static str {
    match option {
        Some(true) => "on",
        Some(false) => "off",
        None => "absent",
    }
}

/// Why an option has its value; none where it has not changed and should not have.
fn option_cause(
    name: &str,
    from: Option<bool>,
    to: Option<bool>,
    explained: &Explanations,
) -> Option<Cause> {
    let always_uv = |settings: &KeySettings| settings.always_uv;
    let word = match (name, to) {
        ("alwaysUv", Some(to)) => explained.of_setting(always_uv, &to),
        // CTAP 2.1 §6.4: a key that always verifies its user makes no credential without. One that does not may.
        ("makeCredUvNotRqd", Some(to)) => match explained.of_setting(always_uv, &!to) {
            Word::Contradicts => Word::Nothing,
            word => word,
        },
        ("ep", Some(to)) => explained.of_setting(|settings| settings.enterprise_attestation, &to),
        _ => Word::Nothing,
    };
    let meaning = Cause::Unexplained(match name {
        "clientPin" => "somebody set a PIN or reset the key",
        "uv" | "bioEnroll" | "userVerificationMgmtPreview" => {
            "somebody enrolled or removed a fingerprint"
        }
        _ => "nothing in the ledger says that it was set",
    });
    by_word(word, from != to, meaning, explained)
}

fn by_word(
    word: Word,
    has_changed: bool,
    meaning: Cause,
    explained: &Explanations,
) -> Option<Cause> {
    match (word, explained.reset()) {
        (Word::Explains(index), _) => has_changed.then_some(Cause::Recorded(index)),
        (_, Some(index)) => has_changed.then_some(Cause::Recorded(index)),
        (Word::Contradicts, None) => Some(Cause::Unexplained("it was set to another value since")),
        (Word::Nothing, None) => has_changed.then_some(meaning),
    }
}

fn min_pin_length(
    before: &Observation,
    now: &Observation,
    explained: &Explanations,
) -> Option<Drift> {
    let (from, to) = (before.min_pin_length?, now.min_pin_length?);
    let setting = |settings: &KeySettings| settings.min_pin_length.map(u32::from);
    let word = explained.of_setting(setting, &to);
    let meaning = Cause::Unexplained("nothing in the ledger says that it was set");
    let cause = by_word(word, from != to, meaning, explained)?;
    Some(changed("minimum PIN length", from, to, cause))
}

/// Tries come back with a correct PIN, so more of them are no change.
fn pin_tries(before: &Observation, now: &Observation, explained: &Explanations) -> Option<Drift> {
    let (from, to) = (before.pin_retries?, now.pin_retries?);
    let spent = from.checked_sub(to).filter(|spent| *spent > 0)?;
    let cause = match explained.pins(spent.into()).or(explained.reset()) {
        Some(index) => Cause::Recorded(index),
        None => Cause::Unexplained("somebody tried PINs on the key"),
    };
    Some(changed("PIN tries", from, to, cause))
}

fn uv_tries(before: &Observation, now: &Observation) -> Option<Drift> {
    let (from, to) = (before.uv_retries?, now.uv_retries?);
    let cause = Cause::Unexplained("somebody tried fingers on the key");
    (to < from).then(|| changed("fingerprint tries", from, to, cause))
}

fn credentials(before: &Observation, now: &Observation, explained: &Explanations) -> Option<Drift> {
    let (from, to) = (before.credentials_left?, now.credentials_left?);
    if from == to {
        return None;
    }
    let cause = match from.checked_sub(to) {
        None => Cause::Harmless("credentials were deleted"),
        Some(made) => match explained.credentials(made) {
            Some(index) => Cause::Recorded(index),
            None => Cause::Unexplained("somebody who knows the PIN stored a credential on the key"),
        },
    };
    Some(changed("room for credentials", from, to, cause))
}

fn latency(before: &Observation, now: &Observation) -> Vec<Drift> {
    let nothing = BTreeMap::new();
    let before = before.latency.as_ref().unwrap_or(&nothing);
    let slower = |(command, now): (&String, &Latency)| {
        let (from, to) = (before.get(command)?.median_us, now.median_us);
        let cause = Cause::Harmless("the key, its connection or this computer is slower");
        let grown =
            to > from.saturating_mul(LATENCY_FACTOR) && to > from.saturating_add(LATENCY_GROWTH_US);
        let ms = |us: u32| format!("{} ms", us / 1000);
        grown.then(|| changed(&format!("time of {command}"), ms(from), ms(to), cause))
    };
    let now = now.latency.iter().flatten();
    now.filter_map(slower).collect()
}
