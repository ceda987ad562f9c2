//! Making a tenant what it is to be, change by change, each of them a ceremony in the ledger.

mod resume;

pub(crate) use resume::{finish, inspect, undo};
