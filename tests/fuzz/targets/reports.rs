//! The emulated key under any reports at all, as they may come from the wire.
#![no_main]

use std::cell::RefCell;

use halligan::emulator::{Emulator, Profile};
use halligan::env::Env;
use libfuzzer_sys::fuzz_target;

thread_local! {
    // Its certificates take longer to make than most inputs take to run.
    static KEY: RefCell<Emulator> =
        RefCell::new(Emulator::in_memory(Env::system(), Profile::default()).expect("a key"));
}

fuzz_target!(|input: &[u8]| {
    KEY.with_borrow_mut(|key| {
        key.power_cycle();
        for report in input.chunks_exact(64) {
            key.handle_report(report.try_into().expect("64 bytes"));
            while key.poll().is_some() {}
        }
    });
});
