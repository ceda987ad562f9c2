//! The logs: what writes them, and how they are read.

mod audits;
mod reading;
mod sign_ins;

use serde_json::Value;

use super::Bench;

const SIGN_INS: &str = "/beta/auditLogs/signIns";
const AUDITS: &str = "/v1.0/auditLogs/directoryAudits";

impl Bench {
    /// A token that reads the logs and who is in the directory.
    async fn reader(&self) -> String {
        let permissions = ["AuditLog.Read.All", "Directory.Read.All", "Policy.Read.All"];
        self.token_with(&permissions).await
    }

    /// The rows that a filter finds, newest first.
    async fn rows(&self, path: &str, filter: &str) -> Vec<Value> {
        let token = self.reader().await;
        let found = self.find(path, &[("$filter", filter)], &token).await;
        let rows = found.body["value"].as_array();
        rows.unwrap_or_else(|| panic!("{}", found.text)).clone()
    }
}
