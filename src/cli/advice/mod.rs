//! Exit status, code and hint for every error: the only place that gives advice, in matches without a wildcard arm, so that a
//! new error cannot be forgotten here.

mod ceremony;
mod doctor;
mod key;
mod metadata;
mod services;

use crate::cli::Error;
use crate::cli::failure::Exit;

pub(crate) use doctor::remedy;

/// Exit status, code and hint of an error.
pub(crate) type Advice = (Exit, &'static str, Option<String>);

fn advice(exit: Exit, code: &'static str, hint: &str) -> Advice {
    (exit, code, Some(hint.to_owned()))
}

fn plain(exit: Exit, code: &'static str) -> Advice {
    (exit, code, None)
}

pub(crate) fn of(error: &Error) -> Advice {
    let (exit, code) = match error {
        Error::AttestationRoots(_) => (Exit::Usage, "attestation_roots"),
        Error::Batch { source, .. } => return of(source),
        Error::BatchOpen { .. } => (Exit::Stopped, "batch_open"),
        Error::Ceremony(error) => return ceremony::of_ceremony(error),
        Error::Change { .. } => (Exit::Usage, "change"),
        Error::Config(_) => (Exit::Usage, "configuration"),
        Error::ConfigThere(_) => (Exit::Usage, "configuration_there"),
        Error::Custody(error) => return ceremony::of_custody(error),
        Error::Declined(_) => (Exit::Usage, "declined"),
        Error::Demo(_) => (Exit::NotSafe, "demo"),
        Error::Device(error) => return key::of_device(error),
        Error::DirectoryInUse { .. } => (Exit::Usage, "directory_in_use"),
        Error::Discovery(error) => return services::of_discovery(error),
        Error::Emulator(_) | Error::EmulatorAttestation(_) => (Exit::Usage, "emulator"),
        Error::EmulatorControl(error) => return key::of_control(error),
        Error::EmulatorServe(error) => return key::of_serve(error),
        Error::Identity(_) => (Exit::Pin, "identity"),
        Error::Inconclusive { source, .. } => return services::of_tenant(source),
        Error::Key(error) => return key::of_key(error),
        Error::KeysDenied { source, .. } => return key::of_device(source),
        Error::Ledger(error) => return services::of_ledger(error),
        Error::LogsUnread(_) => (Exit::Tenant, "logs_unread"),
        Error::Metadata(error) => return metadata::of_metadata(error),
        Error::NoKey => (Exit::Key, "no_key"),
        Error::NoSealedPassword(_) => (Exit::Pin, "password_not_sealed"),
        Error::NoSealedPin(_) => (Exit::Pin, "pin_not_sealed"),
        Error::Output(_) => (Exit::Usage, "output"),
        Error::Pin(error) => return ceremony::of_pin_source(error),
        Error::Plan { .. } => (Exit::Usage, "plan"),
        Error::PlanImpossible(_) => (Exit::Usage, "plan_impossible"),
        Error::Profile(_) => (Exit::Usage, "profile"),
        Error::Read { .. } => (Exit::Usage, "read"),
        Error::Seed { .. } => (Exit::Usage, "seed"),
        Error::SeveralKeys(_) => (Exit::Key, "several_keys"),
        Error::ShareFile { .. } => (Exit::Pin, "pin_shares"),
        Error::SignIn(error) => return services::of_sign_in(error),
        Error::SignInPage(_) => (Exit::Tenant, "sign_in_page"),
        Error::Simulator(_) => (Exit::Usage, "simulator"),
        Error::Snapshot { .. } => (Exit::Usage, "snapshot"),
        Error::Station(_) => (Exit::Ledger, "station"),
        Error::TestBrokenOff { source, .. } => return of(source),
        Error::TestResult { .. } => (Exit::Usage, "test_result"),
        Error::Unanswered { source, .. } => return services::of_unanswered(source),
        Error::Unwatchable { .. } => (Exit::Tenant, "unwatchable"),
        Error::Unconfigured { .. } => (Exit::Usage, "configuration"),
        Error::Undiagnosed { .. } => (Exit::Tenant, "undiagnosed"),
        Error::Usage(_) => (Exit::Usage, "usage"),
        Error::Write { .. } => (Exit::Usage, "write"),
    };
    (exit, code, hint(error).map(str::to_owned))
}

/// What helps. The errors of other layers have their own advice.
fn hint(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Batch { .. }
        | Error::Ceremony(_)
        | Error::Custody(_)
        | Error::Declined(_)
        | Error::Demo(_)
        | Error::Device(_)
        | Error::Discovery(_)
        | Error::Emulator(_)
        | Error::EmulatorAttestation(_)
        | Error::EmulatorControl(_)
        | Error::EmulatorServe(_)
        | Error::Identity(_)
        | Error::Inconclusive { .. }
        | Error::Key(_)
        | Error::KeysDenied { .. }
        | Error::Ledger(_)
        | Error::Metadata(_)
        | Error::Output(_)
        | Error::Pin(_)
        | Error::Read { .. }
        | Error::Seed { .. }
        | Error::ShareFile { .. }
        | Error::SignIn(_)
        | Error::SignInPage(_)
        | Error::Simulator(_)
        | Error::TestBrokenOff { .. }
        | Error::Unanswered { .. }
        | Error::Unconfigured { .. }
        | Error::Undiagnosed { .. }
        | Error::Usage(_)
        | Error::Write { .. } => return None,
        Error::AttestationRoots(_) => "the file must hold certificates in PEM",
        Error::BatchOpen { .. } => {
            "`halligan resume` finishes or undoes them; then run the plan again"
        }
        Error::Change { .. } => {
            "docs/what-if.md describes the files; `halligan tenant export` shows the objects as they are"
        }
        Error::Config(_) => {
            "docs/configuration.md describes halligan.toml; --config names another file"
        }
        Error::ConfigThere(_) => {
            "--force writes another one and keeps a copy; --config names another place"
        }
        Error::DirectoryInUse { .. } => "name another directory; --force writes over what is there",
        Error::LogsUnread(_) => {
            "the result says what would tell: a licence, the permission AuditLog.Read.All, or a look before the service forgets"
        }
        Error::NoKey => {
            "plug a key in; `halligan key list` shows the keys that the operating system knows"
        }
        Error::NoSealedPin(_) => {
            "`halligan ledger show --json` has every sealed PIN; --ceremony names one that is not in force"
        }
        Error::NoSealedPassword(_) => {
            "passwords are sealed only with `password = \"seal\"` in [emergency] when `tenant apply` makes the account; --ceremony names one that is not in force"
        }
        Error::Plan { .. } => "docs/batches.md describes plans",
        Error::PlanImpossible(_) => "the result says what stands against each key; change the plan",
        Error::Profile(_) => {
            "`halligan emulator profile list` shows what there is, and `… show NAME` what can be written in a file"
        }
        Error::SeveralKeys(_) => "name one with --device hid:PATH, or unplug the others",
        Error::Snapshot { .. } => "`halligan tenant export --output FILE` writes one",
        Error::Station(_) => {
            "the station's key is in the directory `station_directory` of the configuration"
        }
        Error::TestResult { .. } => "`halligan key test --json` writes what can be compared",
        Error::Unwatchable { .. } => "--account ID=NAME names what to watch without asking anybody",
    })
}
