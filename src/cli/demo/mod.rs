//! `halligan demo`: the main job from end to end, on the built-in emulator and simulator, in a folder of its own. Everything
//! above the 64-byte reports and the HTTPS requests is what runs against real keys and a real tenant.

mod report;
mod stage;

use std::path::{Path, PathBuf};

use crate::ceremony;
use crate::ceremony::check::Checked;
use crate::cli::demo::stage::{Key, Stage};
use crate::cli::{Context, Error};
use crate::ledger::{Reader, Verification};
use crate::report::Report;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Play in this directory, which must be empty or not exist [default: a fresh one in the temporary directory]
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// Something went otherwise than the story goes: a fault of the tool itself.
#[derive(Debug, thiserror::Error)]
#[error("{what}: expected {expected}, found {found}")]
pub(crate) struct Surprise {
    what: &'static str,
    expected: &'static str,
    found: String,
}

/// What the demo has shown.
struct Story {
    enrolled: Vec<String>,
    passed: usize,
    dead: Checked,
    wrong_key: String,
    intact: Verification,
    tampered: Verification,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let directory = fresh_directory(arguments)?;
    let mut stage = Stage::build(&directory, context).await?;
    let story = play(&mut stage, context).await;
    stage.clear().await;
    Ok(report::report(&story?, &directory))
}

fn fresh_directory(arguments: &Arguments) -> Result<PathBuf, Error> {
    let directory = match &arguments.directory {
        Some(directory) => directory.clone(),
        None => tempfile::Builder::new()
            .prefix("halligan-demo-")
            .tempdir()
            .map(tempfile::TempDir::keep)
            .map_err(|source| Error::Write {
                path: std::env::temp_dir(),
                source,
            })?,
    };
    std::fs::create_dir_all(&directory).map_err(|source| Error::Write {
        path: directory.clone(),
        source,
    })?;
    let empty = directory
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_none());
    if empty {
        Ok(directory)
    } else {
        Err(Error::Usage(format!(
            "{} is not empty",
            directory.display()
        )))
    }
}

async fn play(stage: &mut Stage, context: &Context) -> Result<Story, Error> {
    stage.say("Two emergency access accounts, two keys each: enrolled, attested, registered, proven, recorded");
    let mut enrolled = Vec::new();
    for key in Key::ALL {
        stage.enroll(key, context).await?;
        enrolled.push(format!("{} for {}", key.label, stage.account(key)));
    }
    stage.say("Months later: does every key still work? No sign-in, no touch, no PIN");
    let mut passed = 0;
    for key in Key::ALL {
        let checked = stage.check(key, key, context).await?;
        if !checked.passed {
            return Err(surprise(
                "a healthy key",
                "passed",
                format!("{:?}", checked.findings),
            ));
        }
        passed += 1;
    }
    stage.say("Somebody resets BG2-B; a check finds out before the emergency does");
    let [bg1_a, bg1_b, _, bg2_b] = Key::ALL;
    stage.reset(bg2_b, context)?;
    let dead = stage.check(bg2_b, bg2_b, context).await?;
    if dead.passed {
        return Err(surprise(
            "a key that was reset",
            "not passed",
            "passed".to_owned(),
        ));
    }
    stage.say(
        "BG1-B lies in the bag that says BG1-A; the tool refuses it before it asks for anything",
    );
    let wrong_key = match stage.check(bg1_a, bg1_b, context).await {
        Err(Error::Ceremony(error)) if matches!(*error, ceremony::Error::WrongKey { .. }) => {
            error.to_string()
        }
        Err(error) => return Err(error),
        Ok(_) => return Err(surprise("the wrong key", "refused", "checked".to_owned())),
    };
    stage.say("Somebody edits a copy of the ledger; verification names the entry");
    let intact = verify(&stage.ledger()).await?;
    let tampered = verify(&stage.tampered_ledger()?).await?;
    match (&intact.failure, &tampered.failure) {
        (None, Some(_)) => {}
        (Some(failure), _) => {
            return Err(surprise("the ledger", "consistent", failure.to_string()));
        }
        (None, None) => {
            return Err(surprise(
                "the tampered ledger",
                "inconsistent",
                "consistent".to_owned(),
            ));
        }
    }
    Ok(Story {
        enrolled,
        passed,
        dead,
        wrong_key,
        intact,
        tampered,
    })
}

fn surprise(what: &'static str, expected: &'static str, found: String) -> Error {
    Surprise {
        what,
        expected,
        found,
    }
    .into()
}

async fn verify(ledger: &Path) -> Result<Verification, Error> {
    Ok(Reader::open(&ledger.display().to_string())?
        .verify()
        .await?)
}
