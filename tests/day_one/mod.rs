//! From nothing to a healthy set-up, by following the tool: `init`, then `doctor`; and what the stand-ins write for it.

mod doctor;
mod init;
mod stand_ins;
