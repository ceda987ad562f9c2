//! The operator's sign-in, from outside: what the tool asks of a person, and a person who does it.

use halligan::emulator::Profile;

use crate::bench::{Bench, Key};

fn bench_and_key() -> (Bench, Key) {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    (bench, key)
}

#[test]
fn an_operator_signs_in_with_a_browser() {
    let (bench, key) = bench_and_key();
    bench.sign_in_by("browser");
    let enroll = bench
        .enroll(&key, "BG1-A")
        .with(["--json", "--events"])
        .start();
    let (enroll, event) = enroll.until_event("sign_in");
    let url: url::Url = event["url"].as_str().unwrap().parse().unwrap();
    let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let page = bench.post_as_operator(url.as_str(), &parameters);
    assert!(
        page.contains("close"),
        "what the browser shows at the end: {page}"
    );
    assert_eq!(enroll.finish().exits(0).document()["ok"], true);
    assert_eq!(bench.registered(), 1);
}

#[test]
fn an_operator_signs_in_on_another_device() {
    let (bench, key) = bench_and_key();
    bench.sign_in_by("device-code");
    let enroll = bench
        .enroll(&key, "BG1-A")
        .with(["--json", "--events"])
        .start();
    let (enroll, event) = enroll.until_event("sign_in");
    let code = event["code"].as_str().unwrap().to_owned();
    let form = [("user_code".to_owned(), code)];
    bench.post_as_operator(event["url"].as_str().unwrap(), &form);
    assert_eq!(enroll.finish().exits(0).document()["ok"], true);
}

#[test]
fn a_person_is_told_in_words() {
    let (bench, key) = bench_and_key();
    bench.sign_in_by("device-code");
    let waiting = bench.enroll(&key, "BG1-A").start().until("type the code");
    waiting.interrupt().finish().exits(7).says("/devicelogin");
    bench.sign_in_by("browser");
    let waiting = bench
        .enroll(&key, "BG1-A")
        .start()
        .until("Open this address");
    waiting.interrupt().finish().exits(7).says("/authorize?");
}

#[test]
fn a_wrong_secret_is_refused_in_the_authoritys_words_and_not_repeated_back() {
    let (bench, key) = bench_and_key();
    std::fs::write(bench.path("wrong-secret"), "squirrel-28174\n").unwrap();
    let config = std::fs::read_to_string(bench.path("halligan.toml")).unwrap();
    let wrong = config.replace("tenant/app-secret", "wrong-secret");
    std::fs::write(bench.path("halligan.toml"), wrong).unwrap();
    let refused = bench.enroll(&key, "BG1-A").with(["-vv"]).run().exits(5);
    refused
        .says("AADSTS7000215")
        .says_nothing_of("squirrel-28174");
}
