//! The emulated key at its reports: how many credentials it makes, and how often it signs, in a second. Requests are encoded
//! beforehand, so what is measured is CTAPHID, decoding, cryptography and storing the state in memory.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use halligan::ctap::command::{
    CredentialDescriptor, RelyingParty, User, get_assertion, make_credential,
};
use halligan::ctap::hid::packet::{Assembler, ChannelId, Packet, Report, command, split};
use halligan::emulator::Emulator;
use halligan::emulator::profile::Profile;
use halligan::env::Env;
use halligan::webauthn::RpId;

/// An emulated key and a channel to it.
struct Wire {
    emulator: Emulator,
    cid: ChannelId,
}

impl Wire {
    fn open() -> Self {
        let emulator = Emulator::in_memory(Env::system(), Profile::default()).expect("a key");
        let mut wire = Self {
            emulator,
            cid: ChannelId::BROADCAST,
        };
        let answer = wire.exchange(&wire.reports(command::INIT, &[0; 8]));
        wire.cid = ChannelId(answer[8..12].try_into().expect("four bytes"));
        wire
    }

    fn reports(&self, command: u8, payload: &[u8]) -> Vec<Report> {
        split(self.cid, command, payload).expect("a short message")
    }

    /// The answer's payload: of a CTAP command, its status byte and CBOR.
    fn exchange(&mut self, reports: &[Report]) -> Vec<u8> {
        for report in reports {
            self.emulator.handle_report(report);
        }
        let mut assembler = Assembler::default();
        loop {
            let report = self.emulator.poll().expect("a key touched at once answers");
            let message = assembler.push(&Packet::parse(&report)).expect("in order");
            if let Some(message) = message {
                return message.payload;
            }
        }
    }
}

fn creation(rk: bool) -> Vec<u8> {
    let user = User {
        id: vec![7; 51],
        name: Some("bg1@contoso.onmicrosoft.com".to_owned()),
        display_name: Some("Emergency Access 1".to_owned()),
    };
    let rp = RelyingParty {
        id: rp_id(),
        name: Some("Microsoft".to_owned()),
    };
    make_credential::Request {
        rk: Some(rk),
        ..make_credential::Request::new([1; 32], rp, user)
    }
    .encode(None)
}

fn rp_id() -> RpId {
    "login.microsoft.com".parse().expect("a domain")
}

/// A credential's id, for the allow list.
fn credential(wire: &mut Wire, creation: &[Report]) -> Vec<u8> {
    let answer = wire.exchange(creation);
    let response = make_credential::Response::decode(&answer[1..]).expect("a response");
    let data = response.authenticator_data().expect("authenticator data");
    data.attested.expect("a credential").credential_id
}

fn emulator(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("emulator");
    group.throughput(Throughput::Elements(1));
    // The discoverable one replaces the one before it, which is of the same account.
    for (name, rk) in [("make_credential", false), ("make_credential_rk", true)] {
        let mut wire = Wire::open();
        let request = wire.reports(command::CBOR, &creation(rk));
        group.bench_function(name, |bencher| {
            bencher.iter(|| assert_eq!(wire.exchange(&request)[0], 0));
        });
    }
    let mut wire = Wire::open();
    let creation = wire.reports(command::CBOR, &creation(true));
    let assertion = get_assertion::Request {
        allow_list: vec![CredentialDescriptor {
            id: credential(&mut wire, &creation),
        }],
        ..get_assertion::Request::new(rp_id(), [2; 32])
    };
    let request = wire.reports(command::CBOR, &assertion.encode(None));
    group.bench_function("get_assertion", |bencher| {
        bencher.iter(|| assert_eq!(wire.exchange(&request)[0], 0));
    });
    group.finish();
}

criterion_group!(benches, emulator);
criterion_main!(benches);
