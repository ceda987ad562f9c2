//! Sealed PINs and custody sheets, through the executable. What enrolment seals is told by the tests of enrolment; here
//! another station has sealed it.

mod interop;
mod sheet;

use age::secrecy::ExposeSecret;
use halligan::custody::{Custodian, Custodians, seal};
use halligan::emulator::Profile;
use halligan::env::Env;
use halligan::ledger::{Draft, Event, Ledger, PinChanged, PinIntended, SealedSecret, Station};
use halligan::secret::Pin;
use uuid::Uuid;

use crate::bench::{Bench, Command};

/// PINs that stand in no output by chance.
const SEALED: &str = "48271639";
const NEWER: &str = "70539286";

/// A bench whose key BG1-A is enrolled, and three custodians with their identities in `alice`, `bob` and `carol`.
struct Vault {
    bench: Bench,
    custodians: Custodians,
}

impl Vault {
    fn new(threshold: u8) -> Self {
        let bench = Bench::new();
        let key = bench.key(Profile::default());
        bench.enroll(&key, "BG1-A").run().exits(0);
        let list = ["Alice", "Bob", "Carol"].map(|name| {
            let identity = age::x25519::Identity::generate();
            let file = bench.path(&name.to_lowercase());
            std::fs::write(file, identity.to_string().expose_secret()).unwrap();
            Custodian {
                name: name.to_owned(),
                recipients: vec![identity.to_public().to_string().parse().unwrap()],
            }
        });
        let custodians = Custodians::new(threshold, list.to_vec()).unwrap();
        Self { bench, custodians }
    }

    fn sealed(&self, pin: &str) -> SealedSecret {
        seal(&Pin::new(pin).unwrap(), &self.custodians, &Env::system()).unwrap()
    }

    fn append(&self, ceremony: Uuid, events: &[Event]) {
        let station = Station::from_seed("elsewhere".parse().unwrap(), &[7; 32]);
        let location = self.bench.path("ledger").display().to_string();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut ledger = Ledger::open(&location, &station, Env::system())
                .await
                .unwrap();
            for event in events {
                ledger
                    .append(Draft::new(event, Some(ceremony)))
                    .await
                    .unwrap();
            }
        });
    }

    /// The ledger of a key that was given this PIN, or whose change to it was interrupted.
    fn pin(&self, pin: &str, finished: bool) -> Uuid {
        let ceremony = Env::system().uuid();
        let label = "BG1-A".to_owned();
        let intended = PinIntended {
            label: label.clone(),
            pin: Some(self.sealed(pin)),
        };
        let mut events = vec![Event::PinIntended(intended)];
        if finished {
            events.push(Event::PinChanged(PinChanged { label, pin: None }));
        }
        self.append(ceremony, &events);
        ceremony
    }

    fn open(&self, identities: &[&str]) -> Command {
        let open = self.bench.halligan(["pin", "open", "--key", "BG1-A"]);
        identities
            .iter()
            .fold(open, |open, identity| open.with(["--identity", identity]))
    }
}

#[test]
fn a_custodian_opens_the_pin_and_the_ledger_tells() {
    let vault = Vault::new(1);
    vault.pin(SEALED, true);
    let opened = vault.open(&["bob"]).with(["--stdout"]).run().exits(0);
    assert_eq!(opened.stdout, format!("{SEALED}\n"));
    opened.says("the PIN of BG1-A, opened by Bob:");
    let entries = vault.bench.entries();
    let last = entries.last().unwrap();
    assert_eq!(last["kind"], "pin.opened");
    assert_eq!(last["station"], "workbench");
    assert_eq!(last["body"]["by"], serde_json::json!(["Bob"]));
    assert_eq!(last["body"]["share"], false);
    vault.bench.verified_ledger();
}

#[test]
fn without_a_terminal_a_pin_is_shown_only_where_it_was_asked_for() {
    let vault = Vault::new(1);
    vault.pin(SEALED, true);
    let refused = vault.open(&["bob"]).json().run().exits(2);
    refused.fails_with("usage").says_nothing_of(SEALED);
    assert_ne!(vault.bench.ledger().last().unwrap(), "pin.opened");
    let asked = vault
        .open(&["bob"])
        .with(["--json", "--stdout", "--no-record"]);
    let document = asked.run().exits(0).document();
    assert_eq!(document["opened"][0]["pin"], SEALED);
    assert_eq!(document["opened"][0]["standing"], "in_force");
    assert_eq!(document["opened"][0]["by"], serde_json::json!(["Bob"]));
    assert_eq!(document["recorded"], serde_json::Value::Null);
    assert_ne!(vault.bench.ledger().last().unwrap(), "pin.opened");
}

/// `script` of util-linux is the terminal.
#[test]
fn on_a_terminal_the_pin_is_shown_there_and_nowhere_else() {
    let vault = Vault::new(1);
    vault.pin(SEALED, true);
    let opened = vault
        .open(&["bob"])
        .json()
        .after("script --quiet --return --command \"$0 $* > document.json\" shown.txt; exit $?")
        .run()
        .exits(0);
    opened.says_nothing_of("error");
    let shown = std::fs::read_to_string(vault.bench.path("shown.txt")).unwrap();
    assert!(shown.contains(SEALED), "{shown}");
    let document = std::fs::read_to_string(vault.bench.path("document.json")).unwrap();
    assert!(document.contains("halligan.pin.open/1"), "{document}");
    assert!(!document.contains(SEALED), "{document}");
}

#[test]
fn of_an_interrupted_change_both_pins_are_opened() {
    let vault = Vault::new(1);
    vault.pin(SEALED, true);
    let ceremony = vault.pin(NEWER, false);
    let opened = vault.open(&["alice"]).with(["--stdout"]).run().exits(0);
    assert_eq!(opened.stdout, format!("{SEALED}\n{NEWER}\n"));
    opened.says("a change which is not finished");
    let entries = vault.bench.entries();
    assert_eq!(entries.last().unwrap()["ceremony"], ceremony.to_string());
    let past = ["--ceremony", &ceremony.to_string(), "--stdout"];
    let opened = vault.open(&["alice"]).with(past).run().exits(0);
    assert_eq!(opened.stdout, format!("{NEWER}\n"));
}

#[test]
fn custodians_who_are_not_in_one_room_hand_their_shares_over() {
    let vault = Vault::new(2);
    vault.pin(SEALED, true);
    vault
        .open(&["alice"])
        .with(["--stdout", "--json"])
        .run()
        .exits(4)
        .fails_with("pin_shares");
    let together = vault
        .open(&["alice", "carol"])
        .with(["--stdout"])
        .run()
        .exits(0);
    assert_eq!(together.stdout, format!("{SEALED}\n"));
    for custodian in ["bob", "carol"] {
        let opened = vault
            .open(&[custodian])
            .with(["--share", "--stdout"])
            .run()
            .exits(0);
        assert!(opened.stdout.starts_with("share1-"), "{}", opened.stdout);
        std::fs::write(
            vault.bench.path(&format!("{custodian}.share")),
            &opened.stdout,
        )
        .unwrap();
    }
    let last = vault.bench.entries().pop().unwrap();
    assert_eq!(last["body"]["share"], true);
    let combine = |files: &[&str]| {
        let open = vault
            .bench
            .halligan(["pin", "open", "--stdout", "--shares-from"]);
        open.with(files.to_vec()).run()
    };
    let opened = combine(&["bob.share", "carol.share"]).exits(0);
    assert_eq!(opened.stdout, format!("{SEALED}\n"));
    opened.says("not recorded");
    combine(&["bob.share"]).exits(4).says("2 shares are needed");

    let share = std::fs::read_to_string(vault.bench.path("bob.share")).unwrap();
    let typed_wrong = if share.ends_with("0\n") { "1\n" } else { "0\n" };
    let wrong = format!("{}{typed_wrong}", &share[..share.len() - 2]);
    std::fs::write(vault.bench.path("wrong.share"), wrong).unwrap();
    combine(&["wrong.share", "carol.share"])
        .exits(4)
        .says("typing mistake");
    std::fs::write(vault.bench.path("none.share"), "\n").unwrap();
    combine(&["none.share"])
        .exits(4)
        .says("begins with share1-");
    combine(&["missing.share"]).exits(2);
}

#[test]
fn who_cannot_open_it_is_told_who_can() {
    let vault = Vault::new(1);
    vault
        .open(&["bob"])
        .with(["--stdout", "--json"])
        .run()
        .exits(4)
        .fails_with("pin_not_sealed");
    vault.pin(SEALED, true);
    let stranger = age::x25519::Identity::generate();
    std::fs::write(
        vault.bench.path("mallory"),
        stranger.to_string().expose_secret(),
    )
    .unwrap();
    let refused = vault.open(&["mallory"]).with(["--stdout"]).run().exits(4);
    refused
        .says("Alice, Bob, Carol")
        .says_nothing_of(stranger.to_string().expose_secret());
    std::fs::write(vault.bench.path("nonsense"), "AGE-SECRET-KEY-1NONSENSE\n").unwrap();
    let refused = vault.open(&["nonsense"]).with(["--stdout"]).run().exits(4);
    refused
        .says("nonsense, line 1")
        .says_nothing_of("1NONSENSE");
    vault.open(&["nowhere"]).with(["--stdout"]).run().exits(2);
    vault.open(&[]).run().exits(2);
}

#[test]
fn an_emergency_does_not_wait_for_the_record() {
    let vault = Vault::new(1);
    vault.pin(SEALED, true);
    // As on a custodian's own machine, with a copy of the ledger.
    std::fs::rename(vault.bench.path("station"), vault.bench.path("gone")).unwrap();
    let opened = vault.open(&["bob"]).with(["--stdout"]).run().exits(0);
    assert_eq!(opened.stdout, format!("{SEALED}\n"));
    opened.says("not recorded in the ledger: this machine is no station");
    assert!(!vault.bench.path("station").exists());
    // A damaged ledger gives what comes before the damage.
    let last = vault.bench.entries().len() - 1;
    let broken = vault
        .bench
        .path(&format!("ledger/entries/{:08}.json", last + 1));
    std::fs::write(broken, "{}").unwrap();
    let opened = vault.open(&["bob"]).with(["--stdout"]).run().exits(0);
    assert_eq!(opened.stdout, format!("{SEALED}\n"));
    opened.says("the ledger does not verify");
}

#[test]
fn a_generated_pin_is_what_configuration_and_options_say() {
    let bench = Bench::new();
    bench.configure_further("[custody]\npin = \"mixed\"\npin_length = 12");
    let generate = || bench.halligan(["pin", "generate"]);
    let pin = generate().run().exits(0).stdout;
    assert_eq!(pin.trim_end().len(), 12, "{pin}");
    assert!(pin.contains(|c: char| c.is_ascii_lowercase()), "{pin}");
    let digits = generate().with(["--pin", "digits", "--pin-length", "6", "--json"]);
    let document = digits.run().exits(0).document();
    let pin = document["pin"].as_str().unwrap();
    assert!(
        pin.len() == 6 && pin.chars().all(|c| c.is_ascii_digit()),
        "{pin}"
    );
    generate().with(["--pin-length", "5"]).run().exits(2);
}

#[test]
fn a_configuration_says_who_opens_pins_and_what_to_think_of() {
    let bench = Bench::new();
    let custodians = || bench.halligan(["pin", "custodians"]).run();
    custodians().exits(0).prints("no PIN is sealed");
    let alice = age::x25519::Identity::generate().to_public().to_string();
    bench.configure_further(&format!(
        "[[custody.custodian]]\nname = \"Alice\"\nrecipient = \"{alice}\""
    ));
    custodians()
        .exits(0)
        .prints(&alice)
        .prints("only Alice can open a PIN");
    bench.configure_further("[[custody.custodian]]\nname = \"Bob\"\nrecipient = \"bob\"");
    custodians().exits(2).says("\"Bob\": no recipient");
}
