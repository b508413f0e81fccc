//! Products of matrices over blocks of samples, and of vectors and matrices for one sample, in vector registers.
//!
//! The structure is that of BLIS (Van Zee and van de Geijn, "BLIS: A framework for rapidly instantiating BLAS
//! functionality", 2015) and its terms are used: a micro-kernel keeps a tile of MR × NR results in registers; KC terms
//! of each sum, MC rows and NC columns are computed at a time; operands are packed into buffers that stay in a cache.
//! An epilogue completes the sums before they are stored: a bias, a mean, or a step of gradient descent.
//!
//! Every result has one sum, in the order of its terms. Lanes are different results, never parts of one sum, so every
//! instruction set and every number of threads gives the same bits.

mod blocking;
mod by_index;
pub(crate) mod epilogue;
pub(crate) mod gemv;
#[cfg(test)]
mod lanes;
mod microkernel;
mod packing;
pub(crate) mod product;
#[cfg(feature = "rayon")]
#[path = "schedule/parallel.rs"]
pub(crate) mod schedule;
#[cfg(not(feature = "rayon"))]
#[path = "schedule/serial.rs"]
pub(crate) mod schedule;
pub(crate) mod sized;
#[cfg(test)]
mod tests;
mod tile;
pub(crate) mod tuning;
