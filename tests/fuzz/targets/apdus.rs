//! U2F by CTAPHID_MSG: command APDUs as they are, and, for a message that begins with 0, authentication with the key handle
//! that the last registration gave and the control byte that follows.
#![no_main]

use halligan::ctap::hid::packet::command::MSG;
use halligan::emulator::Profile;
use halligan_fuzz::{Host, messages};
use libfuzzer_sys::fuzz_target;

/// A registration's challenge and application parameter, in an APDU with an extended length.
const REGISTER: [u8; 7] = [0, 1, 3, 0, 0, 0, 64];

fuzz_target!(|input: &[u8]| {
    let mut host = Host::new(Profile::default());
    let mut key_handle: Option<Vec<u8>> = None;
    for message in messages(input) {
        let (&kind, message) = message.split_first().unwrap_or((&1, &[]));
        let answer = match (kind, &key_handle) {
            (0, Some(handle)) => host.call(MSG, &authenticate(message, handle)),
            (0, None) => {
                let answer = host.call(MSG, &[REGISTER.as_slice(), &[7; 64], &[0, 0]].concat());
                let length = usize::from(answer[66]);
                key_handle = Some(answer[67..67 + length].to_vec());
                answer
            }
            _ => host.call(MSG, message),
        };
        assert!(answer.len() >= 2, "a status word");
    }
});

fn authenticate(message: &[u8], key_handle: &[u8]) -> Vec<u8> {
    let control = message.first().copied().unwrap_or(3);
    let handle_length = u8::try_from(key_handle.len()).expect("as in the registration");
    let data = [&[7; 64], [handle_length].as_slice(), key_handle].concat();
    let length = u16::try_from(data.len()).expect("short").to_be_bytes();
    [&[0, 2, control, 0, 0], length.as_slice(), &data, &[0, 0]].concat()
}
