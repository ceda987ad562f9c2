//! The assembler, which both ends share: any reports give a message, or an error, and what is assembled can be split again.
#![no_main]

use halligan::ctap::hid::packet::{Assembler, ChannelId, Packet, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut assembler = Assembler::default();
    for report in input.chunks_exact(64) {
        let report = report.try_into().expect("64 bytes");
        match assembler.push(&Packet::parse(report)) {
            Ok(None) => {}
            Ok(Some(message)) => {
                let reports = split(ChannelId([1, 2, 3, 4]), message.command, &message.payload)
                    .expect("as long as one that arrived");
                let mut again = Assembler::default();
                let last = reports
                    .iter()
                    .filter_map(|report| again.push(&Packet::parse(report)).expect("in order"))
                    .last();
                assert_eq!(last.expect("whole").payload, message.payload);
            }
            Err(_) => assembler = Assembler::default(),
        }
    }
});
