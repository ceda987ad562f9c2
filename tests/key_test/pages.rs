//! Every check has its page, every page its check, and `--list` prints what the table says.

use std::collections::BTreeSet;

use halligan::ceremony::key_test::{CHECKS, Kind, Tag};

use crate::bench::Bench;

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/checks");

#[test]
fn every_check_has_its_page_and_every_page_its_check() {
    let pages = std::fs::read_dir(PAGES).unwrap();
    let pages = pages.map(|page| page.unwrap().file_name().into_string().unwrap());
    let pages: BTreeSet<String> = pages.filter(|name| name != "README.md").collect();
    let ids = CHECKS.iter().map(|check| format!("{}.md", check.id));
    let ids: BTreeSet<String> = ids.collect();
    assert_eq!(ids.len(), CHECKS.len(), "an id is there twice");
    assert_eq!(pages, ids);
}

#[test]
fn a_page_says_what_is_asked_why_where_it_is_specified_and_what_to_do() {
    let index = std::fs::read_to_string(format!("{PAGES}/README.md")).unwrap();
    for check in &CHECKS {
        let page = std::fs::read_to_string(format!("{PAGES}/{}.md", check.id)).unwrap();
        assert!(
            page.starts_with(&format!("# {}\n\n", check.id)),
            "{}",
            check.id
        );
        assert!(
            page.to_lowercase().contains(&check.title.to_lowercase()),
            "{}: its title",
            check.id
        );
        for part in [
            "**Asked:**",
            "**Why:**",
            "**Specified in:**",
            "**When it fails:**",
        ] {
            assert!(page.contains(part), "{}: {part}", check.id);
        }
        assert!(
            index.contains(&format!("[{0}]({0}.md)", check.id)),
            "{}: the index",
            check.id
        );
    }
}

#[test]
fn the_list_is_what_the_table_says() {
    let bench = Bench::new();
    let list = bench
        .halligan(["key", "test", "--list", "--slow", "--destructive"])
        .run()
        .exits(0);
    let lines: Vec<&str> = list.stdout.lines().collect();
    assert_eq!(lines.len(), CHECKS.len());
    for (line, check) in lines.iter().zip(&CHECKS) {
        let tags: Vec<&str> = check.tags.iter().map(|tag| tag.as_str()).collect();
        let rest = format!("{} [{}]", check.title, tags.join(", "));
        assert!(
            line.starts_with(check.id) && line.ends_with(&rest),
            "{line}"
        );
    }
    let quick = bench
        .halligan(["key", "test", "--list", "--json"])
        .run()
        .exits(0)
        .document();
    let others = CHECKS
        .iter()
        .filter(|check| check.tags.contains(&Tag::Slow) || check.kind == Kind::Destructive)
        .count();
    assert!(others > 0);
    assert_eq!(
        quick["checks"].as_array().unwrap().len(),
        CHECKS.len() - others
    );
}

#[test]
fn ids_are_words_with_hyphens_and_no_tag_is_one() {
    for check in &CHECKS {
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(check.id.chars().all(is_word), "{}", check.id);
        assert!(
            Tag::ALL.iter().all(|tag| tag.as_str() != check.id),
            "{}",
            check.id
        );
        assert!(!check.tags.is_empty(), "{}", check.id);
    }
}
