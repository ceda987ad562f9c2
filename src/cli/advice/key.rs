//! What a key, its wire or an emulated one refuses.

use super::{Advice, advice, plain};
use crate::cli::emulator::ControlError;
use crate::cli::failure::Exit;
use crate::ctap::hid::{self, DeviceError};
use crate::ctap::status::Status;
use crate::ctap::{self, PinFailureKind};
use crate::emulator::serve::ServeError;

pub(super) fn of_key(error: &ctap::Error) -> Advice {
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

pub(super) fn of_pin(kind: PinFailureKind) -> Advice {
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

pub(super) fn of_hid(error: &hid::Error) -> Advice {
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

pub(super) fn of_device(error: &DeviceError) -> Advice {
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

pub(super) fn of_control(error: &ControlError) -> Advice {
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

pub(super) fn of_serve(error: &ServeError) -> Advice {
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
