//! Elementary functions that give the same bits on every processor.

mod double_double;
pub(crate) mod f32;
pub(crate) mod f64;
