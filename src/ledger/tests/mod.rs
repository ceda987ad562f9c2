//! The ledger written and verified: a golden ledger and its tampered variants (`golden`, `tampered`, compared with the files
//! in `tests/vectors/ledger`), writing under competition and faults (`joining`, `merging`, `writing`), hostile bytes
//! (`properties`), the habits of object stores (`services`), and what stations sign besides (`documents`).
#![allow(clippy::unwrap_used)]

mod documents;
mod drill;
mod faulty;
mod forge;
pub(crate) mod golden;
mod heads;
mod joining;
pub(crate) mod key;
mod later_life;
mod merging;
mod monitored;
mod observed;
mod properties;
mod reviewed;
mod services;
mod tamper_matrix;
mod tampered;
mod tenant;
mod vectors;
mod writing;

use std::future::Future;

/// Runs a future to its end on this thread.
fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
