//! `halligan man`: manual pages from the argument definitions, with what those do not say: examples, files, environment.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap_mangen::roff::{Inline, Roff, bold, roman};
use serde_json::json;

use crate::cli::{Error, arguments, completions, examples};
use crate::report::Report;

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write one page per command into this directory
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

const ENVIRONMENT: [(&str, &str); 4] = [
    (
        "HALLIGAN_CONFIG",
        "the configuration file, where --config names none",
    ),
    (
        "XDG_CONFIG_HOME",
        "where the user's configuration is, ~/.config by default",
    ),
    (
        "HTTPS_PROXY, NO_PROXY",
        "the way to the tenant and to object stores",
    ),
    ("NO_COLOR", "no colour, where --color says nothing"),
];
const FILES: [(&str, &str); 4] = [
    (
        "halligan.toml, ~/.config/halligan/halligan.toml",
        "the configuration, the first that is there",
    ),
    ("ledger/", "the record, beside the configuration"),
    (
        "station/station.json",
        "this machine's signing key, mode 0600",
    ),
    ("mds/", "FIDO's metadata, verified"),
];

pub(crate) fn run(arguments: &Arguments) -> Result<Report, Error> {
    let mut command = arguments::command().disable_help_subcommand(true);
    command.build();
    let Some(directory) = &arguments.directory else {
        let mut page = Vec::new();
        render(&command, &mut page).map_err(Error::Output)?;
        return Ok(completions::printed("halligan.man/1", "page", &page));
    };
    std::fs::create_dir_all(directory)
        .and_then(|()| write_all(&command, directory))
        .map_err(|source| Error::Write {
            path: directory.clone(),
            source,
        })?;
    let body = json!({"directory": directory});
    Ok(Report::new("halligan.man/1", true, body, String::new()))
}

fn write_all(command: &clap::Command, directory: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        write_all(below, directory)?;
    }
    let mut file = File::create(directory.join(format!("{}.1", page_name(command))))?;
    render(command, &mut file)?;
    file.flush()
}

/// `halligan-key-list`
fn page_name(command: &clap::Command) -> &str {
    let name = command.get_display_name();
    name.unwrap_or_else(|| command.get_name())
}

fn render(command: &clap::Command, page: &mut dyn Write) -> io::Result<()> {
    let name = page_name(command);
    let manual = clap_mangen::Man::new(command.clone()).manual("Halligan");
    manual.render_title(page)?;
    manual.render_name_section(page)?;
    manual.render_synopsis_section(page)?;
    manual.render_description_section(page)?;
    manual.render_options_section(page)?;
    if command.has_subcommands() {
        manual.render_subcommands_section(page)?;
    }
    let mut rest = Roff::new();
    let typed = name.replace('-', " ");
    let typed = typed.strip_prefix("halligan ").unwrap_or_default();
    examples_of(typed, &mut rest);
    exit_status(&mut rest);
    list("ENVIRONMENT", &ENVIRONMENT, &mut rest);
    list("FILES", &FILES, &mut rest);
    see_also(command, &mut rest);
    rest.to_writer(page)
}

fn examples_of(command: &str, page: &mut Roff) {
    let examples = examples::of(command);
    if !examples.is_empty() {
        page.control("SH", ["EXAMPLES"]);
    }
    for example in examples {
        page.control("PP", []);
        page.text([bold(*example)]);
    }
}

fn exit_status(page: &mut Roff) {
    page.control("SH", ["EXIT STATUS"]);
    for line in arguments::EXIT_STATUS.lines().skip(1) {
        let (status, means) = line.trim().split_once("  ").unwrap_or((line, ""));
        item(status, means, page);
    }
}

fn list(heading: &str, items: &[(&str, &str)], page: &mut Roff) {
    page.control("SH", [heading]);
    for (name, means) in items {
        item(name, means, page);
    }
}

fn item(name: &str, means: &str, page: &mut Roff) {
    page.control("TP", []);
    page.text([bold(name)]);
    page.text([roman(means)]);
}

/// The page above, or those of the first level from the top.
fn see_also(command: &clap::Command, page: &mut Roff) {
    page.control("SH", ["SEE ALSO"]);
    let name = page_name(command);
    let mut others: Vec<String> = command
        .get_subcommands()
        .map(|below| page_name(below).to_owned())
        .collect();
    if let Some((above, _)) = name.rsplit_once('-') {
        others.insert(0, above.to_owned());
    }
    let last = others.len().saturating_sub(1);
    let inlines = others.iter().enumerate().flat_map(|(at, other)| {
        let comma = if at < last { "(1), " } else { "(1)" };
        [bold(other.as_str()), roman(comma)]
    });
    page.text(inlines.collect::<Vec<Inline>>());
    page.control("PP", []);
    page.text([roman(
        "The documents of the project: day-one.md, runbook.md, configuration.md and others.",
    )]);
}
