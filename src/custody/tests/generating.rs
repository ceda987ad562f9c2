use proptest::prelude::*;

use super::seeded;
use crate::custody::{Alphabet, PinPolicy, generate, is_trivial};
use crate::secret::Pin;

fn text(pin: &Pin) -> String {
    String::from_utf8(pin.expose_bytes().to_vec()).unwrap()
}

proptest! {
    #[test]
    fn a_pin_is_as_long_as_policy_and_key_want_and_not_trivial(
        seed: u64,
        length in 0_usize..80,
        minimum in 4_usize..64,
        mixed: bool,
    ) {
        let alphabet = if mixed { Alphabet::Mixed } else { Alphabet::Digits };
        let pin = text(&generate(PinPolicy { alphabet, length }, minimum, &seeded(seed)));
        prop_assert_eq!(pin.len(), length.max(minimum).clamp(6, 63));
        prop_assert!(!is_trivial(&pin), "{}", pin);
        if mixed {
            prop_assert!(pin.chars().all(|c| "bcdefghjknprstuvx23456789".contains(c)), "{}", pin);
            prop_assert!(pin.contains(|c: char| c.is_ascii_digit()), "{}", pin);
            prop_assert!(pin.contains(|c: char| c.is_ascii_lowercase()), "{}", pin);
        } else {
            prop_assert!(pin.chars().all(|c| c.is_ascii_digit()), "{}", pin);
        }
    }

    #[test]
    fn a_block_again_and_again_is_trivial(block in "[0-9a-z]{1,10}", times in 2_usize..5, more in 0_usize..10) {
        let whole = block.repeat(times + 1);
        prop_assert!(is_trivial(&whole[..block.len() * times + more % block.len()]));
    }

    #[test]
    fn a_palindrome_is_trivial(half in "[0-9a-z]{3,20}", odd: bool) {
        let back: String = half.chars().rev().skip(usize::from(odd)).collect();
        let palindrome = half + &back;
        prop_assert!(is_trivial(&palindrome), "{}", palindrome);
    }

    #[test]
    fn whether_a_pin_is_trivial_can_be_said_of_any_text(any in ".{0,70}") {
        let _ = is_trivial(&any);
    }
}

#[test]
fn what_a_thief_tries_first_is_trivial() {
    for pin in [
        "000000", "11111111", "123456", "12345678", "87654321", "890123", "121212", "12341234",
        "12312312", "112211", "11222211", "48273456", "48277773", "91254321", "02580852",
        "14725836", "15935748", "24121987", "19840612", "38202471", "311299", "123199", "991231",
        "qwerty", "trewq7", "k7asdf9x", "yxcvb4", "abcd49", "x9dcba7", "aaaa57", "11112222",
        "12121221",
    ] {
        assert!(is_trivial(pin), "{pin}");
    }
    for pin in [
        "749358", "48271639", "70539286", "k4x9h2tr", "9cf3k7vd", "531862",
    ] {
        assert!(!is_trivial(pin), "{pin}");
    }
}

/// How many of a thousand PINs of this many digits are not refused.
fn left(digits: u32) -> u64 {
    let env = seeded(u64::from(digits));
    let drawn = 20_000;
    let pin = || u64::from_le_bytes(env.random()) % 10_u64.pow(digits);
    let width = usize::try_from(digits).unwrap();
    let left = (0..drawn).filter(|_| !is_trivial(&format!("{:0width$}", pin())));
    u64::try_from(left.count()).unwrap() * 1000 / drawn
}

/// docs/custody.md tells the entropy that is left. Of all PINs with six digits exactly 787 850 are.
#[test]
fn refusing_trivial_pins_leaves_most() {
    assert!((778..798).contains(&left(6)), "{}", left(6));
    assert!((853..873).contains(&left(8)), "{}", left(8));
}

#[test]
fn every_symbol_is_equally_likely() {
    let env = seeded(1);
    for (alphabet, symbols) in [(Alphabet::Digits, 10), (Alphabet::Mixed, 25)] {
        let mut counts = std::collections::BTreeMap::new();
        let policy = PinPolicy {
            alphabet,
            length: 63,
        };
        let pins = 1000;
        for _ in 0..pins {
            for symbol in text(&generate(policy, 4, &env)).chars() {
                *counts.entry(symbol).or_insert(0_u32) += 1;
            }
        }
        assert_eq!(counts.len(), symbols);
        let expected = f64::from(63 * pins) / f64::from(u32::try_from(symbols).unwrap());
        for (symbol, count) in counts {
            let off = (f64::from(count) - expected).abs() / expected;
            // The rules against years and runs cost some digits a little.
            assert!(off < 0.25, "{symbol}: {count} instead of {expected}");
        }
    }
}
