//! Opening what is sealed. The secret goes to the terminal, or where the operator says explicitly; that it was opened goes into the
//! ledger first. An emergency does not wait for the record: where it cannot be written, a warning says so.

use std::path::PathBuf;

use serde_json::{Map, Value, json};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::identity::{Identities, secret_file};
use crate::cli::config::Config;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error, output, prompt, terminal};
use crate::custody::{self, Found, Identity, Sealable, Share, ShareError, Standing};
use crate::ledger::{Draft, EntryRef, Event, State};
use crate::report::Report;

/// With what it is opened, and where it is shown.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("source").required(true).args(["files", "shares_from"])))]
pub(crate) struct Opening {
    /// What this ceremony sealed, in force or not [default: what is in force, and that of an open ceremony]
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

    /// Print the secret or the share on standard output, and with --json into the document
    #[arg(long)]
    stdout: bool,

    /// Leave no entry in the ledger
    #[arg(long)]
    no_record: bool,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// A kind of secret that custodians open.
pub(crate) trait Openable: Sealable {
    /// The schema of the document.
    const SCHEMA: &'static str;
    /// The member of the document that says whose it is.
    const OWNER: &'static str;
    /// The member of the document that holds the secret.
    const MEMBER: &'static str;
    /// What it is called.
    const NOUN: &'static str;

    /// What the ledger holds: of a ceremony, or what may be in force.
    fn sought<'a>(state: &'a State, name: &str, ceremony: Option<Uuid>) -> Vec<Found<'a>>;

    /// What was found, for people.
    fn describe(found: &Found<'_>, name: &str) -> String;

    /// The entry about its opening.
    fn opened(name: String, by: Vec<String>, share: bool) -> Event;

    /// That there is none of this name.
    fn missing(name: &str) -> Error;
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

/// Opens the secret of this name, or puts shares together, which may be of anybody's.
pub(crate) async fn run<S: Openable>(
    name: Option<&str>,
    opening: &Opening,
    context: &Context,
) -> Result<Report, Error> {
    if !opening.stdout && !prompt::can_reveal() {
        return Err(Error::Usage(
            "there is no terminal to show it on; --stdout prints it on standard output".to_owned(),
        ));
    }
    let config = context.config_or_default()?;
    let secrets = if opening.shares_from.is_empty() {
        from_ledger::<S>(name.unwrap_or_default(), opening, &config, context).await?
    } else {
        vec![from_shares::<S>(&opening.shares_from)?]
    };
    let recorded = if opening.no_record {
        Ok(None)
    } else {
        let opened = opened::<S>(name, opening.share, &secrets);
        record(opened, &opening.ledger, &config, context)
            .await
            .map(Some)
    };
    if let Err(why) = &recorded {
        terminal::warn(context, &format!("not recorded in the ledger: {why}"));
    }
    show(opening, context, &secrets)?;
    Ok(report::<S>(name, opening, &secrets, recorded))
}

/// The secrets of a name, or with `--share` their shares. One that opens is enough: either may be the one that counts.
async fn from_ledger<S: Openable>(
    name: &str,
    opening: &Opening,
    config: &Config,
    context: &Context,
) -> Result<Vec<Secret>, Error> {
    let verification = record::open_for_reading(&opening.ledger, config)?
        .verify()
        .await?;
    if let Some(failure) = &verification.failure {
        terminal::warn(
            context,
            &format!("the ledger does not verify, {failure}; what comes from there on is left out"),
        );
    }
    let found = S::sought(&verification.state, name, opening.ceremony);
    if found.is_empty() {
        return Err(S::missing(name));
    }
    let identities = opening.identities.read()?;
    let mut secrets = Vec::new();
    let mut failed = None;
    for found in found {
        match open::<S>(&found, name, &identities, opening.share) {
            Ok(opened) => secrets.extend(opened),
            Err(error) => failed = failed.or(Some((found, error))),
        }
    }
    match failed {
        Some((_, error)) if secrets.is_empty() => Err(error.into()),
        Some((found, error)) => {
            terminal::warn(
                context,
                &format!("{} was not opened: {error}", S::describe(&found, name)),
            );
            Ok(secrets)
        }
        None => Ok(secrets),
    }
}

fn open<S: Openable>(
    found: &Found<'_>,
    name: &str,
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
        ("threshold".to_owned(), json!(found.sealed.threshold)),
    ]);
    let what = S::describe(found, name);
    let ceremony = found.ceremony;
    if !share {
        let opened = custody::open::<S>(found.sealed, identities)?;
        return Ok(vec![Secret {
            what,
            facts,
            member: S::MEMBER,
            text: Zeroizing::new(opened.secret.reveal().to_owned()),
            by: opened.by,
            ceremony,
        }]);
    }
    let shares = custody::open_shares(found.sealed, identities)?;
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

fn from_shares<S: Openable>(files: &[PathBuf]) -> Result<Secret, Error> {
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
    let secret: S = custody::combine(&shares)?;
    Ok(Secret {
        what: format!("the {} of {} shares", S::NOUN, shares.len()),
        facts: Map::from_iter([("shares".to_owned(), json!(shares.len()))]),
        member: S::MEMBER,
        text: Zeroizing::new(secret.reveal().to_owned()),
        by: Vec::new(),
        ceremony: None,
    })
}

/// What the ledger is told of everything that is about to be shown, and the ceremony that it belongs to.
fn opened<S: Openable>(
    name: Option<&str>,
    share: bool,
    secrets: &[Secret],
) -> (Option<Event>, Option<Uuid>) {
    let mut by: Vec<String> = secrets
        .iter()
        .flat_map(|secret| secret.by.clone())
        .collect();
    by.sort();
    by.dedup();
    let opened = name.map(|name| S::opened(name.to_owned(), by, share));
    let ceremony = secrets.iter().find_map(|secret| secret.ceremony);
    (opened, ceremony)
}

/// Writes it into the ledger, as the station that this machine is.
///
/// # Errors
/// The reason why there is no entry, which must not stop an emergency.
pub(in crate::cli) async fn record(
    (opened, ceremony): (Option<Event>, Option<Uuid>),
    choice: &LedgerChoice,
    config: &Config,
    context: &Context,
) -> Result<EntryRef, String> {
    let opened = opened.ok_or("nothing says whose it is")?;
    let ledger = record::open_as_known_station(choice, config, &context.env).await;
    let mut ledger = ledger
        .map_err(|error| error.to_string())?
        .ok_or("this machine is no station of a ledger")?;
    let entry = ledger.append(Draft::new(&opened, ceremony)).await;
    Ok(entry.map_err(|error| error.to_string())?.reference())
}

fn show(opening: &Opening, context: &Context, secrets: &[Secret]) -> Result<(), Error> {
    for secret in secrets {
        if opening.stdout && context.global.json {
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
        if opening.stdout {
            output::line_for_reader(&secret.text).map_err(Error::Output)?;
        } else {
            prompt::reveal(&secret.text);
        }
    }
    Ok(())
}

/// The secret is in the document only, and only if it was asked for there.
fn report<S: Openable>(
    name: Option<&str>,
    opening: &Opening,
    secrets: &[Secret],
    recorded: Result<Option<EntryRef>, String>,
) -> Report {
    let document = |secret: &Secret| {
        let mut facts = secret.facts.clone();
        facts.insert("by".to_owned(), json!(secret.by));
        if opening.stdout {
            facts.insert(secret.member.to_owned(), json!(&**secret.text));
        }
        facts
    };
    let found: Vec<_> = secrets.iter().map(document).collect();
    let body = json!({
        S::OWNER: name,
        "opened": found,
        "recorded": recorded.as_ref().ok().copied().flatten(),
        "not_recorded": recorded.err(),
    });
    Report::new(S::SCHEMA, true, body, String::new())
}
