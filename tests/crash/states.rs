//! The states that a crash can leave, one by one, as an operator meets them.
