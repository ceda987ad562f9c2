//! Why a ceremony did not reach its end, a PIN was not given, or a sealed one not opened.

use super::{Advice, advice, key, plain, services};
use crate::ceremony;
use crate::ceremony::interaction::PinUnavailable;
use crate::ceremony::two_rooms::FileError;
use crate::cli::failure::Exit;
use crate::custody::{self, ShareError};
use crate::tenant::preflight::Prediction;

pub(super) fn of_ceremony(error: &ceremony::Error) -> Advice {
    use ceremony::Error as E;
    let (exit, code) = match error {
        E::AccountUnfit { .. } => (Exit::Tenant, "account_unfit"),
        E::AlreadyEnrolled { .. } => (Exit::Key, "already_enrolled"),
        E::Attestation(_) | E::AttestationRefused { .. } => (Exit::Key, "attestation"),
        E::Cancelled => (Exit::Stopped, "cancelled"),
        E::CeremonyOpen { .. } => (Exit::Stopped, "ceremony_open"),
        E::Custody(error) => return of_custody(error),
        E::DirectoryMismatch { .. } => (Exit::Tenant, "directory_mismatch"),
        E::ExclusionUnproven { .. } => (Exit::NotSafe, "exclusion_unproven"),
        E::DisplayName(_) => (Exit::Usage, "label"),
        E::Key(error) => return key::of_key(error),
        E::KeyInUse(_) => (Exit::Key, "key_in_use"),
        E::KeyProof(_) => (Exit::Key, "key_proof"),
        E::KeyUnfit(_) => (Exit::Key, "key_unfit"),
        E::LabelTaken { .. } => (Exit::Usage, "label_taken"),
        E::Ledger(error) => return services::of_ledger(error),
        E::ModelRefused { .. } => (Exit::Key, "model_refused"),
        E::NoKeyInHand => (Exit::Key, "no_key"),
        E::NoSuchCeremony(_) => (Exit::Usage, "no_such_ceremony"),
        E::NotConfirmed(_) => (Exit::Usage, "declined"),
        E::NotFinishable { .. } => (Exit::Stopped, "not_finishable"),
        E::NotUndoable { .. } => (Exit::Stopped, "not_undoable"),
        E::NotPluggedInAgain => (Exit::Key, "not_plugged_in_again"),
        E::NotTheSameKey(_) => (Exit::Key, "not_the_same_key"),
        E::NoObjectId(_) => (Exit::Tenant, "no_object_id"),
        E::NoTenant => (Exit::Usage, "no_tenant"),
        E::OtherRoom(FileError::Expired(_)) => (Exit::Tenant, "challenge_expired"),
        E::OtherRoom(_) => (Exit::Usage, "other_room"),
        E::OutOfService { .. } => (Exit::Usage, "out_of_service"),
        E::Pin(error) => return of_pin_source(error),
        E::PinSealed(_) => (Exit::Pin, "pin_sealed"),
        E::Preflight { .. } => (Exit::Tenant, "preflight"),
        E::ReinsertionNeeded => (Exit::Key, "reinsertion_needed"),
        E::SettingImpossible(_) => (Exit::Usage, "setting_impossible"),
        E::Stopped { .. } => (Exit::Stopped, "stopped"),
        E::Tenant(error) => return services::of_tenant(error),
        E::TenantAmbiguous(_) => (Exit::Tenant, "tenant_ambiguous"),
        E::TenantChangeGivenUp { .. } => (Exit::Tenant, "tenant_change_given_up"),
        E::TenantChangeUnderWay(_) | E::TenantRunUnderWay(_) => {
            (Exit::Tenant, "tenant_change_under_way")
        }
        E::TenantDoesNotShow(_) => (Exit::Tenant, "tenant_does_not_show"),
        E::TenantNotAsPlanned { .. } => (Exit::Tenant, "tenant_not_as_planned"),
        E::TenantTooSlow(_) => (Exit::Tenant, "tenant_too_slow"),
        E::TooFewKeys { .. } => (Exit::Usage, "too_few_keys"),
        E::TooFewPinTries { .. } => (Exit::Pin, "too_few_pin_tries"),
        E::UnknownKey => (Exit::Key, "unknown_key"),
        E::UnknownLabel(_) => (Exit::Usage, "unknown_label"),
        E::WrongKey { .. } => (Exit::Key, "wrong_key"),
    };
    if let E::Preflight { prediction, .. } = error {
        return (exit, code, Some(changes(prediction)));
    }
    (exit, code, hint(error).map(str::to_owned))
}

/// What helps. The errors of other layers have their own advice.
fn hint(error: &ceremony::Error) -> Option<&'static str> {
    use ceremony::Error as E;
    Some(match error {
        E::AccountUnfit { .. }
        | E::Cancelled
        | E::Custody(_)
        | E::DirectoryMismatch { .. }
        | E::Key(_)
        | E::KeyProof(_)
        | E::KeyUnfit(_)
        | E::Ledger(_)
        | E::Pin(_)
        | E::Preflight { .. }
        | E::Tenant(_)
        | E::WrongKey { .. } => return None,
        E::AlreadyEnrolled { .. } => {
            "use another key, or another account; `halligan check` tells which key this is"
        }
        E::Attestation(_) | E::AttestationRefused { .. } => {
            "the key is not what it claims to be, or its root is not among the attestation roots; do not use it before you know why"
        }
        E::CeremonyOpen { .. } => {
            "`halligan resume` shows what is true, and finishes it or takes it back"
        }
        E::NoObjectId(_) => "the account was not read from a directory of Microsoft Entra",
        E::ExclusionUnproven { .. }
        | E::TenantAmbiguous(_)
        | E::TenantChangeGivenUp { .. }
        | E::TenantChangeUnderWay(_)
        | E::TenantDoesNotShow(_)
        | E::TenantNotAsPlanned { .. }
        | E::TenantRunUnderWay(_)
        | E::TenantTooSlow(_) => return hint_of_apply(error),
        E::DisplayName(_) => {
            "choose a label of at most 30 characters, as it is to be written on the key"
        }
        E::KeyInUse(_) => {
            "nothing on it was erased; take a key that nobody uses, or make this one such a key by `halligan key reset`"
        }
        E::LabelTaken { .. } => {
            "`halligan ledger show --key LABEL` shows that key's life; choose another label"
        }
        E::ModelRefused { .. } => {
            "take a key of a model that the plan, [attestation] in the configuration and the tenant's passkey policy allow"
        }
        E::NoKeyInHand => "name the key with --device, or plug it in",
        E::NoSuchCeremony(_) => "`halligan resume` lists the ceremonies that are open",
        E::NotConfirmed(_) => "it is asked for on a terminal; a script gives it with --confirm",
        E::NotFinishable { .. } | E::NotUndoable { .. } => {
            "`halligan resume` shows what is true, and what can be done"
        }
        E::NotPluggedInAgain => "run the test again, and plug the key in anew when it is asked for",
        E::NotTheSameKey(_) => {
            "nothing was done to it; plug in the key that it is about, and no other"
        }
        E::NoTenant => "the configuration needs a [tenant]",
        E::OtherRoom(error) => hint_of_other_room(error),
        E::OutOfService { .. } => "`halligan ledger show --key LABEL` shows that key's life",
        E::PinSealed(_) => {
            "a custodian opens it with --identity FILE; or take the ceremony back with --undo"
        }
        E::ReinsertionNeeded => {
            "unplug the key, plug it in again and try at once: most keys allow ten seconds"
        }
        E::SettingImpossible(_) => "`halligan key config show` shows what the key has and can get",
        E::Stopped { .. } => {
            "`halligan resume` shows what is on the key and in the tenant; `halligan resume LABEL` finishes it or takes it back, and a change of the tenant the next `halligan tenant apply` clears up"
        }
        E::TooFewKeys { .. } => {
            "enrol another key first; whoever must go below two types the account's name"
        }
        E::TooFewPinTries { .. } => {
            "a correct PIN restores the counter; if you are sure of it, add --spend-last-pin-tries"
        }
        E::UnknownKey => "enrol the key first, or name it with --key",
        E::UnknownLabel(_) => "`halligan ledger show` lists the labels",
    })
}

/// What helps with a file from the other of two rooms.
fn hint_of_other_room(error: &FileError) -> &'static str {
    match error {
        FileError::Expired(_) => {
            "ask for another request in the room of the tenant, with a longer --challenge-minutes"
        }
        _ => {
            "have the file written again in the other room; do not use one that was changed on the way"
        }
    }
}

/// What helps where the tenant was to be changed.
fn hint_of_apply(error: &ceremony::Error) -> Option<&'static str> {
    use ceremony::Error as E;
    match error {
        E::ExclusionUnproven { .. } => Some(
            "the policy is as it was; put right what stands against it, and run `halligan tenant apply --enforce` again",
        ),
        E::TenantAmbiguous(_) => Some("rename all but one of them, or name the group by its id"),
        E::TenantChangeUnderWay(_) => Some(
            "`halligan ledger show` tells which station is at work; run `halligan tenant apply` again when it is done",
        ),
        E::TenantChangeGivenUp { .. } => Some(
            "see to it that runs do not overlap, and run `halligan tenant plan`: an object that is there twice is to be deleted by hand",
        ),
        E::TenantRunUnderWay(_) => {
            Some("wait for its end, or interrupt it: what it leaves open the next run clears up")
        }
        E::TenantDoesNotShow(_) | E::TenantNotAsPlanned { .. } | E::TenantTooSlow(_) => {
            Some("run `halligan tenant apply` again: it looks first, and plans anew")
        }
        _ => None,
    }
}

/// What would have to be otherwise in the tenant, each setting once.
fn changes(prediction: &Prediction) -> String {
    let mut changes: Vec<String> = Vec::new();
    for setting in prediction.refusals().filter_map(|one| one.setting.as_ref()) {
        let change = format!("{} ({})", setting.change(), setting.portal());
        if !changes.contains(&change) {
            changes.push(change);
        }
    }
    changes.push("`halligan tenant preflight` shows every line".to_owned());
    changes.join("; ")
}

pub(super) fn of_custody(error: &custody::Error) -> Advice {
    use custody::Error as E;
    match error {
        E::Encrypt(_) | E::LineBreak => plain(Exit::Pin, "pin_not_sealed"),
        E::Foreign(_) | E::Part { .. } | E::Recipient(_) => plain(Exit::Pin, "pin_seal_damaged"),
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
