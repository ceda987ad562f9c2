//! Who would be shut out by a change; without one, who is.

use std::fmt::Write;

use serde_json::{Value, json};

use super::ways::grouped;
use crate::ceremony::what_if::Asked;
use crate::report::{Report, printable};
use crate::tenant::change::Change;
use crate::tenant::passkey_policy::Ruling;
use crate::tenant::what_if::{Access, AccountEffect, Effect, KeyEffect, WayEffect};

/// Renders what becomes of each account.
///
/// It is `ok` if a change takes no way in and no key from an emergency account; without a change, if every emergency account is
/// certain to get in by every way. Where the service was asked, both must say the same of every policy.
#[must_use]
pub fn what_if(changes: &[Change], effects: &[AccountEffect], asked: Option<&[Asked]>) -> Report {
    let mut text = String::new();
    for change in changes {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "Change: {}", printable(&change.describe()));
    }
    for effect in effects {
        text.push_str(&account(effect, !changes.is_empty()));
    }
    let disagreements: Vec<String> = asked
        .unwrap_or_default()
        .iter()
        .flat_map(disagreements)
        .collect();
    if asked.is_some() {
        text.push_str(&by_service(&disagreements));
    }
    let is_safe = match changes.is_empty() {
        true => effects.iter().all(is_in),
        false => !effects.iter().any(AccountEffect::is_harm),
    };
    let ok = is_safe && disagreements.is_empty();
    let _ = writeln!(text, "\n{}", conclusion(changes, effects));
    let body = json!({
        "changes": changes.iter().map(Change::describe).collect::<Vec<_>>(),
        "accounts": effects.iter().map(account_json).collect::<Vec<_>>(),
        "service": asked.map(|asked| json!({"asked": asked.iter().map(|one| one.answers.len()).sum::<usize>(), "disagreements": disagreements})),
    });
    Report::new("halligan.tenant.what-if/1", ok, body, text)
}

fn by_service(disagreements: &[String]) -> String {
    match disagreements.is_empty() {
        true => "\nThe service says the same of every policy.\n".to_owned(),
        false => {
            let lines: Vec<String> = disagreements
                .iter()
                .map(|one| format!("  {}\n", printable(one)))
                .collect();
            format!(
                "\nThe service and this tool do not say the same:\n{}",
                lines.concat()
            )
        }
    }
}

/// A line for each policy and what is said of it, for all ways of which it is said.
fn disagreements(asked: &Asked) -> Vec<String> {
    let said = asked.answers.iter().flat_map(|answer| {
        let disagreements = answer.disagreements.iter();
        disagreements.map(|one| (answer.way, one.clone()))
    });
    let lines = grouped(said).into_iter().map(|(ways, one)| {
        let service = match one.service {
            true => "it applies".to_owned(),
            false => format!("it does not apply ({})", one.reasons),
        };
        let (account, policy, own) = (&asked.account, &one.policy, one.own.why());
        format!("{account}, {ways}: {policy}: the service says that {service}; by the policy itself: {own}")
    });
    lines.collect()
}

fn is_in(effect: &AccountEffect) -> bool {
    !effect.is_emergency || effect.ways.iter().all(|way| way.after.is_in())
}

fn account(effect: &AccountEffect, changed: bool) -> String {
    let kind = match effect.is_emergency {
        true => "emergency account",
        false => "regular user",
    };
    let mut text = format!("\n{} ({kind})\n", printable(&effect.account));
    let said = effect
        .ways
        .iter()
        .map(|way| (way.way, line(way, effect.is_emergency, changed)));
    for (ways, (mark, what)) in grouped(said) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {mark}  {ways}: {}", printable(&what));
    }
    for key in &effect.keys {
        let _ = writeln!(text, "  {}", printable(&key_line(key)));
    }
    text
}

/// The mark is for emergency accounts: everybody else may well be asked for more.
fn line(way: &WayEffect, is_emergency: bool, changed: bool) -> (&'static str, String) {
    let mark = match way.effect {
        _ if !is_emergency => " ",
        Effect::StaysIn | Effect::ComesIn => "✓",
        Effect::StaysOpen | Effect::MayBeShutOut => "?",
        Effect::StaysOut | Effect::ShutOut => "✗",
    };
    let by = match way.by.is_empty() || way.after == Access::Free {
        true => String::new(),
        false => format!(" (by {})", way.by.join(", ")),
    };
    let now = way.after.describe();
    let what = match changed && way.before != way.after {
        true => format!("{now}{by}; before: {}", way.before.describe()),
        false => format!("{now}{by}"),
    };
    (mark, what)
}

fn key_line(key: &KeyEffect) -> String {
    let name = key.key.display_name.as_deref().unwrap_or(&key.key.id);
    match &key.after {
        Ruling::Allowed { by } => format!("✓  key {name} is taken again: {by}"),
        Ruling::Refused { by, setting } => {
            format!(
                "✗  key {name} is no longer taken: {by} → {}",
                setting.change()
            )
        }
        Ruling::Unknown { why } => format!("?  key {name}: {why}"),
    }
}

fn conclusion(changes: &[Change], effects: &[AccountEffect]) -> String {
    let harmed: Vec<String> = match changes.is_empty() {
        true => effects
            .iter()
            .filter(|one| !is_in(one))
            .map(|one| printable(&one.account))
            .collect(),
        false => effects
            .iter()
            .filter(|one| one.is_harm())
            .map(|one| printable(&one.account))
            .collect(),
    };
    match (changes.is_empty(), harmed.is_empty()) {
        (true, true) => "Every emergency account gets in by every way.".to_owned(),
        (true, false) => format!("Not certain to get in by every way: {}.", harmed.join(", ")),
        (false, true) => "The change takes nothing from an emergency account.".to_owned(),
        (false, false) => format!("Do not make this change: it harms {}.", harmed.join(", ")),
    }
}

fn account_json(effect: &AccountEffect) -> Value {
    json!({
        "account": effect.account,
        "emergency": effect.is_emergency,
        "harmed": effect.is_harm(),
        "ways": effect.ways.iter().map(way_json).collect::<Vec<_>>(),
        "keys": effect.keys.iter().map(key_json).collect::<Vec<_>>(),
    })
}

fn way_json(way: &WayEffect) -> Value {
    json!({
        "application": way.way.application,
        "client": way.way.client.as_str(),
        "platform": way.way.platform.as_str(),
        "before": access_json(&way.before),
        "after": access_json(&way.after),
        "effect": effect_word(way.effect),
        "by": way.by,
    })
}

fn access_json(access: &Access) -> Value {
    let (word, why) = match access {
        Access::Free => ("free", None),
        Access::ByKey(why) => ("key", Some(why)),
        Access::Open(why) => ("open", Some(why)),
        Access::Shut(why) => ("shut", Some(why)),
    };
    json!({"access": word, "why": why})
}

fn effect_word(effect: Effect) -> &'static str {
    match effect {
        Effect::StaysIn => "stays_in",
        Effect::ComesIn => "comes_in",
        Effect::StaysOpen => "stays_open",
        Effect::StaysOut => "stays_out",
        Effect::MayBeShutOut => "may_be_shut_out",
        Effect::ShutOut => "shut_out",
    }
}

fn key_json(key: &KeyEffect) -> Value {
    let (word, why) = match &key.after {
        Ruling::Allowed { by } => ("allowed", by),
        Ruling::Refused { by, .. } => ("refused", by),
        Ruling::Unknown { why } => ("unknown", why),
    };
    json!({"id": key.key.id, "display_name": key.key.display_name, "aaguid": key.key.aaguid, "after": word, "why": why})
}
