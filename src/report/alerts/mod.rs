//! What makes Azure ring when an emergency account is used: queries and deployments as files, for the operator to deploy. Microsoft
//! Graph cannot make any of it.
//!
//! Bicep and ARM's JSON come from one `template`. Object ids are typed, names are escaped in `kql` and in the templates: they come
//! from the directory.

mod azure_monitor;
mod diagnostic_setting;
mod kql;
mod readme;
mod receivers;
mod rule;
mod sentinel;
mod template;
mod watched;
mod workspace;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::Report;
use crate::encoding::hex;
use rule::RULES;
use template::Template;

pub use receivers::{EmailAddress, ReceiverError, Receivers, Telephone, Webhook};
pub use watched::{Named, Watched};
pub use workspace::{WorkspaceError, WorkspaceId};

/// What rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Scheduled query rules and an action group of Azure Monitor.
    AzureMonitor,
    /// Analytics rules of Microsoft Sentinel.
    Sentinel,
}

impl Service {
    /// Its folder.
    fn folder(self) -> &'static str {
        match self {
            Self::AzureMonitor => "azure-monitor",
            Self::Sentinel => "sentinel",
        }
    }
}

/// What is wanted.
pub struct Request<'a> {
    /// What the alerts look at.
    pub watched: &'a Watched,
    /// Who is told.
    pub receivers: &'a Receivers,
    /// For which services.
    pub services: &'a [Service],
    /// Where the logs go; the operator fills it in if it is not known.
    pub workspace: Option<&'a WorkspaceId>,
    /// After how many hours without a row a table counts as silent.
    pub silence_hours: u8,
    /// Whether the logs go to a storage account as well.
    pub archive: bool,
}

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Whether only its owner may read it: it has telephone numbers and addresses that are called.
    pub private: bool,
}

impl File {
    fn new(folder: &str, name: &str, text: String) -> Self {
        Self {
            path: format!("{folder}/{name}"),
            text,
            private: name.contains("param"),
        }
    }

    fn hash(&self) -> String {
        hex::encode(&Sha256::digest(self.text.as_bytes()))
    }
}

/// Everything that the operator deploys, with a README that says how.
#[must_use]
pub fn alert_files(request: &Request<'_>) -> Vec<File> {
    let readme = File {
        path: "README.md".to_owned(),
        text: readme::readme(request),
        private: false,
    };
    let setting = diagnostic_setting::template(request);
    let mut files = vec![readme];
    files.extend(deployment("entra-diagnostic-setting", &setting));
    for service in request.services {
        let template = match service {
            Service::AzureMonitor => azure_monitor::template(request),
            Service::Sentinel => sentinel::template(request),
        };
        files.extend(deployment(service.folder(), &template));
        files.extend(queries(request, *service));
    }
    files
}

fn deployment(folder: &str, of: &Template) -> [File; 4] {
    [
        File::new(folder, "main.bicep", template::bicep(of)),
        File::new(folder, "main.bicepparam", template::bicep_parameters(of)),
        File::new(folder, "azuredeploy.json", template::arm(of)),
        File::new(
            folder,
            "azuredeploy.parameters.json",
            template::arm_parameters(of),
        ),
    ]
}

fn queries(request: &Request<'_>, service: Service) -> impl Iterator<Item = File> {
    RULES.iter().map(move |rule| {
        let query = rule.query(request, service);
        File::new(service.folder(), &rule.file(), query)
    })
}

/// The report of files that were written into this directory.
#[must_use]
pub fn alerts_generated(request: &Request<'_>, files: &[File], directory: &str) -> Report {
    let mut text = format!("{} files in {directory}\n", files.len());
    for file in files {
        text += &format!("  {}\n", file.path);
    }
    text += &format!(
        "Watched: accounts {}, groups {}, policies {}\nNow read {directory}/README.md: nothing rings before it is deployed.\n",
        request.watched.accounts.len(),
        usize::from(request.watched.group.is_some()),
        request.watched.policies.len(),
    );
    let listed = files
        .iter()
        .map(|file| json!({"path": file.path, "bytes": file.text.len(), "sha256": file.hash()}));
    let mut body = watched(request);
    body["directory"] = json!(directory);
    body["files"] = listed.collect();
    Report::new(SCHEMA, true, body, text)
}

/// The queries alone, one after the other, for the first of the services that were asked for.
#[must_use]
pub fn alert_queries(request: &Request<'_>) -> Report {
    let files: Vec<File> = request
        .services
        .iter()
        .take(1)
        .flat_map(|service| queries(request, *service))
        .collect();
    let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    let listed = files
        .iter()
        .map(|file| json!({"path": file.path, "sha256": file.hash(), "query": file.text}));
    let mut body = watched(request);
    body["queries"] = listed.collect();
    Report::new(SCHEMA, true, body, texts.join("\n"))
}

const SCHEMA: &str = "halligan.alerts.generate/1";

fn watched(request: &Request<'_>) -> serde_json::Value {
    let named = |all: &[Named]| -> serde_json::Value {
        all.iter()
            .map(|one| json!({"id": one.id, "name": one.name}))
            .collect()
    };
    json!({
        "accounts": named(&request.watched.accounts),
        "group": request.watched.group,
        "policies": named(&request.watched.policies),
        "rules": RULES.iter().map(rule::Rule::name).collect::<Vec<_>>(),
    })
}
