//! What erases everything on the key: first a key without a PIN, then one with the run's own, at the end resets.

use super::check;
use crate::ceremony::key_test::bench::Bench;
use crate::ceremony::key_test::check::{Answer, Check, Need, Tag};
use crate::ceremony::key_test::checks::{lockout, new_pin, pin_change, pin_rules, wiped};

pub(super) const CHECKS: [Check; 23] = [
    destroying(
        "pin-too-short",
        "a PIN that is too short is refused",
        &[Tag::Pin],
        new_pin::too_short,
    )
    .needing(&[Need::PinFunction]),
    destroying(
        "pin-too-long",
        "a PIN that is too long, or not padded, is refused",
        &[Tag::Pin],
        new_pin::too_long,
    )
    .needing(&[Need::PinFunction]),
    destroying(
        "pin-set",
        "a PIN can be set, and is taken by every protocol",
        &[Tag::Pin],
        new_pin::set,
    )
    .needing(&[Need::OwnPin]),
    destroying(
        "pin-set-once",
        "no PIN can be set over another",
        &[Tag::Pin],
        new_pin::set_once,
    )
    .needing(&[Need::OwnPin]),
    destroying(
        "pin-wrong",
        "a wrong PIN costs one try, and the right one restores it",
        &[Tag::Pin],
        new_pin::wrong,
    )
    .needing(&[Need::OwnPin]),
    destroying(
        "pin-change",
        "the PIN can be changed, by whoever knows the old one",
        &[Tag::Pin],
        pin_change::change,
    )
    .needing(&[Need::OwnPin]),
    destroying(
        "pin-characters",
        "a PIN is counted in characters, not in bytes",
        &[Tag::Pin],
        pin_change::characters,
    )
    .needing(&[Need::OwnPin]),
    destroying(
        "proof-after-change",
        "a change of the PIN ends what was proven by the old one",
        &[Tag::Pin],
        pin_change::old_proof,
    )
    .needing(&[Need::OwnPin, Need::CredentialManagement]),
    destroying(
        "protected-credential",
        "a protected credential stays hidden without the PIN",
        &[Tag::Credential, Tag::Extension, Tag::Pin, Tag::Touch],
        pin_rules::protected,
    )
    .needing(&[Need::OwnPin, Need::Extension("credProtect")])
    .touched(1),
    destroying(
        "pin-minimum",
        "the minimum length of PINs can be raised, and not lowered",
        &[Tag::Pin],
        pin_rules::minimum,
    )
    .needing(&[Need::OwnPin]),
    destroying(
        "pin-forced-change",
        "a PIN that must be changed proves nothing until then",
        &[Tag::Pin],
        pin_rules::forced_change,
    )
    .needing(&[Need::OwnPin]),
    destroying(
        "pin-lockout",
        "three wrong PINs in a row lock the key",
        &[Tag::Pin],
        lockout::locks,
    )
    .needing(&[Need::Lockout]),
    destroying(
        "pin-lockout-ends",
        "the lock-out ends when the key is plugged in anew",
        &[Tag::Pin],
        lockout::ends,
    )
    .needing(&[Need::Lockout]),
    destroying(
        "proof-after-power",
        "what was proven ends with the power",
        &[Tag::Pin],
        lockout::old_proof,
    )
    .needing(&[Need::Lockout]),
    destroying(
        "pin-blocked",
        "without tries left the PIN is blocked, and only a reset helps",
        &[Tag::Pin, Tag::Reset, Tag::Slow, Tag::Touch],
        lockout::blocked,
    )
    .needing(&[Need::OwnPin])
    .touched(1)
    .reinserted(4),
    destroying(
        "reset-too-late",
        "a reset comes right after power-up or is refused, and wants a touch",
        &[Tag::Reset, Tag::Touch],
        wiped::too_late,
    )
    .needing(&[Need::Info]),
    destroying(
        "reset-taken",
        "the key takes a reset",
        &[Tag::Reset, Tag::Touch],
        wiped::taken,
    )
    .needing(&[Need::Wiped]),
    destroying(
        "reset-erases-pin",
        "a reset erases the PIN",
        &[Tag::Reset, Tag::Pin, Tag::Touch],
        wiped::pin,
    )
    .needing(&[Need::PinFunction, Need::Wiped]),
    destroying(
        "reset-erases-credentials",
        "a reset erases credentials, stored or not",
        &[Tag::Reset, Tag::Credential, Tag::Touch],
        wiped::credentials,
    )
    .needing(&[Need::Wiped]),
    destroying(
        "reset-erases-u2f",
        "a reset erases credentials for U2F",
        &[Tag::Reset, Tag::Credential, Tag::Touch],
        wiped::u2f,
    )
    .needing(&[Need::Ctap1, Need::Wiped]),
    destroying(
        "reset-erases-large-blobs",
        "a reset erases large blobs",
        &[Tag::Reset, Tag::Touch],
        wiped::large_blobs,
    )
    .needing(&[Need::LargeBlobs, Need::Wiped]),
    destroying(
        "reset-restores-info",
        "after a reset getInfo says what it said of the fresh key",
        &[Tag::Reset, Tag::Info, Tag::Touch],
        wiped::info,
    )
    .needing(&[Need::Wiped]),
    destroying(
        "works-after-reset",
        "after a reset the key makes credentials and signs again",
        &[Tag::Reset, Tag::Credential, Tag::Touch],
        wiped::works,
    )
    .needing(&[Need::Wiped])
    .touched(2),
];

const fn destroying(
    id: &'static str,
    title: &'static str,
    tags: &'static [Tag],
    run: fn(&mut Bench<'_>) -> Answer,
) -> Check {
    check(id, title, tags, run).destroying()
}
