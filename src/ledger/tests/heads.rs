//! A head that was noted elsewhere shows what the ledger cannot show by itself.

use super::run;
use super::writing::{memory, note, open};
use crate::ledger::{EntryHash, EntryRef, Reader, Store, Verification};

async fn verified(store: &Store, noted: EntryRef) -> Verification {
    let mut verification = Reader::new(store.clone()).verify().await.unwrap();
    verification.expect_head(&noted);
    verification
}

#[test]
fn a_noted_head_shows_truncation_and_another_past() {
    let store = memory();
    run(async {
        let mut ledger = open(&store, "a", 1).await.unwrap();
        ledger.append(note("x")).await.unwrap();
        let noted = ledger.head().unwrap();
        ledger.append(note("y")).await.unwrap();
        assert_eq!(verified(&store, noted).await.failure, None);
        let defect = |verification: Verification| {
            let failure = verification.failure.unwrap();
            (failure.index, failure.defect.code())
        };
        let cut_off = EntryRef { index: 3, ..noted };
        assert_eq!(defect(verified(&store, cut_off).await), (3, "truncated"));
        let hash = EntryHash::of(b"another past");
        let other = EntryRef { index: 1, hash };
        assert_eq!(defect(verified(&store, other).await), (1, "other-head"));
        // What fails before is what counts.
        store.create(3, b"{}").await.unwrap();
        assert_eq!(defect(verified(&store, other).await), (3, "malformed"));
    });
}

#[test]
fn a_head_is_read_as_it_is_written() {
    let noted = EntryRef {
        index: 12,
        hash: EntryHash::of(b"x"),
    };
    assert_eq!(noted.to_string().parse(), Ok(noted));
    let spaced = noted.to_string().replace('a', "a ");
    assert_eq!(spaced.parse(), Ok(noted));
    let hash = noted.hash.to_string();
    for wrong in [
        "",
        "12",
        "12:",
        ":ab",
        "12:ab",
        "-1:ab",
        &format!("x:{hash}"),
        &format!("+1:{hash}"),
    ] {
        assert!(wrong.parse::<EntryRef>().is_err(), "{wrong}");
    }
}
