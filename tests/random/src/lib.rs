//! Random networks, and everything that is known about a network held against everything else:
//! equations and plan verify, the chain rule agrees with the complex step and with central
//! differences, each equals sign of the document holds, the compiled code gives the numbers of the
//! referee and the same bits in debug and release. Networks with wide weights and wrong derivative rules try the verdicts
//! of the gradient check.

pub mod checks;
pub mod compiled;
pub mod coverage;
pub mod difference;
mod engine;
mod equal;
pub mod exported;
pub mod generator;
mod heads;
mod inputs;
pub mod mutants;
pub mod numbers;
mod survey;
pub mod wide;

pub use survey::{Survey, survey};
