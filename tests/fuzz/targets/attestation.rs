//! Attestation objects as a key sends them, up to the verdicts.
#![no_main]

use halligan::attestation::{ClientDataOrHash, Registration, Trust, judge};
use halligan::webauthn::{AttestationObject, RpId};
use libfuzzer_sys::fuzz_target;

const CLIENT_DATA: &[u8] = br#"{"type":"webauthn.create","challenge":"AAAA","origin":"https://login.microsoft.com","crossOrigin":false}"#;

fuzz_target!(|input: &[u8]| {
    if let Ok(object) = AttestationObject::parse(input) {
        let _ = object.authenticator_data();
        let _ = object.to_bytes();
    }
    let rp_id: RpId = "login.microsoft.com".parse().expect("a domain");
    let registration = Registration {
        attestation_object: input,
        client_data: ClientDataOrHash::Json(CLIENT_DATA),
        rp_id: &rp_id,
        challenge: "AAAA",
        algorithms: &[-7, -8, -257],
        get_info: None,
    };
    let at = jiff::Timestamp::UNIX_EPOCH;
    let _ = judge(&registration, &Trust::default(), at, at);
    let registration = Registration {
        client_data: ClientDataOrHash::Hash([7; 32]),
        ..registration
    };
    let _ = judge(&registration, &Trust::default(), at, at);
});
