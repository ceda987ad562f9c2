//! Values in an OData query.

use std::fmt::Write;

/// A text as a literal of `$filter`, quotes included: quotes within are doubled, and what would end the value in a URL is
/// percent-encoded.
pub(in crate::graph) fn literal(text: &str) -> String {
    let mut literal = String::from("'");
    for character in text.chars() {
        match character {
            '\'' => literal.push_str("''"),
            '%' | '&' | '+' | '#' => {
                // Writing to a `String` cannot fail.
                let _ = write!(literal, "%{:02X}", u32::from(character));
            }
            other => literal.push(other),
        }
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        assert_eq!(literal("O'Neill & Sons"), "'O''Neill %26 Sons'");
        assert_eq!(literal("' or true or x eq '"), "''' or true or x eq '''");
        assert_eq!(literal("100%+#"), "'100%25%2B%23'");
    }
}
