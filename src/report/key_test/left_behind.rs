//! What a destructive test that broke off has left on the key.

use serde_json::Value;

use super::super::printable;
use crate::ceremony::key_test::LeftBehind;

/// What a run that broke off has left on the key, for people; empty if it left nothing.
pub(super) fn text(left: Option<&LeftBehind>) -> String {
    let Some(left) = left else {
        return String::new();
    };
    let pins: Vec<&str> = left.pins.iter().map(|pin| pin.as_str()).collect();
    let pin = match pins.as_slice() {
        [] => None,
        _ if left.blocked => Some("a PIN of the test, which is blocked".to_owned()),
        [pin] => Some(format!("the test's PIN {}", printable(pin))),
        pins => Some(format!(
            "one of the test's PINs {}",
            printable(&pins.join(", "))
        )),
    };
    let rest = left
        .changed
        .then(|| "credentials or settings of the test".to_owned());
    let what: Vec<String> = pin.into_iter().chain(rest).collect();
    format!(
        "\nON THE KEY: {}. `halligan key reset` makes it as it left the factory.\n",
        what.join("; ")
    )
}

pub(super) fn json(left: &LeftBehind) -> Value {
    let pins: Vec<&str> = left.pins.iter().map(|pin| pin.as_str()).collect();
    serde_json::json!({"pins": pins, "blocked": left.blocked, "changed": left.changed})
}
