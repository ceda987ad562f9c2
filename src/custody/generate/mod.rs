//! A PIN that nobody chose: every PIN of the wanted form is as likely as any other, but for those that a thief would try first.

mod password;
mod trivial;

use zeroize::Zeroizing;

use crate::env::Env;
use crate::secret::Pin;

pub use password::generate_password;
pub use trivial::is_trivial;

/// What a generated PIN is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alphabet {
    /// `0` to `9`: can be typed on any keypad, on a locked screen, by telephone.
    #[default]
    Digits,
    /// Small letters and digits, at least one of each. Without those that look alike on paper (0 o, 1 i l) and without the
    /// letters that German and French keyboards have in another place (a m q w y z): in an emergency nobody knows which layout
    /// the sign-in screen has.
    Mixed,
}

impl Alphabet {
    fn symbols(self) -> &'static [u8] {
        match self {
            Self::Digits => b"0123456789",
            Self::Mixed => b"bcdefghjknprstuvx23456789",
        }
    }
}

/// What a generated PIN shall look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinPolicy {
    /// What it is made of.
    pub alphabet: Alphabet,
    /// How many characters, if the key does not want more: [`Self::SHORTEST`] to [`Pin::MAXIMUM_BYTES`]; what is outside is taken
    /// for the nearest.
    pub length: usize,
}

impl PinPolicy {
    /// Shorter ones are not generated: with fewer digits what is not trivial is soon counted.
    pub const SHORTEST: usize = 6;
}

impl Default for PinPolicy {
    fn default() -> Self {
        Self {
            alphabet: Alphabet::Digits,
            length: 8,
        }
    }
}

/// Makes a PIN with the policy's length, or the key's own minimum (`minPINLength`, in characters) if that is more.
///
/// A key that reports `pinComplexityPolicy` refuses further PINs, and CTAP has no word for which. What is known of the makers'
/// policies (repetitions, sequences, lists of common PINs) is never generated, whether the key has such a policy or not.
#[must_use]
pub fn generate(policy: PinPolicy, minimum: usize, env: &Env) -> Pin {
    let length = policy
        .length
        .max(minimum)
        .clamp(PinPolicy::SHORTEST, Pin::MAXIMUM_BYTES);
    let symbols = policy.alphabet.symbols();
    // Anew as a whole, so that all that are left stay equally likely.
    loop {
        let mut text = Zeroizing::new(String::with_capacity(length));
        text.extend((0..length).map(|_| char::from(symbol(symbols, env))));
        let mixed = text.contains(|c: char| c.is_ascii_digit())
            && text.contains(|c: char| c.is_ascii_alphabetic());
        if (mixed || policy.alphabet == Alphabet::Digits) && !is_trivial(&text) {
            return Pin::new(&text).expect("6 to 63 ASCII characters are a PIN");
        }
    }
}

/// One of the symbols, each with the same probability: a byte beyond the last whole multiple of their number is drawn again.
fn symbol(symbols: &[u8], env: &Env) -> u8 {
    let whole = 256 - 256 % symbols.len();
    loop {
        let [byte] = env.random();
        let drawn = usize::from(byte);
        if drawn < whole {
            return symbols[drawn % symbols.len()];
        }
    }
}
