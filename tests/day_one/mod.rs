//! From nothing to a healthy set-up, by following the tool: `init`, then `doctor`.

mod doctor;
mod init;
