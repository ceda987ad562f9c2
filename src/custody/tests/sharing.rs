use std::collections::BTreeSet;

use proptest::prelude::*;

use super::seeded;
use crate::custody::share::split;
use crate::custody::{Error, Share, ShareError, combine};
use crate::secret::Pin;

fn pin(text: &str) -> Pin {
    Pin::new(text).unwrap()
}

fn why(shares: &[Share]) -> ShareError {
    match combine::<Pin>(shares) {
        Err(Error::Share(error)) => error,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("combined"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_threshold_of_shares_gives_the_pin_and_fewer_nothing(
        seed: u64,
        text in "[!-~]{4,63}",
        (threshold, count) in (2_u8..8).prop_flat_map(|threshold| (Just(threshold), threshold..10)),
        order in Just(()).prop_perturb(|(), mut rng| rng.next_u64()),
    ) {
        let mut shares = split(&pin(&text), threshold, count, &seeded(seed));
        prop_assert_eq!(shares.len(), usize::from(count));
        let start = usize::try_from(order % u64::from(count)).unwrap();
        shares.rotate_left(start);
        for chosen in usize::from(threshold)..=usize::from(count) {
            let opened = combine::<Pin>(&shares[..chosen]);
            let opened = opened.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(opened.expose_bytes(), text.as_bytes());
        }
        let few = &shares[..usize::from(threshold) - 1];
        prop_assert_eq!(why(few), ShareError::TooFew { needed: threshold, found: few.len() });
    }

    #[test]
    fn the_text_of_a_share_survives_being_written_by_hand(seed: u64, text in "[!-~]{4,63}") {
        for share in split(&pin(&text), 2, 3, &seeded(seed)) {
            let written = share.to_text();
            prop_assert!(written.len() <= 190, "{}", written.len());
            let by_hand = written.to_lowercase().replace('0', "o").replace("share1-", "Share1- ");
            prop_assert!(by_hand.parse::<Share>() == Ok(share));
        }
    }

    #[test]
    fn a_wrong_character_in_a_share_is_noticed(seed: u64, at: prop::sample::Index, to in "[0-9A-HJKMNP-TV-Z]") {
        let share = split(&pin("48271639"), 2, 3, &seeded(seed)).swap_remove(1);
        let text = share.to_text();
        let at = "share1-".len() + at.index(text.len() - "share1-".len());
        let mut wrong = text.to_string();
        prop_assume!(wrong.as_bytes()[at] != b'-' && wrong[at..=at] != to);
        wrong.replace_range(at..=at, &to);
        prop_assert_eq!(wrong.parse::<Share>().err(), Some(ShareError::Checksum));
    }

    #[test]
    fn any_text_is_a_share_or_is_not(text in "(share1-)?[0-9A-Za-z -]{0,200}") {
        let _ = text.parse::<Share>();
    }
}

#[test]
fn the_length_of_a_pin_does_not_show_in_its_shares() {
    let length = |text: &str| split(&pin(text), 2, 2, &seeded(1))[0].to_text().len();
    assert_eq!(length("4827"), length("482716390517482"));
    assert_eq!(length("48271639"), "share1-".len() + 55 + 10);
}

#[test]
fn shares_of_different_pins_are_told_apart() {
    let one = split(&pin("48271639"), 2, 3, &seeded(1));
    let other = split(&pin("48271639"), 2, 3, &seeded(2));
    assert_eq!(
        why(&[one[0].clone(), other[1].clone()]),
        ShareError::DifferentSets
    );
}

#[test]
fn the_same_share_twice_counts_once() {
    let shares = split(&pin("48271639"), 2, 3, &seeded(1));
    assert_eq!(
        why(&[shares[0].clone(), shares[0].clone()]),
        ShareError::TooFew {
            needed: 2,
            found: 1
        }
    );
    assert!(combine::<Pin>(&[shares[0].clone(), shares[0].clone(), shares[1].clone()]).is_ok());
    assert_eq!(
        why(&[]),
        ShareError::TooFew {
            needed: 2,
            found: 0
        }
    );
}

/// A custodian who hands over another share than he was dealt, with a checksum that fits.
#[test]
fn a_forged_share_gives_no_pin_instead_of_a_wrong_one() {
    let shares = split(&pin("48271639"), 2, 3, &seeded(1));
    for at in 0..24 {
        let mut forged = shares[1].clone();
        forged.change(at);
        let forged: Share = forged.to_text().parse().unwrap();
        assert_eq!(
            why(&[shares[0].clone(), forged.clone()]),
            ShareError::DoNotFit
        );
        assert_eq!(
            why(&[shares[0].clone(), shares[1].clone(), forged]),
            ShareError::Conflict(2)
        );
    }
}

/// RUSTSEC-2024-0398 and the like: were a coefficient never 0, or always odd, one share would rule out values of the secret.
#[test]
fn one_share_takes_every_value_whatever_the_pin() {
    let env = seeded(3);
    let mut seen = vec![BTreeSet::new(); 24];
    for _ in 0..3000 {
        let text = split(&pin("48271639"), 2, 2, &env)[0].clone();
        for (at, value) in text.values().iter().enumerate() {
            seen[at].insert(*value);
        }
    }
    assert!(seen.iter().all(|values| values.len() == 256));
}
