//! The README beside the files: what they are, and how they are deployed and tried.

use minijinja::{Environment, context};

use super::rule::RULES;
use super::{Named, Request, Service};
use crate::encoding::printable;

/// `README.md`
pub(super) fn readme(request: &Request<'_>) -> String {
    let named = |all: &[Named]| -> Vec<_> {
        let one = |one: &Named| context! { id => one.id.to_string(), name => code(&one.name) };
        all.iter().map(one).collect()
    };
    let rules = RULES.iter().map(|rule| {
        context! { name => rule.name(), title => rule.title, severity => rule.severity, frequency => rule.frequency }
    });
    let parts = request.workspace.and_then(|one| one.parts());
    let values = context! {
        accounts => named(&request.watched.accounts),
        policies => named(&request.watched.policies),
        group => request.watched.group.map(|id| id.to_string()),
        rules => rules.collect::<Vec<_>>(),
        azure_monitor => request.services.contains(&Service::AzureMonitor),
        sentinel => request.services.contains(&Service::Sentinel),
        told => !request.receivers.is_empty(),
        workspace => request.workspace.map(|one| one.as_str()),
        resource_group => parts.map_or("RESOURCE-GROUP", |[_, group, _]| group),
        archive => request.archive,
        silence_hours => request.silence_hours,
    };
    // No file ending that would turn escaping on: it is no HTML.
    Environment::new()
        .render_str(include_str!("readme.md"), values)
        .expect("the template is part of this program, and uses what it is given")
}

/// A name of the directory, in one line and unable to end the code that it stands in.
fn code(name: &str) -> String {
    printable(name).replace('`', "'")
}
