//! Base64url without padding (RFC 4648 §5), and the three forms in which the directory writes credential ids.
//!
//! Microsoft Graph has shown credential ids as base64url, as padded base64 and as .NET `UrlToken` (base64url followed
//! by one digit, the number of removed pad characters). The last form is ambiguous with base64url, so a credential is
//! matched by encoding the known id, never by decoding the text; [`credential_id_candidates`] is for exclude lists,
//! where one bogus id more does no harm.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A text that is not strict unpadded base64url.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not unpadded base64url: {0}")]
pub struct Error(#[from] base64::DecodeError);

/// Encodes without padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes strictly: no padding, no white space, no non-zero trailing bits.
///
/// # Errors
/// When the text is anything else.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    Ok(URL_SAFE_NO_PAD.decode(text)?)
}

/// Decodes what a lenient peer sent: either alphabet, padding or none.
///
/// # Errors
/// When the text is not base64 in any of these forms.
pub fn decode_lenient(text: &str) -> Result<Vec<u8>, Error> {
    decode(&normalized(text))
}

/// Encodes as .NET `HttpServerUtility.UrlTokenEncode` does: base64url, then one digit that counts the pad characters.
#[must_use]
pub fn encode_url_token(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let pad = (3 - bytes.len() % 3) % 3;
    format!("{}{pad}", encode(bytes))
}

/// Whether `text`, as the directory wrote it, names the credential `credential_id` in any of the three forms.
#[must_use]
pub fn names_credential(text: &str, credential_id: &[u8]) -> bool {
    text == encode(credential_id)
        || text == STANDARD.encode(credential_id)
        || text == encode_url_token(credential_id)
}

/// Whether the method with this id is the registration of a key: by the id on record, or since it names the key's credential.
#[must_use]
pub fn names_key(method_id: &str, recorded: &str, credential_id: &[u8]) -> bool {
    method_id == recorded || names_credential(method_id, credential_id)
}

/// Every credential id that `text` may stand for; empty when it is none of the three forms.
#[must_use]
pub fn credential_id_candidates(text: &str) -> Vec<Vec<u8>> {
    let normalized = normalized(text);
    let whole = decode(&normalized).ok();
    let without_count = normalized
        .char_indices()
        .next_back()
        .and_then(|(last, digit)| {
            let pad = (4 - last % 4) % 4;
            let counted = digit
                .to_digit(10)
                .is_some_and(|count| usize::try_from(count) == Ok(pad) && pad <= 2);
            counted.then(|| decode(&normalized[..last]).ok()).flatten()
        });
    whole
        .into_iter()
        .chain(without_count)
        .filter(|id| !id.is_empty())
        .collect()
}

fn normalized(text: &str) -> String {
    text.trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors computed from .NET's documented algorithm; see tests/vectors/README.md.
    const URL_TOKENS: [(u8, &str); 4] = [
        (16, "AAECAwQFBgcICQoLDA0ODw2"),
        (17, "AAECAwQFBgcICQoLDA0ODxA1"),
        (18, "AAECAwQFBgcICQoLDA0ODxAR0"),
        (32, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh81"),
    ];

    fn counting(length: u8) -> Vec<u8> {
        (0..length).collect()
    }

    #[test]
    fn url_tokens_match_the_published_vectors() {
        for (length, token) in URL_TOKENS {
            assert_eq!(encode_url_token(&counting(length)), token);
            assert!(names_credential(token, &counting(length)));
            assert!(
                credential_id_candidates(token).contains(&counting(length)),
                "{token}"
            );
        }
    }

    #[test]
    fn the_ambiguous_length_yields_both_readings() {
        let candidates = credential_id_candidates("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh81");
        assert_eq!(candidates.len(), 2);
        assert_eq!(candidates[0].len(), 33);
    }

    #[test]
    fn padded_base64_of_the_2024_service_is_understood() {
        let text = "TZ2KrDEawbrIGQsnheGZ/BG9Nfnb7blSGwQYMGyJIhM=";
        let candidates = credential_id_candidates(text);
        assert_eq!(candidates.len(), 1);
        assert!(names_credential(text, &candidates[0]));
    }

    #[test]
    fn published_method_ids_are_sixteen_bytes() {
        for token in [
            "-2_GRUg2-HYz6_1YG4YRAQ2",
            "_jpuR-TGZgk6aQCLF3BQjA2",
            "ru_zzE2oTRFddC7NnqguQg2",
        ] {
            assert_eq!(
                credential_id_candidates(token)
                    .iter()
                    .map(Vec::len)
                    .collect::<Vec<_>>(),
                [16]
            );
        }
    }

    #[test]
    fn strict_decoding_refuses_padding_and_trailing_bits() {
        assert!(decode("AA==").is_err());
        assert!(decode("AB").is_err());
        assert_eq!(decode_lenient("+/8="), Ok(vec![0xfb, 0xff]));
        assert_eq!(credential_id_candidates("é"), Vec::<Vec<u8>>::new());
    }
}
