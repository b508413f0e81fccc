//! Elementary functions that give the same bits on every processor.

mod double_double;
pub mod f32;
pub mod f64;
