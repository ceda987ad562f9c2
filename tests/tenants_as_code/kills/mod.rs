//! `tenant apply` is killed (SIGKILL) before and after everything that changes the tenant or the ledger, or the tenant fails at it. Then
//! it is run again, once with `halligan resume` before it and once without. Whatever happened: the plan is empty afterwards, nothing is
//! there twice, what others wrote into their policies stays, the ledger verifies with nothing open, and at no moment was an emergency
//! account locked out that could get in before.
//!
//! ```text
//! tenant   each request that writes: before it has an effect, and when it had it and the answer is not yet sent; or it is refused,
//!          or breaks, or the answer is lost
//! ledger   each entry: as soon as it is there
//! ```
//!
//! Each scene is made ready once, and its files are copied for every case. The whole matrix takes minutes: `tests/matrices/apply/run`. A
//! sample of it runs with the other tests.

mod case;
mod matrix;
mod scenes;

pub(super) use case::judge;
pub(super) use scenes::{APPLY, ENFORCE, Scene};
