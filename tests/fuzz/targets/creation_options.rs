//! The tenant's creation options.
#![no_main]

use halligan::graph::creation_options::CreationOptions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(answer) = serde_json::from_slice(input) {
        let _ = CreationOptions::from_json(&answer);
    }
});
