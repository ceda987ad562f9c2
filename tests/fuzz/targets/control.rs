//! What can be asked of a key by hand, in words or in JSON: one request a line, and an empty line stands for a host's request
//! that waits for a touch.
#![no_main]

use std::cell::RefCell;

use halligan::ctap::hid::packet::command::CBOR;
use halligan::emulator::Profile;
use halligan::emulator::control::{Answer, Request, answer};
use halligan_fuzz::Host;
use libfuzzer_sys::fuzz_target;

const SELECTION: [u8; 1] = [0x0b];

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::new(Profile::default()));
}

fuzz_target!(|text: &str| {
    HOST.with_borrow_mut(|host| {
        host.start_over();
        text.lines().for_each(|line| ask(host, line));
    });
});

fn ask(host: &mut Host, line: &str) {
    if line.is_empty() {
        host.send(CBOR, &SELECTION);
    }
    let line = match line.parse::<Request>() {
        Ok(request) => {
            let written = request.to_json().into_bytes();
            assert_eq!(Request::from_json(&written), Ok(request));
            written
        }
        Err(_) => line.as_bytes().to_vec(),
    };
    match answer(&line, &mut host.key) {
        Ok(Answer::Waiting(mut waiting)) => {
            let _ = waiting.time_left(&host.key);
            let _ = waiting.look(&host.key);
        }
        Ok(Answer::Done(_) | Answer::Subscribed(_)) => {}
        Err(refusal) => assert_eq!(refusal.to_json()["ok"], false),
    }
    let _ = host.key.time_until_next();
    while host.key.poll().is_some() {}
}
