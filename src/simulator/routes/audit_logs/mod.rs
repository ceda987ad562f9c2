//! `/auditLogs`: sign-ins, and changes in the directory.

mod directory_audits;
mod list;
mod pace;
mod sign_ins;

use axum::Router;
use axum::routing::get;
pub(in crate::simulator) use pace::LogPace;

use crate::simulator::service::Service;
use crate::simulator::tenant::Role;

/// Who reads the logs.
const READERS: [Role; 6] = [
    Role::GlobalAdministrator,
    Role::GlobalReader,
    Role::ReportsReader,
    Role::SecurityAdministrator,
    Role::SecurityOperator,
    Role::SecurityReader,
];

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/auditLogs/signIns", get(sign_ins::list))
        .route("/auditLogs/directoryAudits", get(directory_audits::list))
}
