//! The process is killed (SIGKILL) before and after every step that anybody outside can see, or the tenant fails at it; then
//! `halligan resume` must bring the ceremony to one of its ends. Whatever happened: no credential without a method, no method
//! without its credential, no method twice, a PIN that somebody knows, a ledger that verifies, and nothing open.
//!
//! ```text
//! key      each CTAP message: before it reaches the key, and when the key has acted and not yet answered
//! tenant   each HTTP request: before it has an effect, and when it had it and the answer is not yet sent
//! ledger   each entry: as soon as it is there
//! ```
//!
//! What lies between a step's answer and its entry needs no kill of its own: key, tenant and ledger are then as they are when the
//! answer is held back. The whole matrix takes minutes: `tests/matrices/crash/run`. A sample of it runs with the other tests.

mod case;
mod ceremonies;
mod matrix;
mod service;
mod states;
