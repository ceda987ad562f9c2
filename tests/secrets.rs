//! Nothing that must stay secret appears in what the tool writes: not in logs at the highest level, not in error texts, not
//! in JSON, events, ledger or saved files. The search knows each secret in the forms in which it could slip out, and a test
//! shows that it finds every one of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use halligan::ctap::command::CLIENT_PIN;
use halligan::emulator::Profile;
use halligan::encoding::{base64url, cbor, hex};
use halligan::env::{Clock, Env, Rng};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::bench::{Bench, Command, Finished, Key, PIN, Snapshot, WRONG_PIN, Wire};

/// A PIN for `key pin change`.
const NEW_PIN: &str = "bobbin-55160";

/// Bytes that must not appear, with a name for the message.
pub(crate) type Secrets = BTreeMap<String, Vec<u8>>;

/// The forms in which bytes could slip out: as they are, hexadecimal, Base64, and as Rust prints them.
fn forms(secret: &[u8]) -> Vec<String> {
    let list: Vec<String> = secret.iter().map(ToString::to_string).collect();
    let hexadecimal = hex::encode(secret);
    let spaced: Vec<String> = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        hexadecimal.to_uppercase(),
        hexadecimal,
        spaced.join(" "),
        spaced.join(", "),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        list.join(", "),
        list.join(","),
    ];
    // Whatever is written is text, so other bytes cannot stand there as they are.
    forms.extend(String::from_utf8(secret.to_vec()));
    forms
}

/// Whether there is a JSON Web Token: three Base64url parts, the first of which is a JSON object. Challenges of the service
/// have five.
fn holds_access_token(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    text.split(|c| !is_part(c)).any(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        let header = parts.first().copied().unwrap_or_default();
        parts.len() == 3 && header.starts_with("eyJ") && URL_SAFE_NO_PAD.decode(header).is_ok()
    })
}

/// Every secret that a text gives away.
pub(crate) fn leaks(text: &str, secrets: &Secrets) -> Vec<String> {
    let mut found: Vec<String> = secrets
        .iter()
        .filter(|(_, secret)| forms(secret).iter().any(|form| text.contains(form)))
        .map(|(name, _)| name.clone())
        .collect();
    if holds_access_token(text) {
        found.push("an access token".to_owned());
    }
    if text.to_ascii_lowercase().contains("bearer ") {
        found.push("an authorization header".to_owned());
    }
    found
}

/// Real time, and randomness that is written down.
#[derive(Clone)]
struct Recorded {
    start: Instant,
    random: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorded {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            random: Arc::default(),
        }
    }

    fn env(&self) -> Env {
        Env::new(Arc::new(self.clone()), Arc::new(self.clone()))
    }
}

impl Clock for Recorded {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

impl Rng for Recorded {
    fn fill(&self, bytes: &mut [u8]) {
        Env::system().fill(bytes);
        self.random.lock().unwrap().push(bytes.to_vec());
    }
}

/// A key that keeps no secret from the test: its random bytes are known, its wire is overheard.
struct Glass {
    key: Key,
    wire: Wire,
    recorded: Recorded,
}

impl Glass {
    fn new(bench: &Bench) -> Self {
        let recorded = Recorded::new();
        let key = bench.key_with(Profile::default(), recorded.env());
        Self {
            wire: Wire::to(key.address()),
            key,
            recorded,
        }
    }

    /// What the key drew at random: private keys, tokens, and its credentials' ids, which alone are public.
    fn drawn(&self, public: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let drawn = self.recorded.random.lock().unwrap();
        drawn
            .iter()
            .filter(|bytes| bytes.len() >= 16 && !public.contains(bytes))
            .cloned()
            .collect()
    }

    /// Every long byte string in what was said about PINs, in either direction.
    fn said_about_pins(&self) -> Vec<Vec<u8>> {
        let mut said = Vec::new();
        for exchange in self.wire.overheard().exchanges {
            if exchange.request[0] == CLIENT_PIN {
                said.extend(long_strings(&exchange.request[1..]));
                said.extend(long_strings(exchange.response.get(1..).unwrap_or_default()));
            }
        }
        said
    }
}

fn long_strings(message: &[u8]) -> Vec<Vec<u8>> {
    fn collect(value: &cbor::Value, found: &mut Vec<Vec<u8>>) {
        match value {
            cbor::Value::Bytes(bytes) if bytes.len() >= 16 => found.push(bytes.clone()),
            cbor::Value::Map(members) => {
                members.iter().for_each(|(_, value)| collect(value, found))
            }
            cbor::Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Ok(value) = cbor::decode(message) {
        collect(&value, &mut found);
    }
    found
}

fn secrets(bench: &Bench, keys: &[Glass]) -> Secrets {
    let mut secrets = Secrets::new();
    for pin in [PIN, WRONG_PIN, NEW_PIN] {
        secrets.insert(format!("the PIN {pin}"), pin.as_bytes().to_vec());
        secrets.insert(
            format!("the hash of the PIN {pin}"),
            Sha256::digest(pin)[..16].to_vec(),
        );
    }
    secrets.insert(
        "the application's secret".to_owned(),
        bench.app_secret().into_bytes(),
    );
    let station = std::fs::read(bench.path("station/station.json")).unwrap();
    let station: serde_json::Value = serde_json::from_slice(&station).unwrap();
    let private_key = base64url::decode(station["private_key"].as_str().unwrap()).unwrap();
    secrets.insert("the station's private key".to_owned(), private_key);
    let public: Vec<Vec<u8>> = bench.in_tenant(|state| {
        state
            .fido2_methods
            .iter()
            .map(|method| method.credential_id.0.clone())
            .collect()
    });
    for (number, key) in keys.iter().enumerate() {
        for (count, drawn) in key.drawn(&public).into_iter().enumerate() {
            secrets.insert(format!("random bytes {count} of key {number}"), drawn);
        }
        for (count, said) in key.said_about_pins().into_iter().enumerate() {
            secrets.insert(format!("clientPIN bytes {count} of key {number}"), said);
        }
    }
    secrets
}

/// Everything that an operator does with a key, with all that can be logged.
fn everything(bench: &Bench, key: &Glass, label: &str, how: &[&str]) -> Vec<Finished> {
    let address = key.wire.address();
    let enroll = |pin| {
        bench
            .enroll_over(address, label)
            .pin(pin)
            .with(["--save", label])
    };
    let check = || bench.halligan(["check", "--device", address, "--key", label]);
    let on_key = |words: &str| {
        let command = bench.halligan(["key"]).with(words.split(' '));
        command.with(["--device", address])
    };
    let run = |command: Command, status| command.with(how.iter().copied()).run().exits(status);
    vec![
        run(on_key("pin set").pin(PIN), 0),
        run(enroll(WRONG_PIN), 4),
        run(enroll("123"), 4),
        run(enroll(PIN), 0),
        run(enroll(PIN), 2),
        run(check(), 0),
        run(check().with(["--full"]).pin(WRONG_PIN), 4),
        // Restores the tries, and finds that one was spent.
        run(check().with(["--full"]).pin(PIN), 1),
        run(on_key("credentials list").pin(PIN), 0),
        run(on_key("pin change").pin(&format!("{PIN}\n{NEW_PIN}")), 0),
        run(on_key("pin change").pin(&format!("{PIN}\n{WRONG_PIN}")), 4),
        run(bench.halligan(["ledger", "show"]), 0),
    ]
}

/// What the operator sees, and what lies in the directories of the tool. The key's and the tenant's own state is not the
/// tool's.
fn written(bench: &Bench, finished: &[Finished]) -> BTreeMap<String, String> {
    let mut written = BTreeMap::new();
    for (number, finished) in finished.iter().enumerate() {
        let output = format!("{}\n{}", finished.stdout, finished.stderr);
        written.insert(format!("output {number}: {}", finished.line()), output);
    }
    for (path, bytes) in Snapshot::of(bench.folder()).0 {
        let name = path.display().to_string();
        if !name.starts_with("key-")
            && !name.starts_with("tenant/")
            && name != "station/station.json"
        {
            written.insert(name, String::from_utf8(bytes).unwrap());
        }
    }
    written
}

#[test]
fn no_secret_leaves_the_tool() {
    let bench = Bench::new();
    let keys = [Glass::new(&bench), Glass::new(&bench)];
    let mut finished = everything(&bench, &keys[0], "BG1-A", &["-vv"]);
    finished.extend(everything(
        &bench,
        &keys[1],
        "BG1-B",
        &["-vv", "--json", "--events"],
    ));
    // Sign-ins that fail, and a tenant that says things.
    bench.tenant_fault("getUser=401");
    finished.push(bench.check(&keys[0].key, "BG1-A").with(["-vv"]).run());
    bench.tenant_fault("token=400,times=always");
    finished.push(
        bench
            .check(&keys[0].key, "BG1-A")
            .with(["-vv", "--json"])
            .run(),
    );

    let secrets = secrets(&bench, &keys);
    let written = written(&bench, &finished);
    let logged = |what: &str| {
        finished
            .iter()
            .filter(|finished| finished.stderr.contains(what))
            .count()
    };
    assert!(
        logged("TRACE halligan::ctap") > 10 && logged("graph answered") > 5,
        "nothing is logged"
    );
    for kind in ["random bytes", "clientPIN bytes"] {
        let known = secrets.keys().filter(|name| name.starts_with(kind)).count();
        assert!(known > 20, "only {known} {kind} are known");
    }
    for saved in [
        "BG1-A/registration.json",
        "BG1-B/creation-options.json",
        "ledger/entries/00000005.json",
    ] {
        assert!(
            written.contains_key(saved),
            "{saved} is not searched: {:?}",
            written.keys()
        );
    }

    let found: Vec<String> = written
        .iter()
        .flat_map(|(name, text)| {
            leaks(text, &secrets)
                .into_iter()
                .map(move |secret| format!("{secret} in {name}"))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_search_finds_every_secret_in_every_form() {
    let bench = Bench::new();
    let keys = [Glass::new(&bench)];
    let finished = everything(&bench, &keys[0], "BG1-A", &["-vv"]);
    let output = &finished[3].stderr;
    let middle = output
        .char_indices()
        .nth(output.chars().count() / 2)
        .unwrap()
        .0;
    for (name, secret) in secrets(&bench, &keys) {
        for form in forms(&secret) {
            let mut planted = output.clone();
            planted.insert_str(middle, &form);
            let only = Secrets::from([(name.clone(), secret.clone())]);
            assert_eq!(
                leaks(&planted, &only),
                std::slice::from_ref(&name),
                "as {form:?}"
            );
        }
    }
    for planted in ["Authorization: Bearer x", "authorization: \"bearer x\""] {
        assert_eq!(leaks(planted, &Secrets::new()).len(), 1, "{planted}");
    }
}

#[test]
fn an_access_token_is_recognised_and_a_challenge_is_not() {
    let bench = Bench::new();
    let token = bench.access_token();
    assert!(holds_access_token(&format!("token={token}\n")), "{token}");
    assert!(!holds_access_token("eyJhbGciOiJSU0EifQ.a.b.c.d"));
}
