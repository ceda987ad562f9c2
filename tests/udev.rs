//! The udev rules: the generator's own check, and what the rules really open, by an interpreter that knows nothing of it.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use tempfile::TempDir;

#[test]
fn table_and_rules_agree() {
    let output = check(&folder());
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn check_refuses_rules_that_were_edited_by_hand() {
    assert_refused(
        |copy| edit(&copy.join(RULES), |text| text.replace("0660", "0666")),
        "not what udev/generate makes",
    );
    assert_refused(
        |copy| edit(&copy.join(RULES), |text| format!("{text}\n")),
        "not what udev/generate makes",
    );
}

#[test]
fn check_refuses_a_key_without_its_rule() {
    assert_refused(
        |copy| {
            edit(&copy.join(TABLE), |text| {
                format!("{text}ffff\t0001\tNew key\n")
            })
        },
        "not what udev/generate makes",
    );
}

#[test]
fn check_refuses_a_table_out_of_order() {
    assert_refused(
        |copy| {
            edit(&copy.join(TABLE), |text| {
                format!("{text}0001\t0001\tNew key\n")
            })
        },
        "0001:0001 stands after",
    );
}

#[test]
fn check_refuses_a_key_that_is_there_twice() {
    assert_refused(
        |copy| {
            edit(&copy.join(TABLE), |text| {
                let last = text.lines().last().unwrap();
                format!("{text}{last} again\n")
            });
        },
        "is there twice",
    );
}

#[test]
fn check_refuses_malformed_lines() {
    for (line, why) in [
        ("1050\t0407", "not three fields"),
        ("0x1050\t0407\tKey", "vendor id is not four"),
        ("FFFF\t0407\tKey", "vendor id is not four"),
        ("ffff\t407\tKey", "product id is not four"),
        ("ffff\t0407\t", "name is empty"),
        ("ffff\t0407\tKey\u{1b}", "not printable ASCII"),
    ] {
        assert_refused(
            |copy| edit(&copy.join(TABLE), |text| format!("{text}{line}\n")),
            why,
        );
    }
    assert_refused(
        |copy| fs::write(copy.join(TABLE), "# none\n").unwrap(),
        "no key in the table",
    );
}

#[test]
fn fido_interface_of_an_unknown_vendor_is_opened() {
    for mark in ["ID_FIDO_TOKEN", "ID_SECURITY_TOKEN"] {
        let node = Node {
            mark: Some(mark),
            ..Node::hidraw("ffff", "ffff")
        };
        assert_eq!(granted(&node), Some(Grant::to_seat_and_plugdev()), "{mark}");
    }
}

#[test]
fn where_fido_id_runs_the_table_opens_nothing() {
    for (vendor, product) in listed_keys() {
        for path in ["/usr/lib/udev/fido_id", "/lib/udev/fido_id"] {
            let keyboard = Node {
                fido_id: Some(path),
                ..Node::hidraw(&vendor, &product)
            };
            assert_eq!(granted(&keyboard), None, "{vendor}:{product} with {path}");
        }
    }
}

#[test]
fn without_fido_id_exactly_the_listed_keys_are_opened() {
    let listed = listed_keys();
    for (vendor, product) in &listed {
        let node = Node::hidraw(vendor, product);
        assert_eq!(
            granted(&node),
            Some(Grant::to_seat_and_plugdev()),
            "{vendor}:{product}"
        );
    }
    // Each vendor with each product id of the table: a rule that mixes up two lines opens one too many.
    let products: BTreeSet<&String> = listed.iter().map(|(_, product)| product).collect();
    let vendors: BTreeSet<&String> = listed.iter().map(|(vendor, _)| vendor).collect();
    for vendor in vendors {
        for &product in &products {
            let listed = listed.contains(&(vendor.clone(), product.clone()));
            let opened = granted(&Node::hidraw(vendor, product)).is_some();
            assert_eq!(opened, listed, "{vendor}:{product}");
        }
    }
}

#[test]
fn nothing_but_hidraw_nodes_is_opened() {
    for subsystem in ["usb", "input", "hid", "usbmisc", "block"] {
        for mark in [None, Some("ID_FIDO_TOKEN"), Some("ID_SECURITY_TOKEN")] {
            let node = Node {
                subsystem,
                mark,
                ..Node::hidraw("1050", "0407")
            };
            assert_eq!(granted(&node), None, "{subsystem}, {mark:?}");
        }
    }
}

#[test]
fn a_key_that_is_pulled_out_is_left_alone() {
    let node = Node {
        action: "remove",
        mark: Some("ID_FIDO_TOKEN"),
        ..Node::hidraw("1050", "0407")
    };
    assert_eq!(granted(&node), None);
}

#[test]
fn the_tag_is_set_before_systemd_reads_it() {
    let number: u32 = RULES.split_once('-').unwrap().0.parse().unwrap();
    assert!(number < 73, "73-seat-late.rules would run before {RULES}");
    assert!(number > 60, "60-fido-id.rules would run after {RULES}");
}

#[test]
fn the_makers_that_operators_buy_from_are_listed() {
    let table = fs::read_to_string(folder().join(TABLE)).unwrap();
    for maker in [
        "AuthenTrend",
        "CanoKey",
        "Excelsecu",
        "Feitian",
        "GoTrust",
        "Google",
        "HID",
        "Hypersecu",
        "Identiv",
        "Kensington",
        "Ledger",
        "Nitrokey",
        "OnlyKey",
        "SoloKeys",
        "Swissbit",
        "Thales",
        "Token2",
        "Trezor",
        "TrustKey",
        "Yubico",
    ] {
        assert!(table.contains(maker), "no key of {maker} in {TABLE}");
    }
}

// ---- the generator, run on the folder or on a copy of it

const RULES: &str = "70-halligan.rules";
const TABLE: &str = "keys.tsv";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("udev")
}

fn check(folder: &Path) -> Output {
    Command::new("sh")
        .arg(folder.join("generate"))
        .arg("--check")
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn assert_refused(spoil: impl FnOnce(&Path), why: &str) {
    let copy = TempDir::new().unwrap();
    for name in ["generate", RULES, TABLE] {
        fs::copy(folder().join(name), copy.path().join(name)).unwrap();
    }
    spoil(copy.path());
    let output = check(copy.path());
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "accepted, expected: {why}");
    assert!(text.contains(why), "expected: {why}\nfound: {text}");
}

fn edit(path: &Path, change: impl FnOnce(&str) -> String) {
    let text = fs::read_to_string(path).unwrap();
    fs::write(path, change(&text)).unwrap();
}

fn listed_keys() -> BTreeSet<(String, String)> {
    let table = fs::read_to_string(folder().join(TABLE)).unwrap();
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut fields = line.split('\t').map(String::from);
            (fields.next().unwrap(), fields.next().unwrap())
        })
        .collect()
}

// ---- what udev would do with the rules: the part of its language that they use, anything else is a failure

/// A device as udev sees it when it appears.
struct Node<'a> {
    action: &'a str,
    subsystem: &'a str,
    vendor: &'a str,
    product: &'a str,
    /// The property that systemd's `fido_id` set, if it did.
    mark: Option<&'a str>,
    /// Where that program is installed, if it is.
    fido_id: Option<&'a str>,
}

impl<'a> Node<'a> {
    fn hidraw(vendor: &'a str, product: &'a str) -> Self {
        Self {
            action: "add",
            subsystem: "hidraw",
            vendor,
            product,
            mark: None,
            fido_id: None,
        }
    }

    fn value(&self, key: &str, operand: &str) -> &str {
        match key {
            "ACTION" => self.action,
            "SUBSYSTEM" => self.subsystem,
            "ATTRS{idVendor}" => self.vendor,
            "ATTRS{idProduct}" => self.product,
            "ENV{ID_FIDO_TOKEN}" | "ENV{ID_SECURITY_TOKEN}" => {
                let set = self
                    .mark
                    .is_some_and(|mark| key == format!("ENV{{{mark}}}"));
                if set { "1" } else { "" }
            }
            // Matches if the file exists: equal to its own operand, or to nothing.
            "TEST" => self.fido_id.filter(|path| *path == operand).unwrap_or(""),
            _ => panic!("the rules match on {key}, which this test does not know"),
        }
    }
}

/// What a rule file did to a node.
#[derive(Debug, Default, PartialEq, Eq)]
struct Grant {
    tags: Vec<String>,
    mode: Option<String>,
    group: Option<String>,
}

impl Grant {
    fn to_seat_and_plugdev() -> Self {
        Self {
            tags: vec!["uaccess".into()],
            mode: Some("0660".into()),
            group: Some("plugdev".into()),
        }
    }
}

/// `KEY`, operator and value.
type Token = (&'static str, &'static str, &'static str);

static TEXT: LazyLock<String> = LazyLock::new(|| fs::read_to_string(folder().join(RULES)).unwrap());

static PROGRAM: LazyLock<Vec<Vec<Token>>> = LazyLock::new(|| {
    TEXT.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split(", ").map(parse).collect())
        .collect()
});

fn granted(node: &Node<'_>) -> Option<Grant> {
    let mut grant = Grant::default();
    let mut awaited = None;
    for rule in PROGRAM.iter() {
        if let Some(label) = awaited {
            if *rule != [("LABEL", "=", label)] {
                continue;
            }
            awaited = None;
        }
        if rule.iter().all(|token| matches(token, node)) {
            for token in rule {
                apply(token, &mut grant, &mut awaited);
            }
        }
    }
    assert_eq!(awaited, None, "a jump to a label that does not follow");
    (grant != Grant::default()).then_some(grant)
}

/// One token of a rule; its value may not hold what udev reads as a pattern or a substitution.
fn parse(token: &'static str) -> Token {
    let operator = ["==", "!=", "+=", "="]
        .into_iter()
        .find(|operator| token.contains(operator))
        .unwrap();
    let (key, value) = token.split_once(operator).unwrap();
    let value = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap();
    assert!(
        !value.contains(['*', '?', '[', '|', '$', '%', '"']),
        "a pattern or a substitution: {token}"
    );
    (key, operator, value)
}

fn matches(&(key, operator, value): &Token, node: &Node<'_>) -> bool {
    match operator {
        "==" => node.value(key, value) == value,
        "!=" => node.value(key, value) != value,
        _ => true,
    }
}

fn apply(&(key, operator, value): &Token, grant: &mut Grant, awaited: &mut Option<&'static str>) {
    match (key, operator) {
        (_, "==" | "!=") | ("LABEL", "=") => {}
        ("GOTO", "=") => *awaited = Some(value),
        ("TAG", "+=") => grant.tags.push(value.into()),
        ("MODE", "=") => grant.mode = Some(value.into()),
        ("GROUP", "=") => grant.group = Some(value.into()),
        _ => panic!("the rules do {key}{operator}, which this test does not know"),
    }
}
