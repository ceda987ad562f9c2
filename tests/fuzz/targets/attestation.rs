//! Attestation objects as a key sends them, up to the verdicts.
#![no_main]

use halligan::attestation::{Registration, Trust, judge};
use halligan::webauthn::{AttestationObject, RpId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(object) = AttestationObject::parse(input) {
        let _ = object.authenticator_data();
        let _ = object.to_bytes();
    }
    let rp_id: RpId = "login.microsoft.com".parse().expect("a domain");
    let registration = Registration {
        attestation_object: input,
        client_data_json: br#"{"type":"webauthn.create","challenge":"AAAA","origin":"https://login.microsoft.com","crossOrigin":false}"#,
        rp_id: &rp_id,
        challenge: "AAAA",
        algorithms: &[-7, -8, -257],
        get_info: None,
    };
    let at = jiff::Timestamp::UNIX_EPOCH;
    let _ = judge(&registration, &Trust::default(), at, at);
});
