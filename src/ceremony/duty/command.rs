//! Commands as people are to type them. What is in capitals they fill in.

use crate::encoding::shell_word;

/// An option with a value that came from elsewhere: one that begins with `-` must not be taken for another option.
pub(super) fn option(name: &str, value: &str) -> String {
    let word = shell_word(value);
    match value.starts_with('-') {
        true => format!("{name}={word}"),
        false => format!("{name} {word}"),
    }
}

/// The command that goes on with a ceremony.
pub(in crate::ceremony) fn resume(label: &str) -> String {
    let word = shell_word(label);
    match label.starts_with('-') {
        true => format!("halligan resume -- {word}"),
        false => format!("halligan resume {word}"),
    }
}
