//! Why an account is asked for multifactor authentication, or is not.

use std::fmt::Write;

use serde_json::{Value, json};

use super::ways::grouped;
use crate::graph::model::SignIn;
use crate::report::{Report, printable};
use crate::tenant::conditional_access::{Condition, Demand, Enforcement};
use crate::tenant::explain::{Apart, Asks, Explanation, PolicyExplained, WayExplained};

/// Renders an explanation. It is `ok` if all is as it should be with the account.
#[must_use]
pub fn explain(explanation: &Explanation) -> Report {
    let ok = explanation.is_safe();
    let body = json!({
        "account": explanation.account,
        "emergency": explanation.is_emergency,
        "apart": explanation.apart.iter().map(apart_json).collect::<Vec<_>>(),
        "ways": explanation.ways.iter().map(way_json).collect::<Vec<_>>(),
        "sign_ins": match &explanation.sign_ins {
            Ok(rows) => json!({"read": rows}),
            Err(unread) => json!({"unread": unread}),
        },
    });
    Report::new("halligan.tenant.explain/1", ok, body, text(explanation))
}

fn text(explanation: &Explanation) -> String {
    let name = printable(&explanation.account);
    let mut text = String::new();
    let said = explanation
        .ways
        .iter()
        .map(|way| (way.way, (way.asks, way.by.clone())));
    for (ways, (asks, by)) in grouped(said) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{name}, {ways}: {}", printable(&asked(asks, &by)));
    }
    let _ = writeln!(text, "{}", conclusion(explanation));
    text.push_str("\nApart from policies\n");
    let everywhere = explanation
        .apart
        .iter()
        .filter(|one| one.application.is_none());
    for one in everywhere {
        let _ = writeln!(text, "  {}: {}", one.what.name(), printable(&one.why));
    }
    text.push_str("\nPolicies\n");
    text.push_str(&policies(&explanation.ways));
    text.push_str("\nLast sign-ins\n");
    match &explanation.sign_ins {
        Ok(rows) if rows.is_empty() => text.push_str("  none\n"),
        Ok(rows) => rows.iter().for_each(|row| text.push_str(&sign_in(row))),
        Err(unread) => {
            let permission = unread.permission.as_ref();
            let permission = permission.map(|permission| format!("; {permission} would tell"));
            let permission = permission.unwrap_or_default();
            let _ = writeln!(text, "  {}{permission}", printable(&unread.why));
        }
    }
    text
}

fn conclusion(explanation: &Explanation) -> &'static str {
    match (explanation.is_emergency, explanation.is_safe()) {
        (true, true) => "Nothing shuts this emergency account out.",
        (true, false) => "This emergency account is shut out by some way, or may be.",
        (false, true) => "By no way in a password is enough.",
        (false, false) => "By some way in a password is enough, or may be.",
    }
}

fn asked(asks: Asks, by: &[String]) -> String {
    let by = by.join(", ");
    match asks {
        Asks::Nothing => "nothing asks for multifactor authentication".to_owned(),
        Asks::Mfa => format!("asked for multifactor authentication by {by}"),
        Asks::Open => format!("open, because of {by}"),
        Asks::ShutsOut => format!("shut out by {by}"),
    }
}

/// Each policy with what it does, once for all ways on which that is the same.
fn policies(ways: &[WayExplained]) -> String {
    let Some(first) = ways.first() else {
        return "  the account could not be read\n".to_owned();
    };
    if first.policies.is_empty() {
        return "  none\n".to_owned();
    }
    let mut text = String::new();
    for policy in &first.policies {
        let on_each = ways.iter().filter_map(|way| {
            let same = way
                .policies
                .iter()
                .find(|one| one.id == policy.id && one.name == policy.name);
            Some((way.way, does(same?)))
        });
        let name = printable(&policy.name);
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {name} [{}]", enforcement(policy.enforcement));
        for (ways, what) in grouped(on_each) {
            let _ = writeln!(text, "    {ways}: {}", printable(&what));
        }
    }
    text
}

fn does(policy: &PolicyExplained) -> String {
    let demand = match &policy.demand {
        Demand::Nothing => "nothing".to_owned(),
        Demand::Key(what) => format!("{what}, which a key satisfies"),
        Demand::Open(what) => what.clone(),
        Demand::Barrier(what) => format!("{what}, which a key does not satisfy"),
    };
    match (policy.why_not(), policy.asks()) {
        (Some(why), _) if policy.would_ask() => {
            format!("asks nothing: {why}; enforced it would ask for {demand}")
        }
        (Some(why), _) => format!("asks nothing: {why}"),
        (None, Asks::Open) => format!("may ask for {demand}: {}", policy.applied.applies.why()),
        (None, _) => format!("asks for {demand}"),
    }
}

fn enforcement(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::Enabled => "on",
        Enforcement::ReportOnly => "report-only",
        Enforcement::Disabled => "off",
        Enforcement::Unknown => "state not known",
    }
}

fn sign_in(row: &SignIn) -> String {
    let or_unknown =
        |text: &Option<String>| text.as_deref().map_or_else(|| "?".to_owned(), printable);
    let status = row.status.as_ref().and_then(|status| status.error_code);
    let ended = match status {
        Some(0) => "succeeded".to_owned(),
        Some(code) => format!("failed with AADSTS{code}"),
        None => "ended unknown".to_owned(),
    };
    let mut text = format!(
        "  {}  {}: {ended}",
        or_unknown(&row.created_date_time),
        or_unknown(&row.app_display_name)
    );
    let methods: Vec<String> = row
        .authentication_details
        .iter()
        .filter_map(|detail| detail.authentication_method.as_deref().map(printable))
        .collect();
    if !methods.is_empty() {
        // Writing to a `String` cannot fail.
        let _ = write!(text, ", by {}", methods.join(" and "));
    }
    if let Some(requirement) = &row.authentication_requirement {
        let _ = write!(text, ", {}", printable(requirement));
    }
    let applied = row
        .applied_conditional_access_policies
        .iter()
        .filter(|policy| matches!(policy.result.as_deref(), Some("success" | "failure")));
    for policy in applied {
        let (name, result) = (or_unknown(&policy.display_name), or_unknown(&policy.result));
        let _ = write!(text, "\n      {name}: {result}");
    }
    text.push('\n');
    text
}

fn apart_json(apart: &Apart) -> Value {
    json!({"what": apart.what.name(), "application": apart.application, "asks": asks_word(apart.asks), "why": apart.why})
}

fn way_json(way: &WayExplained) -> Value {
    json!({
        "application": way.way.application,
        "client": way.way.client.as_str(),
        "platform": way.way.platform.as_str(),
        "asks": asks_word(way.asks),
        "by": way.by,
        "guarded": way.is_guarded,
        "may_shut_out": way.may_shut_out,
        "policies": way.policies.iter().map(policy_json).collect::<Vec<_>>(),
    })
}

fn policy_json(policy: &PolicyExplained) -> Value {
    json!({
        "id": policy.id,
        "name": policy.name,
        "enforcement": enforcement(policy.enforcement),
        "asks": asks_word(policy.asks()),
        "what": does(policy),
        "decided_by": policy.applied.by.map(Condition::as_str),
        "excluded_by": policy.excluded_by,
    })
}

fn asks_word(asks: Asks) -> &'static str {
    match asks {
        Asks::Nothing => "nothing",
        Asks::Mfa => "mfa",
        Asks::Open => "open",
        Asks::ShutsOut => "shuts_out",
    }
}
