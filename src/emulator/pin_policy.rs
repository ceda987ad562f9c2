//! Which PINs a key with `pinComplexityPolicy` refuses (CTAP 2.2 §6.5.1 leaves the policy to the vendor). As YubiKeys with
//! firmware 5.7 do: a character repeated, and what people choose first; and runs such as `2345678`.

/// Without the runs, which are found by rule. In lower case.
const COMMON: [&str; 19] = [
    "112233",
    "121212",
    "123123",
    "123321",
    "123654",
    "147258",
    "159753",
    "1q2w3e",
    "1q2w3e4r",
    "520520",
    "abc123",
    "admin123",
    "iloveyou",
    "password",
    "password1",
    "qwerty",
    "qwerty123",
    "qwertyuiop",
    "1234567890",
];

/// Whether a PIN is among the first that a thief would try.
pub(super) fn is_trivial(pin: &str) -> bool {
    is_run(pin) || COMMON.contains(&pin.to_lowercase().as_str())
}

/// Whether every character is as far from the one before as the second is from the first: not at all, or one up or down.
fn is_run(pin: &str) -> bool {
    let code_points: Vec<u32> = pin.chars().map(u32::from).collect();
    let is_step = |step: i64| {
        code_points
            .windows(2)
            .all(|pair| i64::from(pair[1]) - i64::from(pair[0]) == step)
    };
    [-1, 0, 1].into_iter().any(is_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_guesses_are_trivial() {
        for pin in [
            "1111",
            "000000",
            "1234",
            "98765432",
            "abcdef",
            "zyxwv",
            "qwerty",
            "PassWord",
            "1234567890",
            "ééééé",
        ] {
            assert!(is_trivial(pin), "{pin}");
        }
        for pin in ["1235", "111112", "135790", "password2", "Tr0ub4dor", "1212"] {
            assert!(!is_trivial(pin), "{pin}");
        }
    }
}
