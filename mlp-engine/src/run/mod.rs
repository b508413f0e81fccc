//! Runs the steps of a routine.

mod kernels;
mod lanes;
mod numbers;
mod products;
mod steps;

use mlp_kernels::Scalar;

use crate::{batch::Targets, error::Error, program::Program};

pub(crate) use steps::{divide, run};

/// Numbers of a part of a loop: as many as fit into a fast cache in all registers of a loop.
pub(crate) const PART: usize = 256;

/// What a routine runs over, beside the program.
pub(crate) struct Frame<'f, S> {
    pub(crate) memory: &'f mut [S],
    /// The inputs of the samples, one after another.
    pub(crate) inputs: &'f [S],
    pub(crate) targets: Targets<'f, S>,
    pub(crate) outputs: &'f mut [S],
    /// Samples of the block.
    pub(crate) samples: usize,
    /// What sums are divided by after the last block of a batch.
    pub(crate) count: Option<S>,
    /// The losses of the samples, added.
    pub(crate) total: S,
    /// What the routine returns.
    pub(crate) result: S,
    /// Steps of training that have been counted.
    pub(crate) steps: &'f mut u64,
    /// Which masks are drawn.
    pub(crate) drawing: &'f mut Drawing,
}

/// The masks that are drawn next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drawing {
    /// The number of the step; 0 where no unit is left out.
    pub(crate) step: u64,
    /// The number of the first sample of the block in its batch.
    pub(crate) next: u64,
}

/// What steps are run with.
pub(crate) struct Runner<'r, S> {
    pub(crate) program: &'r Program<S>,
    pub(crate) machine: mlp_kernels::isa::machine::Machine,
    pub(crate) fused: bool,
}

/// The numbers of a place.
fn part<S: Scalar>(memory: &[S], at: usize, count: usize) -> Result<&[S], Error> {
    at.checked_add(count).and_then(|end| memory.get(at..end)).ok_or(Error::Program)
}
