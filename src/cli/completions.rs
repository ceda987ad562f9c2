//! `halligan completions` and `halligan man`: generated from the argument definitions.

use std::path::PathBuf;

use clap::CommandFactory;
use serde_json::json;

use crate::cli::Error;
use crate::cli::arguments::Arguments;
use crate::report::Report;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// Write one page per command into this directory
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

pub(crate) fn completions(arguments: &Completions) -> Report {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "halligan", &mut script);
    printed("halligan.completions/1", "script", &script)
}

pub(crate) fn man(arguments: &Man) -> Result<Report, Error> {
    let Some(directory) = &arguments.directory else {
        let mut page = Vec::new();
        let manual = clap_mangen::Man::new(Arguments::command());
        manual.render(&mut page).map_err(Error::Output)?;
        return Ok(printed("halligan.man/1", "page", &page));
    };
    std::fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), directory))
        .map_err(|source| Error::Write {
            path: directory.clone(),
            source,
        })?;
    let body = json!({"directory": directory});
    Ok(Report::new("halligan.man/1", true, body, String::new()))
}

fn printed(schema: &'static str, member: &str, text: &[u8]) -> Report {
    let text = String::from_utf8_lossy(text).into_owned();
    Report::new(schema, true, json!({member: text.clone()}), text)
}
