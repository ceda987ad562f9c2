//! Entra's logs into the workspace: what every rule rests on.

use super::Request;
use super::template::{Kind, Parameter, Resource, Scope, Template, Value};

/// The categories that the rules read.
const CATEGORIES: [&str; 3] = ["SignInLogs", "NonInteractiveUserSignInLogs", "AuditLogs"];

/// The deployment. It goes to the tenant and not to a resource group, so it is one of its own.
pub(super) fn template(request: &Request<'_>) -> Template {
    let log = |category: &&str| {
        Value::Object(vec![
            ("category", Value::text(*category)),
            ("enabled", Value::Bool(true)),
        ])
    };
    let mut parameters = vec![workspace(request)];
    let mut properties = vec![("workspaceId", Value::Parameter("workspaceResourceId"))];
    if request.archive {
        parameters.push(Parameter {
            name: "archiveStorageAccountId",
            kind: Kind::Text,
            description: "Resource id of the storage account that keeps the logs as evidence",
            default: None,
            said: None,
        });
        properties.push((
            "storageAccountId",
            Value::Parameter("archiveStorageAccountId"),
        ));
    }
    properties.push(("logs", CATEGORIES.iter().map(log).collect()));
    Template {
        title: "Sends the sign-in and audit logs of Microsoft Entra to a Log Analytics workspace",
        scope: Scope::Tenant,
        parameters,
        existing: Vec::new(),
        resources: vec![Resource {
            symbol: "entraLogs".to_owned(),
            kind: "microsoft.aadiam/diagnosticSettings",
            api_version: "2017-04-01",
            comment: "Bicep knows fewer categories than the service and may warn about the second one",
            name: Value::text("halligan-emergency-access"),
            only_with: None,
            extends: None,
            members: vec![("properties", Value::Object(properties))],
        }],
    }
}

/// The parameter that names the workspace.
pub(super) fn workspace(request: &Request<'_>) -> Parameter {
    Parameter {
        name: "workspaceResourceId",
        kind: Kind::Text,
        description: "Resource id of the Log Analytics workspace: /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…",
        default: None,
        said: request.workspace.map(|one| Value::text(one.as_str())),
    }
}
