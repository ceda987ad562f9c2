//! The configuration as text: only what is needed, with a word on each.

use std::fmt::Write;
use std::path::Path;

use super::answers::Answers;
use super::next;
use crate::cli::config::SignInMethod;
use crate::graph::Cloud;

pub(super) fn render(answers: &Answers) -> String {
    let mut text = Text::default();
    text.line("# Configuration of halligan. docs/configuration.md has every member; `halligan doctor` says what is missing.");
    text.line("# There is no secret in this file: it names the files that have them.");
    if answers.station.is_some() || answers.ledger.is_some() {
        text.line("");
    }
    text.optional(
        "station",
        answers.station.as_ref().map(|name| name.as_str()),
        "this machine's name in the ledger",
    );
    text.optional(
        "ledger",
        answers.ledger.as_deref(),
        "where the record is; a directory is relative to this file",
    );
    tenant(&mut text, answers);
    sign_in(&mut text, answers);
    drill(&mut text, answers);
    accounts(&mut text, answers);
    custody(&mut text, answers);
    text.0
}

fn tenant(text: &mut Text, answers: &Answers) {
    text.line("\n[tenant]");
    let name = answers.tenant_name.as_deref();
    text.optional("id", answers.tenant.as_deref(), name.unwrap_or_default());
    if answers.cloud != Cloud::Global {
        text.member("cloud", answers.cloud.name(), "");
    }
    let url = |url: &crate::graph::HttpsUrl| url.as_str().to_owned();
    let authority = answers.authority_url.as_ref().map(url);
    text.optional("authority_url", authority.as_deref(), "");
    let graph = answers.graph_url.as_ref().map(url);
    text.optional("graph_url", graph.as_deref(), "");
    text.path("ca_cert", answers.ca_cert.as_deref(), "");
}

fn sign_in(text: &mut Text, answers: &Answers) {
    text.line("\n[sign_in]");
    let method = answers.method.unwrap_or(SignInMethod::Browser);
    text.member("method", next::word(method), "");
    match answers.client_id {
        Some(id) => text.member("client_id", &id.to_string(), "of the application"),
        None if next::needs_application(method) => {
            text.line("# client_id = \"\"            the application's, once it is registered");
        }
        None => {}
    }
    text.optional("login_hint", answers.login_hint.as_deref(), "");
    let only_owner = "readable by nobody else";
    text.path(
        "client_secret_file",
        answers.client_secret_file.as_deref(),
        only_owner,
    );
    text.path(
        "client_certificate",
        answers.client_certificate.as_deref(),
        only_owner,
    );
    text.path(
        "federated_token_file",
        answers.federated_token_file.as_deref(),
        only_owner,
    );
}

/// Where people sign in, drills do by the same application; one with a secret is of no use for them.
fn drill(text: &mut Text, answers: &Answers) {
    let method = answers.method.unwrap_or(SignInMethod::Browser);
    match answers.drill_client_id {
        Some(id) => {
            text.line("\n[drill]");
            text.member("client_id", &id.to_string(), "of a public client");
            text.line(&format!("permissions = {:?}", next::DRILLED));
        }
        None if !next::is_person(method) => {
            text.line("\n# As which application an emergency account signs in for `drill`: a public client, without a secret.");
            text.line("# [drill]");
            text.line("# client_id = \"\"");
            text.line(&format!("# permissions = {:?}", next::DRILLED));
        }
        None => {}
    }
}

fn accounts(text: &mut Text, answers: &Answers) {
    if answers.accounts.is_empty() {
        text.line("\n# The emergency accounts, for `tenant plan`, `tenant audit` and others:");
        text.line("# [[emergency.account]]");
        text.line("# name = \"ea-1\"");
    }
    for account in &answers.accounts {
        text.line("\n[[emergency.account]]");
        text.member("name", account, "");
    }
}

fn custody(text: &mut Text, answers: &Answers) {
    if answers.custodians.is_empty() {
        text.line("\n# Who can open PINs (docs/custody.md). Without custodians no PIN is sealed:");
        text.line("# [custody]");
        text.line("# threshold = 2");
        text.line("#");
        text.line("# [[custody.custodian]]");
        text.line("# name = \"Alice\"");
        text.line("# recipient = \"age1…\"");
        return;
    }
    text.line("\n[custody]");
    text.line(&format!(
        "threshold = {}          # how many of them it takes to open a PIN",
        answers.threshold.unwrap_or(1)
    ));
    for custodian in &answers.custodians {
        text.line("\n[[custody.custodian]]");
        text.member("name", &custodian.name, "");
        text.member("recipient", &custodian.recipient, "");
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A member with a text; TOML's own quoting, so that no answer can become a line of its own.
    fn member(&mut self, name: &str, value: &str, comment: &str) {
        let value = toml::Value::from(value);
        // Writing to a `String` cannot fail.
        let _ = write!(self.0, "{name} = {value}");
        if !comment.is_empty() {
            let comment: String = comment.chars().filter(|one| !one.is_control()).collect();
            let _ = write!(self.0, "   # {comment}");
        }
        self.0.push('\n');
    }

    fn optional(&mut self, name: &str, value: Option<&str>, comment: &str) {
        if let Some(value) = value {
            self.member(name, value, comment);
        }
    }

    fn path(&mut self, name: &str, value: Option<&Path>, comment: &str) {
        let value = value.map(|path| path.display().to_string());
        self.optional(name, value.as_deref(), comment);
    }
}
