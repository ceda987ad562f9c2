//! For Azure Monitor: an action group, and scheduled query rules over the workspace.

use super::receivers::Telephone;
use super::rule::{RULES, Rule};
use super::template::{Kind, Parameter, Resource, Scope, Template, Value};
use super::{Request, Service, diagnostic_setting};

/// How far back rows may have been generated that arrive now. The most that Azure Monitor scans.
const OLDEST: &str = "P2D";

/// The deployment, to a resource group.
pub(super) fn template(request: &Request<'_>) -> Template {
    let rules = RULES.iter().map(|one| rule(one, request));
    Template {
        title: "Rings when an emergency access account is used, or what it rests on is changed",
        scope: Scope::ResourceGroup,
        parameters: parameters(request),
        existing: Vec::new(),
        resources: std::iter::once(action_group()).chain(rules).collect(),
    }
}

fn parameters(request: &Request<'_>) -> Vec<Parameter> {
    let receivers = request.receivers;
    let list = |name, description, said| Parameter {
        name,
        kind: Kind::Array,
        description,
        default: Some(Value::Array(Vec::new())),
        said: Some(Value::Array(said)),
    };
    let addressed = |at, kind, member, address: &str| {
        Value::Object(vec![
            ("name", Value::Text(format!("{kind}-{}", at + 1))),
            (member, Value::text(address)),
            ("useCommonAlertSchema", Value::Bool(true)),
        ])
    };
    let email = receivers.email.iter().enumerate();
    let webhook = receivers.webhook.iter().enumerate();
    vec![
        diagnostic_setting::workspace(request),
        Parameter {
            name: "location",
            kind: Kind::Text,
            description: "Region of the rules: that of the workspace",
            default: Some(Value::of("resourceGroup", "location")),
            said: None,
        },
        list(
            "emailReceivers",
            "Who is told by e-mail: name and emailAddress of each",
            email
                .map(|(at, one)| addressed(at, "email", "emailAddress", one.as_str()))
                .collect(),
        ),
        list(
            "smsReceivers",
            "Who is told by text message: name, countryCode and phoneNumber of each",
            telephones("sms", &receivers.sms),
        ),
        list(
            "voiceReceivers",
            "Who is called: name, countryCode and phoneNumber of each",
            telephones("voice", &receivers.voice),
        ),
        list(
            "webhookReceivers",
            "Which programs are told: name and serviceUri of each",
            webhook
                .map(|(at, one)| addressed(at, "webhook", "serviceUri", one.as_str()))
                .collect(),
        ),
    ]
}

fn telephones(kind: &str, all: &[Telephone]) -> Vec<Value> {
    let telephone = |(at, one): (usize, &Telephone)| {
        Value::Object(vec![
            ("name", Value::Text(format!("{kind}-{}", at + 1))),
            ("countryCode", Value::text(&one.country)),
            ("phoneNumber", Value::text(&one.number)),
        ])
    };
    all.iter().enumerate().map(telephone).collect()
}

fn action_group() -> Resource {
    let properties = vec![
        // It stands in text messages; twelve characters are the most.
        ("groupShortName", Value::text("BreakGlass")),
        ("enabled", Value::Bool(true)),
        ("emailReceivers", Value::Parameter("emailReceivers")),
        ("smsReceivers", Value::Parameter("smsReceivers")),
        ("voiceReceivers", Value::Parameter("voiceReceivers")),
        ("webhookReceivers", Value::Parameter("webhookReceivers")),
    ];
    Resource {
        symbol: "actionGroup".to_owned(),
        kind: "Microsoft.Insights/actionGroups",
        api_version: "2023-01-01",
        comment: "Who is told",
        name: Value::text("halligan-emergency-access"),
        only_with: None,
        extends: None,
        members: vec![
            ("location", Value::text("Global")),
            ("properties", Value::Object(properties)),
        ],
    }
}

fn rule(rule: &Rule, request: &Request<'_>) -> Resource {
    let properties = vec![
        ("displayName", Value::text(rule.title)),
        ("description", Value::text(rule.description)),
        ("severity", Value::Integer(rule.severity)),
        ("enabled", Value::Bool(true)),
        ("evaluationFrequency", Value::text(rule.frequency)),
        ("windowSize", Value::text(rule.window)),
        ("overrideQueryTimeRange", Value::text(OLDEST)),
        (
            "scopes",
            Value::Array(vec![Value::Parameter("workspaceResourceId")]),
        ),
        // A table that has had no row yet is unknown to the check, and the rules must be there before the first row.
        ("skipQueryValidation", Value::Bool(true)),
        // Keeps state: what is seen again is the same alert.
        ("autoMitigate", Value::Bool(true)),
        (
            "criteria",
            Value::Object(vec![(
                "allOf",
                Value::Array(vec![condition(rule, request)]),
            )]),
        ),
        (
            "actions",
            Value::Object(vec![(
                "actionGroups",
                Value::Array(vec![Value::Id("actionGroup".to_owned())]),
            )]),
        ),
    ];
    Resource {
        symbol: rule.symbol(),
        kind: "Microsoft.Insights/scheduledQueryRules",
        api_version: "2023-12-01",
        comment: rule.title,
        name: Value::Text(rule.name()),
        only_with: None,
        extends: None,
        members: vec![
            ("location", Value::Parameter("location")),
            ("kind", Value::text("LogAlert")),
            ("properties", Value::Object(properties)),
        ],
    }
}

/// More than no row, for each combination of the dimensions.
fn condition(rule: &Rule, request: &Request<'_>) -> Value {
    let dimension = |name: &&str| {
        Value::Object(vec![
            ("name", Value::text(*name)),
            ("operator", Value::text("Include")),
            ("values", Value::texts(&["*"])),
        ])
    };
    let query = Value::File {
        path: rule.file(),
        text: rule.query(request, Service::AzureMonitor),
    };
    Value::Object(vec![
        ("query", query),
        ("timeAggregation", Value::text("Count")),
        ("operator", Value::text("GreaterThan")),
        ("threshold", Value::Integer(0)),
        (
            "dimensions",
            rule.dimensions.iter().map(dimension).collect(),
        ),
        (
            "failingPeriods",
            Value::Object(vec![
                ("numberOfEvaluationPeriods", Value::Integer(1)),
                ("minFailingPeriodsToAlert", Value::Integer(1)),
            ]),
        ),
    ])
}
