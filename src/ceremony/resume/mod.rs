//! Open ceremonies: what is true of each, and how it is finished or taken back.

mod inspection;

pub use inspection::Inspection;
