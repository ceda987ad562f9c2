//! What `halligan key test --key` does before and after the test itself.

use crate::ceremony::Parties;
use crate::ceremony::key_test::Tested;
use crate::ceremony::key_test::recorded::{self, Recognized};
use crate::cli::device::DeviceChoice;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error};
use crate::ledger::{EntryRef, Ledger};

/// A ledger that knows the key that is tested.
pub(super) struct Recording<'a> {
    device: &'a DeviceChoice,
    context: &'a Context,
    ledger: Ledger,
    interaction: Terminal,
    recognized: Recognized,
}

impl<'a> Recording<'a> {
    /// Recognizes the key in hand as the one with this label.
    pub(super) async fn begin(
        label: &str,
        device: &'a DeviceChoice,
        choice: &LedgerChoice,
        context: &'a Context,
    ) -> Result<Self, Error> {
        let config = context.config_or_default()?;
        let mut ledger = record::open_for_writing(choice, &config, context, false).await?;
        // Neither step needs the PIN.
        let mut interaction = Terminal::new(&context.global, &PinSource::default());
        let mut open = device.open(&context.env)?;
        let parties = Parties {
            key: (&mut open.authenticator).into(),
            tenant: None,
            ledger: &mut ledger,
            interaction: &mut interaction,
            cancel: &context.interrupt.cancel,
            env: &context.env,
        };
        let recognized = recorded::recognize(label, parties).await?;
        Ok(Self {
            device,
            context,
            ledger,
            interaction,
            recognized,
        })
    }

    /// The label under which the ledger knows the key.
    pub(super) fn label(&self) -> &str {
        &self.recognized.key.label
    }

    /// Recognizes the key once more, and records its test.
    pub(super) async fn end(&mut self, tested: &Tested) -> Result<EntryRef, Error> {
        let mut open = self.device.open(&self.context.env)?;
        let parties = Parties {
            key: (&mut open.authenticator).into(),
            tenant: None,
            ledger: &mut self.ledger,
            interaction: &mut self.interaction,
            cancel: &self.context.interrupt.cancel,
            env: &self.context.env,
        };
        Ok(recorded::record(&self.recognized, tested, parties).await?)
    }
}
