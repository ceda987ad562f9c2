//! `halligan completions` and `halligan man`: generated from the argument definitions.

use std::path::PathBuf;

use clap::CommandFactory;

use crate::cli::arguments::Arguments;
use crate::cli::{Error, output};

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
    output::bytes(&script).map_err(Error::Output)
}

pub(crate) fn man(arguments: &Man) -> Result<(), Error> {
    match &arguments.directory {
        Some(directory) => std::fs::create_dir_all(directory)
            .and_then(|()| clap_mangen::generate_to(Arguments::command(), directory))
            .map_err(|source| Error::Write {
                path: directory.clone(),
                source,
            }),
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command())
                .render(&mut page)
                .and_then(|()| output::bytes(&page))
                .map_err(Error::Output)
        }
    }
}
