//! Ledger entries: what is accepted as one is the same bytes again.
#![no_main]

use halligan::ledger::Entry;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(entry) = Entry::parse(input) {
        assert_eq!(entry.as_bytes(), input);
        let _ = entry.signed_bytes();
        let _ = entry.event();
    }
});
