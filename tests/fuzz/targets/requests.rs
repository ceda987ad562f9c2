//! The emulated key's decoders: the input is one CTAP2 request after the other, each after its length (two bytes, big-endian),
//! whole and on a good channel, so that only the commands see what is wrong with it.
#![no_main]

use std::cell::RefCell;

use halligan::ctap::hid::packet::{Assembler, ChannelId, Packet, command, split};
use halligan::emulator::{Emulator, Profile};
use halligan::env::Env;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static KEY: RefCell<Emulator> =
        RefCell::new(Emulator::in_memory(Env::system(), Profile::default()).expect("a key"));
}

/// The answer's payload; there always is one, because the key is touched at once.
fn call(key: &mut Emulator, cid: ChannelId, command: u8, payload: &[u8]) -> Vec<u8> {
    for report in split(cid, command, payload).expect("a short message") {
        key.handle_report(&report);
    }
    let mut assembler = Assembler::default();
    loop {
        let report = key.poll().expect("a key touched at once answers");
        let message = assembler.push(&Packet::parse(&report)).expect("in order");
        if let Some(message) = message.filter(|message| message.command == command) {
            return message.payload;
        }
    }
}

fuzz_target!(|input: &[u8]| {
    KEY.with_borrow_mut(|key| {
        key.power_cycle();
        let answer = call(key, ChannelId::BROADCAST, command::INIT, &[0; 8]);
        let cid = ChannelId(answer[8..12].try_into().expect("four bytes"));
        // As it left the factory, whatever the input before has done.
        assert_eq!(call(key, cid, command::CBOR, &[0x07]), [0]);
        let mut rest = input;
        while let Some((length, after)) = rest.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*length)).min(after.len()).min(2048);
            let (request, after) = after.split_at(length);
            rest = after;
            if !request.is_empty() {
                assert!(!call(key, cid, command::CBOR, request).is_empty());
            }
        }
    });
});
