//! FIDO's metadata: a blob as a hostile server or disk may hold it, and a payload as only FIDO could have signed it, up to the
//! answers that are made of it.
#![no_main]

use halligan::attestation::mds::{Blob, Metadata, Origin, Payload, Query, date, fido_roots};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let now = Timestamp::UNIX_EPOCH;
    let _ = Blob::verify(input, &fido_roots(), now);
    let Ok(payload) = Payload::parse(input) else {
        return;
    };
    let origin = Origin {
        source: String::new(),
        stored_at: now,
        sha256: [0; 32],
    };
    let metadata = Metadata::new(payload, origin);
    let _ = metadata.freshness(now);
    let _ = Query::default().select(&metadata, date(now));
    for entry in metadata.entries() {
        let _ = (entry.roots(), entry.unusable_roots());
        for day in [date(now), jiff::civil::Date::MAX] {
            let _ = (entry.certification(day, Some(1)), entry.revoked(day));
        }
    }
});
