//! `halligan enroll` where the key is in a room without a network: request, ceremony, response, and what goes wrong on the way.

use halligan::emulator::Profile;
use serde_json::{Value, json};

use crate::bench::{Bench, Command, Finished, Key, PIN};

const REQUEST: &str = "bg1-a.request.json";
const RESPONSE: &str = "bg1-a.response.json";

/// A bench with a second station that knows no tenant, and a fresh key there.
struct Rooms {
    bench: Bench,
    key: Key,
}

impl Rooms {
    fn new() -> Self {
        let bench = Bench::new();
        let key = bench.key(Profile::default());
        std::fs::create_dir(bench.path("vault")).unwrap();
        let config = "station = \"vault\"\n";
        std::fs::write(bench.path("vault/halligan.toml"), config).unwrap();
        Self { bench, key }
    }

    fn request(&self) -> Command {
        let account = self.bench.account(0);
        let wanted = ["enroll", "--account", &account, "--label", "BG1-A"];
        self.bench
            .halligan(wanted)
            .with(["--offline-request", REQUEST])
    }

    fn offline(&self) -> Command {
        self.offline_at(self.key.address(), RESPONSE)
    }

    fn offline_at(&self, address: &str, response: &str) -> Command {
        let files = ["--from-request", REQUEST, "--response", response];
        self.bench
            .halligan(["enroll", "--config", "vault/halligan.toml"])
            .with(files)
            .with(["--device", address])
            .with(["--attestation-root".to_owned(), self.key.attestation_root()])
            .pin(PIN)
    }

    fn respond(&self) -> Command {
        let root = ["--attestation-root".to_owned(), self.key.attestation_root()];
        self.bench
            .halligan(["enroll", "--offline-response", RESPONSE])
            .with(root)
    }

    fn edit(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let path = self.bench.path(name);
        let mut value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut value);
        std::fs::write(path, value.to_string()).unwrap();
    }

    fn branch(&self) -> Finished {
        let verify = [
            "ledger",
            "verify",
            "--json",
            "--ledger",
            "bg1-a.request.ledger",
        ];
        self.bench.halligan(verify).run()
    }
}

#[test]
fn a_key_that_never_meets_the_network_is_enrolled_and_proven() {
    let rooms = Rooms::new();
    let requested = rooms.request().json().run().exits(0).document();
    let head = rooms.bench.entries().pop().unwrap()["hash"].clone();
    assert_eq!(requested["head"]["hash"], head);
    let offline = rooms.offline().json().run().exits(0).document();
    assert_eq!(offline["request_head"]["hash"], head);
    assert_eq!(rooms.bench.registered(), 0);
    let enrolled = rooms.respond().json().run().exits(0).document();
    assert_eq!(enrolled["label"], "BG1-A");
    assert_eq!(rooms.bench.registered(), 1);
    let kinds = rooms.bench.ledger();
    let outcome = ["enroll.registered", "key.enrolled"];
    assert_eq!(kinds[0], "station.joined");
    assert_eq!(kinds[1..6], ["entry.merged"; 5]);
    assert_eq!(kinds[6..], outcome);
    let verified = rooms.bench.verified_ledger();
    assert_eq!(verified["open_ceremonies"], json!([]));
    rooms.bench.check(&rooms.key, "BG1-A").run().exits(0);
}

#[test]
fn each_part_can_be_done_again() {
    let rooms = Rooms::new();
    rooms.request().run().exits(0);
    rooms.offline().run().exits(0);
    // The file was lost on the way: it is written again, and the key is not asked for another credential.
    std::fs::remove_file(rooms.bench.path(RESPONSE)).unwrap();
    rooms.offline().run().exits(0);
    assert_eq!(rooms.key.credentials().len(), 1);
    rooms.bench.tenant_fault("createMethod=500");
    rooms.respond().run();
    rooms.respond().run().exits(0);
    let entries = rooms.bench.entries().len();
    rooms.respond().run().exits(0).prints("BG1-A");
    assert_eq!(rooms.bench.entries().len(), entries);
    assert_eq!(rooms.bench.registered(), 1);
    rooms.bench.check(&rooms.key, "BG1-A").run().exits(0);
}

#[test]
fn the_ledger_may_move_on_meanwhile() {
    let rooms = Rooms::new();
    rooms.request().run().exits(0);
    rooms.offline().run().exits(0);
    let other = rooms.bench.key(Profile::default());
    rooms.bench.enroll(&other, "BG1-B").run().exits(0);
    rooms.respond().run().exits(0);
    rooms.bench.verified_ledger();
    rooms.bench.check(&rooms.key, "BG1-A").run().exits(0);
    rooms.bench.check(&other, "BG1-B").run().exits(0);
}

#[test]
fn a_ceremony_that_stops_offline_goes_on_there() {
    let rooms = Rooms::new();
    rooms.request().run().exits(0);
    rooms.key.fault("unplug@getAssertion,times:1");
    rooms.offline().run().exits(7);
    assert!(!rooms.bench.path(RESPONSE).exists());
    rooms.key.replug();
    rooms.offline().run().exits(0);
    assert_eq!(rooms.key.credentials().len(), 1);
    rooms.respond().run().exits(0);
    rooms.bench.check(&rooms.key, "BG1-A").run().exits(0);
}

#[test]
fn a_response_that_comes_before_the_tenant_answers_is_finished_by_resume() {
    let rooms = Rooms::new();
    rooms.request().run().exits(0);
    rooms.offline().run().exits(0);
    rooms.bench.tenant_fault("createMethod=403");
    rooms.respond().run().exits(5);
    let root = rooms.key.attestation_root();
    let resume = ["resume", "BG1-A", "--attestation-root", &root];
    rooms.bench.halligan(resume).run().exits(0);
    rooms.bench.check(&rooms.key, "BG1-A").run().exits(0);
}

#[test]
fn what_was_changed_on_the_way_is_refused() {
    let rooms = Rooms::new();
    rooms.request().run().exits(0);
    let original = std::fs::read(rooms.bench.path(REQUEST)).unwrap();
    rooms.edit(REQUEST, |request| request["label"] = json!("BG9-Z"));
    rooms
        .offline()
        .json()
        .run()
        .exits(2)
        .fails_with("other_room");
    assert!(!rooms.bench.path("bg1-a.request.ledger").exists());
    std::fs::write(rooms.bench.path(REQUEST), original).unwrap();
    rooms.offline().run().exits(0);
    rooms.edit(RESPONSE, |response| {
        response["branch"][2]["body"]["label"] = json!("BG9-Z");
    });
    rooms
        .respond()
        .json()
        .run()
        .exits(6)
        .fails_with("ledger_refused");
    assert_eq!(rooms.bench.registered(), 0);
    rooms.edit(RESPONSE, |response| response["v"] = json!(9));
    rooms.respond().run().exits(2).says("version 9");
    assert!(rooms.branch().exits(0).document()["ok"].as_bool().unwrap());
}

#[test]
fn a_response_for_another_ledger_is_refused() {
    let (rooms, others) = (Rooms::new(), Rooms::new());
    rooms.request().run().exits(0);
    rooms.offline().run().exits(0);
    std::fs::copy(rooms.bench.path(RESPONSE), others.bench.path(RESPONSE)).unwrap();
    others
        .respond()
        .json()
        .run()
        .exits(6)
        .fails_with("ledger_refused");
    assert_eq!(others.bench.registered(), 0);
}

#[test]
fn another_key_does_not_go_on_with_a_ceremony() {
    let rooms = Rooms::new();
    rooms.request().run().exits(0);
    rooms.offline().run().exits(0);
    let other = rooms.bench.key(Profile::default());
    other.set_pin();
    let offline = rooms.offline_at(other.address(), "other.json");
    offline.json().run().exits(3).fails_with("wrong_key");
    assert_eq!(other.tries(), 8);
}

#[test]
fn a_longer_challenge_takes_the_beta_version() {
    let rooms = Rooms::new();
    let longer = ["--challenge-minutes", "43200"];
    rooms.request().with(longer).run().exits(2).says("beta");
    let config = rooms.bench.path("halligan.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let beta = text.replace("[tenant]\n", "[tenant]\ngraph_version = \"beta\"\n");
    std::fs::write(config, beta).unwrap();
    rooms.request().with(longer).run().exits(0);
    rooms
        .request()
        .with(["--challenge-minutes", "4"])
        .run()
        .exits(2);
}
