//! U2F by CTAPHID_MSG: command APDUs as they are, and, for a message that begins with 0, authentication with the key handle
//! that the last registration gave and the control byte that follows.
#![no_main]

use std::cell::RefCell;

use halligan::ctap::hid::packet::command::MSG;
use halligan::emulator::Profile;
use halligan_fuzz::{Host, messages};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::new(Profile::default()));
}

fuzz_target!(|input: &[u8]| {
    HOST.with_borrow_mut(|host| {
        host.start_over();
        let mut key_handle: Option<Vec<u8>> = None;
        for message in messages(input) {
            let answer = match (message, &key_handle) {
                ([0, control, ..], Some(handle)) => host.call(MSG, &authenticate(*control, handle)),
                ([0, ..], _) => {
                    let answer = host.call(MSG, &register());
                    let length = usize::from(answer[66]);
                    key_handle = Some(answer[67..67 + length].to_vec());
                    answer
                }
                ([_, apdu @ ..], _) if !apdu.is_empty() => host.call(MSG, apdu),
                _ => continue,
            };
            assert!(answer.len() >= 2, "a status word");
        }
    });
});

/// With an extended length, as below.
fn register() -> Vec<u8> {
    [&[0, 1, 3, 0, 0, 0, 64], [7; 64].as_slice(), &[0, 0]].concat()
}

fn authenticate(control: u8, key_handle: &[u8]) -> Vec<u8> {
    let handle_length = u8::try_from(key_handle.len()).expect("as in the registration");
    let data = [&[7; 64], [handle_length].as_slice(), key_handle].concat();
    let length = u16::try_from(data.len()).expect("short").to_be_bytes();
    [&[0, 2, control, 0, 0], length.as_slice(), &data, &[0, 0]].concat()
}
