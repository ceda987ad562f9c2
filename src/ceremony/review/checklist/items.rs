//! The items. `docs/review.md` lists them; a test compares the two.

use super::Item;
use super::facts::Fact;

const fn item(id: &'static str, recommendation: u8, text: &'static str) -> Item {
    Item {
        id,
        recommendation,
        text,
        checks: &[],
        facts: &[],
        question: None,
    }
}

impl Item {
    const fn by(self, checks: &'static [&'static str], facts: &'static [Fact]) -> Self {
        Self {
            checks,
            facts,
            ..self
        }
    }

    const fn asked(self, question: &'static str) -> Self {
        Self {
            question: Some(question),
            ..self
        }
    }
}

/// Every item, in the order of Microsoft's page of 2026-06-04.
pub const ITEMS: [Item; 26] = [
    item("two-accounts", 1, "There are two emergency accounts at least")
        .by(&["HG-101", "HG-102", "HG-105"], &[]),
    item("cloud-only", 2, "The accounts live in the cloud alone, in the initial domain")
        .by(&["HG-103", "HG-104", "HG-106"], &[]),
    item("global-administrator", 3, "The accounts are Global Administrators")
        .by(&["HG-201"], &[]),
    item("passkeys", 4, "The accounts sign in with passkeys, bound to hardware")
        .by(&["HG-301", "HG-302", "HG-306", "HG-601"], &[]),
    item("registered", 5, "The keys are registered, and ledger and tenant agree on them")
        .by(&["HG-307"], &[Fact::Reconciled]),
    item("excluded", 6, "No policy can stop the accounts, by a group of their own")
        .by(&["HG-401", "HG-402", "HG-403", "HG-405", "HG-411"], &[]),
    item("nobodys-own", 7, "The accounts and their keys belong to no single person").asked(
        "Does no account and no key belong to one employee, nor depend on a device that an employee brought?",
    ),
    item("another-way", 8, "The accounts sign in otherwise than administrators do every day").asked(
        "Do the accounts use other keys than daily administration, so that one outage does not stop both?",
    ),
    item("not-cleaned-up", 9, "Nothing takes an account or a key away because it is not used")
        .by(&["HG-107", "HG-702", "HG-704"], &[]),
    item("permanent-role", 10, "The role is held for good, and needs no activation")
        .by(&["HG-202", "HG-203"], &[]),
    item("workstation", 11, "A secured workstation is at hand for an emergency").asked(
        "Is a workstation that is used for nothing else set up, up to date, and within reach of those who need it?",
    ),
    item("apart-from-premises", 12, "On-premises and cloud do not need each other in an emergency").asked(
        "Are there emergency accounts for the on-premises directory, and does neither side need the other?",
    ),
    item("places", 13, "The keys lie apart, and the ledger says where")
        .by(&[], &[Fact::Placed]),
    item("safes", 13, "The safes withstand fire, and only those who are meant to can open them").asked(
        "Have the safes been looked at, are they fireproof, and does nobody open them but who is meant to?",
    ),
    item("drills", 14, "Each account has signed in by the policies of today")
        .by(&[], &[Fact::Drilled]),
    item("contingency", 14, "Policies for an outage are prepared").asked(
        "Are there policies that can be switched on when a control fails that others rest on?",
    ),
    item("watched", 15, "Sign-ins and changes are looked at")
        .by(&["HG-705"], &[Fact::Monitored]),
    item("alerts", 15, "An alert reaches people when an account is used")
        .by(&[], &[Fact::Alerted]),
    item("post-mortem", 16, "Every use was examined afterwards")
        .by(&[], &[Fact::Explained])
        .asked("Was every use of the accounts examined with what was done in it: since the last review, and what was unexplained then?"),
    item("validated", 17, "The accounts are validated every 90 days")
        .by(&[], &[Fact::Regular, Fact::Alive]),
    item("announced", 17, "Those who watch know when a validation is held").asked(
        "Were those who watch the alerts told beforehand, and did they see it?",
    ),
    item("people", 17, "Those who may use the accounts are the right ones").asked(
        "Was the list of people who may use the accounts gone through, after every change of staff too?",
    ),
    item("process", 17, "The process is written down, and people are trained").asked(
        "Is the process for an emergency documented, up to date, and have people been trained in it?",
    ),
    item("no-personal-methods", 17, "No account has a method that belongs to a person")
        .by(&["HG-109", "HG-304", "HG-305"], &[]),
    item("combinations", 17, "The combinations of the safes are changed").asked(
        "Were the combinations of the safes changed on schedule, and when somebody left who knew them?",
    ),
    item("compliance", 18, "The rules that the organization is under are met").asked(
        "Does this set-up meet the rules that the organization is under?",
    ),
];
