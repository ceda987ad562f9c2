//! The emulated key under any reports at all, as they may come from the wire.
#![no_main]

use halligan::emulator::Profile;
use halligan_fuzz::Host;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut key = Host::new(Profile::default()).key;
    for report in input.chunks_exact(64) {
        key.handle_report(report.try_into().expect("64 bytes"));
        while key.poll().is_some() {}
    }
});
