//! Why a ceremony did not reach its end, a PIN was not given, or a sealed one not opened.

use super::{Advice, advice, key, plain, services};
use crate::ceremony;
use crate::ceremony::apply::ApplyError;
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
        E::Apply(error) => return of_apply(error),
        E::Attestation(_) | E::AttestationRefused { .. } => (Exit::Key, "attestation"),
        E::Cancelled => (Exit::Stopped, "cancelled"),
        E::CeremonyOpen { .. } => (Exit::Stopped, "ceremony_open"),
        E::Custody(error) => return of_custody(error),
        E::DirectoryMismatch { .. } => (Exit::Tenant, "directory_mismatch"),
        E::DisplayName(_) => (Exit::Usage, "label"),
        E::Key(error) => return key::of_key(error),
        E::Alert(_) => (Exit::Usage, "alert_unbelievable"),
        E::KeyInUse(_) => (Exit::Key, "key_in_use"),
        E::KeyOfAnotherAccount { .. } => (Exit::Usage, "key_of_another_account"),
        E::KeyProof(_) => (Exit::Key, "key_proof"),
        E::KeyUnfit(_) => (Exit::Key, "key_unfit"),
        E::LabelTaken { .. } => (Exit::Usage, "label_taken"),
        E::Evidence(_) => (Exit::Usage, "write"),
        E::Ledger(error) => return services::of_ledger(error),
        E::ModelRefused { .. } => (Exit::Key, "model_refused"),
        E::NoAccounts(why) if why.is_empty() => (Exit::Usage, "no_accounts"),
        E::NoAccounts(_) => (Exit::Tenant, "no_accounts"),
        E::NoKeyInHand => (Exit::Key, "no_key"),
        E::NoSuchCeremony(_) => (Exit::Usage, "no_such_ceremony"),
        E::NoSuchDrill(_) => (Exit::Usage, "no_such_drill"),
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
        E::NoReview(_) => (Exit::Usage, "no_review"),
        E::ReviewFile { .. } => (Exit::NotSafe, "review_file"),
        E::ReviewSignedAlready { .. } => (Exit::Usage, "review_signed"),
        E::ReviewerBeforeEntries => (Exit::Ledger, "ledger_empty"),
        E::ReviewerKnown(_) => (Exit::Usage, "reviewer_known"),
        E::ReviewerUnknown(_) => (Exit::Usage, "reviewer_unknown"),
        E::ReviewersKey => (Exit::Key, "reviewers_key"),
        E::SettingImpossible(_) => (Exit::Usage, "setting_impossible"),
        E::Stopped { .. } => (Exit::Stopped, "stopped"),
        E::Tenant(error) => return services::of_tenant(error),
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
        | E::Apply(_)
        | E::Cancelled
        | E::Custody(_)
        | E::DirectoryMismatch { .. }
        | E::Evidence(_)
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
        E::CeremonyOpen { .. }
        | E::NoSuchCeremony(_)
        | E::NotFinishable { .. }
        | E::NotUndoable { .. }
        | E::Stopped { .. } => return hint_of_open_ceremony(error),
        E::NoObjectId(_) => "the account was not read from a directory of Microsoft Entra",
        E::DisplayName(_) => {
            "choose a label of at most 30 characters, as it is to be written on the key"
        }
        E::Alert(_) => {
            "give the time as the message itself has it, with its offset: 2026-03-01T10:04:00+01:00; --drill names another drill than the last"
        }
        E::KeyOfAnotherAccount { .. }
        | E::LabelTaken { .. }
        | E::OutOfService { .. }
        | E::UnknownKey
        | E::UnknownLabel(_) => return hint_of_label(error),
        E::KeyInUse(_)
        | E::NoKeyInHand
        | E::NotPluggedInAgain
        | E::NotTheSameKey(_)
        | E::ReinsertionNeeded
        | E::SettingImpossible(_)
        | E::TooFewPinTries { .. } => return hint_of_key_in_hand(error),
        E::ModelRefused { .. } => {
            "take a key of a model that the plan, [attestation] in the configuration and the tenant's passkey policy allow"
        }
        E::NoAccounts(_) => {
            "name the accounts in [emergency] of the configuration, or with --account"
        }
        E::NoSuchDrill(_) => "`halligan ledger show` lists the drills; `halligan drill` holds one",
        E::NotConfirmed(_) => "it is asked for on a terminal; a script gives it with --confirm",
        E::NoTenant => "the configuration needs a [tenant]",
        E::OtherRoom(error) => hint_of_other_room(error),
        E::PinSealed(_) => {
            "a custodian opens it with --identity FILE; or take the ceremony back with --undo"
        }
        E::NoReview(_)
        | E::ReviewFile { .. }
        | E::ReviewSignedAlready { .. }
        | E::ReviewerBeforeEntries
        | E::ReviewerKnown(_)
        | E::ReviewerUnknown(_)
        | E::ReviewersKey => hint_of_review(error)?,
        E::TooFewKeys { .. } => {
            "enrol another key first; whoever must go below two types the account's name"
        }
    })
}

/// What helps with a ceremony that is open, or was to be.
fn hint_of_open_ceremony(error: &ceremony::Error) -> Option<&'static str> {
    use ceremony::Error as E;
    Some(match error {
        E::CeremonyOpen { .. } => {
            "`halligan resume` shows what is true, and finishes it or takes it back"
        }
        E::NoSuchCeremony(_) => "`halligan resume` lists the ceremonies that are open",
        E::NotFinishable { .. } | E::NotUndoable { .. } => {
            "`halligan resume` shows what is true, and what can be done"
        }
        E::Stopped { .. } => {
            "`halligan resume` shows what is true of it; `halligan resume LABEL` finishes it or takes it back, a drill from the sign-in log; a change of the tenant the next `halligan tenant apply` clears up"
        }
        _ => return None,
    })
}

/// What helps with what the ledger says of a key.
fn hint_of_label(error: &ceremony::Error) -> Option<&'static str> {
    use ceremony::Error as E;
    Some(match error {
        E::KeyOfAnotherAccount { .. } => {
            "`halligan ledger show` lists the labels; take a key of the account"
        }
        E::LabelTaken { .. } => {
            "`halligan ledger show --key LABEL` shows that key's life; choose another label"
        }
        E::OutOfService { .. } => "`halligan ledger show --key LABEL` shows that key's life",
        E::UnknownKey => "enrol the key first, or name it with --key",
        E::UnknownLabel(_) => "`halligan ledger show` lists the labels",
        _ => return None,
    })
}

/// What helps with the key in hand.
fn hint_of_key_in_hand(error: &ceremony::Error) -> Option<&'static str> {
    use ceremony::Error as E;
    Some(match error {
        E::KeyInUse(_) => {
            "nothing on it was erased; take a key that nobody uses, or make this one such a key by `halligan key reset`"
        }
        E::NoKeyInHand => "name the key with --device, or plug it in",
        E::NotPluggedInAgain => "run the test again, and plug the key in anew when it is asked for",
        E::NotTheSameKey(_) => {
            "nothing was done to it; plug in the key that it is about, and no other"
        }
        E::ReinsertionNeeded => {
            "unplug the key, plug it in again and try at once: most keys allow ten seconds"
        }
        E::SettingImpossible(_) => "`halligan key config show` shows what the key has and can get",
        E::TooFewPinTries { .. } => {
            "a correct PIN restores the counter; if you are sure of it, add --spend-last-pin-tries"
        }
        _ => return None,
    })
}

/// What helps where a review was to be signed.
fn hint_of_review(error: &ceremony::Error) -> Option<&'static str> {
    use ceremony::Error as E;
    match error {
        E::NoReview(_) => {
            Some("`halligan review hold` holds one; `halligan ledger show` lists the entries")
        }
        E::ReviewFile { .. } => Some(
            "do not sign it: it was changed after the review, or belongs to another one; fetch the files that the review wrote",
        ),
        E::ReviewerBeforeEntries => {
            Some("reviewers join after the first entry of the ledger, an enrolment for instance")
        }
        E::ReviewerKnown(_) => Some(
            "`halligan review reviewers remove NAME` ends that; then the person can join with another key",
        ),
        E::ReviewerUnknown(_) => Some(
            "`halligan review reviewers list` shows who signs; `halligan review reviewers add NAME` adds somebody",
        ),
        E::ReviewersKey => Some("every reviewer signs with a key of their own"),
        _ => None,
    }
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

const APPLY_AGAIN: &str = "run `halligan tenant apply` again: it looks first, and plans anew";

/// Where the tenant was to be changed.
fn of_apply(error: &ApplyError) -> Advice {
    use ApplyError as E;
    let (exit, code, help) = match error {
        E::Ambiguous(_) => (
            Exit::Tenant,
            "tenant_ambiguous",
            "rename all but one of them, or name the group by its id",
        ),
        E::ChangeGivenUp { .. } => (
            Exit::Tenant,
            "tenant_change_given_up",
            "see to it that runs do not overlap, and run `halligan tenant plan`: an object that is there twice is to be deleted by hand",
        ),
        E::ChangeUnderWay(_) => (
            Exit::Tenant,
            "tenant_change_under_way",
            "`halligan ledger show` tells which station is at work; run `halligan tenant apply` again when it is done",
        ),
        E::DoesNotShow(_) => (Exit::Tenant, "tenant_does_not_show", APPLY_AGAIN),
        E::ExclusionUnproven { .. } => (
            Exit::NotSafe,
            "exclusion_unproven",
            "the policy is as it was; put right what stands against it, and run `halligan tenant apply --enforce` again",
        ),
        E::NotAsPlanned { .. } => (Exit::Tenant, "tenant_not_as_planned", APPLY_AGAIN),
        E::RunUnderWay(_) => (
            Exit::Tenant,
            "tenant_change_under_way",
            "wait for its end, or interrupt it: what it leaves open the next run clears up",
        ),
        E::TooSlow(_) => (Exit::Tenant, "tenant_too_slow", APPLY_AGAIN),
    };
    advice(exit, code, help)
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
