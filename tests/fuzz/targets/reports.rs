//! The emulated key under any reports at all, as they may come from the wire.
#![no_main]

use std::cell::RefCell;

use halligan::emulator::Profile;
use halligan_fuzz::Host;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::new(Profile::default()));
}

fuzz_target!(|input: &[u8]| {
    HOST.with_borrow_mut(|host| {
        host.start_over();
        for report in input.chunks_exact(64) {
            host.key.handle_report(report.try_into().expect("64 bytes"));
            while host.key.poll().is_some() {}
        }
    });
});
