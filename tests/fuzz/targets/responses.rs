//! The client's decoders, one for each command; the first byte chooses.
#![no_main]

use halligan::ctap::command::credential_management::{
    EnumeratedCredential, EnumeratedRp, Metadata,
};
use halligan::ctap::command::{client_pin, get_assertion, get_info, make_credential};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((choice, cbor)) = input.split_first() else {
        return;
    };
    match choice % 7 {
        0 => drop(get_info::Response::decode(cbor)),
        1 => {
            if let Ok(response) = make_credential::Response::decode(cbor) {
                let _ = response.authenticator_data();
                let _ = response.attestation_object().to_bytes();
            }
        }
        2 => {
            if let Ok(response) = get_assertion::Response::decode("getAssertion", cbor) {
                let _ = response.authenticator_data();
            }
        }
        3 => {
            let decode = || client_pin::Response::decode("clientPIN", cbor);
            let _ = decode().map(|response| response.key_agreement());
            let _ = decode().map(|response| response.pin_uv_auth_token());
            let _ = decode().map(|response| response.pin_retries());
            let _ = decode().map(|response| response.uv_retries());
        }
        4 => drop(Metadata::decode("credentialManagement", cbor)),
        5 => drop(EnumeratedRp::decode("credentialManagement", cbor)),
        _ => drop(EnumeratedCredential::decode("credentialManagement", cbor)),
    }
});
