//! Exit status, code and hint for every error: the only place that gives advice, in matches without a wildcard arm, so that a
//! new error cannot be forgotten here.

use crate::ceremony;
use crate::ceremony::interaction::PinUnavailable;
use crate::cli::Error;
use crate::cli::emulator::ControlError;
use crate::cli::failure::Exit;
use crate::ctap::hid::{self, DeviceError};
use crate::ctap::status::Status;
use crate::ctap::{self, PinFailureKind};
use crate::emulator::serve::ServeError;
use crate::{graph, ledger};

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
        Error::Ceremony(error) => of_ceremony(error),
        Error::Config(_) => advice(
            Exit::Usage,
            "configuration",
            "docs/configuration.md describes halligan.toml; --config names another file",
        ),
        Error::Declined(_) => plain(Exit::Usage, "declined"),
        Error::Demo(_) => plain(Exit::NotSafe, "demo"),
        Error::Device(error) => of_device(error),
        Error::Emulator(_) | Error::EmulatorAttestation(_) => plain(Exit::Usage, "emulator"),
        Error::EmulatorControl(error) => of_control(error),
        Error::EmulatorServe(error) => of_serve(error),
        Error::Inconclusive { source, .. } => of_tenant(source),
        Error::Key(error) => of_key(error),
        Error::KeysDenied { source, .. } => of_device(source),
        Error::Ledger(error) => of_ledger(error),
        Error::NoKey => advice(
            Exit::Key,
            "no_key",
            "plug a key in; `halligan key list` shows the keys that the operating system knows",
        ),
        Error::Output(_) => plain(Exit::Usage, "output"),
        Error::Pin(error) => of_pin_source(error),
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
        Error::SeveralKeys(_) => advice(
            Exit::Key,
            "several_keys",
            "name one with --device hid:PATH, or unplug the others",
        ),
        Error::SignIn(_) => of_sign_in(),
        Error::Simulator(_) => plain(Exit::Usage, "simulator"),
        Error::Station(_) => advice(
            Exit::Ledger,
            "station",
            "the station's key is in the directory `station_directory` of the configuration",
        ),
        Error::Unanswered { source, .. } => of_unanswered(source),
        Error::Usage(_) => plain(Exit::Usage, "usage"),
        Error::Write { .. } => plain(Exit::Usage, "write"),
    }
}

fn of_serve(error: &ServeError) -> Advice {
    use ServeError as E;
    match error {
        E::Ended => plain(Exit::Key, "emulator"),
        E::Io { .. } | E::NotLoopback(_) | E::SocketInUse(_) | E::Thread(_) => {
            plain(Exit::Usage, "emulator")
        }
        E::NoUhid => advice(
            Exit::Usage,
            "uhid_missing",
            "as root, `modprobe uhid` loads it; where the kernel has none, listen on udp, tcp, unix or pty",
        ),
        E::UhidPermission => advice(
            Exit::Usage,
            "uhid_permission",
            "run this as root, or let root give this account the right to read and write /dev/uhid",
        ),
    }
}

fn of_ceremony(error: &ceremony::Error) -> Advice {
    use ceremony::Error as E;
    match error {
        E::AccountUnfit { .. } => plain(Exit::Tenant, "account_unfit"),
        E::AlreadyEnrolled { .. } => advice(
            Exit::Key,
            "already_enrolled",
            "use another key, or another account; `halligan check` tells which key this is",
        ),
        E::Attestation(_) | E::AttestationRefused { .. } => advice(
            Exit::Key,
            "attestation",
            "the key is not what it claims to be, or its root is not among the attestation roots; do not use it before you know why",
        ),
        E::Cancelled => plain(Exit::Stopped, "cancelled"),
        E::DirectoryMismatch { .. } => plain(Exit::Tenant, "directory_mismatch"),
        E::DisplayName(_) => advice(
            Exit::Usage,
            "label",
            "choose a label of at most 30 characters, as it is to be written on the key",
        ),
        E::Key(error) => of_key(error),
        E::KeyProof(_) => plain(Exit::Key, "key_proof"),
        E::KeyUnfit(_) => plain(Exit::Key, "key_unfit"),
        E::LabelTaken { .. } => advice(
            Exit::Usage,
            "label_taken",
            "`halligan ledger show --key LABEL` shows that key's life; choose another label",
        ),
        E::Ledger(error) => of_ledger(error),
        E::ModelRefused { .. } => advice(
            Exit::Key,
            "model_refused",
            "take a key of a model that the plan and the tenant's passkey policy allow",
        ),
        E::NoKeyInHand => advice(
            Exit::Key,
            "no_key",
            "name the key with --device, or plug it in",
        ),
        E::NoTenant => advice(
            Exit::Usage,
            "no_tenant",
            "the configuration needs a [tenant]",
        ),
        E::Pin(error) => of_pin_source(error),
        E::Stopped { .. } => advice(
            Exit::Stopped,
            "stopped",
            "`halligan ledger show` tells how far it came, `halligan key credentials list` what is on the key, and the account's authentication methods in the Entra admin centre what is registered",
        ),
        E::Tenant(error) => of_tenant(error),
        E::TooFewPinTries { .. } => advice(
            Exit::Pin,
            "too_few_pin_tries",
            "a correct PIN restores the counter; if you are sure of it, add --spend-last-pin-tries",
        ),
        E::UnknownKey => advice(
            Exit::Key,
            "unknown_key",
            "enrol the key first, or name it with --key",
        ),
        E::UnknownLabel(_) => advice(
            Exit::Usage,
            "unknown_label",
            "`halligan ledger show` lists the labels",
        ),
        E::WrongKey { .. } => plain(Exit::Key, "wrong_key"),
    }
}

fn of_key(error: &ctap::Error) -> Advice {
    use ctap::Error as E;
    match error {
        E::AuthenticatorData { .. } | E::Response(_) | E::PinProtocol { .. } => advice(
            Exit::Key,
            "key_misbehaves",
            "the key broke the protocol; unplug it, plug it in and try again, and do not rely on it if that repeats",
        ),
        E::CredentialExcluded { .. } => plain(Exit::Key, "already_enrolled"),
        E::Hid(error) => of_hid(error),
        E::Pin { failure, .. } => of_pin(failure.kind),
        E::PinUnfit(_) => advice(
            Exit::Pin,
            "pin_unfit",
            "a PIN has at least 4 characters and at most 63 bytes, and the key may want more",
        ),
        E::RpIdNeeded | E::RequestTooLarge { .. } | E::Unsupported(_) => {
            plain(Exit::Key, "key_unsupported")
        }
        E::Status { status, .. } => match status {
            Status::ActionTimeout | Status::OperationDenied | Status::UserActionTimeout => advice(
                Exit::Key,
                "touch_missing",
                "touch the key when it blinks; it was not touched in time, or the touch was declined",
            ),
            Status::KeyStoreFull => advice(
                Exit::Key,
                "key_full",
                "`halligan key credentials list` shows what is on the key",
            ),
            _ => plain(Exit::Key, "key_refused"),
        },
    }
}

fn of_pin(kind: PinFailureKind) -> Advice {
    match kind {
        PinFailureKind::Invalid => advice(
            Exit::Pin,
            "pin_wrong",
            "one try was spent; a correct PIN restores the counter, and after three wrong ones in a row the key must be unplugged",
        ),
        PinFailureKind::AuthBlocked => advice(
            Exit::Pin,
            "pin_auth_blocked",
            "unplug the key and plug it in again",
        ),
        PinFailureKind::Blocked => advice(
            Exit::Pin,
            "pin_blocked",
            "only a reset helps, and it deletes every credential on the key",
        ),
        PinFailureKind::ChangeRequired => advice(
            Exit::Pin,
            "pin_change_required",
            "change it with `halligan key pin change`",
        ),
        PinFailureKind::AlreadySet => advice(
            Exit::Pin,
            "pin_already_set",
            "change it with `halligan key pin change`",
        ),
        PinFailureKind::NotSet => advice(
            Exit::Pin,
            "pin_not_set",
            "set one with `halligan key pin set`",
        ),
        PinFailureKind::PolicyViolation => advice(
            Exit::Pin,
            "pin_policy",
            "the key wants a longer or a more complex PIN",
        ),
        PinFailureKind::Required => plain(Exit::Pin, "pin_required"),
        PinFailureKind::UvBlocked | PinFailureKind::UvInvalid => {
            plain(Exit::Pin, "user_verification")
        }
    }
}

fn of_hid(error: &hid::Error) -> Advice {
    use hid::Error as E;
    match error {
        E::Busy { .. } => advice(
            Exit::Key,
            "key_busy",
            "another program, a browser perhaps, is using the key",
        ),
        E::Cancelled | E::CancelUnconfirmed { .. } => plain(Exit::Stopped, "cancelled"),
        E::Device(error) => of_device(error),
        E::KeepAliveTooLong { .. } => {
            advice(Exit::Key, "touch_timeout", "touch the key when it blinks")
        }
        E::Unsupported {
            command: hid::packet::command::CBOR,
        } => advice(
            Exit::Key,
            "key_unsupported",
            "the key knows FIDO U2F only; a passkey needs a FIDO2 key",
        ),
        E::MessageTooLong { .. } | E::Refused { .. } | E::Unsupported { .. } => {
            plain(Exit::Key, "key_unsupported")
        }
        E::Silent { .. } => advice(
            Exit::Key,
            "key_silent",
            "is the key plugged in, or does the emulator run at this address?",
        ),
        E::Violation { .. } => advice(
            Exit::Key,
            "key_misbehaves",
            "unplug the key, plug it in and try again, and do not rely on it if that repeats",
        ),
    }
}

fn of_device(error: &DeviceError) -> Advice {
    match error {
        DeviceError::Gone(_) => advice(
            Exit::Key,
            "key_removed",
            "plug the key in again; the ledger says how far it came",
        ),
        DeviceError::Io { .. } => plain(Exit::Key, "key_io"),
        DeviceError::NotFound(_) => advice(
            Exit::Key,
            "no_key",
            "`halligan key list` shows the keys that are plugged in",
        ),
        DeviceError::PermissionDenied(_) => advice(
            Exit::Key,
            "key_permission",
            "root may; for others install udev/70-halligan.rules, join the group plugdev or sit at the machine, and plug the key in again: udev/README.md says how",
        ),
    }
}

fn of_control(error: &ControlError) -> Advice {
    match error {
        ControlError::Connect { .. } => advice(
            Exit::Key,
            "no_key",
            "does `halligan emulator serve --control` run with this address?",
        ),
        ControlError::BrokeOff { .. } => plain(Exit::Key, "key_removed"),
        ControlError::Interrupted { .. } => plain(Exit::Stopped, "cancelled"),
        ControlError::Refused { code, .. } => match code.as_str() {
            "no_touch_awaited" => advice(
                Exit::Key,
                "no_touch_awaited",
                "`wait touch-awaited` before it waits until one is",
            ),
            "not_stored" => plain(Exit::Key, "key_refused"),
            "timed_out" => plain(Exit::Key, "timed_out"),
            _ => plain(Exit::Usage, "usage"),
        },
        ControlError::Unreadable { .. } => plain(Exit::Key, "key_misbehaves"),
    }
}

fn of_pin_source(error: &PinUnavailable) -> Advice {
    match error {
        PinUnavailable::Declined | PinUnavailable::Mismatch => plain(Exit::Pin, "pin_not_given"),
        PinUnavailable::Io { .. } | PinUnavailable::NoSource => advice(
            Exit::Usage,
            "pin_source",
            "give the PIN on a terminal, with --pin-stdin or with --pin-fd N; never as an argument",
        ),
        PinUnavailable::Unusable(_) => advice(
            Exit::Pin,
            "pin_unfit",
            "a PIN has at least 4 characters and at most 63 bytes",
        ),
    }
}

fn of_sign_in() -> Advice {
    advice(
        Exit::Tenant,
        "sign_in",
        "check [tenant] and [sign_in] in the configuration, and that the application has consent",
    )
}

fn of_tenant(error: &graph::Error) -> Advice {
    use graph::Error as E;
    match error {
        E::BadRequest(_) => advice(
            Exit::Tenant,
            "tenant_refused",
            "the service says the same for many reasons: the passkey policy, the account not being targeted, self-service setup off, an attestation or a model it does not accept, an expired challenge",
        ),
        E::ChallengeTimeout(_) | E::Segment(_) => plain(Exit::Usage, "usage"),
        E::ClaimsChallenge { .. } | E::Unauthenticated(_) => {
            advice(Exit::Tenant, "sign_in", "sign in again")
        }
        E::Conflict(_) => plain(Exit::Tenant, "tenant_conflict"),
        E::CreationOptions { .. }
        | E::Malformed { .. }
        | E::ForeignNextLink { .. }
        | E::TooManyPages { .. } => plain(Exit::Tenant, "tenant_misbehaves"),
        E::Forbidden(_) => advice(
            Exit::Tenant,
            "tenant_forbidden",
            "needed are the permission UserAuthMethod-Passkey.ReadWrite.All with consent, User.Read.All and, for a Global Administrator's keys, the role Privileged Authentication Administrator",
        ),
        E::Http { .. } => advice(
            Exit::Tenant,
            "tenant_unreachable",
            "check the network, the proxy and `ca_cert`",
        ),
        E::Interrupted(_) => plain(Exit::Stopped, "cancelled"),
        E::MethodNotAllowed(_) => advice(
            Exit::Tenant,
            "tenant_self",
            "an account cannot enrol its own key through Graph; sign in as another administrator or as an application",
        ),
        E::NotFound(_) => advice(
            Exit::Tenant,
            "tenant_not_found",
            "check the account's name; a new account may take minutes to be known everywhere",
        ),
        E::OutcomeUnknown { .. } => plain(Exit::Tenant, "tenant_outcome_unknown"),
        E::Refused(_) => plain(Exit::Tenant, "tenant_refused"),
        E::SignIn(_) => of_sign_in(),
        E::Throttled(_) | E::Unavailable(_) => {
            advice(Exit::Tenant, "tenant_busy", "try again later")
        }
    }
}

/// Reading needs other permissions than registering.
fn of_unanswered(error: &graph::Error) -> Advice {
    match error {
        graph::Error::Forbidden(_) => advice(
            Exit::Tenant,
            "tenant_forbidden",
            "needed are the permissions Policy.Read.AuthenticationMethod, UserAuthMethod-Passkey.Read.All and User.Read.All with consent, and for an operator who signs in a role that may read them",
        ),
        error => of_tenant(error),
    }
}

fn of_ledger(error: &ledger::Error) -> Advice {
    use ledger::Error as E;
    match error {
        E::Absent(_) | E::Empty(_) => advice(
            Exit::Ledger,
            "ledger_absent",
            "--ledger names another one; `halligan enroll` begins a new one",
        ),
        E::Body { .. } | E::Refused { .. } => plain(Exit::Ledger, "ledger_refused"),
        E::Contended { .. } => advice(
            Exit::Ledger,
            "ledger_contended",
            "other stations were writing; try again",
        ),
        E::Full(_) => plain(Exit::Ledger, "ledger_full"),
        E::Inconsistent { .. } => advice(
            Exit::Ledger,
            "ledger_inconsistent",
            "nothing is added to a ledger that does not verify; compare it with a copy, and find out who changed it",
        ),
        E::Location(_) => plain(Exit::Usage, "ledger_location"),
        E::NotACopy { .. } => advice(
            Exit::Ledger,
            "ledger_not_a_copy",
            "name an empty directory with --ledger, or the one in which this ceremony began",
        ),
        E::NotKept { .. } => advice(
            Exit::Ledger,
            "ledger_not_kept",
            "the storage does not keep what it accepts; use another",
        ),
        E::PermissionDenied { .. } => plain(Exit::Ledger, "ledger_permission"),
        E::StationNameTaken { .. } => advice(
            Exit::Ledger,
            "station_name_taken",
            "give this station another name with `station` in the configuration, or bring back its key into `station_directory`",
        ),
        E::Storage { .. } => plain(Exit::Ledger, "ledger_storage"),
        E::StorageFull { .. } => advice(
            Exit::Ledger,
            "ledger_full_disk",
            "free some space; the entries that are there are whole",
        ),
    }
}
