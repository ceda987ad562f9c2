//! The operator's screen, on terminals of all sizes and into a pipe.

use halligan::encoding::printable;
use halligan::report::{self, Screen};

use super::{after, bench};

#[test]
fn status_fits_a_terminal_and_names_what_to_do() {
    let bench = bench();
    let shown = bench.halligan(["status"]).run().exits(1);
    let shown = shown
        .prints("✗ NOT HEALTHY: 7 never done\n")
        .prints("\n  ✓ BG1-A             ")
        .prints(" Safe 1, Berlin, envelope 7\n")
        .prints("\n✗ audit       never done\n")
        .prints("\n✗ custody     BG1-B: never done (and 2 more)\n")
        .prints("\n✓ review      due in 90 days\n");
    assert!(shown.stdout.lines().count() <= 24, "{}", shown.stdout);
    // Nothing is cut for a pipe: the one that there is stands after the begin of the head's hash.
    assert_eq!(shown.stdout.matches('…').count(), 1, "{}", shown.stdout);
    assert!(!shown.stdout.contains('\u{1b}'));
    let colored = bench
        .halligan(["status", "--color", "always"])
        .run()
        .exits(1);
    assert!(colored.stdout.contains("\u{1b}[31m"));
    let document = bench
        .halligan(["status", "--json"])
        .run()
        .exits(1)
        .document();
    assert_eq!(document["schema"], "halligan.status/1");
    assert_eq!(document["accounts"][0]["keys"][0]["label"], "BG1-A");
    assert_eq!(document["counts"]["never"], 7);
    assert_eq!(document["ledger"]["entries"], bench.entries().len());
}

#[test]
fn a_small_terminal_shows_the_worst_and_says_what_it_leaves_out() {
    let bench = bench();
    let strange =
        "\u{1b}[2J緊急アクセス緊急アクセス緊急アクセス緊急アクセス緊急アクセス@contoso.example";
    let names = [strange, "c", "d", "e", "f"];
    let overview = after(&bench, 25, &names);
    for rows in [1, 10, 24, 30] {
        for columns in [20, 80, 200] {
            let screen = Screen {
                color: false,
                columns: Some(columns),
                rows: Some(rows),
            };
            let text = report::status(&overview, &screen).text;
            for line in text.lines() {
                assert_eq!(printable(line), line);
                assert!(console::measure_text_width(line) <= columns, "{line}");
            }
            assert!(
                columns < 80 || rows == 30 || text.contains(" more, "),
                "{text}"
            );
            assert!(rows < 24 || text.lines().count() < rows, "{text}");
        }
    }
    let all = report::status(&overview, &Screen::default()).text;
    assert!(!all.contains("lines more"));
    assert!(all.contains("BG2-B"));
}

#[test]
fn a_command_is_shown_whole_or_another_one_that_leads_to_it() {
    let bench = bench();
    let overview = after(&bench, 100, &[]);
    let shown = |columns| {
        let screen = Screen {
            columns,
            ..Screen::default()
        };
        report::status(&overview, &screen).text
    };
    let commands: Vec<&str> = overview
        .duties
        .iter()
        .map(|duty| duty.command.as_str())
        .collect();
    let whole = |text: &str| {
        let lines = text
            .lines()
            .filter_map(|line| line.strip_prefix("  halligan "));
        let lines: Vec<String> = lines.map(|line| format!("halligan {line}")).collect();
        assert_eq!(lines.len(), 3, "{text}");
        let known = |line: &&String| commands.iter().any(|one| line.starts_with(one));
        lines.iter().filter(known).count()
    };
    assert_eq!(whole(&shown(None)), 3);
    let narrow = shown(Some(40));
    assert!(whole(&narrow) < 3, "{narrow}");
    assert!(narrow.contains("  halligan due --kind "), "{narrow}");
}

#[test]
fn a_key_stands_beneath_its_account_however_little_room_there_is() {
    let bench = bench();
    let overview = after(&bench, 100, &["c", "d"]);
    for rows in 16..30 {
        let screen = Screen {
            rows: Some(rows),
            ..Screen::default()
        };
        let text = report::status(&overview, &screen).text;
        let mut account = "";
        for line in text.lines() {
            match line.strip_prefix("  ✗ BG") {
                Some(key) => assert_eq!(account.get(2..3), key.get(..1), "{text}"),
                None => account = line,
            }
        }
    }
}
