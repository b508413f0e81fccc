//! What can be wrong with a call.

use core::fmt;

/// Why a network is not prepared, or a call computes nothing. After an error nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The specification declares another number type.
    Precision {
        /// The declared type: `f32` or `f64`.
        declared: &'static str,
    },
    /// There is not enough memory.
    Memory {
        /// Bytes that the network needs.
        bytes: usize,
    },
    /// The network has no loss, no training rule, or no parameter to train.
    Missing {
        /// What the specification has to declare.
        what: &'static str,
    },
    /// A slice has a wrong length.
    Length {
        /// What it holds.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that it must have, or be a multiple of.
        expected: usize,
    },
    /// There are no samples.
    Empty,
    /// A class that does not exist.
    Class {
        /// The class, counted from 0.
        class: usize,
        /// How many there are.
        classes: usize,
    },
    /// Numbers where the network takes classes, or classes where it takes numbers.
    Targets {
        /// What it takes: `classes` or `numbers`.
        expected: &'static str,
    },
    /// The program is not one that a plan gives: an error of the engine.
    Program,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Precision { declared } => {
                write!(f, "the network computes in {declared}; make a `Network<{declared}>`")
            }
            Error::Memory { bytes } => write!(f, "there is no memory for the {bytes} bytes of the network"),
            Error::Missing { what } => {
                write!(f, "the network has no {what}; declare it in the specification")
            }
            Error::Length { what, found, expected } => write!(
                f,
                "{found} numbers of {what} where {expected} belong to a sample; pass a slice whose length is a \
                 multiple of that, the same number of samples in each"
            ),
            Error::Empty => write!(f, "the batch is empty; pass at least one sample"),
            Error::Class { class, classes } => {
                write!(f, "there is no class {class}; classes are counted from 0 and there are {classes}")
            }
            Error::Targets { expected } => write!(f, "the targets of this network are {expected}"),
            Error::Program => write!(f, "the program has a step that no plan gives; please report it"),
        }
    }
}

impl core::error::Error for Error {}
