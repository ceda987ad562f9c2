//! Reviews of ledgers that were written on days of our choice.

mod items;
mod later_kinds;
mod lines;
mod logs;
mod not_found;
mod world;
mod year;
