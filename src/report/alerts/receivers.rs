//! Who is told.

use std::str::FromStr;

use url::Url;

/// Why a text names nobody who can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiverError {
    /// No address, or one with characters that no address has.
    #[error("{0:?} is no e-mail address")]
    Email(String),
    /// Not a country code, a colon and digits.
    #[error("{0:?} is no telephone number: COUNTRY:NUMBER, for example 49:1701234567")]
    Telephone(String),
    /// No address, or one over which anybody could listen.
    #[error("{0:?} is no address with https")]
    Webhook(String),
}

/// An e-mail address, as far as it can be told from looking at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

/// A telephone number. Azure wants the country's code apart, and nothing in a number says where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telephone {
    /// Without `+`.
    pub country: String,
    /// Digits, without the zero that is dialled within the country.
    pub number: String,
}

/// An address that is called; it may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook(Url);

/// Everybody who is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receivers {
    /// By e-mail.
    pub email: Vec<EmailAddress>,
    /// By text message.
    pub sms: Vec<Telephone>,
    /// By a call.
    pub voice: Vec<Telephone>,
    /// Programs.
    pub webhook: Vec<Webhook>,
}

impl Receivers {
    /// Whether nobody is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            email,
            sms,
            voice,
            webhook,
        } = self;
        email.is_empty() && sms.is_empty() && voice.is_empty() && webhook.is_empty()
    }
}

impl EmailAddress {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Webhook {
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for EmailAddress {
    type Err = ReceiverError;

    fn from_str(text: &str) -> Result<Self, ReceiverError> {
        let odd = |one: char| one.is_whitespace() || one.is_control();
        match text.rsplit_once('@') {
            Some((before, domain))
                if !before.is_empty() && domain.contains('.') && !text.contains(odd) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(ReceiverError::Email(text.to_owned())),
        }
    }
}

impl FromStr for Telephone {
    type Err = ReceiverError;

    fn from_str(text: &str) -> Result<Self, ReceiverError> {
        let digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|one| one.is_ascii_digit())
        };
        match text.trim_start_matches('+').split_once(':') {
            Some((country, number)) if digits(country, 3) && digits(number, 15) => Ok(Self {
                country: country.to_owned(),
                number: number.to_owned(),
            }),
            _ => Err(ReceiverError::Telephone(text.to_owned())),
        }
    }
}

impl FromStr for Webhook {
    type Err = ReceiverError;

    fn from_str(text: &str) -> Result<Self, ReceiverError> {
        match Url::parse(text) {
            Ok(url) if url.scheme() == "https" && url.has_host() => Ok(Self(url)),
            _ => Err(ReceiverError::Webhook(text.to_owned())),
        }
    }
}
