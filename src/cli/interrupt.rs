//! Ctrl-C: the first asks the ceremony to stop where it can say what it leaves behind, the second ends the process.

use tokio::sync::watch;

use crate::cli::failure::Exit;
use crate::ctap::Cancel;

/// Whether the operator has interrupted, for both worlds: a flag for whoever waits for a key, a future for whoever waits for
/// the network.
#[derive(Clone)]
pub(crate) struct Interrupt {
    pub(crate) cancel: Cancel,
    raised: watch::Receiver<bool>,
}

impl Interrupt {
    /// Begins to listen; needs a runtime. `tell` is called at the first interrupt.
    pub(crate) fn listen(tell: impl FnOnce() + Send + 'static) -> Self {
        let cancel = Cancel::default();
        let (raise, raised) = watch::channel(false);
        let flag = cancel.clone();
        tokio::spawn(async move {
            signal().await;
            // Told first: once the ceremony knows, it may end the process before this task runs again.
            tell();
            flag.raise();
            // Nobody listening means that nothing is left to stop.
            let _ = raise.send(true);
            signal().await;
            std::process::exit(Exit::Stopped.code().into());
        });
        Self { cancel, raised }
    }

    /// Completes when the operator interrupts.
    pub(crate) async fn raised(self) {
        let mut raised = self.raised;
        // The sender lives as long as the process, so an error only means the end of it.
        let _ = raised.wait_for(|raised| *raised).await;
    }
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
