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

use std::cell::RefCell;

use halligan::ctap::hid::packet::command::CBOR;
use halligan::emulator::Profile;
use halligan::emulator::profile::Fingerprint;
use halligan_fuzz::{Host, messages};
use libfuzzer_sys::fuzz_target;
use token::Token;

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::new(Profile::default()));
    static HOST_WITH_SENSOR: RefCell<Host> = RefCell::new(Host::new(with_sensor()));
}

fuzz_target!(|input: &[u8]| {
    let Some((&choice, input)) = input.split_first() else {
        return;
    };
    match choice & 0x80 {
        // Nothing to enroll: no permission to.
        0 => HOST.with_borrow_mut(|host| run(host, choice & 0x77, input)),
        _ => HOST_WITH_SENSOR.with_borrow_mut(|host| run(host, choice, input)),
    }
});

fn run(host: &mut Host, choice: u8, input: &[u8]) {
    host.start_over();
    let permissions = choice & 0x3f;
    let token = (permissions != 0).then(|| Token::obtain(host, choice & 0x40 != 0, permissions));
    for request in messages(input) {
        let authenticated = token.as_ref().and_then(|token| token.authenticate(request));
        let request = authenticated.as_deref().unwrap_or(request);
        if !request.is_empty() {
            assert!(!host.call(CBOR, request).is_empty(), "a status");
        }
    }
}

fn with_sensor() -> Profile {
    Profile {
        fingerprint: Some(Fingerprint::default()),
        ..Profile::default()
    }
}
