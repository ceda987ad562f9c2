//! A year in the life of four accounts and eight keys, by the executable, with a clock from outside: enrolments, checks, drills with
//! real sign-ins, looks into the logs, and a review at the end of each quarter, which a reviewer signs. In the second quarter somebody
//! signs in with one of the accounts, in the third somebody gives another one a role; nobody announced either.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use halligan::emulator::Profile;
use halligan::env::{Env, OffsetClock};
use reqwest::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, Command, GROUP, Key};
use crate::drill::browser;

/// Security Reader.
const ROLE: &str = "5d6b6bb7-de71-4623-b4af-96380a352509";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The library that puts a program's clock ahead, made in this folder.
fn library(folder: &Path) -> PathBuf {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/review/clock_ahead.c");
    let library = folder.join("clock_ahead.so");
    let made = std::process::Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, Path::new(source)])
        .status();
    assert!(made.unwrap().success(), "a C compiler is needed");
    library
}

/// A tenant and a tool that live in a time of their own.
struct Year {
    bench: Bench,
    clock: Arc<OffsetClock>,
    library: PathBuf,
    accounts: Vec<String>,
    keys: Vec<(String, Key)>,
    reviewer: Key,
}

impl Year {
    fn begin() -> Self {
        let (env, clock) = Env::system().with_offset();
        let bench = Bench::in_time_of(env);
        let domain = bench.account(0);
        let domain = domain.split_once('@').unwrap().1;
        let accounts: Vec<String> = (1..=4)
            .map(|number| format!("bg{number}@{domain}"))
            .collect();
        let names = ["bg1", "bg2", "bg3", "bg4"];
        let roles = ["globalAdministrator"];
        let seed = json!({
            "license": "p1", "logDelaySeconds": 0, "emergencyAccounts": names,
            "users": [{"userPrincipalName": "bg3", "roles": roles}, {"userPrincipalName": "bg4", "roles": roles}],
            "groups": [{"id": GROUP, "displayName": "Emergency access accounts", "members": names}],
        });
        bench.seed(&seed.to_string());
        let named = accounts
            .iter()
            .map(|name| format!("[[emergency.account]]\nname = \"{name}\"\n"));
        bench.configure_further(&named.collect::<String>());
        let client = bench.public_client();
        bench.configure_further(&format!("[drill]\nclient_id = \"{client}\""));
        let reviewer = bench.key(Profile::default());
        reviewer.set_pin();
        Self {
            library: library(bench.folder()),
            keys: Vec::new(),
            clock,
            accounts,
            reviewer,
            bench,
        }
    }

    fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// A command as it is run on this day.
    fn today(&self, command: Command) -> Command {
        let library = self.library.display();
        let ahead = self.clock.offset().as_secs();
        command.after(&format!("export LD_PRELOAD={library} CLOCK_AHEAD={ahead}"))
    }

    /// Two keys for each account, in two safes.
    fn enroll(&mut self) {
        for number in 0..8 {
            let key = self.bench.key(Profile::default());
            let (account, letter) = (&self.accounts[number / 2], ["A", "B"][number % 2]);
            let label = format!("BG{}-{letter}", number / 2 + 1);
            let enroll = self.bench.enroll_for(account, &key, &label);
            self.today(enroll).run().exits(0);
            self.keys.push((label, key));
            self.pass(Duration::from_secs(600));
        }
        let add = ["review", "reviewers", "add", "Ada", "--device"];
        let add = self.bench.halligan(add).with([self.reviewer.address()]);
        self.today(add.pin(crate::bench::PIN)).run().exits(0);
    }

    fn check(&self) {
        for (label, key) in &self.keys {
            self.today(self.bench.check(key, label)).run().exits(0);
        }
    }

    fn drill(&self, number: usize) {
        let account = &self.accounts[number];
        let what = ["drill", "--account", account, "--by", "Ada", "--yes"];
        let drill = self.bench.halligan(what).with(["--json", "--events"]);
        let (drill, event) = self.today(drill).start().until_event("sign_in");
        let page = event["url"].as_str().unwrap();
        browser::sign_in(&self.bench, page, account, &self.keys[2 * number].1);
        drill.finish().exits(0);
    }

    /// How many rows a look finds that nothing explains.
    fn look(&self) -> u64 {
        let look = self.bench.halligan(["monitor", "--json"]);
        let look = self.today(look).run().document();
        look["unexplained"].as_u64().unwrap()
    }

    /// The review at the end of a quarter, signed.
    fn review(&self) -> Value {
        let hold = [
            "review",
            "hold",
            "--by",
            "Ada",
            "--directory",
            "reviews",
            "--json",
        ];
        let review = self
            .today(self.bench.halligan(hold))
            .run()
            .exits(1)
            .document();
        let sign = [
            "review",
            "sign",
            "--reviewer",
            "Ada",
            "--from",
            "reviews",
            "--device",
        ];
        let sign = self.bench.halligan(sign).with([self.reviewer.address()]);
        self.today(sign.pin(crate::bench::PIN)).run().exits(0);
        review
    }

    fn stranger_signs_in(&self, number: usize) {
        let time = jiff::Timestamp::now() + self.clock.offset();
        let row = json!({
            "id": "stranger", "userId": self.bench.user_id(&self.accounts[number]), "createdDateTime": time.to_string(),
            "appDisplayName": "Azure Portal", "appId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
            "ipAddress": "198.51.100.7", "isInteractive": true, "signInEventTypes": ["interactiveUser"],
            "status": {"errorCode": 0},
        });
        self.bench.seed(&json!({"signIns": [row]}).to_string());
    }

    fn gets_a_role(&self, number: usize) {
        let role = json!({
            "principalId": self.bench.user_id(&self.accounts[number]), "roleDefinitionId": ROLE, "directoryScopeId": "/",
        });
        let path = "v1.0/roleManagement/directory/roleAssignments";
        let token = self.bench.access_token();
        let (status, answer) = self.bench.ask(Method::POST, path, &token, Some(&role));
        assert!(status.is_success(), "{status} {answer}");
    }
}

/// What a review calls an incident: the kind, and what is known of it.
fn incidents(review: &Value) -> Vec<(&str, &str)> {
    let incidents = review["incidents"].as_array().unwrap().iter();
    incidents
        .map(|one| (one["kind"].as_str().unwrap(), one["what"].as_str().unwrap()))
        .collect()
}

/// The verdicts of this part of a review.
fn part<'a>(review: &'a Value, part: &str) -> Vec<&'a str> {
    let findings = review["findings"].as_array().unwrap().iter();
    let those = findings.filter(|one| one["part"] == part);
    those.map(|one| one["verdict"].as_str().unwrap()).collect()
}

/// Thirteen weeks, with a look every 25 days.
fn quarter(year: &Year, number: usize) -> Value {
    let quiet = [0, 0, 0];
    let mut seen = [0; 3];
    for (month, seen) in seen.iter_mut().enumerate() {
        year.pass(24 * DAY);
        match (number, month) {
            (_, 0) => year.check(),
            (1, 1) => year.stranger_signs_in(2),
            (_, 2) => year.drill(number),
            _ => {}
        }
        year.pass(DAY);
        *seen = year.look();
    }
    assert_eq!(seen, if number == 1 { [0, 1, 0] } else { quiet });
    year.pass(15 * DAY);
    if number == 2 {
        year.gets_a_role(3);
    }
    year.pass(DAY);
    year.review()
}

#[test]
fn a_year_has_the_incidents_that_it_had_and_no_others() {
    let mut year = Year::begin();
    year.enroll();
    let reviews = [0, 1, 2, 3].map(|number| quarter(&year, number));
    let stranger = format!("{}: Azure Portal", year.accounts[2]);
    let role = format!("{}: Add member to role", year.accounts[3]);
    let expected = [None, Some(stranger), Some(role), None];
    for (number, (review, expected)) in reviews.iter().zip(&expected).enumerate() {
        match (&incidents(review)[..], expected) {
            ([], None) => {}
            ([("unexplained", what)], Some(expected)) if what.starts_with(expected) => {}
            (found, _) => panic!("quarter {number}: {found:?}, expected {expected:?}"),
        }
    }
    for (number, review) in reviews.iter().enumerate() {
        assert_eq!(
            part(review, "monitor"),
            ["pass"],
            "quarter {number}: {review:#}"
        );
        assert_eq!(part(review, "ledger"), ["pass"], "quarter {number}");
        assert_eq!(review["counts"]["drills"], 1, "quarter {number}");
        let reviewed = if number == 0 { vec![] } else { vec!["pass"] };
        assert_eq!(part(review, "review"), reviewed, "quarter {number}");
    }
    assert_eq!(reviews[3]["counts"]["keys"], 8);
    assert_eq!(reviews[3]["counts"]["accounts"], 4);
    let kinds = year.bench.ledger();
    assert!(kinds.len() >= 60, "{}", kinds.len());
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "review.signed").count(),
        4
    );
    year.bench.verified_ledger();
}
