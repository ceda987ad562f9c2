//! The golden ledger and the tampered variants in `tests/vectors/ledger` are what the code builds, byte for byte, and verify
//! as they say. After an intended change of the format: `cargo test write_the_ledger_vectors -- --ignored`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use object_store::memory::InMemory;
use serde::{Deserialize, Serialize};

use super::forge::Forge;
use super::golden::{Golden, build};
use super::{drill, later_life, merging, monitored, observed, reviewed, run, tampered, tenant};
use crate::ledger::{EntryHash, Kind, Reader, Store, Verification};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Expectation {
    entries: u64,
    head: EntryHash,
    warnings: Vec<String>,
}

/// What a variant changes in the golden ledger: an object's text, or nothing where it is taken away. Without a code all entries
/// are valid, `fails_at` of them.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Variant {
    fails_at: u64,
    code: Option<String>,
    objects: BTreeMap<String, Option<String>>,
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/ledger")
}

fn name(index: u64) -> String {
    format!("{index:08}.json")
}

/// Verifies objects in a store of their own.
pub(super) fn verify(objects: &BTreeMap<u64, Vec<u8>>) -> Verification {
    run(async {
        let store = Store::new(Arc::new(InMemory::new()), "memory:");
        for (index, bytes) in objects {
            store.create(*index, bytes).await.unwrap();
        }
        Reader::new(store).verify().await.unwrap()
    })
}

fn expectation(golden: &Golden) -> Expectation {
    let verification = verify(&Forge::new(&mut golden.clone()).objects);
    assert_eq!(verification.failure, None);
    Expectation {
        entries: verification.entries(),
        head: golden.entries.last().unwrap().reference().hash,
        warnings: verification
            .warnings
            .iter()
            .map(ToString::to_string)
            .collect(),
    }
}

fn variant(golden: &Golden, case: &tampered::Case) -> Variant {
    let mut golden = golden.clone();
    let original = Forge::new(&mut golden).objects;
    let mut forge = Forge::new(&mut golden);
    (case.tamper)(&mut forge);
    let tampered = forge.objects;
    let failure = verify(&tampered).failure.expect(case.name);
    assert_eq!(
        (failure.index, failure.defect.code()),
        (case.fails_at, case.code),
        "{}: {failure}",
        case.name
    );
    Variant {
        fails_at: case.fails_at,
        code: Some(case.code.to_owned()),
        // What follows the failure does not matter, except that it exists.
        objects: difference(&original, &tampered, case.fails_at),
    }
}

fn difference(
    original: &BTreeMap<u64, Vec<u8>>,
    changed: &BTreeMap<u64, Vec<u8>>,
    last: u64,
) -> BTreeMap<String, Option<String>> {
    let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).unwrap();
    (0..=last)
        .filter(|index| original.get(index) != changed.get(index))
        .map(|index| (name(index), changed.get(&index).map(text)))
        .collect()
}

/// The golden ledger with further entries that are valid.
fn continued(golden: &Golden, go_on: GoOn) -> Variant {
    let mut golden = golden.clone();
    let original = Forge::new(&mut golden).objects;
    let mut forge = Forge::new(&mut golden);
    go_on(&mut forge);
    let verification = verify(&forge.objects);
    assert_eq!(verification.failure, None);
    Variant {
        fails_at: verification.entries(),
        code: None,
        objects: difference(&original, &forge.objects, verification.entries()),
    }
}

/// Appends entries that are valid.
type GoOn = fn(&mut Forge<'_>);

/// How the golden ledger may go on.
const CONTINUED: [(&str, GoOn); 8] = [
    ("drills", drill::held),
    ("later-life", later_life::lived),
    ("monitored", monitored::looked),
    ("observed", observed::observed),
    ("pin-opened", tampered::pin_opened),
    ("reviewed", reviewed::reviewed),
    ("tenant", tenant::changed),
    ("two-rooms", merging::two_rooms),
];

/// Every file that belongs into the directory.
fn files() -> BTreeMap<PathBuf, Vec<u8>> {
    let golden = build();
    let mut files = BTreeMap::new();
    for entry in &golden.entries {
        let path = PathBuf::from("golden/entries").join(name(entry.index));
        files.insert(path, entry.as_bytes().to_vec());
    }
    files.insert("golden/expect.json".into(), pretty(&expectation(&golden)));
    for (name, go_on) in CONTINUED {
        let path = PathBuf::from("continued").join(format!("{name}.json"));
        files.insert(path, pretty(&continued(&golden, go_on)));
    }
    for case in tampered::all() {
        let path = PathBuf::from("tampered").join(format!("{}.json", case.name));
        assert!(
            files
                .insert(path, pretty(&variant(&golden, case)))
                .is_none(),
            "{}",
            case.name
        );
    }
    files
}

fn pretty<T: Serialize>(value: &T) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap();
    text.push(b'\n');
    text
}

#[test]
fn the_files_are_what_the_code_builds() {
    let files = files();
    let mut found = BTreeSet::new();
    for folder in ["continued", "golden", "golden/entries", "tampered"] {
        for entry in std::fs::read_dir(directory().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                found.insert(path.strip_prefix(directory()).unwrap().to_path_buf());
            }
        }
    }
    assert_eq!(found, files.keys().cloned().collect());
    for (path, bytes) in files {
        let stored = std::fs::read(directory().join(&path)).unwrap();
        assert!(stored == bytes, "{} differs", path.display());
    }
}

#[test]
fn every_kind_of_entry_has_a_vector_in_which_it_is_valid() {
    let golden = build();
    let mut kinds = BTreeSet::new();
    for (_, go_on) in CONTINUED {
        let mut golden = golden.clone();
        let mut forge = Forge::new(&mut golden);
        go_on(&mut forge);
        for index in forge.objects.keys() {
            let entry = forge.value(*index);
            let merged = &entry["body"]["entry"];
            let those = [&entry["kind"], &merged["kind"]].into_iter();
            kinds.extend(those.filter_map(|kind| Some(kind.as_str()?.to_owned())));
        }
    }
    let without: Vec<&Kind> = Kind::ALL
        .iter()
        .filter(|kind| !kinds.contains(kind.as_str()))
        .collect();
    assert_eq!(without, Vec::<&Kind>::new());
}

#[test]
fn the_golden_directory_verifies_in_place() {
    let location = directory().join("golden");
    let reader = Reader::open(location.to_str().unwrap()).unwrap();
    let (entries, state) = run(reader.entries()).unwrap();
    assert_eq!(entries.len(), 14);
    assert_eq!(state.stations().len(), 2);
    assert!(state.open_ceremonies().is_empty());
    let key = state.key_by_label("BG1-A").unwrap();
    assert_eq!((key.index, key.sign_count), (5, 4));
    assert_eq!(key.last_proof.map(|(index, _)| index), Some(13));
}

#[test]
#[ignore = "writes the vectors instead of comparing them"]
fn write_the_ledger_vectors() {
    for (path, bytes) in files() {
        let path = directory().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
