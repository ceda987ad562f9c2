//! Every way of tampering with a ledger of 200 entries that somebody has who may write to the store: each is found, and the entry
//! named. `tests/matrices/tamper/run` does all of it and lets the verifier in Python judge the same cases; the ordinary test
//! takes a sample.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::forge::{Forge, canonical, sign};
use super::golden::{self, Golden};
use crate::encoding::base64url;
use crate::ledger::entry::Entry;
use crate::ledger::state::State;
use crate::ledger::{Draft, EntryHash, Event, StationName};
use crate::ledger::{KeyHandedOver, Station};

const ENTRIES: u64 = 200;

type Objects = BTreeMap<u64, Vec<u8>>;

/// A case: its class, what it does in the words that the script understands, and the first entry that it changes.
struct Case {
    class: &'static str,
    arguments: String,
    first: u64,
    objects: Objects,
    /// Where verification must end.
    fails_at: u64,
}

/// The golden ledger, and many checks and moves of its key by both stations.
fn build(golden: &mut Golden) -> Objects {
    let mut forge = Forge::new(golden);
    while forge.end() < ENTRIES {
        let index = forge.end();
        let key = forge.golden().key.clone();
        match index % 4 {
            0 => {
                let moved = Event::KeyHandedOver(KeyHandedOver {
                    label: "BG1-A".to_owned(),
                    credential_id: key.credential_id.clone(),
                    custody: crate::ledger::Custody {
                        location: format!("safe {index}"),
                        container: None,
                        seal: Some(format!("{index:05}")),
                        custodians: vec!["Zoë <z@contoso.example>".to_owned()],
                    },
                    note: None,
                });
                forge.append(Draft::new(&moved, None));
            }
            1 => forge.append(Draft::new(&golden::checked(&key, false, None), None)),
            _ => forge.append_proven(Draft::new(&golden::checked(&key, true, None), None)),
        }
        if index.is_multiple_of(3) {
            forge.rewrite(index, |entry| entry["station"] = "vault-2".into());
        }
    }
    forge.objects
}

/// What the entries before each one add up to, so that a case is verified from its first change on only.
struct Prefixes(Vec<State>);

impl Prefixes {
    fn of(objects: &Objects) -> Self {
        let mut states = vec![State::default()];
        for bytes in objects.values() {
            let mut state = states.last().unwrap().clone();
            let entry = Entry::parse(bytes).unwrap();
            let change = state.check(&entry).unwrap();
            state.commit(&entry, change);
            states.push(state);
        }
        Self(states)
    }

    /// As `Reader::verify` and then `expect_head` with the untampered head.
    fn judge(&self, case: &Case) -> Option<(u64, &'static str)> {
        let mut state = self.0[usize::try_from(case.first).unwrap()].clone();
        let last = case.objects.keys().next_back().copied();
        for index in case.first..last.map_or(0, |last| last + 1) {
            let Some(bytes) = case.objects.get(&index) else {
                return Some((index, "missing"));
            };
            let checked = Entry::parse(bytes)
                .map_err(crate::ledger::Defect::Format)
                .and_then(|entry| Ok((state.check(&entry)?, entry)));
            match checked {
                Ok((change, entry)) => state.commit(&entry, change),
                Err(defect) => return Some((index, defect.code())),
            }
        }
        let noted = self.0.last().unwrap().head().unwrap();
        match state.hash(noted.index) {
            None => Some((noted.index, "truncated")),
            Some(found) if found != noted.hash => Some((noted.index, "other-head")),
            Some(_) => None,
        }
    }
}

/// Every byte of every entry with one other value; every byte of one entry with all others.
fn bytes(objects: &Objects, stride: usize, judge: &mut impl FnMut(&Case)) {
    let shortest = objects
        .iter()
        .min_by_key(|(_, bytes)| bytes.len())
        .unwrap()
        .0;
    for (index, intact) in objects {
        // One object is enough: verification must end with it.
        let mut case = Case {
            class: "byte",
            arguments: String::new(),
            first: *index,
            objects: Objects::from([(*index, intact.clone())]),
            fails_at: *index,
        };
        for place in (0..intact.len()).step_by(stride) {
            let one = intact[place] ^ (1 << (place % 8));
            let all = if index == shortest {
                0..=255
            } else {
                one..=one
            };
            for value in all.filter(|value| *value != intact[place]) {
                case.objects.get_mut(index).unwrap()[place] = value;
                case.arguments = format!("{index} {place} {value}");
                judge(&case);
            }
            case.objects.get_mut(index).unwrap()[place] = intact[place];
        }
    }
}

fn deletions(objects: &Objects, judge: &mut impl FnMut(&Case)) {
    let last = ENTRIES - 1;
    for index in 0..ENTRIES {
        let mut without = objects.clone();
        without.remove(&index);
        judge(&Case {
            class: "delete",
            arguments: index.to_string(),
            first: index,
            objects: without,
            fails_at: index,
        });
        let closed_up =
            (0..last).map(|place| (place, objects[&(place + u64::from(place >= index))].clone()));
        judge(&Case {
            class: "close-up",
            arguments: index.to_string(),
            first: index,
            objects: closed_up.collect(),
            fails_at: index,
        });
        judge(&Case {
            class: "truncate",
            arguments: index.to_string(),
            first: index,
            objects: objects
                .range(..index)
                .map(|(k, v)| (*k, v.clone()))
                .collect(),
            fails_at: last,
        });
    }
}

fn swaps(objects: &Objects, stride: usize, judge: &mut impl FnMut(&Case)) {
    let pairs = (0..ENTRIES).flat_map(|one| (one + 1..ENTRIES).map(move |other| (one, other)));
    for (one, other) in pairs.step_by(stride) {
        judge(&Case {
            class: "swap",
            arguments: format!("{one} {other}"),
            first: one,
            objects: Objects::from([
                (one, objects[&other].clone()),
                (other, objects[&one].clone()),
            ]),
            fails_at: one,
        });
    }
}

/// Each entry signed anew by a key that never joined, alone and with all that follow chained and signed anew.
fn resigned(objects: &Objects, stride: usize, judge: &mut impl FnMut(&Case)) {
    let all = stride == 1;
    let stranger = |name: &StationName| Station::from_seed(name.clone(), &[0x66; 32]);
    for index in 0..ENTRIES {
        let mut forged = objects.clone();
        // Signing the rest as well takes time.
        let end = if all || index.is_multiple_of(40) {
            ENTRIES
        } else {
            index + 1
        };
        for place in index..end {
            let mut value: serde_json::Value = serde_json::from_slice(&forged[&place]).unwrap();
            if let Some(before) = place.checked_sub(1) {
                value["previous"] = EntryHash::of(&forged[&before]).to_string().into();
            }
            let name = value["station"].as_str().unwrap().parse().unwrap();
            forged.insert(place, sign(value, &stranger(&name)));
            if place == index {
                judge(&Case {
                    class: "re-sign",
                    arguments: format!("{index} {}", base64url::encode(&forged[&index])),
                    first: index,
                    objects: forged.clone(),
                    fails_at: index,
                });
            }
        }
        if end < ENTRIES {
            continue;
        }
        judge(&Case {
            class: "re-sign-rest",
            arguments: format!("{index} {}", base64url::encode(&forged[&index])),
            first: index,
            objects: forged,
            fails_at: index,
        });
    }
}

/// All of it by strangers, who introduce keys of their own: consistent in itself, and not the ledger that was noted.
fn usurped(objects: &Objects, judge: &mut impl FnMut(&Case)) {
    let mut forged = Objects::new();
    let mut lines = String::new();
    for (index, bytes) in objects {
        let mut value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        let name = value["station"].as_str().unwrap().parse().unwrap();
        let station = Station::from_seed(name, &[0x66; 32]);
        if value["kind"] == "station.joined" {
            value["body"]["public_key"] = base64url::encode(station.public_key()).into();
        }
        // Their past has another hash, so no proof of the key fits into it: they have to leave all of them out.
        if value["kind"] == "key.checked" {
            value["body"]["passed"] = false.into();
        }
        value.as_object_mut().unwrap().remove("proof");
        if let Some(before) = index.checked_sub(1) {
            value["previous"] = EntryHash::of(&forged[&before]).to_string().into();
        }
        let bytes = sign(value, &station);
        write!(lines, " {}", base64url::encode(&bytes)).unwrap();
        forged.insert(*index, bytes);
    }
    judge(&Case {
        class: "usurp",
        arguments: lines.trim_start().to_owned(),
        first: 0,
        objects: forged,
        fails_at: ENTRIES - 1,
    });
}

/// Judges every case: how many there are by class, and those that were not found where they are.
fn matrix(
    objects: &Objects,
    stride: usize,
    mut each: impl FnMut(&Case, u64, &str),
) -> (BTreeMap<&'static str, u64>, Vec<String>) {
    let prefixes = Prefixes::of(objects);
    let (mut counts, mut wrong) = (BTreeMap::new(), Vec::new());
    let mut judge = |case: &Case| {
        *counts.entry(case.class).or_default() += 1;
        match prefixes.judge(case) {
            Some((index, code)) if index == case.fails_at => each(case, index, code),
            found => wrong.push(format!("{} {}: {found:?}", case.class, case.arguments)),
        }
    };
    bytes(objects, stride, &mut judge);
    deletions(objects, &mut judge);
    swaps(objects, stride, &mut judge);
    resigned(objects, stride, &mut judge);
    usurped(objects, &mut judge);
    (counts, wrong)
}

#[test]
fn whatever_is_changed_is_found_and_its_entry_named() {
    let mut golden = golden::build();
    let objects = build(&mut golden);
    assert_eq!(super::vectors::verify(&objects).failure, None);
    // The whole verifier says the same as the one that begins in the middle.
    let mut whole = 0;
    let (counts, wrong) = matrix(&objects, 499, |case, index, code| {
        whole += 1;
        if !u32::is_multiple_of(whole, 499) || matches!(case.class, "truncate" | "usurp") {
            return;
        }
        let mut tampered = objects.clone();
        if case.class == "delete" || case.class == "close-up" {
            tampered.clear();
        }
        tampered.extend(case.objects.clone());
        let failure = super::vectors::verify(&tampered).failure.unwrap();
        assert_eq!(
            (failure.index, failure.defect.code()),
            (index, code),
            "{} {}",
            case.class,
            case.arguments
        );
    });
    assert_eq!(wrong, Vec::<String>::new());
    assert!(whole > 1000 && counts.len() == 8, "{counts:?}");
}

#[test]
#[ignore = "minutes; tests/matrices/tamper/run runs it"]
fn the_whole_tamper_matrix() {
    // What the script asks for lies in the directory where it looks for the answers.
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/matrices/tamper/cases");
    let stride = std::fs::read_to_string(directory.join("stride")).unwrap();
    let stride = stride.trim().parse().unwrap();
    let entries = directory.join("ledger/entries");
    std::fs::create_dir_all(&entries).unwrap();
    let mut golden = golden::build();
    let objects = build(&mut golden);
    for (index, bytes) in &objects {
        assert_eq!(canonical(&serde_json::from_slice(bytes).unwrap()), *bytes);
        std::fs::write(entries.join(format!("{index:08}.json")), bytes).unwrap();
    }
    let mut cases = String::new();
    let (counts, wrong) = matrix(&objects, stride, |case, index, code| {
        writeln!(cases, "{index} {code} {} {}", case.class, case.arguments).unwrap();
    });
    std::fs::write(directory.join("cases"), cases).unwrap();
    let counts = serde_json::json!({"cases": counts, "wrong": wrong});
    std::fs::write(directory.join("ours.json"), counts.to_string()).unwrap();
    assert_eq!(wrong, Vec::<String>::new());
}
