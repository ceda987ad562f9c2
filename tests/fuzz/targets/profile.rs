//! Profile files: what is accepted is the same when it is written whole and read again, and a key can be like that: it says
//! so in a getInfo that a client reads, and makes a credential, or refuses to.
#![no_main]

use halligan::ctap::command::get_info;
use halligan::ctap::hid::packet::command::CBOR;
use halligan::emulator::profile::ProfileFile;
use halligan::encoding::cbor::{self, Value};
use halligan_fuzz::Host;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(file) = ProfileFile::parse(text) else {
        return;
    };
    let whole = ProfileFile::parse(&file.complete_text()).expect("what was written");
    assert_eq!(whole.profile, file.profile);
    assert_eq!(whole.description, file.description);
    let has_ctap2 = file.profile.has_ctap2();
    let mut host = Host::new(file.profile);
    if has_ctap2 {
        let answer = host.call(CBOR, &[0x04]);
        assert_eq!(answer.first(), Some(&0));
        get_info::Response::decode(&answer[1..]).expect("what a key may say");
        host.call(CBOR, &make_credential());
    }
});

/// For example.com, with the algorithms that a key may have.
fn make_credential() -> Vec<u8> {
    let entity = |id: Value| Value::Map(vec![("id".into(), id), ("name".into(), "x".into())]);
    let algorithm = |number: i8| {
        Value::Map(vec![
            ("alg".into(), number.into()),
            ("type".into(), "public-key".into()),
        ])
    };
    let parameters = cbor::map([
        (1, Value::Bytes(vec![7; 32])),
        (2, entity("example.com".into())),
        (3, entity(Value::Bytes(vec![1]))),
        (4, Value::Array(vec![algorithm(-7), algorithm(-8)])),
        (7, Value::Map(vec![("rk".into(), true.into())])),
    ]);
    [&[0x01], cbor::encode(&parameters).as_slice()].concat()
}
