//! Ctrl-C: the first asks the ceremony to stop where it can say what it leaves behind, the second ends the process.

use std::io;

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
        // Here and not in the task, which may be polled late on a busy machine: until then an interrupt would be lost, or end the
        // process without a word.
        let signals = Signals::listen();
        tokio::spawn(async move {
            let Ok(mut signals) = signals else {
                // The system's own way to end a process is left.
                return std::future::pending().await;
            };
            signals.next().await;
            // Told first: once the ceremony knows, it may end the process before this task runs again.
            tell();
            flag.raise();
            // Nobody listening means that nothing is left to stop.
            let _ = raise.send(true);
            signals.next().await;
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

/// Ctrl-C and the service manager's request to end, listened to from the moment this exists.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C, listened to from the moment this exists.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
