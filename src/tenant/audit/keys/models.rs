//! HG-309

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::object;
use crate::graph::model::Fido2AuthenticationMethod;
use crate::webauthn::Aaguid;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-309",
    name: "models-differ",
    title: "The keys of an account are not all of one model",
    severity: Severity::Note,
    source: source::EMERGENCY_ACCESS,
    fix: "enrol a key of another model: a weakness of a model, or its removal from a list, then takes one key and not all",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, _| {
        let subject = Object::account(account);
        let keys = match &account.keys {
            Ok(keys) => keys,
            Err(unread) => return Finding::unread(subject, "the registered keys", unread),
        };
        if keys.len() < 2 {
            return Finding::not_applicable(subject, "fewer than two keys");
        }
        let models: Option<Vec<Aaguid>> =
            keys.iter().map(Fido2AuthenticationMethod::aaguid).collect();
        let Some(models) = models else {
            return Finding::unknown(subject, "the model of a key is not shown");
        };
        let line = match models.iter().all(|one| *one == models[0]) {
            true => Finding::fail(subject, format!("all are of the model {}", models[0])),
            false => Finding::pass(subject, "they are of several models"),
        };
        line.about(keys.iter().map(object))
    })
}
