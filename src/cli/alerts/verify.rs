//! `halligan alerts verify`

use std::time::Duration;

use jiff::Timestamp;

use crate::ceremony::drill::alert::{self, Request};
use crate::ceremony::{KeyInHand, Parties};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error, custody, time};
use crate::report::{self, Report};

/// Arguments of `alerts verify`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("when").required(true))]
pub(crate) struct Arguments {
    /// The drill: its ceremony, its name or its account [default: the last in which the account was signed in]
    #[arg(long, value_name = "CEREMONY|USER")]
    drill: Option<String>,

    /// When the alarm came, as in 2026-03-01T10:04:00+01:00
    #[arg(long, value_name = "MOMENT", value_parser = time::moment, group = "when", requires_all = ["channel", "by"])]
    received: Option<Timestamp>,

    /// It came this moment
    #[arg(long, group = "when", requires_all = ["channel", "by"])]
    now: bool,

    /// It never came: nothing is recorded, and the answer is "not safe"
    #[arg(long, group = "when")]
    never: bool,

    /// By which way it came: mail, text message, call
    #[arg(long, value_name = "TEXT", value_parser = custody::text)]
    channel: Option<String>,

    /// Who got it
    #[arg(long, value_name = "NAME", value_parser = custody::text)]
    by: Option<String>,

    /// How long after the sign-in it may come; later is recorded too, and "not safe"
    #[arg(long, value_name = "DURATION", value_parser = time::duration)]
    within: Option<Duration>,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, context, arguments.never).await?;
    let mut interaction = Terminal::new(&context.global, &PinSource::default());
    let request = Request {
        drill: arguments.drill.clone(),
        received: match arguments.now {
            true => Some(context.env.now()),
            false => arguments.received,
        },
        channel: arguments.channel.clone().unwrap_or_default(),
        by: arguments.by.clone().unwrap_or_default(),
        within: arguments.within,
    };
    let parties = Parties {
        key: KeyInHand::NONE,
        tenant: None,
        ledger: &mut ledger,
        interaction: &mut interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    Ok(report::alerts_verify(
        &alert::verify(&request, parties).await?,
    ))
}
