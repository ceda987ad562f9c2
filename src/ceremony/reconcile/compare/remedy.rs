//! What helps, as it can be typed.

use super::{Method, RecordedKey, quoted};
use crate::ledger::RetireReason;

/// The command that takes a key out of service.
pub(super) fn retire(key: &RecordedKey, reason: RetireReason) -> String {
    let (label, reason) = (word(&key.label), reason.as_str());
    format!("`halligan retire --key {label} --reason {reason}`")
}

/// One word of a shell's command line.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    if text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Where a method is removed by hand.
pub(super) fn remove_by_hand(method: &Method) -> String {
    format!(
        "remove the method {} in the Entra admin centre, under the account's authentication methods",
        quoted(&method.id)
    )
}
