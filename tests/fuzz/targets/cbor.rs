//! CBOR: what can be read can be written, is the same when read again, and canonical then.
#![no_main]

use halligan::encoding::cbor;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(value) = cbor::decode(input) else {
        return;
    };
    let written = cbor::encode(&value);
    assert!(cbor::is_canonical(&written));
    let again = cbor::decode(&written).expect("what was written");
    assert_eq!(cbor::encode(&again), written);
    if cbor::is_canonical(input) {
        assert_eq!(written, input);
    }
});
