//! Text of others in a command that a person may paste into a shell.

/// The text as one word of a POSIX shell's command line, which the shell takes for nothing but that text.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_sees_nothing_but_a_word() {
        assert_eq!(shell_word("BG1-A"), "BG1-A");
        assert_eq!(shell_word("$(reboot)"), "'$(reboot)'");
        assert_eq!(shell_word("Bob's"), r"'Bob'\''s'");
        assert_eq!(shell_word(""), "''");
    }
}
