//! Why a ceremony did not reach its end, a PIN was not given, or a sealed one not opened.

use super::{Advice, advice, key, plain, services};
use crate::ceremony;
use crate::ceremony::interaction::PinUnavailable;
use crate::ceremony::two_rooms::FileError;
use crate::cli::failure::Exit;
use crate::custody::{self, ShareError};

pub(super) fn of_ceremony(error: &ceremony::Error) -> Advice {
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
        E::CeremonyOpen { .. } => advice(
            Exit::Stopped,
            "ceremony_open",
            "`halligan resume` shows what is true, and finishes it or takes it back",
        ),
        E::Custody(error) => of_custody(error),
        E::DirectoryMismatch { .. } => plain(Exit::Tenant, "directory_mismatch"),
        E::DisplayName(_) => advice(
            Exit::Usage,
            "label",
            "choose a label of at most 30 characters, as it is to be written on the key",
        ),
        E::Key(error) => key::of_key(error),
        E::KeyProof(_) => plain(Exit::Key, "key_proof"),
        E::KeyUnfit(_) => plain(Exit::Key, "key_unfit"),
        E::LabelTaken { .. } => advice(
            Exit::Usage,
            "label_taken",
            "`halligan ledger show --key LABEL` shows that key's life; choose another label",
        ),
        E::Ledger(error) => services::of_ledger(error),
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
        E::NoSuchCeremony(_) => advice(
            Exit::Usage,
            "no_such_ceremony",
            "`halligan resume` lists the ceremonies that are open",
        ),
        E::NotConfirmed(_) => advice(
            Exit::Usage,
            "declined",
            "it is asked for on a terminal; a script gives it with --confirm",
        ),
        E::NotFinishable { .. } => advice(
            Exit::Stopped,
            "not_finishable",
            "`halligan resume` shows what is true, and what can be done",
        ),
        E::NotUndoable { .. } => advice(
            Exit::Stopped,
            "not_undoable",
            "`halligan resume` shows what is true, and what can be done",
        ),
        E::NotTheSameKey(_) => advice(
            Exit::Key,
            "not_the_same_key",
            "nothing was done to it; plug in the key that it is about, and no other",
        ),
        E::NoTenant => advice(
            Exit::Usage,
            "no_tenant",
            "the configuration needs a [tenant]",
        ),
        E::OtherRoom(FileError::Expired(_)) => advice(
            Exit::Tenant,
            "challenge_expired",
            "ask for another request in the room of the tenant, with a longer --challenge-minutes",
        ),
        E::OtherRoom(_) => advice(
            Exit::Usage,
            "other_room",
            "have the file written again in the other room; do not use one that was changed on the way",
        ),
        E::OutOfService { .. } => advice(
            Exit::Usage,
            "out_of_service",
            "`halligan ledger show --key LABEL` shows that key's life",
        ),
        E::Pin(error) => of_pin_source(error),
        E::PinSealed(_) => advice(
            Exit::Pin,
            "pin_sealed",
            "a custodian opens it with --identity FILE; or take the ceremony back with --undo",
        ),
        E::ReinsertionNeeded => advice(
            Exit::Key,
            "reinsertion_needed",
            "unplug the key, plug it in again and try at once: most keys allow ten seconds",
        ),
        E::SettingImpossible(_) => advice(
            Exit::Usage,
            "setting_impossible",
            "`halligan key config show` shows what the key has and can get",
        ),
        E::Stopped { .. } => advice(
            Exit::Stopped,
            "stopped",
            "`halligan resume` shows what is on the key and in the tenant; `halligan resume LABEL` finishes it or takes it back",
        ),
        E::Tenant(error) => services::of_tenant(error),
        E::TooFewKeys { .. } => advice(
            Exit::Usage,
            "too_few_keys",
            "enrol another key first; whoever must go below two types the account's name",
        ),
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

pub(super) fn of_custody(error: &custody::Error) -> Advice {
    use custody::Error as E;
    match error {
        E::Encrypt(_) | E::LineBreak => plain(Exit::Pin, "pin_not_sealed"),
        E::Foreign(_) | E::Part { .. } | E::Pin(_) | E::Recipient(_) => {
            plain(Exit::Pin, "pin_seal_damaged")
        }
        E::NoCustodian
        | E::NoRecipient(_)
        | E::NotAName(_)
        | E::SameRecipient { .. }
        | E::Threshold { .. }
        | E::TooMany(_)
        | E::TwiceNamed(_) => plain(Exit::Usage, "configuration"),
        E::NotForThese(_) => plain(Exit::Pin, "pin_not_for_these"),
        E::Share(ShareError::TooFew { .. }) => advice(
            Exit::Pin,
            "pin_shares",
            "let further custodians open their share with --share, and put the shares together with --shares-from",
        ),
        E::Share(_) => plain(Exit::Pin, "pin_shares"),
    }
}

pub(super) fn of_pin_source(error: &PinUnavailable) -> Advice {
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
