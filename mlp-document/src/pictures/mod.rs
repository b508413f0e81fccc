//! Pictures, from the equations.

pub mod computation;
