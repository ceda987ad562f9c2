//! How long a registration challenge is to live, where the service lets the caller choose (beta only).

/// A challenge timeout that the service does not offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// v1.0 has no such parameter.
    #[error(
        "only the beta version of Graph lets the caller choose the challenge's timeout; v1.0 fixes it at 5 minutes"
    )]
    NeedsBeta,
    /// Outside 5 minutes to 30 days.
    #[error("a challenge timeout of {0} minutes is not between 5 and 43200")]
    OutOfRange(u32),
}

/// Whole minutes, 5 to 43200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChallengeTimeout(u32);

impl ChallengeTimeout {
    /// Checks the number of minutes.
    ///
    /// # Errors
    /// When it is not between 5 and 43200.
    pub fn minutes(minutes: u32) -> Result<Self, Error> {
        match minutes {
            5..=43_200 => Ok(Self(minutes)),
            _ => Err(Error::OutOfRange(minutes)),
        }
    }

    /// The number of minutes.
    #[must_use]
    pub fn as_minutes(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_the_documented_one() {
        assert_eq!(ChallengeTimeout::minutes(4), Err(Error::OutOfRange(4)));
        assert!(ChallengeTimeout::minutes(5).is_ok());
        assert!(ChallengeTimeout::minutes(43_200).is_ok());
        assert!(ChallengeTimeout::minutes(43_201).is_err());
    }
}
