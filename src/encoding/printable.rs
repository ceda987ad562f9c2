//! Text of others on a terminal, or in a line.

/// A text in one line, without what moves a terminal's cursor, colours it, or turns the direction of reading. Names come from the
/// directory and from keys, and a person agrees to what is shown.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(shown).collect()
}

/// The same of a text of several lines. All but the first are indented, so that none looks like a message of its own.
#[must_use]
pub fn printable_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines.join("\n    ")
}

fn shown(character: char) -> char {
    let turns_or_breaks = matches!(
        character,
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    match character.is_control() || turns_or_breaks {
        true => char::REPLACEMENT_CHARACTER,
        false => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let hostile = "Ad\u{1b}[2Jmins\r\n\u{9b}31m\u{202e}";
        assert_eq!(
            printable(hostile),
            "Ad\u{fffd}[2Jmins\u{fffd}\u{fffd}\u{fffd}31m\u{fffd}"
        );
        assert_eq!(printable("緊急 – été"), "緊急 – été");
    }

    #[test]
    fn further_lines_are_seen_to_belong_to_the_first() {
        assert_eq!(
            printable_lines("policy A\nhint: \u{7}x"),
            "policy A\n    hint: \u{fffd}x"
        );
    }
}
