//! PINs that a thief would try first, or that a key with a complexity policy refuses.

use zeroize::Zeroizing;

/// Neighbours on keyboards and keypads: rows, the columns of a telephone's and of a calculator's keypad, and their diagonals. Runs
/// of digits and letters are found without a list.
const LINES: &[&str] = &[
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "wxcvbn",
    "1472580369",
    "147258369",
    "7410852963",
    "741852963",
    "0147",
    "159357",
    "159753",
];

/// From this many characters on a run is one.
const RUN: usize = 4;

/// Whether a PIN is refused: fewer than four different characters; the same block over and over; a palindrome; four or more equal
/// characters, neighbours in the alphabet or on a keyboard in a row, up or down; for digits a year from 1900 to 2099 anywhere, and
/// with six digits a date.
#[must_use]
pub fn is_trivial(pin: &str) -> bool {
    let symbols = Zeroizing::new(
        pin.chars()
            .map(|symbol| symbol.to_ascii_lowercase())
            .collect::<Vec<char>>(),
    );
    few_symbols(&symbols)
        || repeats(&symbols)
        || symbols.iter().eq(symbols.iter().rev())
        || symbols.windows(RUN).any(is_run)
        || has_line(&symbols)
        || (symbols.iter().all(char::is_ascii_digit) && (has_year(&symbols) || is_date(&symbols)))
}

fn few_symbols(symbols: &[char]) -> bool {
    let is_new = |at: &usize| !symbols[..*at].contains(&symbols[*at]);
    (0..symbols.len()).filter(is_new).count() < 4
}

/// A block of at most half the length again and again; the last time perhaps not whole.
fn repeats(symbols: &[char]) -> bool {
    (1..=symbols.len() / 2).any(|period| {
        let shifted = &symbols[period..];
        shifted.iter().zip(symbols).all(|(one, other)| one == other)
    })
}

/// Each the same distance from the one before: 0, 1 or −1. After 9 comes 0.
fn is_run(window: &[char]) -> bool {
    let successor = |one: char, other: char| {
        (one == '9' && other == '0') || (u32::from(one) + 1 == u32::from(other))
    };
    let all =
        |test: &dyn Fn(char, char) -> bool| window.windows(2).all(|pair| test(pair[0], pair[1]));
    all(&|one, other| one == other) || all(&successor) || all(&|one, other| successor(other, one))
}

fn has_line(symbols: &[char]) -> bool {
    symbols.windows(RUN).any(|window| {
        LINES.iter().any(|line| {
            line.as_bytes().windows(RUN).any(|part| {
                let along = part.iter().copied().map(char::from);
                window.iter().copied().eq(along.clone()) || window.iter().copied().eq(along.rev())
            })
        })
    })
}

fn has_year(digits: &[char]) -> bool {
    digits
        .windows(4)
        .any(|window| matches!(window, ['1', '9', ..] | ['2', '0', ..]))
}

/// Six digits in any of the orders that people write dates in.
fn is_date(digits: &[char]) -> bool {
    let number = |at: usize| -> Option<u32> {
        Some(digits.get(at)?.to_digit(10)? * 10 + digits.get(at + 1)?.to_digit(10)?)
    };
    let (Some(first), Some(second), Some(third)) = (number(0), number(2), number(4)) else {
        return false;
    };
    let day = |number| (1..=31).contains(&number);
    let month = |number| (1..=12).contains(&number);
    digits.len() == 6
        && ((day(first) && month(second))
            || (month(first) && day(second))
            || (month(second) && day(third)))
}
