//! All tests of the runtime that need no access to its private parts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod batch;
mod bounds;
mod class;
mod common;
mod each;
mod ends;
mod exact_functions;
mod f32_functions;
mod f64_functions;
mod flat;
mod isa_sizes;
mod isas;
mod kernels;
mod multiply_add;
mod network;
mod random;
mod reference_values;
#[cfg(feature = "source")]
mod standalone;
mod values;
#[cfg(feature = "ndarray")]
mod views;
