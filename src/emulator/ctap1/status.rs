//! Status words (U2F Raw Message Formats §3.3).

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatusWord {
    NoError,
    /// The state could not be stored; from ISO 7816-4, U2F has no word for it.
    MemoryFailure,
    /// The length of the data, or the framing, is wrong.
    WrongLength,
    /// A touch is missing. In answer to "check only": the key handle is good.
    ConditionsNotSatisfied,
    /// CTAP1 is disabled; from ISO 7816-4 by way of CTAP 2.1 §7.2.
    CommandNotAllowed,
    /// The key handle is not one of ours, or not for this application.
    WrongData,
    InsNotSupported,
    ClaNotSupported,
}

impl StatusWord {
    pub(super) fn code(self) -> u16 {
        match self {
            Self::NoError => 0x9000,
            Self::MemoryFailure => 0x6581,
            Self::WrongLength => 0x6700,
            Self::ConditionsNotSatisfied => 0x6985,
            Self::CommandNotAllowed => 0x6986,
            Self::WrongData => 0x6a80,
            Self::InsNotSupported => 0x6d00,
            Self::ClaNotSupported => 0x6e00,
        }
    }
}
