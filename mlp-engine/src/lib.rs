//! Runs a planned network without compiling it: the same equations in the same order over the runtime's kernels, so that
//! outputs, losses, gradients and trained parameters have the bits of the compiled code.
//!
//! [`Network::new`] prepares a program from a [`Compilation`](mlp_dsl::Compilation): the plan's instructions, with formulas
//! flattened to lists and every value at a place of one memory. After that nothing is allocated but by methods that say
//! so, and nothing is printed, read or written. The engine's own code uses `core` and `alloc`; the compiler, which it
//! prepares programs from, uses `std`.
//!
//! ```
//! use mlp_dsl::{Compilation, weights::NoFiles};
//! use mlp_engine::{Network, Targets};
//!
//! let text = "network Net: f64 { input x[2]; layer h[3] = tanh(dense(x)); layer y[1] = dense(h);
//!             target t[1]; loss mean_squared_error(y, t); train sgd(rate = 0.1); }";
//! let compiled = Compilation::of(text, &NoFiles).map_err(|found| format!("{found:?}"))?;
//! let mut network: Network<f64> = Network::new(&compiled)?;
//! let (inputs, targets) = ([0.0, 1.0, 1.0, 0.0], [1.0, 0.5]);
//! let before = network.train_batch(&inputs, Targets::Numbers(&targets))?;
//! let after = network.loss_batch(&inputs, Targets::Numbers(&targets))?;
//! assert!(after < before);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
#![warn(clippy::wildcard_enum_match_arm)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod batch;
mod error;
mod inputs;
mod lower;
mod memory;
mod network;
mod program;
mod run;
mod start;
mod step;

pub use batch::Targets;
pub use error::Error;
pub use mlp_kernels::Scalar;
pub use network::{Network, NotFinite, Tensor};
