//! Exit status, code and hint for every error: the only place that gives advice, in matches without a wildcard arm, so that a
//! new error cannot be forgotten here.

mod ceremony;
mod key;
mod metadata;
mod services;

use crate::cli::Error;
use crate::cli::failure::Exit;

/// Exit status, code and hint of an error.
pub(crate) type Advice = (Exit, &'static str, Option<String>);

fn advice(exit: Exit, code: &'static str, hint: &str) -> Advice {
    (exit, code, Some(hint.to_owned()))
}

fn plain(exit: Exit, code: &'static str) -> Advice {
    (exit, code, None)
}

pub(crate) fn of(error: &Error) -> Advice {
    match error {
        Error::AttestationRoots(_) => advice(
            Exit::Usage,
            "attestation_roots",
            "the file must hold certificates in PEM",
        ),
        Error::Batch { source, .. } => of(source),
        Error::BatchOpen { .. } => advice(
            Exit::Stopped,
            "batch_open",
            "`halligan resume` finishes or undoes them; then run the plan again",
        ),
        Error::Ceremony(error) => ceremony::of_ceremony(error),
        Error::Change { .. } => advice(
            Exit::Usage,
            "change",
            "docs/what-if.md describes the files; `halligan tenant export` shows the objects as they are",
        ),
        Error::Config(_) => advice(
            Exit::Usage,
            "configuration",
            "docs/configuration.md describes halligan.toml; --config names another file",
        ),
        Error::Custody(error) => ceremony::of_custody(error),
        Error::Declined(_) => plain(Exit::Usage, "declined"),
        Error::Demo(_) => plain(Exit::NotSafe, "demo"),
        Error::Device(error) => key::of_device(error),
        Error::Emulator(_) | Error::EmulatorAttestation(_) => plain(Exit::Usage, "emulator"),
        Error::EmulatorControl(error) => key::of_control(error),
        Error::EmulatorServe(error) => key::of_serve(error),
        Error::Identity(_) => plain(Exit::Pin, "identity"),
        Error::Inconclusive { source, .. } => services::of_tenant(source),
        Error::Key(error) => key::of_key(error),
        Error::KeysDenied { source, .. } => key::of_device(source),
        Error::Ledger(error) => services::of_ledger(error),
        Error::Metadata(error) => metadata::of_metadata(error),
        Error::NoKey => advice(
            Exit::Key,
            "no_key",
            "plug a key in; `halligan key list` shows the keys that the operating system knows",
        ),
        Error::NoSealedPin(_) => advice(
            Exit::Pin,
            "pin_not_sealed",
            "`halligan ledger show --json` has every sealed PIN; --ceremony names one that is not in force",
        ),
        Error::NoSealedPassword(_) => advice(
            Exit::Pin,
            "password_not_sealed",
            "passwords are sealed only with `password = \"seal\"` in [emergency] when `tenant apply` makes the account; --ceremony names one that is not in force",
        ),
        Error::Output(_) => plain(Exit::Usage, "output"),
        Error::Pin(error) => ceremony::of_pin_source(error),
        Error::Plan { .. } => advice(Exit::Usage, "plan", "docs/batches.md describes plans"),
        Error::PlanImpossible(_) => advice(
            Exit::Usage,
            "plan_impossible",
            "the result says what stands against each key; change the plan",
        ),
        Error::Profile(_) => advice(
            Exit::Usage,
            "profile",
            "`halligan emulator profile list` shows what there is, and `… show NAME` what can be written in a file",
        ),
        Error::Read { .. } => plain(Exit::Usage, "read"),
        Error::Seed { .. } => plain(Exit::Usage, "seed"),
        Error::SeveralKeys(_) => advice(
            Exit::Key,
            "several_keys",
            "name one with --device hid:PATH, or unplug the others",
        ),
        Error::ShareFile { .. } => plain(Exit::Pin, "pin_shares"),
        Error::Snapshot { .. } => advice(
            Exit::Usage,
            "snapshot",
            "`halligan tenant export --output FILE` writes one",
        ),
        Error::SignIn(_) => services::of_sign_in(),
        Error::Simulator(_) => plain(Exit::Usage, "simulator"),
        Error::Station(_) => advice(
            Exit::Ledger,
            "station",
            "the station's key is in the directory `station_directory` of the configuration",
        ),
        Error::TestBrokenOff { source, .. } => of(source),
        Error::TestResult { .. } => advice(
            Exit::Usage,
            "test_result",
            "`halligan key test --json` writes what can be compared",
        ),
        Error::Unanswered { source, .. } => services::of_unanswered(source),
        Error::Usage(_) => plain(Exit::Usage, "usage"),
        Error::Write { .. } => plain(Exit::Usage, "write"),
    }
}
