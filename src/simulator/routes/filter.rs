//! `$filter`: comparisons, `in`, `startswith` and `any`, joined by `and`. The service takes more; what is not here is refused.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use crate::simulator::routes::GraphError;

/// The most values that `in` takes.
const LARGEST_IN: usize = 15;

/// Conditions that must all hold.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Filter(Vec<Condition>);

#[derive(Debug, PartialEq)]
struct Condition {
    member: String,
    test: Test,
}

#[derive(Debug, PartialEq)]
enum Test {
    /// `eq`, `ne`, `ge`, …
    Compares(Operator, Value),
    /// `in (…)`
    In(Vec<Value>),
    /// `startswith(member,'…')`
    StartsWith(String),
    /// `member/any(x:x eq '…')`, or a member of each, as in `member/any(x:x/id eq '…')`
    Any(Option<String>, Value),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Eq,
    Ne,
    Ge,
    Gt,
    Le,
    Lt,
}

impl Filter {
    /// Reads a filter that may ask for these members.
    pub(super) fn parse(text: Option<&str>, known: &[&str]) -> Result<Self, GraphError> {
        let Some(text) = text else {
            return Ok(Self::default());
        };
        let terms = split(text, " and ");
        let conditions = terms.into_iter().map(|term| condition(term.trim(), known));
        Ok(Self(conditions.collect::<Result<_, _>>()?))
    }

    /// Whether an object with these members fits.
    pub(super) fn fits(&self, member: impl Fn(&str) -> Value) -> bool {
        let mut conditions = self.0.iter();
        conditions.all(|condition| condition.test.holds(&member(&condition.member)))
    }

    /// The values of which a member, or one of its elements, must have one, if the filter says so: then nothing else need be looked
    /// at.
    pub(super) fn values_of(&self, member: &str) -> Option<Vec<&str>> {
        let mut named = self.0.iter().filter(|one| one.member == member);
        named.find_map(|condition| match &condition.test {
            Test::Compares(Operator::Eq, value) => Some(value.as_str().into_iter().collect()),
            Test::In(values) => Some(values.iter().filter_map(Value::as_str).collect()),
            Test::Any(_, value) => Some(value.as_str().into_iter().collect()),
            _ => None,
        })
    }

    /// The first and the last time that a member may have, as far as the filter says; what is on the border may still not fit.
    pub(super) fn times_of(&self, member: &str) -> (Option<Timestamp>, Option<Timestamp>) {
        let (mut first, mut last): (Option<Timestamp>, Option<Timestamp>) = (None, None);
        for condition in self.0.iter().filter(|one| one.member == member) {
            let Test::Compares(operator, value) = &condition.test else {
                continue;
            };
            let Some(time) = value.as_str().and_then(|text| text.parse().ok()) else {
                continue;
            };
            if matches!(operator, Operator::Eq | Operator::Ge | Operator::Gt) {
                first = first.max(Some(time));
            }
            if matches!(operator, Operator::Eq | Operator::Le | Operator::Lt) {
                last = Some(last.map_or(time, |last| last.min(time)));
            }
        }
        (first, last)
    }

    /// Whether it asks for a member.
    pub(super) fn mentions(&self, member: &str) -> bool {
        self.0.iter().any(|one| one.member == member)
    }

    /// Whether the directory answers it from its index only, which needs `ConsistencyLevel: eventual` and `$count=true`.
    pub(super) fn is_advanced(&self) -> bool {
        let negates = |one: &Condition| matches!(one.test, Test::Compares(Operator::Ne, _));
        self.0.iter().any(negates)
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Compares(Operator::Eq, wanted) => equals(value, wanted),
            Self::Compares(Operator::Ne, wanted) => !equals(value, wanted),
            Self::Compares(operator, wanted) => {
                order(value, wanted).is_some_and(|order| operator.takes(order))
            }
            Self::In(values) => values.iter().any(|wanted| equals(value, wanted)),
            Self::StartsWith(start) => value.as_str().is_some_and(|text| {
                let head = text.get(..start.len());
                head.is_some_and(|head| head.eq_ignore_ascii_case(start))
            }),
            Self::Any(member, wanted) => {
                let mut all = value.as_array().into_iter().flatten();
                all.any(|one| match member {
                    Some(name) => equals(&one[name.as_str()], wanted),
                    None => equals(one, wanted),
                })
            }
        }
    }
}

impl Operator {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Eq,
            "ne" => Self::Ne,
            "ge" => Self::Ge,
            "gt" => Self::Gt,
            "le" => Self::Le,
            "lt" => Self::Lt,
            _ => return None,
        })
    }

    const fn takes(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Ge => order.is_ge(),
            Self::Gt => order.is_gt(),
            Self::Le => order.is_le(),
            Self::Lt => order.is_lt(),
        }
    }
}

/// Texts are compared without regard to case, as by the directory.
fn equals(value: &Value, wanted: &Value) -> bool {
    match (value.as_str(), wanted.as_str()) {
        (Some(value), Some(wanted)) => value.eq_ignore_ascii_case(wanted),
        _ => value == wanted,
    }
}

/// The order of two times or two numbers.
fn order(value: &Value, wanted: &Value) -> Option<Ordering> {
    if let (Some(value), Some(wanted)) = (value.as_f64(), wanted.as_f64()) {
        return value.partial_cmp(&wanted);
    }
    let time = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
    Some(time(value)?.cmp(&time(wanted)?))
}

fn condition(term: &str, known: &[&str]) -> Result<Condition, GraphError> {
    let (member, test) = starts_with(term)
        .or_else(|| any(term))
        .or_else(|| listed(term))
        .or_else(|| comparison(term))
        .ok_or_else(|| GraphError::unsupported_query("Invalid filter clause."))?;
    if let Test::In(values) = &test
        && values.len() > LARGEST_IN
    {
        return Err(GraphError::unsupported_query(format!(
            "Too many child clauses specified in search filter expression containing 'OR' operators: {}. Max allowed: \
             {LARGEST_IN}.",
            values.len()
        )));
    }
    if known.contains(&member) {
        let member = member.to_owned();
        Ok(Condition { member, test })
    } else {
        Err(GraphError::unsupported_query(
            "Unsupported or invalid query filter clause specified for a property.",
        ))
    }
}

fn starts_with(term: &str) -> Option<(&str, Test)> {
    let inner = term
        .strip_prefix("startswith(")
        .or_else(|| term.strip_prefix("startsWith("))?;
    let (member, text) = inner.strip_suffix(')')?.split_once(',')?;
    let text = literal(text)?.as_str()?.to_owned();
    Some((member.trim(), Test::StartsWith(text)))
}

fn any(term: &str) -> Option<(&str, Test)> {
    let (member, inner) = term.strip_suffix(')')?.split_once("/any(")?;
    let (variable, body) = inner.split_once(':')?;
    let (left, right) = body.trim().split_once(" eq ")?;
    let path = left.trim().strip_prefix(variable.trim())?;
    let inner = match path.strip_prefix('/') {
        Some(name) => Some(name.to_owned()),
        None if path.is_empty() => None,
        None => return None,
    };
    Some((member.trim(), Test::Any(inner, literal(right)?)))
}

fn listed(term: &str) -> Option<(&str, Test)> {
    let (member, rest) = term.split_once(" in ")?;
    let values = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
    let values = split(values, ",").into_iter().map(literal);
    Some((member.trim(), Test::In(values.collect::<Option<_>>()?)))
}

fn comparison(term: &str) -> Option<(&str, Test)> {
    let (member, rest) = term.split_once(' ')?;
    let (operator, value) = rest.trim_start().split_once(' ')?;
    let test = Test::Compares(Operator::of(operator)?, literal(value)?);
    Some((member, test))
}

/// A text in quotes, in which two quotes are one; a number; a word; a time or an id.
fn literal(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Some(quoted) = text.strip_prefix('\'') {
        let inner = quoted.strip_suffix('\'')?;
        let lone = inner.replace("''", "").contains('\'');
        return (!lone).then(|| inner.replace("''", "'").into());
    }
    match text {
        "null" => Some(Value::Null),
        "true" => Some(true.into()),
        "false" => Some(false.into()),
        _ => {
            let plain = !text.is_empty() && text.chars().all(is_plain);
            let number = text.parse::<i64>().map(Value::from).ok();
            number.or_else(|| {
                (plain && text.starts_with(|first: char| first.is_ascii_hexdigit()))
                    .then(|| text.into())
            })
        }
    }
    .filter(|value| !value.is_string() || is_time_or_id(text))
}

const fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | ':' | '.' | '+')
}

fn is_time_or_id(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok() || text.parse::<uuid::Uuid>().is_ok()
}

/// The pieces between separators that stand outside quotes and parentheses.
fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let (mut start, mut depth, mut quoted) = (0, 0_usize, false);
    for (at, character) in text.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if !quoted && depth == 0 && at >= start && text[at..].starts_with(separator) {
            pieces.push(&text[start..at]);
            start = at + separator.len();
        }
    }
    pieces.push(&text[start..]);
    pieces
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const KNOWN: [&str; 5] = ["id", "name", "when", "kinds", "parts"];

    fn fits(filter: &str) -> bool {
        let object = json!({"id": "a", "name": "O'Hara and (sons)", "when": "2026-06-01T09:00:00Z", "kinds": ["x", "y"],
            "parts": [{"id": "p"}]});
        let filter = Filter::parse(Some(filter), &KNOWN).unwrap();
        filter.fits(|name| object[name].clone())
    }

    #[test]
    fn conditions_compare_and_join() {
        for (filter, wanted) in [
            ("id eq 'A'", true),
            ("id ne 'a'", false),
            ("name eq 'O''Hara and (sons)' and id in ('b', 'a')", true),
            ("id in ('b','c')", false),
            ("startswith(name,'o''h')", true),
            ("when ge 2026-06-01T09:00:00Z", true),
            ("when gt 2026-06-01T11:00:00+02:00", false),
            ("when lt 2026-06-01T09:00:00.5Z", true),
            ("kinds/any(k: k eq 'y')", true),
            ("kinds/any(k:k eq 'z')", false),
            ("parts/any(t:t/id eq 'P')", true),
            ("parts/any(t: t/name eq 'p')", false),
            ("id eq null", false),
        ] {
            assert_eq!(fits(filter), wanted, "{filter}");
        }
        assert!(Filter::parse(None, &[]).unwrap().fits(|_| Value::Null));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for bad in [
            "",
            "x",
            "id",
            "id eq",
            "id eq a",
            "id eq 'a",
            "id eq 'a'b'",
            "size eq 'a'",
            "id is 'a'",
            "id in 'a'",
            "id eq 'a' or id eq 'b'",
            "kinds/any(k: j eq 'y')",
            "kinds/any(k: kind eq 'y')",
            "startswith(name)",
            "'",
        ] {
            assert!(Filter::parse(Some(bad), &KNOWN).is_err(), "{bad}");
        }
        let many = |number: usize| format!("id in ({})", vec!["'a'"; number].join(","));
        assert!(Filter::parse(Some(&many(15)), &KNOWN).is_ok());
        let refused = Filter::parse(Some(&many(16)), &KNOWN).unwrap_err();
        assert!(refused.message.contains("Max allowed: 15"));
    }

    #[test]
    fn the_values_of_a_member_are_told() {
        let filter = Filter::parse(Some("name eq 'x' and id in ('a','b')"), &KNOWN).unwrap();
        assert_eq!(filter.values_of("id"), Some(vec!["a", "b"]));
        assert_eq!(filter.values_of("name"), Some(vec!["x"]));
        assert_eq!(filter.values_of("when"), None);
        let times = "when ge 2026-06-01T00:00:00Z and when gt 2026-06-02T00:00:00Z and when lt 2026-06-03T00:00:00Z";
        let filter = Filter::parse(Some(times), &KNOWN).unwrap();
        let time = |day| format!("2026-06-0{day}T00:00:00Z").parse().ok();
        assert_eq!(filter.times_of("when"), (time(2), time(3)));
    }

    proptest! {
        #[test]
        fn any_text_is_a_filter_or_refused(text in "[a-z' ():,é]*") {
            let _ = Filter::parse(Some(&text), &KNOWN);
        }
    }
}
