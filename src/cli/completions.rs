//! `halligan completions` and `halligan man`: generated from the argument definitions.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::CommandFactory;

use crate::cli::Error;
use crate::cli::arguments::Arguments;

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

pub(crate) fn completions(arguments: &Completions) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "halligan",
        &mut script,
    );
    io::stdout().write_all(&script).map_err(Error::Output)
}

pub(crate) fn man(arguments: &Man) -> Result<(), Error> {
    match &arguments.directory {
        Some(directory) => std::fs::create_dir_all(directory)
            .and_then(|()| clap_mangen::generate_to(Arguments::command(), directory))
            .map_err(|source| Error::Write {
                path: directory.clone(),
                source,
            }),
        None => clap_mangen::Man::new(Arguments::command())
            .render(&mut io::stdout())
            .map_err(Error::Output),
    }
}
