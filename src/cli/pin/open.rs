//! `halligan pin open`. The PIN goes to the terminal, or where the operator says explicitly; that it was opened goes into the
//! ledger first. An emergency does not wait for the record: where it cannot be written, a warning says so.

use std::path::PathBuf;

use serde_json::{Map, Value, json};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::identity::{Identities, secret_file};
use crate::cli::config::Config;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error, output, terminal};
use crate::custody::{self, Found, Identity, Share, ShareError, Standing};
use crate::ledger::{CeremonyKind, Draft, EntryRef, Event, PinOpened, State};
use crate::report::Report;

/// Arguments of `pin open`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("source").required(true).args(["files", "shares_from"])))]
pub(crate) struct Arguments {
    /// The label of the key
    #[arg(long, value_name = "LABEL", required_unless_present = "shares_from")]
    key: Option<String>,

    /// The PIN that this ceremony made, in force or not [default: the one in force, and that of an open ceremony]
    #[arg(long, value_name = "UUID", conflicts_with = "shares_from")]
    ceremony: Option<Uuid>,

    #[command(flatten)]
    identities: Identities,

    /// Open only the custodian's share, to be handed over and put together with others
    #[arg(long, conflicts_with = "shares_from")]
    share: bool,

    /// Put shares together that custodians opened with --share; each file holds one or more, one on a line
    #[arg(long, value_name = "FILE", num_args = 1..)]
    shares_from: Vec<PathBuf>,

    /// Print the PIN or the share on standard output, and with --json into the document
    #[arg(long)]
    stdout: bool,

    /// Leave no entry in the ledger
    #[arg(long)]
    no_record: bool,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// Something that was opened.
struct Secret {
    /// What it is, for people.
    what: String,
    /// The same for programs.
    facts: Map<String, Value>,
    /// The name of the member that holds the secret in the document.
    member: &'static str,
    text: Zeroizing<String>,
    by: Vec<String>,
    ceremony: Option<Uuid>,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    if !arguments.stdout && !terminal::can_reveal() {
        return Err(Error::Usage(
            "there is no terminal to show it on; --stdout prints it on standard output".to_owned(),
        ));
    }
    let config = context.config_or_default()?;
    let secrets = if arguments.shares_from.is_empty() {
        from_ledger(arguments, &config, context).await?
    } else {
        vec![from_shares(&arguments.shares_from)?]
    };
    let recorded = if arguments.no_record {
        Ok(None)
    } else {
        let opened = opening(arguments, &secrets);
        record(opened, &arguments.ledger, &config, context)
            .await
            .map(Some)
    };
    if let Err(why) = &recorded {
        terminal::warn(context, &format!("not recorded in the ledger: {why}"));
    }
    show(arguments, context, &secrets)?;
    Ok(report(arguments, &secrets, recorded))
}

/// The PINs, or with `--share` the shares, of a label. One that opens is enough: the key may have either.
async fn from_ledger(
    arguments: &Arguments,
    config: &Config,
    context: &Context,
) -> Result<Vec<Secret>, Error> {
    let label = arguments.key.as_deref().unwrap_or_default();
    let verification = record::open_for_reading(&arguments.ledger, config)?
        .verify()
        .await?;
    if let Some(failure) = &verification.failure {
        terminal::warn(
            context,
            &format!("the ledger does not verify, {failure}; what comes from there on is left out"),
        );
    }
    let found = sought(&verification.state, label, arguments.ceremony);
    if found.is_empty() {
        return Err(Error::NoSealedPin(label.to_owned()));
    }
    let identities = arguments.identities.read()?;
    let mut secrets = Vec::new();
    let mut failed = None;
    for found in found {
        match open(&found, label, &identities, arguments.share) {
            Ok(opened) => secrets.extend(opened),
            Err(error) => failed = failed.or(Some((found, error))),
        }
    }
    match failed {
        Some((_, error)) if secrets.is_empty() => Err(error.into()),
        Some((found, error)) => {
            terminal::warn(
                context,
                &format!("{} was not opened: {error}", what(&found, label)),
            );
            Ok(secrets)
        }
        None => Ok(secrets),
    }
}

fn sought<'a>(state: &'a State, label: &str, ceremony: Option<Uuid>) -> Vec<Found<'a>> {
    let Some(id) = ceremony else {
        return custody::find(state, label);
    };
    let ceremony = state.ceremony(id).filter(|one| one.label == label);
    let found = ceremony.and_then(|ceremony| {
        Some(Found {
            standing: if ceremony.is_open() {
                Standing::Intended(ceremony.kind)
            } else {
                Standing::Past
            },
            ceremony: Some(id),
            pin: custody::intended(ceremony)?,
        })
    });
    found.into_iter().collect()
}

fn what(found: &Found<'_>, label: &str) -> String {
    match found.standing {
        Standing::InForce => format!("the PIN of {label}"),
        Standing::Intended(CeremonyKind::Enroll) => {
            format!("the PIN that {label} gets in an enrolment which is not finished")
        }
        Standing::Intended(_) => format!(
            "the new PIN of {label} in a change which is not finished: it has this one or the one before"
        ),
        Standing::Past => format!("a PIN that {label} was to get, in force or not"),
    }
}

fn open(
    found: &Found<'_>,
    label: &str,
    identities: &[Identity],
    share: bool,
) -> Result<Vec<Secret>, custody::Error> {
    let standing = match found.standing {
        Standing::InForce => "in_force",
        Standing::Intended(_) => "intended",
        Standing::Past => "past",
    };
    let facts = Map::from_iter([
        ("standing".to_owned(), json!(standing)),
        ("ceremony".to_owned(), json!(found.ceremony)),
        ("threshold".to_owned(), json!(found.pin.threshold)),
    ]);
    let what = what(found, label);
    let ceremony = found.ceremony;
    if !share {
        let opened = custody::open(found.pin, identities)?;
        return Ok(vec![Secret {
            what,
            facts,
            member: "pin",
            text: Zeroizing::new(opened.pin.expose_text().to_owned()),
            by: opened.by,
            ceremony,
        }]);
    }
    let shares = custody::open_shares(found.pin, identities)?;
    let secret = |opened: custody::OpenedShare| {
        let mut facts = facts.clone();
        facts.insert("number".to_owned(), json!(opened.share.number()));
        Secret {
            what: format!(
                "share {} of {what}; {} are needed",
                opened.share.number(),
                opened.share.threshold()
            ),
            facts,
            member: "share",
            text: opened.share.to_text(),
            by: opened.by.into_iter().collect(),
            ceremony,
        }
    };
    Ok(shares.into_iter().map(secret).collect())
}

fn from_shares(files: &[PathBuf]) -> Result<Secret, Error> {
    let mut shares: Vec<Share> = Vec::new();
    for path in files {
        let content = secret_file(path)?;
        let text = std::str::from_utf8(&content).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let found = lines.map(str::parse).collect::<Result<Vec<Share>, _>>();
        let found = found.and_then(|found| match found.len() {
            0 => Err(ShareError::Unknown),
            _ => Ok(found),
        });
        shares.extend(found.map_err(|source| Error::ShareFile {
            path: path.clone(),
            source,
        })?);
    }
    let pin = custody::combine(&shares)?;
    Ok(Secret {
        what: format!("the PIN of {} shares", shares.len()),
        facts: Map::from_iter([("shares".to_owned(), json!(shares.len()))]),
        member: "pin",
        text: Zeroizing::new(pin.expose_text().to_owned()),
        by: Vec::new(),
        ceremony: None,
    })
}

/// What the ledger is told of everything that is about to be shown, and the ceremony that it belongs to.
fn opening(arguments: &Arguments, secrets: &[Secret]) -> (Option<PinOpened>, Option<Uuid>) {
    let mut by: Vec<String> = secrets
        .iter()
        .flat_map(|secret| secret.by.clone())
        .collect();
    by.sort();
    by.dedup();
    let opened = arguments.key.clone().map(|label| PinOpened {
        label,
        by,
        share: arguments.share,
    });
    let ceremony = secrets.iter().find_map(|secret| secret.ceremony);
    (opened, ceremony)
}

/// Writes it into the ledger, as the station that this machine is.
///
/// # Errors
/// The reason why there is no entry, which must not stop an emergency.
pub(in crate::cli) async fn record(
    (opened, ceremony): (Option<PinOpened>, Option<Uuid>),
    choice: &LedgerChoice,
    config: &Config,
    context: &Context,
) -> Result<EntryRef, String> {
    let opened = opened.ok_or("no --key says whose PIN it is")?;
    let ledger = record::open_as_known_station(choice, config, &context.env).await;
    let mut ledger = ledger
        .map_err(|error| error.to_string())?
        .ok_or("this machine is no station of a ledger")?;
    let draft = Draft::new(&Event::PinOpened(opened), ceremony);
    let entry = ledger.append(draft).await;
    Ok(entry.map_err(|error| error.to_string())?.reference())
}

fn show(arguments: &Arguments, context: &Context, secrets: &[Secret]) -> Result<(), Error> {
    for secret in secrets {
        if arguments.stdout && context.global.json {
            continue;
        }
        let by = if secret.by.is_empty() {
            String::new()
        } else {
            format!(", opened by {}", secret.by.join(", "))
        };
        let event = json!({"event": "opened", "what": secret.what, "by": secret.by});
        let what = format!("{}{by}:", secret.what);
        terminal::say(context.global.events, &event, &what);
        if arguments.stdout {
            output::line_for_reader(&secret.text).map_err(Error::Output)?;
        } else {
            terminal::reveal(&secret.text);
        }
    }
    Ok(())
}

/// The secret is in the document only, and only if it was asked for there.
fn report(
    arguments: &Arguments,
    secrets: &[Secret],
    recorded: Result<Option<EntryRef>, String>,
) -> Report {
    let document = |secret: &Secret| {
        let mut facts = secret.facts.clone();
        facts.insert("by".to_owned(), json!(secret.by));
        if arguments.stdout {
            facts.insert(secret.member.to_owned(), json!(&**secret.text));
        }
        facts
    };
    let opened: Vec<_> = secrets.iter().map(document).collect();
    let body = json!({
        "key": arguments.key,
        "opened": opened,
        "recorded": recorded.as_ref().ok().copied().flatten(),
        "not_recorded": recorded.err(),
    });
    Report::new("halligan.pin.open/1", true, body, String::new())
}
