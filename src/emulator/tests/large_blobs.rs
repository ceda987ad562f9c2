use std::time::Duration;

use proptest::prelude::*;
use ring::digest;

use super::credentials::credential_id;
use super::host::{Answer, GA, Host, LBW, MC, RP_ID, Token};
use super::requests::{Assert, Create};
use crate::emulator::Profile;
use crate::emulator::storage::Memory;
use crate::encoding::cbor::{self, Value};
use crate::encoding::hex;

const PIN: &str = "123456";
/// maxMsgSize of the default profile, less 64.
const MAX_FRAGMENT: usize = 2048 - 64;
/// CTAP 2.1 §6.10, "initial serialized large-blob array".
const INITIAL: &str = "8076be8b528d0075f7aae98d6fa57a6d3c";

fn get(host: &mut Host, offset: u64, length: u64) -> Result<Vec<u8>, u8> {
    let parameters = cbor::map([(1, Value::from(length)), (3, Value::from(offset))]);
    host.call(0x0c, &parameters).map(|answer| answer.bytes(1))
}

/// The whole array, fragment by fragment.
fn read(host: &mut Host) -> Vec<u8> {
    let mut array = Vec::new();
    loop {
        let offset = u64::try_from(array.len()).unwrap();
        let fragment = get(host, offset, u64::try_from(MAX_FRAGMENT).unwrap()).unwrap();
        array.extend_from_slice(&fragment);
        if fragment.len() < MAX_FRAGMENT {
            return array;
        }
    }
}

fn set(
    host: &mut Host,
    token: Option<&Token>,
    offset: usize,
    length: Option<usize>,
    fragment: &[u8],
) -> Result<(), u8> {
    let offset = u32::try_from(offset).unwrap();
    let mut members = vec![
        (2, Value::Bytes(fragment.to_vec())),
        (3, Value::from(offset)),
    ];
    members.extend(length.map(|length| (4, Value::from(u64::try_from(length).unwrap()))));
    if let Some(token) = token {
        let mut message = vec![0xff; 32];
        message.extend([0x0c, 0x00]);
        message.extend(offset.to_le_bytes());
        message.extend(digest::digest(&digest::SHA256, fragment).as_ref());
        members.push((5, Value::Bytes(token.authenticate(&message))));
        members.push((6, Value::from(token.protocol)));
    }
    let answer = host.call(0x0c, &cbor::map(members))?;
    assert_eq!(answer, Answer(Value::Map(vec![])));
    Ok(())
}

fn write(host: &mut Host, token: Option<&Token>, array: &[u8], by: usize) -> Result<(), u8> {
    let mut offset = 0;
    for fragment in array.chunks(by) {
        let length = (offset == 0).then_some(array.len());
        set(host, token, offset, length, fragment)?;
        offset += fragment.len();
    }
    Ok(())
}

/// An array of this length: anything, then its digest.
fn array(length: usize) -> Vec<u8> {
    let content = vec![0x5c; length - 16];
    let hash = digest::digest(&digest::SHA256, &content);
    [content.as_slice(), &hash.as_ref()[..16]].concat()
}

#[test]
fn a_fresh_key_has_the_empty_array() {
    let mut host = Host::new(Profile::default());
    assert_eq!(read(&mut host), hex::decode(INITIAL).unwrap());
    assert_eq!(host.info().number(0x0b), 4096);
    let mut without = Host::new(Profile::preview());
    assert_eq!(get(&mut without, 0, 17), Err(0x01));
    assert_eq!(without.option("largeBlobs"), None);
    without.set_pin(1, PIN).unwrap();
}

#[test]
fn what_is_written_is_read_back_until_a_reset() {
    for protocol in [1, 2] {
        let mut host = Host::new(Profile::default());
        host.set_pin(protocol, PIN).unwrap();
        let token = host.token(protocol, PIN, LBW, None).unwrap();
        for (length, by) in [(17, 17), (4096, MAX_FRAGMENT), (100, 1)] {
            let array = array(length);
            assert_eq!(write(&mut host, Some(&token), &array, by), Ok(()));
            assert_eq!(read(&mut host), array);
        }
        assert_eq!(get(&mut host, 90, 5).unwrap(), array(100)[90..95]);
        assert_eq!(get(&mut host, 90, 50).unwrap(), array(100)[90..]);
        assert_eq!(get(&mut host, 100, 50), Ok(vec![]));
        assert_eq!(get(&mut host, 101, 1), Err(0x02));
        host.emulator.power_cycle();
        assert_eq!(read(&mut host), array(100));
        assert!(host.call_plain(0x07).is_ok());
        assert_eq!(read(&mut host), hex::decode(INITIAL).unwrap());
    }
}

#[test]
fn a_damaged_array_is_not_taken() {
    let mut host = Host::new(Profile::default());
    let good = array(40);
    write(&mut host, None, &good, 40).unwrap();
    for position in [0, 23, 24, 39] {
        let mut damaged = array(40);
        damaged[position] ^= 1;
        assert_eq!(write(&mut host, None, &damaged, 33), Err(0x3d));
        assert_eq!(read(&mut host), good);
    }
}

#[test]
fn parameters_that_contradict_each_other_are_refused() {
    let mut host = Host::new(Profile::default());
    let number = |number: usize| Value::from(u64::try_from(number).unwrap());
    let fragment = |length: usize| Value::Bytes(vec![0; length]);
    let param = || Value::Bytes(vec![0; 32]);
    let cases = [
        (vec![(1, number(1))], 0x02),
        (vec![(3, number(0))], 0x02),
        (vec![(1, number(1)), (2, fragment(1)), (3, number(0))], 0x02),
        (vec![(1, number(1)), (3, number(0)), (4, number(17))], 0x02),
        (vec![(1, number(1)), (3, number(0)), (5, param())], 0x02),
        (vec![(1, number(1)), (3, number(0)), (6, number(2))], 0x02),
        (vec![(1, number(MAX_FRAGMENT + 1)), (3, number(0))], 0x03),
        (vec![(1, "1".into()), (3, number(0))], 0x11),
        (vec![(2, fragment(17)), (3, number(0))], 0x02),
        (
            vec![(2, fragment(17)), (3, number(0)), (4, number(16))],
            0x02,
        ),
        (
            vec![(2, fragment(18)), (3, number(0)), (4, number(17))],
            0x02,
        ),
        (
            vec![(2, fragment(17)), (3, number(0)), (4, number(4097))],
            0x18,
        ),
        (
            vec![(2, fragment(17)), (3, number(17)), (4, number(34))],
            0x02,
        ),
        (vec![(2, fragment(17)), (3, number(17))], 0x04),
        (
            vec![
                (2, fragment(MAX_FRAGMENT + 1)),
                (3, number(0)),
                (4, number(4096)),
            ],
            0x03,
        ),
    ];
    for (members, status) in cases {
        let refused = host.call(0x0c, &cbor::map(members.clone()));
        assert_eq!(refused, Err(status), "{members:?}");
    }
    assert_eq!(read(&mut host), hex::decode(INITIAL).unwrap());
}

#[test]
fn fragments_come_in_order_with_nothing_in_between_and_soon() {
    let mut host = Host::new(Profile::default());
    let array = array(60);
    let begin = |host: &mut Host| set(host, None, 0, Some(60), &array[..20]).unwrap();
    let next =
        |host: &mut Host, offset: usize| set(host, None, offset, None, &array[offset..offset + 20]);
    begin(&mut host);
    assert_eq!(next(&mut host, 40), Err(0x04));
    // A fragment in the wrong place does not end the write.
    next(&mut host, 20).unwrap();
    begin(&mut host);
    assert!(host.call_plain(0x04).is_ok());
    assert_eq!(next(&mut host, 20), Err(0x04));
    begin(&mut host);
    host.advance(Duration::from_secs(31));
    assert_eq!(next(&mut host, 20), Err(0x04));
    begin(&mut host);
    host.emulator.power_cycle();
    assert_eq!(next(&mut host, 20), Err(0x04));
    begin(&mut host);
    assert_eq!(set(&mut host, None, 20, None, &[0; 41]), Err(0x02));
    // Beginning again begins anew.
    begin(&mut host);
    begin(&mut host);
    host.advance(Duration::from_secs(29));
    next(&mut host, 20).unwrap();
    host.advance(Duration::from_secs(29));
    next(&mut host, 40).unwrap();
    assert_eq!(read(&mut host), array);
}

#[test]
fn writing_needs_its_permission_once_there_is_a_pin() {
    for protocol in [1, 2] {
        let mut host = Host::new(Profile::default());
        assert_eq!(write(&mut host, None, &array(30), 30), Ok(()));
        host.set_pin(protocol, PIN).unwrap();
        let other = array(31);
        assert_eq!(write(&mut host, None, &other, 31), Err(0x36));
        let mc = host.token(protocol, PIN, MC, Some(RP_ID)).unwrap();
        assert_eq!(write(&mut host, Some(&mc), &other, 31), Err(0x33));
        // The permission outlives a touch.
        let both = host.token(protocol, PIN, MC | LBW, Some(RP_ID)).unwrap();
        assert!(Create::new().authorized(&both).send(&mut host).is_ok());
        assert_eq!(write(&mut host, Some(&both), &other, 10), Ok(()));
        // A signature holds for one place only.
        let fragment = [0; 20];
        set(&mut host, Some(&both), 0, Some(60), &fragment).unwrap();
        let mut message = vec![0xff; 32];
        message.extend([0x0c, 0x00, 0, 0, 0, 0]);
        message.extend(digest::digest(&digest::SHA256, &fragment).as_ref());
        let replayed = cbor::map([
            (2, Value::Bytes(fragment.to_vec())),
            (3, Value::from(20)),
            (5, Value::Bytes(both.authenticate(&message))),
            (6, Value::from(protocol)),
        ]);
        assert_eq!(host.call(0x0c, &replayed), Err(0x33));
        // Reading is free.
        assert_eq!(read(&mut host), other);
    }
}

#[test]
fn a_write_ends_with_the_token_that_began_it() {
    let mut host = Host::new(Profile::default());
    host.set_pin(2, PIN).unwrap();
    let token = host.token(2, PIN, LBW, None).unwrap();
    set(&mut host, Some(&token), 0, Some(60), &[0; 20]).unwrap();
    // The token is used by now and lasts ten minutes in all, the write half a minute from fragment to fragment.
    for _ in 0..20 {
        host.advance(Duration::from_secs(29));
        set(&mut host, Some(&token), 0, Some(60), &[0; 20]).unwrap();
    }
    host.advance(Duration::from_secs(29));
    let late = set(&mut host, Some(&token), 20, None, &[0; 20]);
    assert_eq!(late, Err(0x04));
}

fn large_blob_key(value: Value) -> Value {
    cbor::map([("largeBlobKey", value)])
}

#[test]
fn a_large_blob_key_belongs_to_its_credential() {
    let mut host = Host::new(Profile::default());
    let create = |user: &[u8]| {
        Create::for_user(RP_ID, user)
            .discoverable()
            .with(6, large_blob_key(Value::Bool(true)))
    };
    let made = create(b"1").send(&mut host).unwrap();
    let key = made.bytes(5);
    assert_eq!(key.len(), 32);
    assert_ne!(create(b"2").send(&mut host).unwrap().bytes(5), key);
    let id = credential_id(&made);
    let assert = || Assert::new().allow(&[&id]);
    let asked = assert().with(4, large_blob_key(Value::Bool(true)));
    assert_eq!(asked.send(&mut host).unwrap().bytes(7), key);
    assert_eq!(assert().send(&mut host).unwrap().find(7), None);
    let refused = assert().with(4, large_blob_key(Value::Bool(false)));
    assert_eq!(refused.send(&mut host), Err(0x2c));
    // getNextAssertion gives each credential's own.
    let all = Assert::new().with(4, large_blob_key(Value::Bool(true)));
    let first = all.send(&mut host).unwrap();
    assert_ne!(first.bytes(7), key);
    assert_eq!(host.call_plain(0x08).unwrap().bytes(7), key);
}

#[test]
fn a_large_blob_key_is_for_discoverable_credentials_and_true() {
    let mut host = Host::new(Profile::default());
    let create = |value: Value| Create::new().with(6, large_blob_key(value));
    assert_eq!(create(Value::Bool(true)).send(&mut host), Err(0x2c));
    let discoverable = |value: Value| create(value).discoverable();
    assert_eq!(discoverable(Value::Bool(false)).send(&mut host), Err(0x2c));
    assert_eq!(discoverable(Value::from(1)).send(&mut host), Err(0x11));
    let made = Create::new().discoverable().send(&mut host).unwrap();
    assert_eq!(made.find(5), None);
    // Of a credential without one nothing is given.
    let asked = Assert::new().with(4, large_blob_key(Value::Bool(true)));
    assert_eq!(asked.send(&mut host).unwrap().find(7), None);
    // A key without the extension does not know the word.
    let mut preview = Host::new(Profile::preview());
    let ignored = create(Value::from(1)).send(&mut preview).unwrap();
    assert_eq!(ignored.find(5), None);
}

#[test]
fn a_key_needs_the_pin_where_the_credential_does() {
    let mut host = Host::new(Profile::default());
    let extensions = cbor::map([
        ("largeBlobKey", Value::Bool(true)),
        ("credProtect", Value::from(3)),
    ]);
    let create = Create::new().discoverable().with(6, extensions);
    let key = create.send(&mut host).unwrap().bytes(5);
    let asked = || Assert::new().with(4, large_blob_key(Value::Bool(true)));
    assert_eq!(asked().send(&mut host), Err(0x2e));
    host.set_pin(2, PIN).unwrap();
    let token = host.token(2, PIN, GA, Some(RP_ID)).unwrap();
    let asserted = asked().authorized(&token).send(&mut host).unwrap();
    assert_eq!(asserted.bytes(7), key);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever fragments come, the stored array always ends with its own digest.
    #[test]
    fn the_array_is_always_whole(
        sets in prop::collection::vec((0usize..60, prop::option::of(0usize..80), 0usize..60), 1..12),
    ) {
        let mut host = Host::with_storage(Profile::default(), Box::new(Memory));
        let whole = array(60);
        for (offset, length, end) in sets {
            let fragment = whole.get(offset..end).unwrap_or(&[]);
            let _ = set(&mut host, None, offset, length, fragment);
            let stored = read(&mut host);
            let (content, hash) = stored.split_at(stored.len() - 16);
            let expected = digest::digest(&digest::SHA256, content);
            prop_assert_eq!(&expected.as_ref()[..16], hash);
        }
    }
}
