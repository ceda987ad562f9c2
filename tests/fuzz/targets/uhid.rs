//! Events of the kernel's `uhid`: shorter ones are filled up with zero bytes, as the kernel's are.
#![no_main]

use halligan::emulator::serve::uhid::event::{EVENT_LENGTH, Event};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut event = [0; EVENT_LENGTH];
    let length = input.len().min(EVENT_LENGTH);
    event[..length].copy_from_slice(&input[..length]);
    if let Event::Question(refusal) = Event::parse(&event) {
        assert_eq!(refusal[4..8], event[4..8], "the question's id");
    }
});
