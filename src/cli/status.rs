//! `halligan status`

use console::Term;

use crate::cli::due::{self, Watched};
use crate::cli::{Context, Error};
use crate::report::{self, Report, Screen};

/// Arguments of `status`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    watched: Watched,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let overview = due::overview(&arguments.watched, None, context).await?;
    Ok(report::status(&overview, &screen()))
}

/// The terminal as it is now; a file has no end and, unless somebody asks for them, no colours.
fn screen() -> Screen {
    let terminal = Term::stdout();
    let size = terminal
        .is_term()
        .then(|| terminal.size_checked())
        .flatten();
    let color = console::colors_enabled();
    match size {
        Some((rows, columns)) => Screen {
            color,
            columns: Some(columns.into()),
            rows: Some(rows.into()),
        },
        None => Screen {
            color,
            ..Screen::default()
        },
    }
}
