//! Reviews of ledgers that were written on days of our choice.

mod items;
mod world;
mod year;
