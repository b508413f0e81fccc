//! Training loops for the networks of mlp, and metrics.
//!
//! [`Order`] and the [`metrics`] need no heap. With the feature `alloc` there are [`Samples`], [`Batches`] and [`Training`],
//! a loop with epochs, validation, early stopping and callbacks.
//!
//! Everything is a function of the specification, the samples and the seed: two trainings give the same bits, on every machine.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "alloc")]
mod batches;
#[cfg(feature = "std")]
mod checkpoint;
#[cfg(all(feature = "alloc", not(feature = "std")))]
#[path = "no_checkpoint.rs"]
mod checkpoint;
#[cfg(feature = "alloc")]
mod due;
#[cfg(feature = "alloc")]
mod error;
#[cfg(feature = "alloc")]
mod events;
#[cfg(feature = "alloc")]
mod learn;
#[cfg(feature = "alloc")]
mod memory;
pub mod metrics;
mod order;
#[cfg(feature = "alloc")]
mod progress;
#[cfg(feature = "alloc")]
mod samples;
#[cfg(feature = "alloc")]
mod training;

#[cfg(feature = "alloc")]
pub use batches::Batches;
#[cfg(feature = "std")]
pub use checkpoint::Every;
#[cfg(feature = "alloc")]
pub use error::TrainingError;
#[cfg(feature = "alloc")]
pub use events::{Epoch, Moment, Step};
#[cfg(feature = "alloc")]
pub use learn::{Compiled, Continued, Failure, Flat, Learn, NoStep};
pub use order::Order;
#[cfg(feature = "alloc")]
pub use progress::{Best, Progress};
#[cfg(feature = "alloc")]
pub use samples::Samples;
#[cfg(feature = "alloc")]
pub use training::{Ended, Outcome, SamplesOf, Training};
