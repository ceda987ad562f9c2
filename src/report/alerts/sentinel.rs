//! For Microsoft Sentinel: analytics rules on the workspace, and a playbook that incidents of theirs start.

use super::rule::{RULES, Rule};
use super::template::{Existing, Kind, Parameter, Resource, Scope, Template, Value};
use super::{Request, Service};

const API_VERSION: &str = "2024-09-01";

/// The deployment, to the resource group of the workspace.
pub(super) fn template(request: &Request<'_>) -> Template {
    let rules = RULES.iter().map(|one| rule(one, request));
    Template {
        title: "Makes an incident when an emergency access account is used, or what it rests on is changed",
        scope: Scope::ResourceGroup,
        parameters: parameters(request),
        existing: vec![Existing {
            symbol: "workspace",
            kind: "Microsoft.OperationalInsights/workspaces",
            api_version: "2022-10-01",
            name: Value::Parameter("workspaceName"),
        }],
        resources: rules.chain([automation()]).collect(),
    }
}

fn parameters(request: &Request<'_>) -> Vec<Parameter> {
    let parts = request.workspace.and_then(|id| id.parts());
    vec![
        Parameter {
            name: "workspaceName",
            kind: Kind::Text,
            description: "Name of the workspace with Microsoft Sentinel, in this resource group",
            default: None,
            said: parts.map(|[_, _, name]| Value::text(name)),
        },
        Parameter {
            name: "playbookResourceId",
            kind: Kind::Text,
            description: "Resource id of the playbook (Logic App) that rings; none: an incident rings nobody by itself",
            default: Some(Value::text("")),
            said: Some(Value::text("")),
        },
    ]
}

fn rule(rule: &Rule, request: &Request<'_>) -> Resource {
    let query = Value::File {
        path: rule.file(),
        text: rule.query(request, Service::Sentinel),
    };
    // From two days on Sentinel asks every hour at most.
    let period = match rule.frequency {
        "PT1H" => "P2D",
        _ => "P1D",
    };
    let mut properties = vec![
        ("displayName", Value::text(rule.title)),
        ("description", Value::text(rule.description)),
        ("severity", Value::text(rule.sentinel_severity)),
        ("enabled", Value::Bool(true)),
        ("query", query),
        ("queryFrequency", Value::text(rule.frequency)),
        ("queryPeriod", Value::text(period)),
        ("triggerOperator", Value::text("GreaterThan")),
        ("triggerThreshold", Value::Integer(0)),
        ("suppressionEnabled", Value::Bool(false)),
        ("suppressionDuration", Value::text("PT1H")),
        ("tactics", Value::texts(rule.tactics)),
        (
            "eventGroupingSettings",
            Value::Object(vec![("aggregationKind", Value::text("AlertPerResult"))]),
        ),
        ("customDetails", custom_details(rule)),
        ("incidentConfiguration", incidents(rule)),
    ];
    if !rule.entities.is_empty() {
        properties.push(("entityMappings", entities(rule)));
    }
    Resource {
        symbol: rule.symbol(),
        kind: "Microsoft.SecurityInsights/alertRules",
        api_version: API_VERSION,
        comment: rule.title,
        name: Value::Call(
            "guid",
            vec![Value::Text(rule.name()), Value::Id("workspace".to_owned())],
        ),
        only_with: None,
        extends: Some("workspace"),
        members: vec![
            ("kind", Value::text("Scheduled")),
            ("properties", Value::Object(properties)),
        ],
    }
}

/// The columns that tell alerts apart, so that incidents can be grouped by them.
fn custom_details(rule: &Rule) -> Value {
    let details = rule.dimensions.iter();
    Value::Object(details.map(|one| (*one, Value::text(*one))).collect())
}

/// What is seen again in the next run goes into the incident that is open.
fn incidents(rule: &Rule) -> Value {
    let grouping = vec![
        ("enabled", Value::Bool(true)),
        // A closed incident was looked at: what comes after it is another one.
        ("reopenClosedIncident", Value::Bool(false)),
        ("lookbackDuration", Value::text("PT5H")),
        ("matchingMethod", Value::text("Selected")),
        ("groupByEntities", Value::Array(Vec::new())),
        ("groupByAlertDetails", Value::Array(Vec::new())),
        ("groupByCustomDetails", Value::texts(rule.dimensions)),
    ];
    Value::Object(vec![
        ("createIncident", Value::Bool(true)),
        ("groupingConfiguration", Value::Object(grouping)),
    ])
}

fn entities(rule: &Rule) -> Value {
    let entity = |(kind, identifier, column): &(&'static str, &'static str, &'static str)| {
        let field = vec![
            ("identifier", Value::text(*identifier)),
            ("columnName", Value::text(*column)),
        ];
        Value::Object(vec![
            ("entityType", Value::text(*kind)),
            ("fieldMappings", Value::Array(vec![Value::Object(field)])),
        ])
    };
    rule.entities.iter().map(entity).collect()
}

/// Starts the playbook for every incident of these rules.
fn automation() -> Resource {
    let ours = RULES.iter().map(|one| Value::Id(one.symbol())).collect();
    let condition = vec![
        ("conditionType", Value::text("Property")),
        (
            "conditionProperties",
            Value::Object(vec![
                (
                    "propertyName",
                    Value::text("IncidentRelatedAnalyticRuleIds"),
                ),
                ("operator", Value::text("Contains")),
                ("propertyValues", ours),
            ]),
        ),
    ];
    let triggering = vec![
        ("isEnabled", Value::Bool(true)),
        ("triggersOn", Value::text("Incidents")),
        ("triggersWhen", Value::text("Created")),
        ("conditions", Value::Array(vec![Value::Object(condition)])),
    ];
    let action = vec![
        ("order", Value::Integer(1)),
        ("actionType", Value::text("RunPlaybook")),
        (
            "actionConfiguration",
            Value::Object(vec![
                ("logicAppResourceId", Value::Parameter("playbookResourceId")),
                ("tenantId", Value::of("tenant", "tenantId")),
            ]),
        ),
    ];
    let properties = vec![
        ("displayName", Value::text("Emergency access: ring")),
        ("order", Value::Integer(1)),
        ("triggeringLogic", Value::Object(triggering)),
        ("actions", Value::Array(vec![Value::Object(action)])),
    ];
    Resource {
        symbol: "ring".to_owned(),
        kind: "Microsoft.SecurityInsights/automationRules",
        api_version: API_VERSION,
        comment: "Starts the playbook that rings, if one was named",
        name: Value::Call(
            "guid",
            vec![
                Value::text("halligan-ring"),
                Value::Id("workspace".to_owned()),
            ],
        ),
        only_with: Some("playbookResourceId"),
        extends: Some("workspace"),
        members: vec![("properties", Value::Object(properties))],
    }
}
