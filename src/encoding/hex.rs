//! Lower-case hexadecimal (RFC 4648 §8, lower case).

use std::fmt::Write;

/// Why a text is not hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The number of digits is odd.
    #[error("odd number of hexadecimal digits ({0})")]
    OddLength(usize),
    /// A character is not one of `0-9a-fA-F`.
    #[error("not a hexadecimal digit at offset {0}")]
    NotADigit(usize),
}

/// Encodes bytes as lower-case hexadecimal digits.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Decodes hexadecimal digits of either case.
///
/// # Errors
/// When the length is odd or a character is not a hexadecimal digit.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    if !text.len().is_multiple_of(2) {
        return Err(Error::OddLength(text.len()));
    }
    let digits: Vec<u8> = text
        .chars()
        .enumerate()
        .map(|(offset, character)| {
            character
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
                .ok_or(Error::NotADigit(offset))
        })
        .collect::<Result<_, _>>()?;
    Ok(digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_both_cases() {
        assert_eq!(encode(&[0x00, 0xab, 0xff]), "00abff");
        assert_eq!(decode("00ABff"), Ok(vec![0x00, 0xab, 0xff]));
    }

    #[test]
    fn bad_text_is_refused() {
        assert_eq!(decode("abc"), Err(Error::OddLength(3)));
        assert_eq!(decode("0g"), Err(Error::NotADigit(1)));
        assert!(decode("éé").is_err());
    }
}
