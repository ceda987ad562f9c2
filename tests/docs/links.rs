//! Links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{documents, root};

/// The targets of the links in a Markdown text, code left out.
fn links(text: &str) -> Vec<String> {
    let mut outside_code = String::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            let pieces = line.split('`').step_by(2);
            outside_code.push_str(&pieces.collect::<Vec<_>>().join(""));
            outside_code.push('\n');
        }
    }
    outside_code
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .collect()
}

/// The anchors of a Markdown text's headings, as forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading
                .chars()
                .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_');
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// What is wrong with a link of a document, if anything.
fn broken(document: &Path, text: &str, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link
        .split_once('#')
        .map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = document.parent().unwrap().join(path);
    let complaint = || Some(format!("{}: {link}", document.display()));
    let target_text = if path.is_empty() {
        text.to_owned()
    } else if target.is_dir() {
        return None;
    } else {
        match fs::read_to_string(&target) {
            Ok(text) => text,
            Err(_) => return complaint(),
        }
    };
    match anchor {
        Some(anchor) if !anchors(&target_text).contains(anchor) => complaint(),
        _ => None,
    }
}

#[test]
fn links_lead_somewhere() {
    let mut bad = Vec::new();
    let mut checked = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            checked += 1;
            bad.extend(broken(&document, &text, &link));
        }
    }
    assert!(checked > 10, "only {checked} links found");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_noticed() {
    let text = "# A heading, `code` and more\n[a](nowhere.md) [b](#a-heading-code-and-more) [c](#missing) `[d](x.md)`\n```\n[e](y.md)\n```\n";
    assert_eq!(
        links(text),
        ["nowhere.md", "#a-heading-code-and-more", "#missing"]
    );
    let document = root().join("README.md");
    let bad: Vec<String> = links(text)
        .iter()
        .filter_map(|link| broken(&document, text, link))
        .collect();
    assert_eq!(bad.len(), 2, "{bad:?}");
}
