//! `halligan enroll --plan FILE`

mod devices;
mod person;
mod results;
mod workshop;

use std::path::{Path, PathBuf};

use console::Term;

use crate::ceremony::batch::{self, Common, Resolution, Todo};
use crate::cli::device::DeviceChoice;
use crate::cli::enroll;
use crate::cli::record;
use crate::cli::{Context, Error, tenant};
use crate::graph::credential::RECONCILE_PERMISSIONS;
use crate::report::{self, Report, Row, Status};
use devices::{divided, place};
use results::Results;
use workshop::Workshop;

/// The options of `enroll` that are for plans.
#[derive(Debug, clap::Args)]
pub(crate) struct BatchOptions {
    /// Enrol the keys of this plan; docs/batches.md describes it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["account", "label", "save"])]
    pub(crate) plan: Option<PathBuf>,

    /// Keep the results in this file, JSON or by its name CSV; replaced as a whole after each key
    #[arg(long, value_name = "FILE", requires = "plan")]
    results: Option<PathBuf>,

    /// How many keys with an address are worked on at the same time
    #[arg(long, value_name = "N", default_value_t = 16, requires = "plan")]
    workers: u8,

    /// Begin without asking
    #[arg(long, requires = "plan")]
    yes: bool,
}

pub(crate) async fn run(
    plan: &Path,
    arguments: &enroll::Arguments,
    context: &Context,
) -> Result<Report, Error> {
    let config = context.config()?;
    let mut plan = batch::parse(&read(plan)?).map_err(|source| Error::Plan {
        path: plan.to_owned(),
        source: Box::new(source),
    })?;
    place(&mut plan, &arguments.device)?;
    let tenant = tenant::client_for(&config, context, &RECONCILE_PERMISSIONS)?;
    let ledger = record::open_for_writing(&arguments.ledger, &config, context, true).await?;
    let mut resolution =
        batch::resolve(plan, ledger.state(), &tenant, arguments.skip_preflight).await?;
    let standards = arguments.terms(None, &config)?.standards;
    resolution.hold_against(&standards, ledger.state(), context.env.now());
    drop(ledger);
    look_at_models(&mut resolution, context);
    let rows = report::rows(&resolution);
    if !resolution.is_possible() {
        return Err(Error::PlanImpossible(Box::new(report::batch(
            &rows,
            arguments.dry_run,
        ))));
    }
    if arguments.dry_run {
        return Ok(report::batch(&rows, true));
    }
    confirm(&resolution, &rows, arguments.batch.yes)?;
    let results = Results::new(rows, arguments.batch.results.clone());
    results.save()?;
    // The station's key is made once, before several workers would need it.
    drop(record::open(&arguments.ledger, &config, &context.env, false).await?);
    let workshop = Workshop::new(arguments, &config, context, &results)?;
    let common = Common {
        resolution: &resolution,
        tenant: &tenant,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    let (addressed, others) = divided(&resolution);
    batch::side_by_side(addressed, arguments.batch.workers.into(), common, &workshop);
    let one_by_one = batch::one_by_one(&others, common, &workshop).await;
    finish(results, one_by_one, context)
}

/// Asks the connected keys for their models where the tenant takes only some. One that does not answer is reported when its turn
/// comes.
fn look_at_models(resolution: &mut Resolution, context: &Context) {
    for (index, device) in resolution.asking_for_models() {
        if let Ok(open) = (DeviceChoice { device }).open(&context.env) {
            resolution.tell_model(index, open.authenticator.info().aaguid);
        }
    }
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// Shows the whole plan and asks once. The number is typed, so that somebody has read it.
fn confirm(resolution: &Resolution, rows: &[Row], yes: bool) -> Result<(), Error> {
    let todo = resolution
        .lines
        .iter()
        .filter(|line| line.todo == Todo::Enroll)
        .count();
    if yes || todo == 0 {
        return Ok(());
    }
    let terminal = Term::stderr();
    if !terminal.is_term() {
        return Err(Error::Usage(
            "without a terminal to ask on, a plan needs --yes".to_owned(),
        ));
    }
    let question = format!(
        "{}Type {todo}, the number of keys to enrol, to begin: ",
        report::table(rows)
    );
    let answer = terminal
        .write_str(&question)
        .and_then(|()| terminal.read_line())
        .map_err(Error::Output)?;
    if answer.trim() == todo.to_string() {
        Ok(())
    } else {
        Err(Error::Declined(todo.to_string()))
    }
}

/// The first failure decides how the process ends, unless something is open.
fn finish(
    results: Results,
    one_by_one: Result<(), Error>,
    context: &Context,
) -> Result<Report, Error> {
    let (rows, failures, unsaved) = results.into_parts();
    let report = report::batch(&rows, false);
    if let Some(error) = unsaved {
        return Err(error);
    }
    let open = rows.iter().filter(|row| row.status == Status::Open).count();
    if open > 0 {
        return Err(Error::BatchOpen {
            report: Box::new(report),
            open,
        });
    }
    let interrupted = || {
        context
            .interrupt
            .cancel
            .is_raised()
            .then(|| crate::ceremony::Error::Cancelled.into())
    };
    let first = failures.into_iter().next().map(|(_, error)| error);
    match first.or(one_by_one.err()).or_else(interrupted) {
        None => Ok(report),
        Some(source) => Err(Error::Batch {
            report: Box::new(report),
            source: Box::new(source),
        }),
    }
}
