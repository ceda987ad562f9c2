//! Texts from elsewhere as segments of a request's path.

/// A text that cannot stand in a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot stand in a request: {text:?}")]
pub struct SegmentError {
    /// What the text should be: a user, a method.
    pub what: &'static str,
    /// The text, at most 80 characters of it.
    pub text: String,
}

/// One opaque path segment. URLs swallow `.` and `..` even when percent-encoded, and drop tabs and line ends, so that
/// such a text would address another resource than the one named: it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a>(&'a str);

impl<'a> Segment<'a> {
    /// Checks a text, for which `what` is the word in the error.
    ///
    /// # Errors
    /// When the text is empty, a dot segment, or holds control characters.
    pub fn new(what: &'static str, text: &'a str) -> Result<Self, SegmentError> {
        if matches!(text, "" | "." | "..") || text.chars().any(char::is_control) {
            return Err(SegmentError {
                what,
                text: text.chars().take(80).collect(),
            });
        }
        Ok(Self(text))
    }

    /// The text, not yet encoded.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_would_swallow_is_refused() {
        for text in ["", ".", "..", "a\tb", "a\nb", "\u{7f}"] {
            assert!(Segment::new("a method", text).is_err(), "{text:?}");
        }
        for text in ["-2_GRUg2-HYz6_1YG4YRAQ2", "%2e%2e", "a/b", "é", "..."] {
            assert_eq!(
                Segment::new("a method", text).map(Segment::as_str),
                Ok(text)
            );
        }
    }
}
