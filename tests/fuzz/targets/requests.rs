//! The emulated key's commands: CTAP2 requests, whole and on a good channel, so that only the commands see what is wrong
//! with them. The first byte chooses the key and how far in the requests begin:
//!
//! ```text
//! 0x01..=0x3f  the permissions of the pinUvAuthToken with which each request is authenticated; 0: a key without PIN
//! 0x40         protocol two instead of one
//! 0x80         a key with a fingerprint sensor
//! ```
#![no_main]

mod token;

use halligan::ctap::hid::packet::command::CBOR;
use halligan::emulator::Profile;
use halligan::emulator::profile::Fingerprint;
use halligan_fuzz::{Host, messages};
use libfuzzer_sys::fuzz_target;
use token::Token;

fuzz_target!(|input: &[u8]| {
    let Some((&choice, input)) = input.split_first() else {
        return;
    };
    let (profile, possible) = match choice & 0x80 {
        // Nothing to enroll: no permission to.
        0 => (Profile::default(), 0x37),
        _ => (with_sensor(), 0x3f),
    };
    let mut host = Host::new(profile);
    let permissions = choice & possible;
    let token =
        (permissions != 0).then(|| Token::obtain(&mut host, choice & 0x40 != 0, permissions));
    for request in messages(input) {
        let authenticated = token.as_ref().and_then(|token| token.authenticate(request));
        let request = authenticated.as_deref().unwrap_or(request);
        if !request.is_empty() {
            assert!(!host.call(CBOR, request).is_empty(), "a status");
        }
    }
});

fn with_sensor() -> Profile {
    Profile {
        fingerprint: Some(Fingerprint::default()),
        ..Profile::default()
    }
}
