//! Every check has its page, every page its check, and `--list` prints what the table says.

use std::collections::BTreeSet;
use std::fs;

use halligan::tenant::audit::CHECKS;

use crate::bench::Bench;

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/audit");

#[test]
fn every_check_has_its_page_and_every_page_its_check() {
    let pages = fs::read_dir(PAGES).unwrap();
    let pages = pages.map(|page| page.unwrap().file_name().into_string().unwrap());
    let pages: BTreeSet<String> = pages.filter(|name| name != "README.md").collect();
    let ids: BTreeSet<String> = CHECKS
        .iter()
        .map(|check| format!("{}.md", check.id))
        .collect();
    assert_eq!(pages, ids);
}

#[test]
fn a_page_says_what_is_asked_why_what_to_do_and_when_it_is_wrong() {
    let index = fs::read_to_string(format!("{PAGES}/README.md")).unwrap();
    for check in &CHECKS {
        let id = check.id;
        let page = fs::read_to_string(format!("{PAGES}/{id}.md")).unwrap();
        assert!(
            page.starts_with(&format!("# {id}: {}\n\n", check.title)),
            "{id}: its title"
        );
        let about = format!("`{}`, severity *{}*", check.name, check.severity.as_str());
        assert!(page.contains(&about), "{id}: name and severity");
        for part in [
            "Asked",
            "Why",
            "When it fails",
            "Evidence",
            "False alarms",
            "Source",
        ] {
            assert!(page.contains(&format!("**{part}:** ")), "{id}: {part}");
        }
        assert!(page.contains(check.source), "{id}: its source");
        let row = format!(
            "| [{id}]({id}.md) | {} | {} |",
            check.title,
            check.severity.as_str()
        );
        assert!(index.contains(&row), "{id}: the index");
    }
}

#[test]
fn the_list_is_what_the_table_says() {
    let bench = Bench::new();
    let list = bench.halligan(["tenant", "audit", "--list"]).run().exits(0);
    let lines: Vec<&str> = list.stdout.lines().collect();
    assert_eq!(lines.len(), CHECKS.len());
    for (line, check) in lines.iter().zip(&CHECKS) {
        assert!(
            line.starts_with(check.id) && line.ends_with(check.title),
            "{line}"
        );
    }
}
