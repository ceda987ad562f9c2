//! `halligan emulator …`: a key in software, and the hand that plays with it.

mod serve;

pub(crate) use serve::{Command, run};
