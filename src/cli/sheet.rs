//! `halligan sheet`

use std::path::PathBuf;

use serde_json::json;
use zeroize::Zeroizing;

use crate::cli::config::Config;
use crate::cli::file::{self, Readers};
use crate::cli::pin::{self, Identities};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error, terminal};
use crate::custody;
use crate::ledger::{EnrolledKey, Event, PinOpened, State};
use crate::report::{self, Report, Sheet};
use crate::secret::Pin;

/// Arguments of `sheet`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["key", "all"])))]
pub(crate) struct Arguments {
    /// The label of the key
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,

    /// A page for every key in service
    #[arg(long)]
    all: bool,

    /// File to write the HTML to, readable by its owner only [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Open the sealed PINs and print them too
    #[arg(long, requires = "files")]
    with_pin: bool,

    #[command(flatten)]
    identities: Identities,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let (entries, verification) = record::open_for_reading(&arguments.ledger, &config)?
        .read()
        .await?;
    if let Some(failure) = verification.failure {
        return Err(Error::Ledger(crate::ledger::Error::Inconsistent {
            location: arguments.ledger.location(&config),
            failure: Box::new(failure),
        }));
    }
    let state = &verification.state;
    let keys = keys(arguments, state)?;
    let pins = pins(arguments, &keys, &config, context).await?;
    let sheets: Vec<Sheet<'_>> = keys
        .iter()
        .zip(&pins)
        .map(|(key, pin)| Sheet {
            key,
            pin: pin.as_ref().map(|pin| pin.as_str()),
        })
        .collect();
    let printed = context.env.now().round(jiff::Unit::Second);
    let printed = printed.map_or_else(|_| String::new(), |time| time.to_string());
    let html = report::sheets(&sheets, &entries, state, &printed);
    let labels: Vec<&str> = keys.iter().map(|key| key.enrolled.label.as_str()).collect();
    let Some(path) = &arguments.output else {
        let body = json!({"keys": labels, "html": html});
        return Ok(Report::new("halligan.sheet/1", true, body, html));
    };
    file::write(path, html.as_bytes(), Readers::Owner)?;
    let text = format!("{} sheets in {}\n", labels.len(), path.display());
    let body = json!({"keys": labels, "output": path});
    Ok(Report::new("halligan.sheet/1", true, body, text))
}

fn keys<'a>(arguments: &Arguments, state: &'a State) -> Result<Vec<&'a EnrolledKey>, Error> {
    match &arguments.key {
        None => Ok(state.keys_in_service().collect()),
        Some(label) => match state.key_by_label(label) {
            Some(key) => Ok(vec![key]),
            None => Err(crate::ceremony::Error::UnknownLabel(label.clone()).into()),
        },
    }
}

/// The PIN of each key, opened and recorded, if they are to be printed.
async fn pins(
    arguments: &Arguments,
    keys: &[&EnrolledKey],
    config: &Config,
    context: &Context,
) -> Result<Vec<Option<Zeroizing<String>>>, Error> {
    if !arguments.with_pin {
        return Ok(vec![None; keys.len()]);
    }
    let identities = arguments.identities.read()?;
    let mut pins = Vec::new();
    for key in keys {
        let label = &key.enrolled.label;
        let sealed = key.pin.as_ref();
        let sealed = sealed.ok_or_else(|| Error::NoSealedPin(label.clone()))?;
        let opened = custody::open::<Pin>(sealed, &identities)?;
        pins.push(Some(Zeroizing::new(opened.secret.expose_text().to_owned())));
        let entry = Event::PinOpened(PinOpened {
            label: label.clone(),
            by: opened.by,
            share: false,
        });
        let recorded = pin::record((Some(entry), None), &arguments.ledger, config, context).await;
        if let Err(why) = recorded {
            terminal::warn(context, &format!("not recorded in the ledger: {why}"));
        }
    }
    Ok(pins)
}
