//! What callbacks are called with.

use crate::Learn;

/// A moment of the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The epoch, counted from 1.
    pub epoch: u64,
    /// The step, counted from 1 over all epochs; skipped steps are not counted.
    pub step: u64,
}

/// A step that was taken.
pub struct Step<'r, N: Learn> {
    /// The network after the step.
    pub network: &'r mut N,
    /// The optimizer after the step. Its settings, such as the rate, may be changed.
    pub optimizer: &'r mut N::Optimizer,
    /// The epoch and the step.
    pub moment: Moment,
    /// The objective before the step, for its batch.
    pub loss: N::Scalar,
    pub(crate) stopped: bool,
}

impl<N: Learn> Step<'_, N> {
    /// Ends the training after this step.
    pub fn stop(&mut self) {
        self.stopped = true;
    }
}

/// An epoch that is done.
pub struct Epoch<'r, N: Learn> {
    /// The network after the epoch.
    pub network: &'r mut N,
    /// The optimizer after the epoch. Its settings, such as the rate, may be changed.
    pub optimizer: &'r mut N::Optimizer,
    /// The epoch, counted from 1.
    pub epoch: u64,
    /// The number of steps that were taken, over all epochs.
    pub steps: u64,
    /// The mean objective of the steps of this epoch, in 64 bits: each step's counts once for each of its samples.
    pub loss: f64,
    /// The validation loss.
    pub validation: Option<N::Scalar>,
    /// The score, where the training has one.
    pub score: Option<f64>,
    /// Whether it is the best epoch so far.
    pub improved: bool,
    pub(crate) stopped: bool,
}

impl<N: Learn> Epoch<'_, N> {
    /// Ends the training after this epoch.
    pub fn stop(&mut self) {
        self.stopped = true;
    }
}
