//! Files for build servers and people.

use std::fs;

use serde_json::{Value, json};

use super::{audit, bench, disabled, healthy};

#[test]
fn files_are_written_whether_the_tenant_is_safe_or_not() {
    let bench = bench();
    let files = [
        "--junit",
        "audit.xml",
        "--html",
        "audit.html",
        "--sarif",
        "audit.sarif",
    ];
    audit(&bench, &disabled()).with(files).run().exits(1);
    let text = |name: &str| fs::read_to_string(bench.path(name)).unwrap();
    assert!(text("audit.xml").contains("<testcase classname=\"account-enabled\""));
    assert!(text("audit.html").contains("not safe"));
    let sarif: Value = serde_json::from_str(&text("audit.sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(
        results
            .iter()
            .any(|one| one["ruleId"] == "HG-105" && one["level"] == "error")
    );
    audit(&bench, &healthy()).with(files).run().exits(0);
    assert!(text("audit.html").contains("class=\"safe\""));
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let bench = bench();
    for option in ["--junit", "--html", "--sarif"] {
        let nowhere = [option, "no-such-directory/file"];
        audit(&bench, &healthy()).with(nowhere).run().exits(2);
    }
}

/// Names come from the directory.
#[test]
fn a_name_cannot_move_the_cursor_or_break_a_file() {
    let bench = bench();
    let mut nasty = disabled();
    let name = "<script>alert(1)</script>\u{1b}[2J\u{7}@contoso.onmicrosoft.com";
    nasty["accounts"][1]["user"]["read"]["userPrincipalName"] = json!(name);
    let files = ["--junit", "audit.xml", "--html", "audit.html"];
    let ran = audit(&bench, &nasty).with(files).run().exits(1);
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stdout.contains('\u{7}'));
    for name in ["audit.xml", "audit.html"] {
        let text = fs::read_to_string(bench.path(name)).unwrap();
        assert!(
            !text.contains("<script>") && !text.contains('\u{1b}'),
            "{text}"
        );
    }
}
