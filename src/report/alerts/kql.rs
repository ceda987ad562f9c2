//! Words of the Kusto Query Language. Names come from the directory, and must not become part of a query.

use std::fmt::Write;

use uuid::Uuid;

/// A string literal between double quotes: neither its end nor that of the line can come from the text.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            // What cannot be seen, and what some take for the end of a line.
            hidden if hidden.is_control() || ('\u{2028}'..='\u{202e}').contains(&hidden) => {
                write!(literal, "\\u{:04x}", u32::from(hidden))
                    .expect("writing to a string succeeds");
            }
            plain => literal.push(plain),
        }
    }
    literal.push('"');
    literal
}

/// An object id, as the logs have it: in small letters.
pub(super) fn id(id: Uuid) -> String {
    format!("\"{}\"", id.hyphenated())
}

/// Literals in a row.
pub(super) fn list(literals: impl Iterator<Item = String>) -> String {
    literals.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn no_text_leaves_its_literal() {
        let cases = [
            ("plain", "\"plain\""),
            ("O'Brien", "\"O'Brien\""),
            ("\" or true //", r#""\" or true //""#),
            (r#"\" or true //"#, r#""\\\" or true //""#),
            ("a\nb\rc\td", r#""a\nb\rc\td""#),
            (
                "\0\u{1b}\u{85}\u{2028}\u{202e}",
                r#""\u0000\u001b\u0085\u2028\u202e""#,
            ),
            ("緊急", "\"緊急\""),
        ];
        for (text, expected) in cases {
            assert_eq!(literal(text), expected);
        }
    }
}
