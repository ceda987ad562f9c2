//! The secure side of the device, where keys are: it works while the application waits.

use std::sync::mpsc::{Receiver, Sender, channel};

use trussed::ClientImplementation;
use trussed::pipe::ServiceEndpoint;
use trussed::platform::Syscall;
use trussed::service::Service;
use trussed_staging::StagingContext;
use trussed_staging::virt::{BackendIds, Dispatcher};

use crate::platform::Platform;

/// How the application reaches it.
pub type Client<'a> = ClientImplementation<'a, SystemCall, Dispatcher>;

/// The application's end: waits for the answer, as a supervisor call does.
pub struct SystemCall {
    call: Sender<()>,
    answered: Receiver<()>,
}

/// The other end.
pub struct Calls {
    calls: Receiver<()>,
    answer: Sender<()>,
}

impl SystemCall {
    pub fn new() -> (Self, Calls) {
        let (call, calls) = channel();
        let (answer, answered) = channel();
        (Self { call, answered }, Calls { calls, answer })
    }
}

impl Syscall for SystemCall {
    fn syscall(&mut self) {
        self.call
            .send(())
            .expect("the service outlives the application");
        self.answered
            .recv()
            .expect("the service answers every call");
    }
}

impl Calls {
    /// Answers calls until the application is gone.
    pub fn serve(
        self,
        platform: Platform<'_>,
        endpoint: ServiceEndpoint<'_, BackendIds, StagingContext>,
    ) {
        let mut service = Service::with_dispatch(platform, Dispatcher::default());
        let mut endpoints = [endpoint];
        while self.calls.recv().is_ok() {
            service.process(&mut endpoints);
            if self.answer.send(()).is_err() {
                return;
            }
        }
    }
}
