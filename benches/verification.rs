//! What verifying a large ledger costs beyond the signatures in it, and whether its memory grows: 10 000 entries in a directory,
//! 2000 of them with a key's proof. Prints a table; no statistics, so that it takes a minute and not ten.
//!
//! ```text
//! cargo bench --bench verification
//! ```

mod stage;

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use halligan::ledger::{Draft, Event, KeyChecked, Ledger, Reader, Store};
use halligan::webauthn::{CoseKey, client_data};
use ring::signature::{ED25519, UnparsedPublicKey};
use stage::Stage;
use tokio::runtime::Runtime;

/// One entry in so many has a proof.
const PROVEN: u64 = 5;
const RUNS: usize = 3;

type Done<T> = Result<T, Box<dyn Error>>;

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().collect();
    // A process of its own for each measurement: the peak of its memory is that of one verification.
    if let [_, word, ledger] = arguments.as_slice()
        && word == "verify"
    {
        return say(&verify(ledger)?);
    }
    let stage = Stage::build()?;
    say("entries  proofs  verified in  bare signatures  ratio  peak memory")?;
    for entries in [1000, 10_000] {
        let directory = tempfile::tempdir()?;
        write(&stage, directory.path(), entries)?;
        let (bare, proofs) = bare(directory.path())?;
        let mut best = (Duration::MAX, String::new());
        for _ in 0..RUNS {
            let command = Command::new(std::env::current_exe()?)
                .args(["verify".as_ref(), directory.path().as_os_str()])
                .output()?;
            let said = String::from_utf8(command.stdout)?;
            let (micros, peak) = said.trim().split_once(' ').ok_or("no measurement")?;
            let time = Duration::from_micros(micros.parse()?);
            if time < best.0 {
                best = (time, peak.to_owned());
            }
        }
        say(&format!(
            "{entries:>7}  {proofs:>6}  {:>9.0?}  {bare:>15.0?}  {:>5.2}  {:>11}",
            best.0,
            best.0.as_secs_f64() / bare.as_secs_f64(),
            best.1
        ))?;
    }
    Ok(())
}

fn say(line: &str) -> Done<()> {
    use std::io::Write;
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// Microseconds and peak resident memory of one verification.
fn verify(ledger: &str) -> Done<String> {
    let runtime = Runtime::new()?;
    let started = Instant::now();
    let verification = runtime.block_on(Reader::open(ledger)?.verify())?;
    let time = started.elapsed();
    assert!(verification.is_consistent());
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.map_or("unknown", str::trim);
    Ok(format!("{} {peak}", time.as_micros()))
}

/// One key, enrolled and then checked again and again, mostly in vain.
fn write(stage: &Stage, directory: &Path, entries: u64) -> Done<()> {
    let runtime = Runtime::new()?;
    // In memory first, because a directory is synced after each entry.
    let store = Store::open("memory:")?;
    let mut key = stage.key()?;
    let mut ledger = stage.ledger(store.clone())?;
    stage.enroll(&mut key, &mut ledger)?;
    let credential_id = ledger.state().keys()[0].enrolled.credential_id.clone();
    let in_vain = Event::KeyChecked(KeyChecked {
        label: "BG1-A".to_owned(),
        credential_id,
        passed: false,
        findings: Vec::new(),
        observed: None,
        accepted: None,
    });
    while let Some(head) = ledger.head()
        && head.index + 1 < entries
    {
        if head.index.is_multiple_of(PROVEN) {
            stage.check(&mut key, &mut ledger)?;
        } else {
            runtime.block_on(ledger.append(Draft::new(&in_vain, None)))?;
        }
    }
    copy(&ledger, directory)
}

fn copy(ledger: &Ledger, directory: &Path) -> Done<()> {
    std::fs::create_dir_all(directory.join("entries"))?;
    for entry in ledger.entries() {
        let name = format!("entries/{:08}.json", entry.index);
        std::fs::write(directory.join(name), entry.as_bytes())?;
    }
    Ok(())
}

/// The time of verifying the same signatures one after the other, with everything at hand, and how many proofs there are.
fn bare(directory: &Path) -> Done<(Duration, usize)> {
    let reader = Reader::open(&directory.display().to_string())?;
    let (entries, state) = Runtime::new()?.block_on(reader.entries())?;
    let station = state.stations().values().next().ok_or("a station")?;
    let key = CoseKey::parse(&state.keys()[0].enrolled.public_key)?;
    let signed: Vec<_> = entries
        .iter()
        .map(|entry| (entry.signed_bytes(), entry.signature))
        .collect();
    let proofs: Vec<_> = entries
        .iter()
        .filter_map(|entry| entry.proof.as_ref())
        .map(|proof| {
            let hash = client_data::hash(&proof.client_data_json);
            let message = [proof.authenticator_data.as_slice(), &hash].concat();
            (message, proof.signature.clone())
        })
        .collect();
    let started = Instant::now();
    let public_key = UnparsedPublicKey::new(&ED25519, station.public_key);
    for (message, signature) in &signed {
        public_key
            .verify(message, signature)
            .map_err(|_| "a signature")?;
    }
    for (message, signature) in &proofs {
        key.verify(message, signature)?;
    }
    Ok((started.elapsed(), proofs.len()))
}
