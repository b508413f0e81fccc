//! How far training is: what it needs, beside network and optimizer, to continue with the same bits.

use alloc::vec::Vec;

/// How far training is. With network and optimizer it is all that [`Training::resume`](crate::Training::resume) needs to
/// continue as if it had not been stopped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress<S> {
    /// The number of epochs that are done.
    pub epoch: u64,
    /// The number of samples of the next epoch that were used.
    pub position: usize,
    /// The number of steps that were taken.
    pub steps: u64,
    /// The number of steps that were skipped because they were not finite.
    pub skipped: u64,
    /// The sum of the objectives of the steps since the epoch began, each times its number of samples, in 64 bits.
    pub loss_sum: f64,
    /// The number of samples in that sum.
    pub loss_samples: u64,
    /// The mean objective of the steps of the last epoch that is done, in 64 bits.
    pub last_loss: Option<f64>,
    /// The best epoch.
    pub best: Option<Best<S>>,
}

/// The best epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Best<S> {
    /// The number of epochs that were done with it.
    pub epoch: u64,
    /// Its score; without a score its validation loss, and without samples to validate with its loss.
    pub value: f64,
    /// The parameters at its end, where the training has patience; else none. They are in the order of [`TENSORS`](mlp_runtime::Tensors::TENSORS).
    pub parameters: Vec<S>,
}

impl<S> Progress<S> {
    /// The mean objective of the steps of the epoch, in 64 bits; NaN before its first step.
    pub fn loss(&self) -> f64 {
        self.loss_sum / self.loss_samples as f64
    }

    /// The epochs that were done since the best one.
    pub fn since_best(&self) -> u64 {
        self.best.as_ref().map_or(0, |best| self.epoch.saturating_sub(best.epoch))
    }
}
