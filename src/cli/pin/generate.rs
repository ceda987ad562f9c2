//! `halligan pin generate`

use serde_json::json;

use crate::cli::config::PinKind;
use crate::cli::{Context, Error, output};
use crate::custody::{self, PinPolicy};
use crate::report::Report;
use crate::secret::Pin;

/// Arguments of `pin generate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What it is made of [default: from the configuration, else digits]
    #[arg(long, value_enum)]
    pin: Option<PinKind>,

    /// How many characters, 6 to 63 [default: from the configuration, else 8]
    #[arg(long, value_name = "N", value_parser = parse_length)]
    pin_length: Option<usize>,
}

fn parse_length(typed: &str) -> Result<usize, String> {
    match typed.parse() {
        Ok(length) if (PinPolicy::SHORTEST..=Pin::MAXIMUM_BYTES).contains(&length) => Ok(length),
        _ => Err(format!(
            "{} to {} are possible",
            PinPolicy::SHORTEST,
            Pin::MAXIMUM_BYTES
        )),
    }
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let configured = context.config_or_default()?.pin_policy()?;
    let policy = PinPolicy {
        alphabet: arguments.pin.map_or(configured.alphabet, Into::into),
        length: arguments.pin_length.unwrap_or(configured.length),
    };
    let pin = custody::generate(policy, Pin::MINIMUM, &context.env);
    let body = if context.global.json {
        json!({"pin": pin.expose_text()})
    } else {
        output::line_for_reader(pin.expose_text()).map_err(Error::Output)?;
        json!({})
    };
    Ok(Report::new(
        "halligan.pin.generate/1",
        true,
        body,
        String::new(),
    ))
}
