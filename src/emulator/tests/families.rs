//! What each family answers to getInfo, against what its makers published of the real key.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::host::Host;
use crate::emulator::profile::Family;
use crate::encoding::{cbor, hex};

/// The emulator's own inventions; they imitate nothing that was published.
const OWN: [&str; 4] = ["default", "strict", "preview", "u2f"];

/// Members of getInfo by number, as the FIDO Metadata Statement names them.
const MEMBERS: [(u8, &str); 27] = [
    (0x01, "versions"),
    (0x02, "extensions"),
    (0x03, "aaguid"),
    (0x04, "options"),
    (0x05, "maxMsgSize"),
    (0x06, "pinUvAuthProtocols"),
    (0x07, "maxCredentialCountInList"),
    (0x08, "maxCredentialIdLength"),
    (0x09, "transports"),
    (0x0a, "algorithms"),
    (0x0b, "maxSerializedLargeBlobArray"),
    (0x0c, "forcePINChange"),
    (0x0d, "minPINLength"),
    (0x0e, "firmwareVersion"),
    (0x0f, "maxCredBlobLength"),
    (0x10, "maxRPIDsForSetMinPINLength"),
    (0x11, "preferredPlatformUvAttempts"),
    (0x12, "uvModality"),
    (0x13, "certifications"),
    (0x14, "remainingDiscoverableCredentials"),
    (0x16, "attestationFormats"),
    (0x18, "longTouchForReset"),
    (0x1a, "transportsForReset"),
    (0x1b, "pinComplexityPolicy"),
    (0x1c, "pinComplexityPolicyURL"),
    (0x1d, "maxPINLength"),
    (0x1f, "authenticatorConfigCommands"),
];

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/get_info")
}

fn json_of(value: &cbor::Value) -> Value {
    match value {
        cbor::Value::Bool(value) => json!(value),
        cbor::Value::Integer(value) => json!(i64::try_from(i128::from(*value)).unwrap()),
        cbor::Value::Text(text) => json!(text),
        cbor::Value::Bytes(bytes) => json!(hex::encode(bytes)),
        cbor::Value::Array(items) => items.iter().map(json_of).collect(),
        cbor::Value::Map(members) => {
            let name = |key: &cbor::Value| key.as_text().unwrap().to_owned();
            let members = members.iter();
            Value::Object(
                members
                    .map(|(key, value)| (name(key), json_of(value)))
                    .collect(),
            )
        }
        other => panic!("{other:?} is nothing that getInfo has"),
    }
}

/// Options one by one, and without the AAGUID, which is never the real one.
fn flat(members: &Map<String, Value>) -> Map<String, Value> {
    let mut flat = members.clone();
    flat.remove("aaguid");
    let options = flat.remove("options").unwrap();
    for (name, value) in options.as_object().unwrap() {
        flat.insert(format!("options.{name}"), value.clone());
    }
    flat
}

fn answered(family: Family) -> Map<String, Value> {
    let (status, body) = Host::new(family.read().profile).raw(&[0x04]);
    assert_eq!(status, 0, "{}", family.name);
    assert!(cbor::is_canonical(&body), "{}", family.name);
    let body = cbor::decode(&body).unwrap();
    let name = |key: &cbor::Value| {
        let named = MEMBERS
            .iter()
            .find(|(number, _)| *key == cbor::Value::from(*number));
        let (_, name) = named.unwrap_or_else(|| panic!("{key:?} has no name"));
        (*name).to_owned()
    };
    let members = body.as_map().unwrap().iter();
    members
        .map(|(key, value)| (name(key), json_of(value)))
        .collect()
}

fn differences(here: &Map<String, Value>, published: &Map<String, Value>) -> Map<String, Value> {
    let names = here.keys().chain(published.keys());
    names
        .filter(|&name| here.get(name) != published.get(name))
        .map(|name| (name.clone(), here.get(name).cloned().unwrap_or_default()))
        .collect()
}

#[test]
fn every_family_answers_as_published_but_for_the_differences_that_are_listed_with_a_reason() {
    let mut wrong = Vec::new();
    for family in Family::ALL
        .iter()
        .filter(|family| !OWN.contains(&family.name))
    {
        let path = directory().join(format!("{}.json", family.name));
        let vector: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let published = flat(vector["published"].as_object().unwrap());
        let listed = vector["differences"].as_object().unwrap().iter();
        let listed: Map<String, Value> = listed
            .map(|(name, difference)| {
                assert!(difference["why"].is_string(), "{}: {name}", family.name);
                (name.clone(), difference["here"].clone())
            })
            .collect();
        let found = differences(&flat(&answered(*family)), &published);
        if found != listed {
            wrong.push(format!("{}: {}", family.name, json!(found)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_vector_has_its_family() {
    for entry in std::fs::read_dir(directory()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let family = name.strip_suffix(".json");
        let known = family.is_some_and(|family| Family::named(family).is_ok());
        assert!(known || name == "README.md", "{name}");
    }
}
