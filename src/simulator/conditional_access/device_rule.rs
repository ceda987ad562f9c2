//! Filters for devices, in the language of dynamic groups: `device.model -startsWith "Surface" -and device.isCompliant -eq
//! True`. Of a device that is not registered every property is null, so that no positive operator holds and every negative
//! one does, as documented.

use serde_json::{Map, Value};

/// Characters of a rule.
const LENGTH_LIMIT: usize = 3072;

/// How deep parentheses and negations may go.
const DEPTH_LIMIT: usize = 32;

/// Whether a text is a rule; otherwise what is wrong with it.
pub(super) fn check(rule: &str) -> Result<(), String> {
    if rule.chars().count() > LENGTH_LIMIT {
        return Err(format!("it is longer than {LENGTH_LIMIT} characters"));
    }
    selects(rule, &Map::new()).map(|_| ())
}

/// Whether a rule selects a device of these properties (`deviceInfo`).
pub(super) fn selects(rule: &str, device: &Map<String, Value>) -> Result<bool, String> {
    let mut parser = Parser {
        tokens: tokens(rule)?,
        device,
    };
    parser.tokens.reverse();
    let selected = parser.disjunction(0)?;
    match parser.tokens.pop() {
        None => Ok(selected),
        Some(token) => Err(format!("{token:?} is not expected")),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    /// Between quotation marks.
    Text(String),
    /// Anything else; without the hyphen of operators, in lower case.
    Word(String),
}

fn tokens(rule: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = rule.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => (Token::Close, &rest[1..]),
            '[' => (Token::OpenList, &rest[1..]),
            ']' => (Token::CloseList, &rest[1..]),
            ',' => (Token::Comma, &rest[1..]),
            '"' | '\'' => {
                let (text, after) = rest[1..]
                    .split_once(first)
                    .ok_or("a quotation mark is not closed")?;
                (Token::Text(text.to_owned()), after)
            }
            _ => {
                let is_end = |c: char| c.is_whitespace() || "()[],\"'".contains(c);
                let (word, after) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
                let word = word.strip_prefix('-').unwrap_or(word);
                (Token::Word(word.to_lowercase()), after)
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

/// Evaluates while it reads; the next token is the last one.
struct Parser<'a> {
    tokens: Vec<Token>,
    device: &'a Map<String, Value>,
}

impl Parser<'_> {
    fn disjunction(&mut self, depth: usize) -> Result<bool, String> {
        let mut holds = self.conjunction(depth)?;
        while self.take_word("or") {
            holds |= self.conjunction(depth)?;
        }
        Ok(holds)
    }

    fn conjunction(&mut self, depth: usize) -> Result<bool, String> {
        let mut holds = self.term(depth)?;
        while self.take_word("and") {
            holds &= self.term(depth)?;
        }
        Ok(holds)
    }

    fn term(&mut self, depth: usize) -> Result<bool, String> {
        if depth > DEPTH_LIMIT {
            return Err("it is nested too deep".to_owned());
        }
        if self.take_word("not") {
            return Ok(!self.term(depth + 1)?);
        }
        if self.take(&Token::Open) {
            let holds = self.disjunction(depth + 1)?;
            return if self.take(&Token::Close) {
                Ok(holds)
            } else {
                Err("a parenthesis is not closed".to_owned())
            };
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<bool, String> {
        let property = match self.tokens.pop() {
            Some(Token::Word(word)) => word
                .strip_prefix("device.")
                .map(str::to_owned)
                .ok_or_else(|| format!("{word:?} is no property of a device"))?,
            other => return Err(format!("a property is expected, not {other:?}")),
        };
        let operator = match self.tokens.pop() {
            Some(Token::Word(word)) => word,
            other => return Err(format!("an operator is expected, not {other:?}")),
        };
        let values = self.values()?;
        let found = self.property(&property)?;
        // Of a collection of labels `contains` means one whole label.
        let is_collection = matches!(property.as_str(), "physicalids" | "systemlabels");
        compare(&found, &operator, &values, is_collection)
    }

    /// One value, or several in brackets; in lower case.
    fn values(&mut self) -> Result<Vec<String>, String> {
        if !self.take(&Token::OpenList) {
            return Ok(vec![self.value()?]);
        }
        let mut values = vec![self.value()?];
        while self.take(&Token::Comma) {
            values.push(self.value()?);
        }
        if self.take(&Token::CloseList) {
            Ok(values)
        } else {
            Err("a bracket is not closed".to_owned())
        }
    }

    fn value(&mut self) -> Result<String, String> {
        match self.tokens.pop() {
            Some(Token::Text(text)) => Ok(text.to_lowercase()),
            Some(Token::Word(word)) => Ok(word),
            other => Err(format!("a value is expected, not {other:?}")),
        }
    }

    /// The values of a property, in lower case; none of an unregistered device.
    fn property(&self, name: &str) -> Result<Vec<String>, String> {
        // The filter's word for what deviceInfo calls ownership.
        let name = if name == "deviceownership" {
            "ownership"
        } else {
            name
        };
        let is_known = PROPERTIES.contains(&name)
            || name
                .strip_prefix("extensionattribute")
                .is_some_and(|number| {
                    number
                        .parse::<u8>()
                        .is_ok_and(|number| (1..=15).contains(&number))
                });
        if !is_known {
            return Err(format!("a device has no property {name:?}"));
        }
        let mut members = self.device.iter();
        let value = members.find(|(member, _)| member.eq_ignore_ascii_case(name));
        Ok(match value.map(|(_, value)| value) {
            Some(Value::String(text)) => vec![text.to_lowercase()],
            Some(Value::Bool(is)) => vec![is.to_string()],
            Some(Value::Array(items)) => {
                let texts = items.iter().filter_map(Value::as_str);
                texts.map(str::to_lowercase).collect()
            }
            _ => Vec::new(),
        })
    }

    fn take(&mut self, token: &Token) -> bool {
        let is_next = self.tokens.last() == Some(token);
        if is_next {
            self.tokens.pop();
        }
        is_next
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.take(&Token::Word(word.to_owned()))
    }
}

/// What can be asked about, in lower case, besides the extension attributes.
const PROPERTIES: [&str; 14] = [
    "deviceid",
    "displayname",
    "ownership",
    "enrollmentprofilename",
    "iscompliant",
    "manufacturer",
    "mdmappid",
    "model",
    "operatingsystem",
    "operatingsystemversion",
    "physicalids",
    "profiletype",
    "systemlabels",
    "trusttype",
];

/// A negative operator holds where its positive one does not.
fn compare(
    found: &[String],
    operator: &str,
    values: &[String],
    is_collection: bool,
) -> Result<bool, String> {
    let any = |agrees: fn(&str, &str) -> bool| {
        found
            .iter()
            .any(|own| values.iter().any(|value| agrees(own, value)))
    };
    let contains: fn(&str, &str) -> bool = if is_collection {
        |own, value| own == value
    } else {
        |own, value| own.contains(value)
    };
    Ok(match operator {
        "eq" | "in" => any(|own, value| own == value),
        "ne" | "notin" => !any(|own, value| own == value),
        "startswith" => any(|own, value| own.starts_with(value)),
        "notstartswith" => !any(|own, value| own.starts_with(value)),
        "endswith" => any(|own, value| own.ends_with(value)),
        "notendswith" => !any(|own, value| own.ends_with(value)),
        "contains" => any(contains),
        "notcontains" => !any(contains),
        other => return Err(format!("{other:?} is no operator")),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn device() -> Map<String, Value> {
        let device = json!({
            "isCompliant": true, "model": "Surface Pro", "trustType": "AzureAD", "ownership": "Company",
            "extensionAttribute1": "SAW", "systemLabels": ["M365Managed", "MultiUser"],
        });
        device.as_object().unwrap().clone()
    }

    #[test]
    fn rules_select_devices() {
        for (rule, wanted, of_unregistered) in [
            ("device.isCompliant -eq True", true, false),
            ("device.isCompliant -ne True", false, true),
            ("(device.extensionAttribute1 -eq \"SAW\")", true, false),
            ("device.extensionAttribute1 -ne 'SAW'", false, true),
            (
                "device.model -startsWith \"surface\" -and device.trustType -eq \"ServerAD\"",
                false,
                false,
            ),
            (
                "device.model -startsWith \"surface\" -or device.trustType -eq \"ServerAD\"",
                true,
                false,
            ),
            ("device.model -contains \"face\"", true, false),
            ("device.model -notContains \"face\"", false, true),
            ("device.systemLabels -contains \"Multi\"", false, false),
            ("device.systemLabels -contains \"MultiUser\"", true, false),
            (
                "device.model -in [\"Surface Pro\", \"ThinkPad\"]",
                true,
                false,
            ),
            ("device.model -notIn [\"ThinkPad\"]", true, true),
            ("-not (device.deviceOwnership -eq \"Company\")", false, true),
            (
                "device.model -endsWith \"pro\" and not device.isCompliant -eq False",
                true,
                false,
            ),
        ] {
            assert_eq!(selects(rule, &device()), Ok(wanted), "{rule}");
            let found = selects(rule, &Map::new());
            assert_eq!(found, Ok(of_unregistered), "unregistered: {rule}");
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        let deep = format!("{}device.model -eq \"x\"{}", "(".repeat(40), ")".repeat(40));
        for rule in [
            "",
            "device.model",
            "device.model -eq",
            "device.model -like \"x\"",
            "device.shoeSize -eq \"44\"",
            "device.extensionAttribute16 -eq \"x\"",
            "user.department -eq \"x\"",
            "device.model -eq \"x",
            "(device.model -eq \"x\"",
            "device.model -eq \"x\")",
            "device.model -in [\"x\"",
            "device.model -eq \"x\" device.model -eq \"y\"",
            &deep,
        ] {
            assert!(check(rule).is_err(), "{rule:.40}");
        }
    }
}
