//! The fault language: what is read can be written, and is the same when read again. So are addresses.
#![no_main]

use halligan::emulator::serve::ListenAddress;
use halligan::emulator::{Fault, Faults};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(fault) = text.parse::<Fault>() {
        assert_eq!(fault.to_string().parse(), Ok(fault));
    }
    if let Ok(faults) = text.parse::<Faults>() {
        let lines: Vec<String> = faults
            .clone()
            .into_iter()
            .map(|fault| fault.to_string())
            .collect();
        assert_eq!(lines.join("\n").parse(), Ok(faults));
    }
    if let Ok(address) = text.parse::<ListenAddress>() {
        assert_eq!(address.to_string().parse(), Ok(address));
    }
});
