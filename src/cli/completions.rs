//! `halligan completions`: generated from the argument definitions.

use serde_json::json;

use crate::cli::arguments;
use crate::report::Report;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(crate) fn completions(arguments: &Completions) -> Report {
    let mut script = Vec::new();
    let mut command = arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "halligan", &mut script);
    printed("halligan.completions/1", "script", &script)
}

/// A text that is the whole result.
pub(super) fn printed(schema: &'static str, member: &str, text: &[u8]) -> Report {
    let text = String::from_utf8_lossy(text).into_owned();
    Report::new(schema, true, json!({member: text.clone()}), text)
}
