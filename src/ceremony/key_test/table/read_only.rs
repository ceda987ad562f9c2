//! What leaves nothing on the key: first what needs nobody, at the end what all the others have seen in passing.

use super::check;
use crate::ceremony::key_test::check::{Check, Need, Tag};
use crate::ceremony::key_test::checks::{
    assertion, creation, discoverable, extension, info, options, passing, pin, report, request,
    touch,
};

pub(super) const CHECKS: [Check; 49] = [
    check(
        "hid-init",
        "INIT gives every caller a channel of its own",
        &[Tag::Hid],
        report::init,
    ),
    check(
        "hid-resynchronization",
        "INIT on a channel ends what was begun on it",
        &[Tag::Hid],
        report::resynchronization,
    ),
    check(
        "hid-ping",
        "messages of every length come back unchanged",
        &[Tag::Hid],
        report::ping,
    ),
    check(
        "hid-unknown-command",
        "a HID command that does not exist is refused",
        &[Tag::Hid],
        report::unknown_command,
    ),
    check(
        "hid-broken-sequence",
        "a packet out of order is refused",
        &[Tag::Hid],
        report::broken_sequence,
    ),
    check(
        "hid-second-beginning",
        "a message that begins within a message is refused",
        &[Tag::Hid],
        report::second_beginning,
    ),
    check(
        "hid-stray-continuation",
        "a continuation of nothing is ignored",
        &[Tag::Hid],
        report::stray_continuation,
    ),
    check(
        "hid-wrong-channel",
        "a channel that nobody allocated is refused",
        &[Tag::Hid],
        report::wrong_channel,
    ),
    check(
        "hid-busy",
        "a second channel is told to wait while the first is served",
        &[Tag::Hid],
        report::busy,
    ),
    check(
        "hid-message-timeout",
        "half a message does not block the key",
        &[Tag::Hid],
        report::message_timeout,
    ),
    check(
        "hid-too-long",
        "a message longer than the protocol allows is refused",
        &[Tag::Hid],
        report::too_long,
    ),
    check(
        "hid-idle-cancel",
        "CANCEL with nothing to cancel is ignored",
        &[Tag::Hid],
        report::idle_cancel,
    ),
    check(
        "u2f-version",
        "U2F is there where getInfo says so",
        &[Tag::Hid],
        report::u2f_version,
    )
    .needing(&[Need::Ctap1]),
    check(
        "get-info-answers",
        "getInfo is answered and can be read",
        &[Tag::Info],
        info::answers,
    ),
    check(
        "get-info-consistent",
        "getInfo does not contradict itself or the specification",
        &[Tag::Info],
        info::consistent,
    )
    .needing(&[Need::Info]),
    check(
        "get-info-stable",
        "getInfo says the same when it is asked again",
        &[Tag::Info],
        info::stable,
    )
    .needing(&[Need::Info]),
    check(
        "fit-for-entra",
        "the key has what an emergency account in Entra needs",
        &[Tag::Info],
        info::fit,
    ),
    check(
        "options-behave",
        "the commands that getInfo announces are answered",
        &[Tag::Info],
        options::behave,
    )
    .needing(&[Need::Info]),
    check(
        "large-blobs-read",
        "the large-blob store can be read",
        &[Tag::Info],
        options::large_blobs,
    )
    .needing(&[Need::LargeBlobs]),
    check(
        "unknown-command",
        "a command that does not exist is refused",
        &[Tag::Info],
        request::unknown_command,
    )
    .needing(&[Need::Info]),
    check(
        "malformed-requests",
        "malformed requests are refused, and the key goes on",
        &[Tag::Info],
        request::malformed,
    )
    .needing(&[Need::Info]),
    check(
        "large-request",
        "a request of the greatest length is answered",
        &[Tag::Info],
        request::large,
    )
    .needing(&[Need::Info]),
    check(
        "pin-retries",
        "enough PIN tries are left, and asking spends none",
        &[Tag::Pin],
        pin::retries,
    )
    .needing(&[Need::PinSet]),
    check(
        "pin-policy",
        "a PIN can be used as it is",
        &[Tag::Pin],
        pin::policy,
    )
    .needing(&[Need::PinFunction]),
    check(
        "key-agreement",
        "every PIN protocol that is listed works",
        &[Tag::Pin],
        pin::key_agreement,
    )
    .needing(&[Need::PinFunction]),
    check(
        "pin-token",
        "the PIN is taken, and restores its tries",
        &[Tag::Pin],
        pin::token,
    )
    .needing(&[Need::Pin]),
    check(
        "credential-storage",
        "there is room for a credential",
        &[Tag::Pin, Tag::Credential],
        discoverable::storage,
    )
    .needing(&[Need::CredentialManagement, Need::Pin]),
    check(
        "make-credential",
        "a credential is made as it was asked for",
        &[Tag::Credential, Tag::Touch],
        creation::make,
    )
    .needing(&[Need::Credential]),
    check(
        "aaguid-agrees",
        "getInfo and credential name the same model",
        &[Tag::Model, Tag::Touch],
        creation::aaguid,
    )
    .needing(&[Need::Credential]),
    check(
        "attestation",
        "the attestation proves the model",
        &[Tag::Model, Tag::Touch],
        creation::attestation,
    )
    .needing(&[Need::Credential]),
    check(
        "get-assertion",
        "an assertion is given as it was asked for",
        &[Tag::Credential, Tag::Touch],
        assertion::get,
    )
    .needing(&[Need::Assertion]),
    check(
        "assertion-signature",
        "the signature verifies",
        &[Tag::Credential, Tag::Touch],
        assertion::signature,
    )
    .needing(&[Need::Assertion]),
    check(
        "assertion-credential",
        "the credential that was asked for signs",
        &[Tag::Credential, Tag::Touch],
        assertion::credential,
    )
    .needing(&[Need::Assertion]),
    check(
        "sign-count-grows",
        "the signature counter grows",
        &[Tag::Credential, Tag::Touch],
        assertion::sign_count,
    )
    .needing(&[Need::Assertion]),
    check(
        "allow-list",
        "the key finds its own credential in a list",
        &[Tag::Credential, Tag::Touch],
        assertion::allow_list,
    )
    .needing(&[Need::Credential]),
    check(
        "credential-bound-to-rp",
        "a credential signs for its relying party only",
        &[Tag::Credential, Tag::Touch],
        assertion::bound_to_rp,
    )
    .needing(&[Need::Credential]),
    check(
        "exclude-list",
        "no second credential is made where one is excluded",
        &[Tag::Credential, Tag::Touch],
        creation::excluded,
    )
    .needing(&[Need::Credential])
    .touched(1),
    check(
        "unknown-algorithm",
        "an algorithm that does not exist is refused",
        &[Tag::Credential],
        creation::unknown_algorithm,
    )
    .needing(&[Need::Creation]),
    check(
        "algorithms",
        "the algorithms that are listed are made",
        &[Tag::Credential, Tag::Touch],
        creation::algorithms,
    )
    .needing(&[Need::Creation])
    .touched(2),
    check(
        "cred-protect",
        "credProtect is honoured, as Entra asks for it",
        &[Tag::Extension, Tag::Touch],
        extension::cred_protect,
    )
    .needing(&[Need::Extension("credProtect"), Need::WindowsCredential]),
    check(
        "hmac-secret",
        "hmac-secret computes, as Windows needs it without network",
        &[Tag::Extension, Tag::Touch],
        extension::hmac_secret,
    )
    .needing(&[Need::Extension("hmac-secret"), Need::WindowsCredential])
    .touched(2),
    check(
        "discoverable-credential",
        "stored credentials are found, sign, and can be deleted",
        &[Tag::Credential, Tag::Pin, Tag::Touch],
        discoverable::life,
    )
    .needing(&[Need::CredentialManagement, Need::Pin, Need::Creation])
    .touched(3)
    .writing(),
    check(
        "selection",
        "a touch alone can be asked for",
        &[Tag::Touch],
        touch::selection,
    )
    .needing(&[Need::Info])
    .touched(1),
    check(
        "touch-cancelled",
        "a request for a touch can be cancelled",
        &[Tag::Touch],
        touch::cancelled,
    )
    .needing(&[Need::Info]),
    check(
        "touch-timeout",
        "a touch that does not come is not waited for without end",
        &[Tag::Slow, Tag::Touch],
        touch::timeout,
    )
    .needing(&[Need::Info]),
    check(
        "keep-alives",
        "the key says that it waits for a touch, every 100 ms",
        &[Tag::Time, Tag::Touch],
        passing::keep_alives,
    )
    .needing(&[Need::Info]),
    check(
        "canonical-answers",
        "every answer is canonical CBOR",
        &[Tag::Info],
        passing::canonical,
    )
    .needing(&[Need::Info]),
    check(
        "channel-undisturbed",
        "the key serves nobody else and is never busy",
        &[Tag::Hid],
        passing::undisturbed,
    ),
    check(
        "latency",
        "no command takes longer than anybody wants to wait",
        &[Tag::Time],
        passing::times,
    )
    .needing(&[Need::Info]),
];
