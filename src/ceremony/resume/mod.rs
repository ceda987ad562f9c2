//! Open ceremonies: what is true of each, and how it is finished or taken back.

mod inspection;

pub use inspection::Inspection;

/// Which end an open ceremony comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Do what was intended.
    Finish,
    /// Take back what was made.
    Undo,
}
