//! What helps, as it can be typed.

use super::{Method, RecordedKey, quoted};
use crate::encoding::shell_word;
use crate::ledger::RetireReason;

/// The command that takes a key out of service.
pub(super) fn retire(key: &RecordedKey, reason: RetireReason) -> String {
    let (label, reason) = (shell_word(&key.label), reason.as_str());
    format!("`halligan retire --key {label} --reason {reason}`")
}

/// Where a method is removed by hand.
pub(super) fn remove_by_hand(method: &Method) -> String {
    format!(
        "remove the method {} in the Entra admin centre, under the account's authentication methods",
        quoted(&method.id)
    )
}
