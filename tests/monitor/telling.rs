//! How a look is told: files, webhook, journal, and again and again.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::*;

/// A server that answers so many requests with these statuses, and what it was sent.
pub(super) fn webhook(statuses: &'static [u16]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/secret-path", listener.local_addr().unwrap());
    let (sent, received) = channel();
    std::thread::spawn(move || {
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            let mut chunk = [0; 4096];
            let text = loop {
                let count = stream.read(&mut chunk).unwrap();
                bytes.extend_from_slice(&chunk[..count]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let length = text.lines().find_map(|line| {
                    let value = line.to_ascii_lowercase();
                    value.strip_prefix("content-length: ")?.trim().parse().ok()
                });
                if let (Some((_, body)), Some(length)) = (text.split_once("\r\n\r\n"), length)
                    && body.len() >= length
                {
                    break text;
                }
            };
            let answer =
                format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
            sent.send(text).unwrap();
        }
    });
    (url, received)
}

#[test]
fn all_rows_can_be_kept_and_the_ledger_has_their_hash() {
    let bench = bench();
    has_signed_in(&bench, &[sign_in(&bench, "in", 30, 0)]);
    let save = ["--save", "rows.json"];
    let look = monitor(&bench).with(save).json().run().exits(1).document();
    let rows = std::fs::read(bench.path("rows.json")).unwrap();
    let hash: String = Sha256::digest(&rows)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(look["evidence"], hash);
    let rows: Value = serde_json::from_slice(&rows).unwrap();
    let kept = rows["rows"].as_array().unwrap();
    let row = kept.iter().find(|one| one["log"] == "sign_ins").unwrap();
    assert_eq!(
        row["row"]["status"]["failureReason"], "x",
        "also what is not understood"
    );
    let index = look["entry"]["index"].as_u64().unwrap();
    let shown = bench.halligan(["ledger", "show"]).json().run().exits(0);
    assert!(shown.shown().contains(&hash), "entry {index}");
}

#[test]
fn a_webhook_is_told_until_it_listens_and_no_secret_is_shown() {
    let bench = bench();
    has_signed_in(&bench, &[sign_in(&bench, "in", 30, 0)]);
    std::fs::write(bench.path("header"), "X-Secret: hush-4711\n").unwrap();
    let (url, received) = webhook(&[503, 200]);
    let told = ["--webhook", &url, "--webhook-header-file"];
    let header = bench.path("header").display().to_string();
    let run = monitor(&bench)
        .with(told)
        .with([header])
        .with(["-vv"])
        .run()
        .exits(1);
    let run = run.says_nothing_of("hush-4711");
    run.says_nothing_of("secret-path");
    let _refused = received.recv().unwrap();
    let request = received.recv().unwrap();
    assert!(request.to_ascii_lowercase().contains("x-secret: hush-4711"));
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let message: Value = serde_json::from_str(body).unwrap();
    assert_eq!(message["events"][0]["id"], "in");
    assert!(message["text"].as_str().unwrap().contains("Azure Portal"));
    // What nobody can be told is still said by the exit status, and told by the next look.
    has_signed_in(&bench, &[sign_in(&bench, "again", 5, 0)]);
    let nobody = ["--webhook", "http://127.0.0.1:1/secret-path"];
    let run = monitor(&bench).with(nobody).run().exits(1);
    run.says("the webhook was not told")
        .says_nothing_of("secret-path");
    let (url, received) = webhook(&[200]);
    let told = ["--webhook", url.as_str()];
    let look = monitor(&bench).with(told).json().run().exits(1);
    let look = look.document();
    assert_eq!(events(&look).len(), 1, "of that one alone: {look}");
    assert!(received.recv().unwrap().contains("\"again\""));
    monitor(&bench).with(nobody).run().exits(0);
    let open = ["--webhook", "http://hooks.example/"];
    monitor(&bench)
        .with(open)
        .json()
        .run()
        .exits(2)
        .fails_with("usage");
}

#[test]
fn a_webhook_that_takes_no_events_is_told_the_text() {
    let bench = bench();
    has_signed_in(&bench, &[sign_in(&bench, "in", 30, 0)]);
    let (url, received) = webhook(&[400, 200]);
    let told = ["--webhook", url.as_str()];
    let run = monitor(&bench).with(told).run().exits(1);
    run.says("the text alone");
    let _whole = received.recv().unwrap();
    let request = received.recv().unwrap();
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let message: Value = serde_json::from_str(body).unwrap();
    assert_eq!(message.as_object().unwrap().len(), 1);
    assert!(message["text"].as_str().unwrap().contains("Azure Portal"));
    // One that takes not even that does not stand in the way of the next.
    has_signed_in(&bench, &[sign_in(&bench, "again", 5, 0)]);
    let (url, _received) = webhook(&[400, 400]);
    let told = ["--webhook", url.as_str()];
    let run = monitor(&bench).with(told).run().exits(1);
    run.says("it is not sent again");
    monitor(&bench).run().exits(0);
}

#[test]
fn an_alarm_tells_the_worst_first_and_how_much_more_there_is() {
    let bench = bench();
    let mut rows: Vec<Value> = (0..40)
        .map(|number| {
            let mut row = sign_in(&bench, &format!("try-{number}"), 60, 50126);
            row["appDisplayName"] = format!("Application {number}").into();
            row
        })
        .collect();
    rows.push(sign_in(&bench, "blocked", 10, 53003));
    rows.push(sign_in(&bench, "in", 5, 0));
    rows[0]["appDisplayName"] = "x".repeat(5000).into();
    has_signed_in(&bench, &rows);
    let (url, received) = webhook(&[200]);
    let told = ["--webhook", url.as_str()];
    monitor(&bench).with(told).run().exits(1);
    let request = received.recv().unwrap();
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let message: Value = serde_json::from_str(body).unwrap();
    let ids: Vec<&str> = events(&message)
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect();
    assert_eq!(ids[..2], ["in", "blocked"]);
    let text = message["text"].as_str().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].contains("succeeded") && lines[2].contains("AADSTS53003"));
    assert_eq!(*lines.last().unwrap(), "and 22 more");
    assert!(body.len() < 60_000, "{}", body.len());
}

#[test]
fn those_who_watch_hear_that_nobody_does() {
    let bench = bench();
    bench.seed(r#"{"license": "free"}"#);
    let (url, received) = webhook(&[200, 200]);
    let told = ["--webhook", url.as_str()];
    monitor(&bench).with(told).run().exits(5);
    assert!(
        received
            .recv()
            .unwrap()
            .contains("the tenant has no licence")
    );
    // Who cannot look at all says so, too.
    bench.tenant_fault("any=500,times=always");
    monitor(&bench).with(told).run().exits(5);
    let request = received.recv().unwrap();
    assert!(request.contains("nobody looked into the logs"), "{request}");
}

#[test]
fn what_cannot_go_well_is_said_before_anything_is_asked() {
    let bench = bench();
    std::fs::write(bench.path("header"), "X-Secret: x\n").unwrap();
    let before = bench.requests();
    let header = ["--webhook-header-file", "header"];
    monitor(&bench)
        .with(header)
        .json()
        .run()
        .exits(2)
        .fails_with("usage");
    let nowhere = ["--save", "no-such-directory/rows.json"];
    monitor(&bench).with(nowhere).run().exits(2);
    assert_eq!(bench.requests(), before);
}

#[test]
fn the_journal_gets_fields_of_its_own() {
    let bench = bench();
    has_signed_in(&bench, &[sign_in(&bench, "in", 30, 0)]);
    let path = bench.path("journal");
    let journal = UnixDatagram::bind(&path).unwrap();
    journal
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let path = path.display().to_string();
    let arguments = ["--journald", "--journal-socket", &path];
    monitor(&bench).with(arguments).run().exits(1);
    let mut datagram = [0; 65536];
    let length = journal.recv(&mut datagram).unwrap();
    let text = String::from_utf8_lossy(&datagram[..length]).into_owned();
    for field in [
        "PRIORITY=2",
        "HALLIGAN_ROW=in",
        "HALLIGAN_RESULT=success",
        "SYSLOG_IDENTIFIER=halligan",
    ] {
        assert!(text.lines().any(|line| line == field), "{field}: {text}");
    }
    let nowhere = ["--journald", "--journal-socket", "nowhere"];
    monitor(&bench)
        .with(nowhere)
        .run()
        .exits(0)
        .says("was not written");
}

#[test]
fn following_goes_on_until_the_interrupt() {
    let bench = bench();
    let follow = ["--follow", "--every", "1s"];
    let (started, first) = monitor(&bench).with(follow).json().start().ready();
    assert_eq!(first["ok"], true);
    bench.tenant_fault("any=500,times=always");
    has_signed_in(&bench, &[sign_in(&bench, "in", 0, 0)]);
    let started = started.until("looking again in");
    bench.clear_tenant_faults();
    std::thread::sleep(Duration::from_secs(6));
    let finished = started.interrupt().finish().exits(1);
    let lines: Vec<Value> = finished
        .shown()
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["schema"] == "halligan.monitor/1")
        .collect();
    let told = lines.iter().flat_map(events);
    assert_eq!(told.filter(|one| one["id"] == "in").count(), 1, "{lines:?}");
    assert!(lines.len() > 2);
}
