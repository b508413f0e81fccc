//! A multilayer perceptron written as a person would write it on the board, compiled.
#![no_std]

pub use mlp_macros::mlp;
pub use mlp_runtime as runtime;
pub use mlp_runtime::{Batch, BatchError, Differentiable, Gradients, Network, Trainable};
