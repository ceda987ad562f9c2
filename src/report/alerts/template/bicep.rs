//! As Bicep.

use std::fmt::Write;

use super::{Existing, FILL_IN, Parameter, Resource, Scope, Template, Value};

/// `main.bicep`
pub(in crate::report::alerts) fn template(template: &Template) -> String {
    let scope = match template.scope {
        Scope::ResourceGroup => "resourceGroup",
        Scope::Tenant => "tenant",
    };
    let mut text = format!(
        "// {}\n// Written by `halligan alerts generate`.\n\ntargetScope = '{scope}'\n",
        template.title
    );
    for parameter in &template.parameters {
        text += &declaration(parameter);
    }
    for one in &template.existing {
        text += &existing(one);
    }
    for one in &template.resources {
        text += &resource(one);
    }
    text
}

/// `main.bicepparam`
pub(in crate::report::alerts) fn parameters(template: &Template) -> String {
    let mut text = String::from("using './main.bicep'\n");
    for parameter in &template.parameters {
        let said = match (&parameter.said, &parameter.default) {
            (Some(said), _) => said.clone(),
            (None, Some(_)) => continue,
            (None, None) => Value::text(FILL_IN),
        };
        let (name, description) = (parameter.name, parameter.description);
        text += &format!("\n// {description}\nparam {name} = {}\n", value(&said, 0));
    }
    text
}

fn declaration(parameter: &Parameter) -> String {
    let default = parameter.default.as_ref();
    let default = default.map_or(String::new(), |default| format!(" = {}", value(default, 0)));
    format!(
        "\n@description({})\nparam {} {}{default}\n",
        literal(parameter.description),
        parameter.name,
        parameter.kind.word(),
    )
}

fn existing(existing: &Existing) -> String {
    let Existing {
        symbol,
        kind,
        api_version,
        name,
    } = existing;
    format!(
        "\nresource {symbol} '{kind}@{api_version}' existing = {{\n  name: {}\n}}\n",
        value(name, 1)
    )
}

fn resource(resource: &Resource) -> String {
    let condition = resource.only_with.map_or(String::new(), |parameter| {
        format!("if (!empty({parameter})) ")
    });
    let mut text = format!(
        "\n// {}\nresource {} '{}@{}' = {condition}{{\n",
        resource.comment, resource.symbol, resource.kind, resource.api_version
    );
    if let Some(symbol) = resource.extends {
        text += &format!("  scope: {symbol}\n");
    }
    text += &format!("  name: {}\n", value(&resource.name, 1));
    for (name, member) in &resource.members {
        text += &format!("  {name}: {}\n", value(member, 1));
    }
    text + "}\n"
}

/// A value whose line is indented by so many steps.
fn value(value: &Value, depth: usize) -> String {
    match value {
        Value::Array(items) => block('[', ']', depth, items.iter().map(|one| (None, one))),
        Value::Bool(value) => value.to_string(),
        Value::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(|one| self::value(one, 0)).collect();
            format!("{function}({})", arguments.join(", "))
        }
        Value::File { path, .. } => format!("loadTextContent({})", literal(path)),
        Value::Id(symbol) => format!("{symbol}.id"),
        Value::Integer(value) => value.to_string(),
        Value::Member(of, name) => format!("{}.{name}", self::value(of, depth)),
        Value::Object(members) => {
            let members = members.iter().map(|(name, one)| (Some(*name), one));
            block('{', '}', depth, members)
        }
        Value::Parameter(name) => (*name).to_owned(),
        Value::Text(text) => literal(text),
    }
}

/// Items one below the other.
fn block<'a>(
    open: char,
    close: char,
    depth: usize,
    items: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
) -> String {
    let mut lines = String::new();
    for (name, item) in items {
        let name = name.map_or(String::new(), |name| format!("{name}: "));
        let indentation = "  ".repeat(depth + 1);
        lines += &format!("{indentation}{name}{}\n", value(item, depth + 1));
    }
    match lines.is_empty() {
        true => format!("{open}{close}"),
        false => format!("{open}\n{lines}{}{close}", "  ".repeat(depth)),
    }
}

/// A string literal: neither its end nor `${`, which begins an expression, can come from the text.
fn literal(text: &str) -> String {
    let mut literal = String::from("'");
    for character in text.chars() {
        match character {
            '\'' | '\\' | '$' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            // What cannot be seen, and what would break the line.
            hidden if hidden.is_control() || ('\u{2028}'..='\u{202e}').contains(&hidden) => {
                write!(literal, "\\u{{{:x}}}", u32::from(hidden))
                    .expect("writing to a string succeeds");
            }
            plain => literal.push(plain),
        }
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn no_text_leaves_its_literal_or_becomes_an_expression() {
        let cases = [
            ("plain", "'plain'"),
            ("O'Brien", r"'O\'Brien'"),
            (r"back\slash", r"'back\\slash'"),
            ("${secret}", r"'\${secret}'"),
            (r"\${secret}", r"'\\\${secret}'"),
            ("'''", r"'\'\'\''"),
            ("a\nb\rc\td", r"'a\nb\rc\td'"),
            ("\u{1b}[2J\u{202e}", r"'\u{1b}[2J\u{202e}'"),
        ];
        for (text, expected) in cases {
            assert_eq!(literal(text), expected);
        }
    }
}
