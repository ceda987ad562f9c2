//! Hostile bytes: an error or a failure that names the right entry, never a panic.

use proptest::prelude::*;

use super::forge::Forge;
use super::golden::{Golden, build};
use super::vectors::verify;
use crate::ledger::{Defect, Entry, FormatError, Proof, SIZE_LIMIT, StationName};

fn golden() -> &'static Golden {
    static GOLDEN: std::sync::LazyLock<Golden> = std::sync::LazyLock::new(build);
    &GOLDEN
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_no_entry(bytes: Vec<u8>) {
        prop_assert!(Entry::parse(&bytes).is_err());
    }

    #[test]
    fn arbitrary_json_is_no_entry(text in r#"[\[\]{}",:0-9a-zE.\\-]{0,60}"#) {
        prop_assert!(Entry::parse(text.as_bytes()).is_err());
        prop_assert!(serde_json::from_str::<Proof>(&text).is_err());
    }

    #[test]
    fn a_station_name_that_parses_is_printed_unchanged(text in "[a-z0-9.-]{1,70}") {
        if let Ok(name) = text.parse::<StationName>() {
            prop_assert_eq!(name.to_string(), text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_changed_byte_is_found_in_the_entry_where_it_is(
        entry in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        mask in 1_u8..,
    ) {
        let mut golden = golden().clone();
        let mut forge = Forge::new(&mut golden);
        let index = u64::try_from(entry.index(14)).unwrap();
        let mut bytes = forge.objects[&index].clone();
        let at = at.index(bytes.len());
        bytes[at] ^= mask;
        forge.objects.insert(index, bytes);
        let failure = verify(&forge.objects).failure;
        prop_assert_eq!(failure.map(|failure| failure.index), Some(index));
    }
}

#[test]
fn an_object_beyond_the_limit_is_never_parsed() {
    let mut golden = golden().clone();
    let mut forge = Forge::new(&mut golden);
    forge.objects.insert(3, vec![b'['; SIZE_LIMIT + 1]);
    let failure = verify(&forge.objects).failure.unwrap();
    let size = u64::try_from(SIZE_LIMIT + 1).unwrap();
    assert_eq!(failure.index, 3);
    assert_eq!(failure.defect, Defect::Format(FormatError::TooLarge(size)));
    assert_eq!(failure.defect.code(), "too-large");
    forge.objects.insert(3, vec![b'['; SIZE_LIMIT]);
    assert_eq!(
        verify(&forge.objects).failure.unwrap().defect.code(),
        "not-json"
    );
}

#[test]
fn an_entry_comes_back_from_its_bytes() {
    for entry in &golden().entries {
        assert_eq!(Entry::parse(entry.as_bytes()).as_ref(), Ok(entry));
    }
}
