//! HG-602

use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::tenant::passkey_policy::{Ruling, self_service};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-602",
    name: "self-service-on",
    title: "A lost key can be replaced: self-service set-up is allowed",
    severity: Severity::Warning,
    source: source::PASSKEYS,
    fix: "Authentication methods > Policies > Passkey (FIDO2) > Configure > Allow self-service set up; provisioning needs it too",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    vec![match &facts.snapshot.passkeys {
        Err(unread) => Finding::unread(tenant, "the passkey policy", unread),
        Ok(policy) => match self_service(policy) {
            Ruling::Allowed { by } => Finding::pass(tenant, by),
            Ruling::Refused { by, .. } => Finding::fail(tenant, by),
            Ruling::Unknown { why } => Finding::unknown(tenant, why),
        },
    }]
}
