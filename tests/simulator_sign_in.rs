//! `halligan simulator sign-in`: the browser that a drill without a browser needs.

use halligan::emulator::Profile;

use crate::bench::{Bench, Finished, Key, PIN, Started, WRONG_PIN};

/// A key of the first account, and a command that waits for this account to sign in at an address.
fn waiting() -> (Bench, Key, Started, String) {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    bench.sign_in_by("browser");
    bench.configure_further(&format!("login_hint = \"{}\"", bench.account(0)));
    let waiting = bench.halligan(["reconcile", "--json", "--events"]).start();
    let (waiting, event) = waiting.until_event("sign_in");
    let url = event["url"].as_str().unwrap().to_owned();
    (bench, key, waiting, url)
}

fn sign_in(bench: &Bench, key: &Key, pin: &str, url: &str) -> Finished {
    let sign_in = ["simulator", "sign-in", "--device", key.address(), url];
    bench.halligan(sign_in).pin(pin).run()
}

#[test]
fn a_key_opens_its_account() {
    let (bench, key, waiting, url) = waiting();
    sign_in(&bench, &key, PIN, &url)
        .exits(0)
        .prints("is signed in");
    assert_eq!(waiting.finish().exits(0).document()["ok"], true);
}

#[test]
fn a_key_that_is_not_registered_any_more_opens_nothing() {
    let (bench, key, waiting, url) = waiting();
    bench.change_tenant(|tenant| tenant.fido2_methods.clear());
    let refused = sign_in(&bench, &key, PIN, &url).exits(5);
    refused.says("AADSTS");
    waiting.finish().exits(5).fails_with("sign_in");
}

/// Whoever waits is told at once, as by a person who leaves the page.
#[test]
fn a_key_of_nobody_leaves_the_page_by_its_button() {
    let (bench, _, waiting, url) = waiting();
    let other = bench.key(Profile::default());
    other.set_pin();
    let refused = sign_in(&bench, &other, PIN, &url).exits(5);
    refused.says("the sign-in was cancelled");
    waiting.finish().exits(5).fails_with("sign_in");
}

#[test]
fn a_wrong_pin_is_not_tried_twice() {
    let (bench, key, waiting, url) = waiting();
    let refused = sign_in(&bench, &key, WRONG_PIN, &url).exits(4);
    refused.says("the same address takes another try");
    assert_eq!(key.tries(), 7);
    sign_in(&bench, &key, PIN, &url).exits(0);
    waiting.finish().exits(0);
}

#[test]
fn nothing_but_a_simulator_on_this_machine_gets_an_assertion() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    for url in [
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "http://localhost:9/common/oauth2/v2.0/authorize",
        "https://localhost.example.org/",
    ] {
        sign_in(&bench, &key, PIN, url)
            .exits(2)
            .says("no simulator");
    }
    let unanswered = "https://localhost:9/common/oauth2/v2.0/authorize";
    sign_in(&bench, &key, PIN, unanswered).exits(5);
}
