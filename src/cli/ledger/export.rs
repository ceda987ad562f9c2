//! `halligan ledger export`

use std::io::{self, Write};
use std::path::PathBuf;

use crate::cli::config::Config;
use crate::cli::file::{Readers, Target};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error, output};
use crate::ledger::Reader;
use crate::report::{self, Report};

/// Arguments of `ledger export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    #[command(flatten)]
    ledger: LedgerChoice,

    /// `jsonl`: an entry a line, which `--ledger jsonl:FILE` reads again; `html`: one page for people
    #[arg(long, value_enum, default_value_t = Format::Jsonl, value_name = "FORMAT")]
    format: Format,

    /// Write to this file, at once when all is verified [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What the file is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    Html,
    Jsonl,
}

pub(super) async fn run(
    export: &Export,
    config: &Config,
    context: &Context,
) -> Result<Report, Error> {
    if context.global.json && export.output.is_none() {
        let why = "with --json the export needs a file of its own: --output FILE";
        return Err(Error::Usage(why.to_owned()));
    }
    let reader = record::open_for_reading(&export.ledger, config)?;
    let Some(path) = &export.output else {
        let head = write(&reader, export.format, context, &mut output::Data).await?;
        return Ok(report::ledger_export(head, None));
    };
    let mut target = Target::open(path, Readers::Usual)?;
    let mut buffer = io::BufWriter::new(&mut target);
    let written = write(&reader, export.format, context, &mut buffer).await;
    drop(buffer);
    let head = written.map_err(|error| match error {
        Error::Output(source) => target.failed(source),
        other => other,
    })?;
    target.finish()?;
    Ok(report::ledger_export(head, Some(path)))
}

/// Writes the ledger, and says what its head is. Fails when it is inconsistent, after what is valid.
async fn write(
    reader: &Reader,
    format: Format,
    context: &Context,
    to: &mut impl Write,
) -> Result<Option<crate::ledger::EntryRef>, Error> {
    let state = match format {
        Format::Html => {
            let (entries, state) = reader.entries().await?;
            let page = report::ledger_page(reader.location(), &entries, &state, context.env.now());
            to.write_all(page.as_bytes()).map_err(Error::Output)?;
            state
        }
        Format::Jsonl => {
            let mut written = Ok(());
            let verification = reader
                .visit(|entry| {
                    if written.is_ok() {
                        written = to
                            .write_all(entry.as_bytes())
                            .and_then(|()| to.write_all(b"\n"));
                    }
                })
                .await?;
            written.map_err(Error::Output)?;
            reader.consistent(verification)?
        }
    };
    to.flush().map_err(Error::Output)?;
    Ok(state.head())
}
