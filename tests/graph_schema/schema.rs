//! Microsoft's metadata, and whether a document is what it says.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::gaps;

/// A version of Microsoft Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    Beta,
}

/// Something in a document that the metadata does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where, as a JSON pointer.
    pub(crate) at: String,
    /// What.
    pub(crate) what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.at, self.what)
    }
}

/// Whether a document is of a type, by its name without `microsoft.graph.`. Members may be missing, as in an answer to
/// `$select` or in a PATCH; those that are there must be of the type, or of the derived one that `@odata.type` names.
pub(crate) fn validate(version: Version, type_name: &str, document: &Value) -> Vec<Problem> {
    let mut check = Check {
        version,
        schema: schema(version),
        problems: Vec::new(),
    };
    check.object(&full(type_name), document, "");
    check.problems
}

#[derive(Deserialize)]
struct Schema {
    types: BTreeMap<String, Type>,
    enums: BTreeMap<String, Enumeration>,
}

#[derive(Deserialize)]
struct Type {
    base: Option<String>,
    open: bool,
    properties: BTreeMap<String, Property>,
    navigation: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(rename = "type")]
    kind: String,
    nullable: bool,
}

#[derive(Deserialize)]
struct Enumeration {
    flags: bool,
    members: Vec<String>,
}

fn schema(version: Version) -> &'static Schema {
    static V1: LazyLock<Schema> =
        LazyLock::new(|| parse(include_str!("../vectors/graph_schema/v1.0.json")));
    static BETA: LazyLock<Schema> =
        LazyLock::new(|| parse(include_str!("../vectors/graph_schema/beta.json")));
    match version {
        Version::V1 => &V1,
        Version::Beta => &BETA,
    }
}

fn parse(text: &str) -> Schema {
    serde_json::from_str(text).unwrap()
}

/// With the namespace; the metadata's alias for it is `graph`.
fn full(name: &str) -> String {
    let name = name.trim_start_matches('#');
    let name = name.strip_prefix("microsoft.graph.").unwrap_or(name);
    let name = name.strip_prefix("graph.").unwrap_or(name);
    format!("microsoft.graph.{name}")
}

fn short(name: &str) -> &str {
    name.strip_prefix("microsoft.graph.").unwrap_or(name)
}

struct Check {
    version: Version,
    schema: &'static Schema,
    problems: Vec<Problem>,
}

impl Check {
    fn problem(&mut self, at: &str, what: impl Into<String>) {
        self.problems.push(Problem {
            at: at.to_owned(),
            what: what.into(),
        });
    }

    fn object(&mut self, declared: &str, document: &Value, at: &str) {
        let Value::Object(members) = document else {
            self.problem(at, format!("{} is an object", short(declared)));
            return;
        };
        let Some(actual) = self.actual_type(declared, members, at) else {
            return;
        };
        for (name, value) in members {
            let at = format!("{at}/{name}");
            if name.contains('@') {
                self.annotation(name, value, &actual, &at);
            } else {
                self.member(&actual, name, value, &at);
            }
        }
    }

    /// The declared type or the derived one that the document says it is of; none if it need not be looked at further.
    fn actual_type(
        &mut self,
        declared: &str,
        members: &Map<String, Value>,
        at: &str,
    ) -> Option<String> {
        let Some(said) = members.get("@odata.type") else {
            if !self.schema.types.contains_key(declared) {
                self.problem(
                    at,
                    format!("{} is no type of the metadata", short(declared)),
                );
                return None;
            }
            return Some(declared.to_owned());
        };
        let Some(said) = said.as_str() else {
            self.problem(at, "@odata.type is a text");
            return None;
        };
        let actual = full(said);
        if gaps::type_is_missing(self.version, short(&actual)) {
            return None;
        }
        if !self.derives(&actual, declared) {
            self.problem(at, format!("{said} is no {}", short(declared)));
            return None;
        }
        Some(actual)
    }

    fn derives(&self, name: &str, base: &str) -> bool {
        name == base || self.lineage(name).any(|(name, _)| name == base)
    }

    /// The type and what it is derived from.
    fn lineage<'a>(&self, name: &'a str) -> impl Iterator<Item = (&'a str, &'static Type)> + use<'a>
    where
        'static: 'a,
    {
        let types = &self.schema.types;
        let mut next = types.get_key_value(name);
        std::iter::from_fn(move || {
            let (name, found) = next?;
            let base = found.base.as_deref();
            next = base.and_then(|base| types.get_key_value(base));
            Some((name.as_str(), found))
        })
    }

    fn member(&mut self, owner: &str, name: &str, value: &Value, at: &str) {
        let property = self
            .lineage(owner)
            .find_map(|(_, found)| found.properties.get(name));
        if let Some(property) = property {
            return self.value(&property.kind, property.nullable, value, at);
        }
        let navigation = self
            .lineage(owner)
            .find_map(|(_, found)| found.navigation.get(name));
        if let Some(target) = navigation {
            return self.navigation(target, value, at);
        }
        let is_open = self.lineage(owner).any(|(_, found)| found.open);
        let gap = self
            .lineage(owner)
            .any(|(owner, _)| gaps::member_is_missing(self.version, short(owner), name));
        if !is_open && !gap {
            self.problem(at, format!("{} has no such member", short(owner)));
        }
    }

    fn navigation(&mut self, target: &str, value: &Value, at: &str) {
        let item = target
            .strip_prefix("Collection(")
            .map(|rest| rest.trim_end_matches(')'));
        match (item, value) {
            (_, Value::Null) if item.is_none() => {}
            (Some(item), Value::Array(items)) => {
                for (number, value) in items.iter().enumerate() {
                    self.object(&full(item), value, &format!("{at}/{number}"));
                }
            }
            (Some(_), _) => self.problem(at, "is a collection"),
            (None, value) => self.object(&full(target), value, at),
        }
    }

    fn value(&mut self, kind: &str, nullable: bool, value: &Value, at: &str) {
        let item = kind
            .strip_prefix("Collection(")
            .map(|rest| rest.trim_end_matches(')'));
        if let Some(item) = item {
            // What may be null of a collection are its items.
            let Value::Array(items) = value else {
                return self.problem(at, "is a collection");
            };
            for (number, value) in items.iter().enumerate() {
                self.value(item, nullable, value, &format!("{at}/{number}"));
            }
        } else if value.is_null() {
            if !nullable {
                self.problem(at, "must not be null");
            }
        } else if let Some(enumeration) = self.schema.enums.get(kind) {
            self.word(kind, enumeration, value, at);
        } else if kind.starts_with("Edm.") {
            if !is_primitive(kind, value) {
                self.problem(at, format!("{value} is no {kind}"));
            }
        } else {
            self.object(kind, value, at);
        }
    }

    fn word(&mut self, kind: &str, enumeration: &Enumeration, value: &Value, at: &str) {
        let Some(text) = value.as_str() else {
            return self.problem(at, format!("{} is a text", short(kind)));
        };
        let words: Vec<&str> = if enumeration.flags {
            text.split(',').map(str::trim).collect()
        } else {
            vec![text]
        };
        for word in words {
            if !enumeration.members.iter().any(|member| member == word) {
                self.problem(at, format!("{} has no member {word:?}", short(kind)));
            }
        }
    }

    /// `@odata.…` of the object itself, `member@odata.…` of one of its members.
    fn annotation(&mut self, name: &str, value: &Value, owner: &str, at: &str) {
        let (member, annotation) = name.split_once('@').unwrap_or_default();
        let is_known = match annotation {
            "odata.context" | "odata.id" | "odata.type" | "odata.etag" | "odata.editLink" => {
                value.is_string()
            }
            "odata.bind" => is_binding(value),
            "odata.count" => value.is_u64(),
            "odata.nextLink" => value.is_string(),
            _ => false,
        };
        if !is_known {
            self.problem(at, "is no annotation");
        }
        if !member.is_empty() {
            let has = |found: &Type| {
                found.properties.contains_key(member) || found.navigation.contains_key(member)
            };
            if !self.lineage(owner).any(|(_, found)| has(found)) {
                self.problem(at, format!("{} has no member to annotate", short(owner)));
            }
        }
    }
}

fn is_binding(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Array(items) => items.iter().all(Value::is_string),
        _ => false,
    }
}

fn is_primitive(kind: &str, value: &Value) -> bool {
    let text = value.as_str();
    match kind {
        "Edm.Boolean" => value.is_boolean(),
        "Edm.Int32" => value
            .as_i64()
            .is_some_and(|number| i32::try_from(number).is_ok()),
        "Edm.Double" => value.is_number(),
        "Edm.Guid" => text.is_some_and(|text| text.parse::<uuid::Uuid>().is_ok()),
        "Edm.DateTimeOffset" => text.is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        "Edm.String" | "Edm.Binary" | "Edm.Stream" | "Edm.TimeOfDay" => text.is_some(),
        _ => false,
    }
}
