//! The tenant.

mod audit;
mod explain;
mod export;
mod plan;
mod preflight;
mod ways;
mod what_if;

pub use audit::{
    Audited, html as tenant_audit_html, junit as tenant_audit_junit, sarif as tenant_audit_sarif,
    tenant_audit, tenant_audit_list, tenant_audit_recorded,
};
pub use explain::explain;
pub use export::{Destination, snapshot_text, tenant_export, unread_line};
pub use plan::{tenant_apply, tenant_plan};
pub(super) use preflight::prediction_text;
pub use preflight::{prediction_json, preflight};
pub use what_if::what_if;
