//! The client's channel and its commands against a device that answers with whatever the fuzzer likes, and is gone at
//! the end.
#![no_main]

use std::time::Duration;

use halligan::ctap::hid::packet::Report;
use halligan::ctap::hid::{DeviceError, HidDevice};
use halligan::ctap::{Authenticator, Permissions, Wait};
use halligan::env::Env;
use halligan::secret::Pin;
use libfuzzer_sys::fuzz_target;

/// Answers INIT as it must, so that what follows is reached, and everything else from the input.
struct Device {
    input: Vec<u8>,
    position: usize,
    init: Option<Report>,
}

impl HidDevice for Device {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        if report[..5] == [0xff, 0xff, 0xff, 0xff, 0x86] {
            let mut answer = *report;
            answer[6] = 17;
            answer[15..19].copy_from_slice(&[1, 0, 0, 1]);
            answer[19..24].copy_from_slice(&[2, 1, 0, 0, 0x05]);
            self.init = Some(answer);
        }
        Ok(())
    }

    fn read_report(&mut self, _timeout: Duration) -> Result<Option<Report>, DeviceError> {
        if let Some(init) = self.init.take() {
            return Ok(Some(init));
        }
        let rest = &self.input[self.position..];
        let Some((&kind, rest)) = rest.split_first() else {
            return Err(DeviceError::Gone("the input is at its end".to_owned()));
        };
        // Most reports are of the channel, so that the fuzzer need not find its number.
        let mut report = [0; 64];
        let length = rest.len().min(60);
        report[4..4 + length].copy_from_slice(&rest[..length]);
        self.position += 1 + length;
        if kind != 0 {
            report[..4].copy_from_slice(&[1, 0, 0, 1]);
        }
        Ok(Some(report))
    }
}

fuzz_target!(|input: &[u8]| {
    let device = Device {
        input: input.to_vec(),
        position: 0,
        init: None,
    };
    let Ok(mut authenticator) = Authenticator::open(Box::new(device), Env::system()) else {
        return;
    };
    let _ = authenticator.pin_retries();
    let _ = authenticator.selection(&mut Wait::unattended());
    let pin = Pin::new("271828").expect("a PIN");
    let Ok(auth) = authenticator.pin_uv_auth(&pin, Permissions::CM, None) else {
        return;
    };
    let _ = authenticator.credentials_metadata(&auth);
    for rp in authenticator.relying_parties(&auth).unwrap_or_default() {
        let _ = authenticator.credentials(rp.rp_id_hash, &auth);
    }
});
