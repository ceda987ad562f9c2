//! Where a touch comes from (CTAP 2.1 §5, "evidence of user interaction"), and whose finger it is. The emulator asks again
//! at every poll until the source has an answer or the time-out has passed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::duration;

/// What the user has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchState {
    /// Nothing yet; ask again.
    Waiting,
    /// The key is being touched: the operation goes on, at once or, where a long touch is needed, when this has been the
    /// answer for as long.
    Touched,
    /// Declined: the operation ends with CTAP2_ERR_OPERATION_DENIED.
    Denied,
}

/// Somebody, or something, that touches the key.
pub trait Touch: Send {
    /// The state after the present request has waited this long. `waited` starts at zero for every request, and again when
    /// a wrong finger may be followed by another one. Between two calls the key counts as touched if it was at both.
    fn state(&mut self, waited: Duration) -> TouchState;
}

/// Touches at once, and as long as need be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Auto;

impl Touch for Auto {
    fn state(&mut self, _waited: Duration) -> TouchState {
        TouchState::Touched
    }
}

/// Declines at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deny;

impl Touch for Deny {
    fn state(&mut self, _waited: Duration) -> TouchState {
        TouchState::Denied
    }
}

/// Touches when a request has waited this long, and from then on as long as need be.
#[derive(Debug, Clone, Copy)]
pub struct After(pub Duration);

impl Touch for After {
    fn state(&mut self, waited: Duration) -> TouchState {
        if waited >= self.0 {
            TouchState::Touched
        } else {
            TouchState::Waiting
        }
    }
}

/// Never touches; every request that needs a touch times out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Never;

impl Touch for Never {
    fn state(&mut self, _waited: Duration) -> TouchState {
        TouchState::Waiting
    }
}

/// Who touches the key, as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchMode {
    /// A duration such as `2s`: touches when a request has waited this long.
    After(Duration),
    /// `ask`: whoever controls the key decides, request by request.
    Ask,
    /// `auto`: touches at once.
    Auto,
    /// `deny`: declines at once.
    Deny,
    /// `never`: nobody touches.
    Never,
}

impl TouchMode {
    /// The source of touches that the word stands for. Asking is none: the answer comes by [`super::Emulator::touch`].
    #[must_use]
    pub fn source(self) -> Box<dyn Touch> {
        match self {
            Self::After(duration) => Box::new(After(duration)),
            Self::Auto => Box::new(Auto),
            Self::Deny => Box::new(Deny),
            Self::Ask | Self::Never => Box::new(Never),
        }
    }
}

/// A text that says nothing of who touches.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of auto, deny, never, ask, nor a duration such as 1500ms or 2s")]
pub struct UnknownTouchMode(pub String);

impl FromStr for TouchMode {
    type Err = UnknownTouchMode;

    fn from_str(text: &str) -> Result<Self, UnknownTouchMode> {
        match text {
            "ask" => Ok(Self::Ask),
            "auto" => Ok(Self::Auto),
            "deny" => Ok(Self::Deny),
            "never" => Ok(Self::Never),
            _ => duration::parse(text)
                .map(Self::After)
                .map_err(|_| UnknownTouchMode(text.to_owned())),
        }
    }
}

impl fmt::Display for TouchMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(duration) => formatter.write_str(&duration::show(*duration)),
            Self::Ask => formatter.write_str("ask"),
            Self::Auto => formatter.write_str("auto"),
            Self::Deny => formatter.write_str("deny"),
            Self::Never => formatter.write_str("never"),
        }
    }
}

/// What a fingerprint sensor sees when [`Touch`] touches the key. Where a touch is all that is asked for, any finger will
/// do, and a key without sensor does not tell them apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Finger {
    /// A finger that is enrolled; during an enrollment, a good sample of the one that is being enrolled.
    #[default]
    Right,
    /// Another finger; during an enrollment, a sample of poor quality.
    Wrong,
    /// Nobody's: the sensor waits until the time-out.
    None,
}

impl fmt::Display for Finger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::None => "none",
        })
    }
}

/// A text that is no finger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no finger is called {0:?}; there are right, wrong, none")]
pub struct UnknownFinger(pub String);

impl FromStr for Finger {
    type Err = UnknownFinger;

    fn from_str(text: &str) -> Result<Self, UnknownFinger> {
        match text {
            "right" => Ok(Self::Right),
            "wrong" => Ok(Self::Wrong),
            "none" => Ok(Self::None),
            _ => Err(UnknownFinger(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read_again() {
        for text in ["ask", "auto", "deny", "never", "1500ms", "2s"] {
            assert_eq!(
                text.parse().map(|mode: TouchMode| mode.to_string()),
                Ok(text.to_owned())
            );
        }
        let refused = UnknownTouchMode("sometimes".to_owned());
        assert_eq!("sometimes".parse::<TouchMode>(), Err(refused));
    }

    #[test]
    fn a_finger_is_read_as_it_is_shown() {
        for finger in [Finger::Right, Finger::Wrong, Finger::None] {
            assert_eq!(finger.to_string().parse(), Ok(finger));
        }
        let unknown = UnknownFinger("thumb".to_owned());
        assert_eq!("thumb".parse::<Finger>(), Err(unknown));
    }
}
