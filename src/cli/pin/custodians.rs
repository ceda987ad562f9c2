//! `halligan pin custodians`

use std::fmt::Write;

use serde_json::{Value, json};

use crate::cli::{Context, Error};
use crate::custody::{Custodians, Warning};
use crate::report::Report;

/// Reads the configuration as sealing does, so that a mistake shows before a key is in hand.
pub(super) fn run(context: &Context) -> Result<Report, Error> {
    let custodians = context.config()?.custodians()?;
    let mut text = String::new();
    // Writing to a `String` cannot fail, here and below.
    match &custodians {
        None => text.push_str("No custodian is configured: no PIN is sealed.\n"),
        Some(custodians) => {
            let (needed, all) = (custodians.threshold(), custodians.list().len());
            let _ = writeln!(text, "{needed} of {all} custodians open a PIN:");
        }
    }
    let list = custodians.as_ref().map_or(&[][..], Custodians::list);
    for custodian in list {
        for recipient in &custodian.recipients {
            let _ = writeln!(text, "  {:<20}  {recipient}", custodian.name);
        }
    }
    let warnings = custodians.as_ref().map(Custodians::warnings);
    let warnings: Vec<String> = warnings
        .unwrap_or_default()
        .iter()
        .map(Warning::to_string)
        .collect();
    for warning in &warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    let document = list.iter().map(|custodian| {
        let recipients = custodian.recipients.iter().map(ToString::to_string);
        json!({"name": custodian.name, "recipients": recipients.collect::<Vec<_>>()})
    });
    let body = json!({
        "threshold": custodians.as_ref().map(Custodians::threshold),
        "custodians": document.collect::<Vec<Value>>(),
        "warnings": warnings,
    });
    Ok(Report::new("halligan.pin.custodians/1", true, body, text))
}
