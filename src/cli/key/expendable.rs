//! Which key `halligan key test --destructive` may erase, as far as that shows without asking the key for anything.

use crate::cli::device::DeviceChoice;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error};
use crate::ctap::hid::Address;
use crate::{ceremony, ctap};

/// A key that the ledger knows by one of its credentials is no key to lose.
pub(super) async fn require(
    device: &DeviceChoice,
    ledger: &LedgerChoice,
    context: &Context,
) -> Result<(), Error> {
    if let Address::Emulator(_) = device.device {
        let why = "a key in the same process cannot be unplugged; `halligan emulator serve` puts it behind a socket";
        return Err(Error::Usage(why.to_owned()));
    }
    let mut open = match device.open(&context.env) {
        Ok(open) => open,
        // No CTAP2, or none that can be understood: it holds nothing that the ledger could know, and is not written to.
        Err(Error::Key(ctap::Error::Hid(hid)))
            if !matches!(hid, ctap::hid::Error::Unsupported { .. }) =>
        {
            return Err(ctap::Error::from(hid).into());
        }
        Err(Error::Key(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut terminal = Terminal::new(&context.global, &PinSource::default());
    match record::label_of(&mut open, ledger, &mut terminal, context).await? {
        None => Ok(()),
        Some(label) => {
            let known = format!("the ledger knows it as {label}");
            Err(ceremony::Error::KeyInUse(vec![known]).into())
        }
    }
}
