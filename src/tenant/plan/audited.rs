//! What an audit would still find after all steps, of which the rest of the plan has no words: settings that belong to somebody else.

use super::draft::Draft;
use crate::tenant::audit::{CHECKS, Check, Facts, LedgerFacts, LedgerKey, audit};

/// The checks whose failures are for people, and that no other part of the plan speaks of. Notes are for the audit alone.
const LEFT_TO_PEOPLE: [&str; 19] = [
    "HG-101", "HG-103", "HG-104", "HG-106", "HG-108", "HG-204", "HG-304", "HG-305", "HG-306",
    "HG-307", "HG-402", "HG-403", "HG-405", "HG-410", "HG-411", "HG-602", "HG-702", "HG-703",
    "HG-704",
];

/// Names what is wrong, and what to do about it. What somebody accepts is left alone, and what could not be read is no failure.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let wish = draft.wish;
    let ledger = Ok(known(draft));
    let facts = Facts {
        snapshot: &draft.then,
        desired: wish.desired,
        ledger: &ledger,
        now: draft.then.taken_at,
    };
    let all_planned = draft.accounts.len() == wish.desired.accounts.len();
    let checks: Vec<&'static Check> = CHECKS
        .iter()
        .filter(|check| LEFT_TO_PEOPLE.contains(&check.id))
        // An account that cannot be planned for is blocked by name.
        .filter(|check| check.id != "HG-101" || all_planned)
        .collect();
    let found = audit(&facts, &checks, wish.waivers);
    for line in found.lines.iter().filter(|line| line.fails()) {
        let (check, finding) = (line.check, &line.finding);
        let what = format!("{}: {}", finding.subject.name, finding.said());
        draft.by_hand(what, format!("{} ({})", check.fix, check.id));
    }
}

/// Which keys the ledger has. When they last proved themselves, the plan looks at by itself.
fn known(draft: &Draft<'_>) -> LedgerFacts {
    let keys = draft.wish.keys.iter().map(|key| LedgerKey {
        account: key.account.clone(),
        label: key.label.clone(),
        method_id: key.method_id.clone(),
        credential_id: key.credential_id.clone(),
        last_proof: None,
    });
    LedgerFacts {
        keys: keys.collect(),
        last_review: None,
    }
}
