//! `halligan tenant export`

use std::path::PathBuf;

use super::snapshot::{self, SignIns};
use crate::cli::file::{self, Readers};
use crate::cli::{Context, Error, terminal};
use crate::report::{self, Destination, Report};

/// Arguments of `tenant export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write to this file, which nobody else may read [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Read the accounts' newest sign-ins too; needs the permission `AuditLog.Read.All`
    #[arg(long)]
    sign_ins: bool,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    if let Some(path) = &arguments.output {
        file::require_writable(path)?;
    }
    let sign_ins = match arguments.sign_ins {
        true => SignIns::Read,
        false => SignIns::Leave,
    };
    let taken = snapshot::take(context, &[], sign_ins).await?;
    let destination = match (&arguments.output, context.global.json) {
        (Some(path), _) => Destination::File(path),
        (None, true) => Destination::Document,
        (None, false) => Destination::Output,
    };
    if let Destination::File(path) = destination {
        let text = report::snapshot_text(&taken);
        file::write(path, text.as_bytes(), Readers::Owner)?;
    }
    if destination == Destination::Output {
        for part in taken.unread() {
            terminal::warn(context, &report::unread_line(&part));
        }
    }
    Ok(report::tenant_export(&taken, destination))
}
