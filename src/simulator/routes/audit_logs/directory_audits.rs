//! `/auditLogs/directoryAudits`, the same in both versions, and for tenants without a licence too.

use axum::response::Response;
use serde_json::Value;

use crate::simulator::logs::LogKind;
use crate::simulator::routes::GraphError;
use crate::simulator::routes::audit_logs::list::Listing;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::page::Queried;

const LISTING: Listing = Listing {
    kind: LogKind::DirectoryAudits,
    path: "auditLogs/directoryAudits",
    filtered: &[
        "activityDateTime",
        "activityDisplayName",
        "category",
        "correlationId",
        "id",
        "initiatedBy/app/appId",
        "initiatedBy/app/displayName",
        "initiatedBy/app/servicePrincipalId",
        "initiatedBy/user/displayName",
        "initiatedBy/user/id",
        "initiatedBy/user/userPrincipalName",
        "loggedByService",
        "operationType",
        "result",
        "targetResources",
    ],
    objects: &[
        "targetResources",
        "initiatedBy/user/id",
        "initiatedBy/app/servicePrincipalId",
    ],
};

pub(super) async fn list(call: Call, options: Queried) -> Result<Response, GraphError> {
    LISTING.answer(&call, options, |_, _| true, Value::Object)
}
