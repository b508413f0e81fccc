//! The errors of samples in flat slices.

use core::fmt;

use crate::{network::NotFinite, values::TargetError};

/// The error of samples that do not fit a network, or of a step that was not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DynError {
    /// The length of the inputs is not a multiple of that of a sample.
    Inputs {
        /// The length of the inputs.
        length: usize,
        /// The number of inputs of a sample.
        sample: usize,
    },
    /// There is not exactly room for the outputs.
    Outputs {
        /// The length of the outputs.
        length: usize,
        /// The length that the samples need.
        expected: usize,
    },
    /// There are not exactly the targets of the samples.
    Targets {
        /// The length of the targets.
        length: usize,
        /// The length that the samples need.
        expected: usize,
    },
    /// There are no samples.
    Empty,
    /// The numbers of a sample tell no target.
    Target {
        /// The number of the sample, counted from 0.
        sample: usize,
        /// What is wrong with them.
        error: TargetError,
    },
    /// A step was not taken.
    NotFinite(NotFinite),
}

impl From<NotFinite> for DynError {
    fn from(error: NotFinite) -> Self {
        Self::NotFinite(error)
    }
}

impl fmt::Display for DynError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inputs { length, sample } => {
                write!(f, "inputs of length {length} do not divide into samples of length {sample}")
            }
            Self::Outputs { length, expected } => {
                write!(f, "the outputs have length {length}, but the samples need length {expected}")
            }
            Self::Targets { length, expected } => {
                write!(f, "the targets have length {length}, but the samples need length {expected}")
            }
            Self::Empty => write!(f, "there are no samples; pass at least one"),
            Self::Target { sample, error } => write!(f, "sample {sample}: {error}"),
            Self::NotFinite(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for DynError {}
