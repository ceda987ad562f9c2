//! A password that nobody is to type: for accounts that are opened with keys.

use zeroize::Zeroizing;

use super::symbol;
use crate::env::Env;
use crate::secret::Password;

/// More than anybody guesses, less than the 256 characters that Entra takes.
const LENGTH: usize = 64;

/// Entra wants three of these four kinds; all four leave no question open.
const KINDS: [&[u8]; 4] = [
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"abcdefghijklmnopqrstuvwxyz",
    b"0123456789",
    b"!#$%&()*+,-./:;<=>?@[]^_{|}~",
];

/// Makes a password of 64 characters, of all kinds.
#[must_use]
pub fn generate_password(env: &Env) -> Password {
    let symbols = KINDS.concat();
    // Anew as a whole, so that all that are left stay equally likely.
    loop {
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        text.extend((0..LENGTH).map(|_| char::from(symbol(&symbols, env))));
        if KINDS
            .iter()
            .all(|kind| text.bytes().any(|byte| kind.contains(&byte)))
        {
            return Password::new(text.as_str().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_long_and_of_all_kinds_and_never_the_same() {
        let env = Env::system();
        let first = generate_password(&env);
        assert_eq!(first.expose().chars().count(), 64);
        for kind in KINDS {
            assert!(first.expose().bytes().any(|byte| kind.contains(&byte)));
        }
        assert!(first.expose() != generate_password(&env).expose());
    }
}
