//! What is said of the alarm after a drill.

use jiff::{SignedDuration, Timestamp};

use super::Stage;
use crate::bench::{Command, Finished};

impl Stage {
    fn verify(&self, options: &[&str]) -> Command {
        let verify = ["alerts", "verify", "--json"];
        self.bench.halligan(verify).with(options.iter().copied())
    }

    fn received(&self, at: Timestamp) -> Finished {
        let at = at.to_string();
        self.verify(&["--received", &at, "--channel", "mail", "--by", "C. Smith"])
            .run()
    }
}

#[test]
fn an_alarm_is_recorded_with_its_delay() {
    let stage = Stage::new();
    let by = ["--channel", "mail", "--by", "C. Smith"];
    let early = stage.verify(&["--now"]).with(by).run();
    early.exits(2).fails_with("no_such_drill");
    let held = stage.held(&[]).exits(0).document();
    let signed_in: Timestamp = held["signed_in_at"].as_str().unwrap().parse().unwrap();
    let never = stage.verify(&["--never"]).run().exits(1);
    assert!(never.document()["entry"].is_null());
    let came = stage
        .verify(&["--now", "--within", "15min"])
        .with(by)
        .run()
        .exits(0);
    let document = came.document();
    assert_eq!(document["drill"], held["drill"]);
    assert!(document["received"]["delay"].as_u64().unwrap() < 300);
    for absurd in [
        signed_in - SignedDuration::from_mins(10),
        signed_in + SignedDuration::from_hours(2),
    ] {
        stage
            .received(absurd)
            .exits(2)
            .fails_with("alert_unbelievable");
    }
    std::thread::sleep(std::time::Duration::from_secs(2));
    stage
        .verify(&["--now", "--within", "1s"])
        .with(by)
        .run()
        .exits(1);
    let alerts = stage.bench.ledger();
    assert_eq!(
        alerts
            .iter()
            .filter(|kind| *kind == "alert.received")
            .count(),
        2
    );
}

#[test]
fn the_last_drill_is_the_one_that_was_held_last() {
    let stage = Stage::new();
    stage
        .bench
        .seed(&serde_json::json!({"logDelaySeconds": 4}).to_string());
    let (drill, page) = stage.begin(&[]);
    super::browser::sign_in(&stage.bench, &page, &stage.bench.account(0), &stage.keys[0]);
    let (drill, _) = drill.until_event("waiting");
    drill.interrupt().finish().exits(7);
    let (one, other) = (stage.bench.account(0), stage.bench.account(1));
    let what = ["drill", "--account", &other, "--by", "A. Jones", "--yes"];
    let drill = stage.bench.halligan(what).with(["--json", "--events"]);
    let (drill, event) = drill.start().until_event("sign_in");
    let page = event["url"].as_str().unwrap();
    super::browser::sign_in(&stage.bench, page, &other, &stage.keys[1]);
    drill.finish().exits(0);
    // The first drill's last entry is newer now.
    let name = format!("drill/{one}");
    let resume = stage.bench.halligan(["resume", &name]);
    resume.run().exits(0);
    let of = |options: &[&str]| {
        let never = stage.verify(&["--never"]).with(options.iter().copied());
        never.run().exits(1).document()["label"].clone()
    };
    assert_eq!(of(&[]), format!("drill/{other}"));
    assert_eq!(of(&["--drill", &one]), name);
    assert_eq!(of(&["--drill", &name]), name);
    assert_eq!(of(&["--drill", one.split('@').next().unwrap()]), name);
    let unknown = stage.verify(&["--never", "--drill", "bg9"]).run();
    unknown.exits(2).fails_with("no_such_drill");
}

#[test]
fn an_alarm_without_a_channel_or_a_time_is_no_statement() {
    let stage = Stage::new();
    let vague = ["--received", "10:04", "--channel", "m", "--by", "C"];
    stage
        .verify(&vague)
        .run()
        .exits(2)
        .prints("with its offset");
    for options in [
        &["--now"][..],
        &[],
        &["--now", "--never", "--channel", "m", "--by", "C"],
    ] {
        stage.verify(options).run().exits(2).fails_with("usage");
    }
}
