//! Reviews of ledgers that were written on days of our choice.

mod items;
mod lines;
mod logs;
mod world;
mod year;
