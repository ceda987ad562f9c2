//! As ARM's JSON.

use serde_json::{Map, Value as Json, json};

use super::{Existing, FILL_IN, Parameter, Resource, Scope, Template, Value};

const PARAMETERS_SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#";

/// `azuredeploy.json`
pub(in crate::report::alerts) fn template(template: &Template) -> String {
    let schema = match template.scope {
        Scope::ResourceGroup => "2019-04-01/deploymentTemplate.json#",
        Scope::Tenant => "2019-08-01/tenantDeploymentTemplate.json#",
    };
    let parameters = template
        .parameters
        .iter()
        .map(|one| (one.name.to_owned(), declaration(one, template)));
    let resources = template.resources.iter().map(|one| resource(one, template));
    pretty(&json!({
        "$schema": format!("https://schema.management.azure.com/schemas/{schema}"),
        "contentVersion": "1.0.0.0",
        "metadata": {"description": template.title},
        "parameters": parameters.collect::<Map<_, _>>(),
        "resources": resources.collect::<Vec<_>>(),
    }))
}

/// `azuredeploy.parameters.json`. Its values are taken as they are: nothing in them is an expression.
pub(in crate::report::alerts) fn parameters(template: &Template) -> String {
    let said = |parameter: &Parameter| {
        let said = match (&parameter.said, &parameter.default) {
            (Some(said), _) => plain(said),
            (None, Some(_)) => return None,
            (None, None) => json!(FILL_IN),
        };
        Some((parameter.name.to_owned(), json!({"value": said})))
    };
    let parameters: Map<_, _> = template.parameters.iter().filter_map(said).collect();
    pretty(&json!({
        "$schema": PARAMETERS_SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": parameters,
    }))
}

fn pretty(document: &Json) -> String {
    format!("{document:#}\n")
}

fn declaration(parameter: &Parameter, template: &Template) -> Json {
    let mut declaration = Map::from_iter([("type".to_owned(), json!(parameter.kind.word()))]);
    if let Some(default) = &parameter.default {
        declaration.insert("defaultValue".to_owned(), value(default, template));
    }
    let metadata = json!({"description": parameter.description});
    declaration.insert("metadata".to_owned(), metadata);
    Json::Object(declaration)
}

fn resource(resource: &Resource, template: &Template) -> Json {
    let mut object = Map::new();
    let mut add = |name: &str, value: Json| object.insert(name.to_owned(), value);
    if let Some(parameter) = resource.only_with {
        add(
            "condition",
            json!(format!("[not(empty(parameters('{parameter}')))]")),
        );
    }
    add("type", json!(resource.kind));
    add("apiVersion", json!(resource.api_version));
    if let Some(existing) = resource.extends.and_then(|one| template.existing(one)) {
        add("scope", json!(format!("[{}]", path(existing, template))));
    }
    add("name", value(&resource.name, template));
    for (name, member) in &resource.members {
        add(name, value(member, template));
    }
    let depends = depends_on(resource, template);
    if !depends.is_empty() {
        add("dependsOn", json!(depends));
    }
    Json::Object(object)
}

/// What Bicep finds by itself: the resources whose ids are used.
fn depends_on(resource: &Resource, template: &Template) -> Vec<String> {
    let mut symbols = Vec::new();
    for (_, member) in &resource.members {
        used(member, &mut symbols);
    }
    let deployed = symbols.into_iter().filter_map(|one| template.resource(one));
    deployed
        .map(|one| format!("[{}]", id_of(one, template)))
        .collect()
}

fn used<'a>(value: &'a Value, symbols: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) | Value::Call(_, items) => {
            items.iter().for_each(|one| used(one, symbols));
        }
        Value::Object(members) => members.iter().for_each(|(_, one)| used(one, symbols)),
        Value::Member(of, _) => used(of, symbols),
        Value::Id(symbol) => symbols.push(symbol),
        Value::Bool(_)
        | Value::File { .. }
        | Value::Integer(_)
        | Value::Parameter(_)
        | Value::Text(_) => {}
    }
}

/// A value of the document.
fn value(value: &Value, template: &Template) -> Json {
    match value {
        Value::Array(items) => items.iter().map(|one| self::value(one, template)).collect(),
        Value::Bool(value) => json!(value),
        Value::File { text, .. } | Value::Text(text) => json!(escaped(text)),
        Value::Integer(value) => json!(value),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, one)| ((*name).to_owned(), self::value(one, template)));
            Json::Object(members.collect())
        }
        Value::Call(..) | Value::Id(_) | Value::Member(..) | Value::Parameter(_) => {
            json!(format!("[{}]", expression(value, template)))
        }
    }
}

/// A value of a file of parameters.
fn plain(value: &Value) -> Json {
    match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, one)| ((*name).to_owned(), plain(one)));
            Json::Object(members.collect())
        }
        Value::Text(text) => json!(text),
        Value::Bool(value) => json!(value),
        Value::Integer(value) => json!(value),
        // Nothing that is said is an expression; should it be one, the operator is asked.
        Value::Call(..)
        | Value::File { .. }
        | Value::Id(_)
        | Value::Member(..)
        | Value::Parameter(_) => json!(FILL_IN),
    }
}

/// A text between brackets is an expression, unless there is another bracket before it.
fn escaped(text: &str) -> String {
    match text.starts_with('[') && text.ends_with(']') {
        true => format!("[{text}"),
        false => text.to_owned(),
    }
}

fn expression(value: &Value, template: &Template) -> String {
    match value {
        Value::Array(items) => call("createArray", items, template),
        Value::Bool(value) => format!("{value}()"),
        Value::Call(function, arguments) => call(function, arguments, template),
        Value::File { text, .. } | Value::Text(text) => quoted(text),
        Value::Id(symbol) => match (template.resource(symbol), template.existing(symbol)) {
            (Some(resource), _) => id_of(resource, template),
            (None, Some(existing)) => id_of_existing(existing, template),
            (None, None) => quoted(symbol),
        },
        Value::Integer(value) => value.to_string(),
        Value::Member(of, name) => format!("{}.{name}", expression(of, template)),
        Value::Object(members) => {
            let pairs = members
                .iter()
                .map(|(name, one)| format!("{}, {}", quoted(name), expression(one, template)));
            format!("createObject({})", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Parameter(name) => format!("parameters({})", quoted(name)),
    }
}

fn call(function: &str, arguments: &[Value], template: &Template) -> String {
    let arguments: Vec<String> = arguments
        .iter()
        .map(|one| expression(one, template))
        .collect();
    format!("{function}({})", arguments.join(", "))
}

/// A text within an expression.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn id_of(resource: &Resource, template: &Template) -> String {
    let kind = quoted(resource.kind);
    let name = expression(&resource.name, template);
    match resource.extends.and_then(|one| template.existing(one)) {
        Some(extended) => {
            let extended = id_of_existing(extended, template);
            format!("extensionResourceId({extended}, {kind}, {name})")
        }
        None => format!("resourceId({kind}, {name})"),
    }
}

fn id_of_existing(existing: &Existing, template: &Template) -> String {
    let name = expression(&existing.name, template);
    format!("resourceId({}, {name})", quoted(existing.kind))
}

/// An existing resource of the same resource group, as a scope.
fn path(existing: &Existing, template: &Template) -> String {
    let name = expression(&existing.name, template);
    format!("format('{}/{{0}}', {name})", existing.kind)
}

#[cfg(test)]
mod tests {
    use super::{escaped, quoted};

    #[test]
    fn no_text_becomes_an_expression() {
        assert_eq!(escaped("[parameters('x')]"), "[[parameters('x')]");
        assert_eq!(escaped("[half"), "[half");
        assert_eq!(escaped("// [x]"), "// [x]");
        assert_eq!(quoted("'), secret('"), "'''), secret('''");
    }
}
