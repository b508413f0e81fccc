//! The loop: epochs of batches, validation, early stopping, callbacks.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mlp_runtime::{Batch, Scalar};

use crate::checkpoint::Checkpoints;
#[cfg(feature = "std")]
use crate::checkpoint::Every;
use crate::due::{Due, Run};
use crate::events::{Epoch, Moment, Step};
use crate::progress::Best;
use crate::{Batches, Learn, NoStep, Order, Progress, Samples, TrainingError};

type Score<'a, N> = Box<dyn FnMut(&N, &SamplesOf<'_, N>) -> f64 + 'a>;
type BeforeStep<'a, N> = Box<dyn FnMut(Moment, &mut <N as Learn>::Optimizer) + 'a>;
type EachStep<'a, N> = Box<dyn FnMut(&mut Step<'_, N>) + 'a>;
type EachEpoch<'a, N> = Box<dyn FnMut(&mut Epoch<'_, N>) + 'a>;

/// Samples of a network.
pub type SamplesOf<'a, N> = Samples<'a, <N as Learn>::Input, <N as Learn>::Target>;

/// How a network is trained: epochs over samples, in batches.
///
/// Each epoch has its own order of the samples, a function of the seed and the epoch ([`Order`]). A batch is copied once, into a
/// buffer; the last one of an epoch has the samples that are left, and its mean is over these. A step is
/// [`try_train_batch`](mlp_runtime::Trainable::try_train_batch).
pub struct Training<'a, N: Learn> {
    epochs: u64,
    batch: usize,
    order: Option<Order>,
    validation: Option<&'a SamplesOf<'a, N>>,
    score: Option<Score<'a, N>>,
    patience: Option<u64>,
    min_delta: f64,
    skip_not_finite: bool,
    before_step: Option<BeforeStep<'a, N>>,
    each_step: Option<EachStep<'a, N>>,
    each_epoch: Option<EachEpoch<'a, N>>,
    checkpoints: Checkpoints,
}

/// What training came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The number of epochs that are done, over all runs.
    pub epochs: u64,
    /// The number of steps that were taken, over all runs.
    pub steps: u64,
    /// The number of steps that were skipped because they were not finite.
    pub skipped: u64,
    /// The mean objective of the steps of the last epoch, in 64 bits; NaN if no epoch was trained.
    pub loss: f64,
    /// The number of epochs that were done with the best one.
    pub best_epoch: Option<u64>,
    /// The score of the best epoch; without a score its validation loss, and without samples to validate with its loss.
    pub best: Option<f64>,
    /// Why it ended.
    pub ended: Ended,
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All epochs are done.
    Epochs,
    /// There was no better epoch for as many epochs as [`patience`](Training::patience) allows.
    Patience,
    /// A callback asked for it.
    Callback,
}

impl<'a, N: Learn> Training<'a, N> {
    /// This number of epochs, in batches of 32 samples, in orders of the seed 0.
    pub fn new(epochs: u64) -> Self {
        Self {
            epochs,
            batch: 32,
            order: Some(Order::new(0)),
            validation: None,
            score: None,
            patience: None,
            min_delta: 0.0,
            skip_not_finite: false,
            before_step: None,
            each_step: None,
            each_epoch: None,
            checkpoints: Checkpoints::default(),
        }
    }

    /// The number of samples of a batch; 0 counts as 1. `batch` of the specification says how many of them are computed at
    /// once, so it is best to use the same number.
    #[must_use]
    pub fn batch(self, samples: usize) -> Self {
        Self { batch: samples.max(1), ..self }
    }

    /// The seed of the orders of samples.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { order: Some(Order::new(seed)), ..self }
    }

    /// Each epoch has the samples in their order.
    #[must_use]
    pub fn in_order(self) -> Self {
        Self { order: None, ..self }
    }

    /// Samples that are not trained with. After each epoch the network's objective for them is computed: the validation loss,
    /// [`loss_batch`](mlp_runtime::Differentiable::loss_batch) of all of them.
    #[must_use]
    pub fn validation(self, samples: &'a SamplesOf<'a, N>) -> Self {
        Self { validation: Some(samples), ..self }
    }

    /// The score of an epoch, for the samples to validate with. The best epoch is that with the highest score; without a
    /// score, that with the lowest validation loss.
    #[must_use]
    pub fn score(self, score: impl FnMut(&N, &SamplesOf<'_, N>) -> f64 + 'a) -> Self {
        Self { score: Some(Box::new(score)), ..self }
    }

    /// Early stopping: ends after this number of epochs (at least 1) in a row that are not better than the best one. The
    /// network has the parameters of the best epoch then, also if all epochs are done. Without
    /// [`validation`](Self::validation) the mean loss of the epoch's steps takes its place.
    #[must_use]
    pub fn patience(self, epochs: u64) -> Self {
        Self { patience: Some(epochs.max(1)), ..self }
    }

    /// An epoch is better than the best one if its loss is lower, or its score higher, by more than this; 0 by default.
    #[must_use]
    pub fn min_delta(self, difference: f64) -> Self {
        Self { min_delta: difference, ..self }
    }

    /// Skips steps whose loss or gradient is infinite or NaN. Without it they end the training with an error.
    #[must_use]
    pub fn skip_not_finite(self) -> Self {
        Self { skip_not_finite: true, ..self }
    }

    /// Called before each step, to change settings of the optimizer, such as the rate. Settings that are a function of the
    /// moment alone are the same after a resume.
    #[must_use]
    pub fn before_step(self, f: impl FnMut(Moment, &mut N::Optimizer) + 'a) -> Self {
        Self { before_step: Some(Box::new(f)), ..self }
    }

    /// Called after each step.
    #[must_use]
    pub fn each_step(self, f: impl FnMut(&mut Step<'_, N>) + 'a) -> Self {
        Self { each_step: Some(Box::new(f)), ..self }
    }

    /// Called after each epoch, its validation included.
    #[must_use]
    pub fn each_epoch(self, f: impl FnMut(&mut Epoch<'_, N>) + 'a) -> Self {
        Self { each_epoch: Some(Box::new(f)), ..self }
    }

    /// Writes checkpoints to this file, and another one at the end. [`run`](Self::run) starts from the file if it exists.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn checkpoint(self, path: impl Into<std::path::PathBuf>, every: Every) -> Self {
        let mut checkpoints = self.checkpoints;
        checkpoints.set(path.into(), every);
        Self { checkpoints, ..self }
    }

    /// A text that checkpoints have in their metadata, such as the names of classes. No two have one key, and none begins with
    /// `mlp.` or `training.`.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn note(self, key: impl Into<alloc::string::String>, text: impl Into<alloc::string::String>) -> Self {
        let mut checkpoints = self.checkpoints;
        checkpoints.note(key.into(), text.into());
        Self { checkpoints, ..self }
    }

    /// Trains from the start of the first epoch, or from the last checkpoint.
    ///
    /// # Errors
    /// [`TrainingError::NoSamples`], or [`TrainingError::NotFinite`] at the first step that is not finite, if such steps are not
    /// skipped: network and optimizer are as they were before that step. With checkpoints, errors of their files, and
    /// [`TrainingError::OtherSamples`] or [`TrainingError::OtherOrder`] if the file is one of another training.
    pub fn run(
        &mut self,
        network: &mut N,
        optimizer: &mut N::Optimizer,
        samples: &SamplesOf<'_, N>,
    ) -> Result<Outcome, TrainingError> {
        let mut progress = self.checkpoints.read(network, optimizer, self.of(samples))?;
        self.resume(network, optimizer, samples, &mut progress)
    }

    /// Continues where `progress` is. Network, optimizer and progress have the same bits at the end as if the training had not
    /// been interrupted, if samples and settings are the same.
    ///
    /// # Errors
    /// As [`run`](Self::run). `progress` is that before the step that was not taken.
    pub fn resume(
        &mut self,
        network: &mut N,
        optimizer: &mut N::Optimizer,
        samples: &SamplesOf<'_, N>,
        progress: &mut Progress<N::Scalar>,
    ) -> Result<Outcome, TrainingError> {
        if samples.is_empty() || self.validation.is_some_and(Samples::is_empty) {
            return Err(TrainingError::NoSamples);
        }
        let mut memory = Memory::new(network, self.batch, self.order, self.validation);
        let ended = loop {
            if self.patience.is_some_and(|patience| progress.since_best() >= patience) {
                break Ended::Patience;
            }
            if progress.epoch >= self.epochs {
                break Ended::Epochs;
            }
            if self.steps(network, optimizer, samples, progress, &mut memory)? {
                break Ended::Callback;
            }
            let stopped = self.end_epoch(network, optimizer, progress, &mut memory)?;
            self.checkpoints.write(Due::Epoch, network, optimizer, progress, self.of(samples))?;
            if stopped {
                break Ended::Callback;
            }
        };
        self.checkpoints.write(Due::End, network, optimizer, progress, self.of(samples))?;
        if let (Some(best), Some(_), Ended::Epochs | Ended::Patience) = (&progress.best, self.patience, ended)
        {
            // Of another length are those of a caller's progress.
            network.set_numbers(&best.parameters);
        }
        let best = progress.best.as_ref();
        Ok(Outcome {
            epochs: progress.epoch,
            steps: progress.steps,
            skipped: progress.skipped,
            loss: progress.last_loss.unwrap_or(f64::NAN),
            best_epoch: best.map(|best| best.epoch),
            best: best.map(|best| best.value),
            ended,
        })
    }

    /// What checkpoints of this training have in common.
    fn of(&self, samples: &SamplesOf<'_, N>) -> Run {
        Run { order: self.order, samples: samples.len() }
    }

    /// The remaining steps of the epoch. Returns whether a callback asked for the end.
    fn steps(
        &mut self,
        network: &mut N,
        optimizer: &mut N::Optimizer,
        samples: &SamplesOf<'_, N>,
        progress: &mut Progress<N::Scalar>,
        memory: &mut Memory<N>,
    ) -> Result<bool, TrainingError> {
        let Memory { batches, own, .. } = memory;
        while let Some(batch) = batches.at(samples, progress.epoch, progress.position) {
            let moment = Moment { epoch: progress.epoch + 1, step: progress.steps + 1 };
            if let Some(before) = &mut self.before_step {
                before(moment, optimizer);
            }
            let (count, result) = (batch.len(), network.learn(optimizer, batch, own));
            let loss = match result {
                Ok(loss) => loss,
                Err(NoStep::Failure(failure)) => return Err(TrainingError::Failure(failure)),
                Err(NoStep::NotFinite(_)) if self.skip_not_finite => {
                    progress.position += count;
                    progress.skipped += 1;
                    continue;
                }
                Err(NoStep::NotFinite(what)) => {
                    let Moment { epoch, step } = moment;
                    return Err(TrainingError::NotFinite { epoch, step, what });
                }
            };
            progress.position += count;
            progress.steps += 1;
            progress.loss_sum += loss.to_f64() * count as f64;
            progress.loss_samples += count as u64;
            let mut stopped = false;
            if let Some(each) = &mut self.each_step {
                let mut step = Step { network, optimizer, moment, loss, stopped };
                each(&mut step);
                stopped = step.stopped;
            }
            self.checkpoints.write(Due::Step, network, optimizer, progress, self.of(samples))?;
            if stopped {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Validates, compares with the best epoch, and goes on to the next epoch. Returns whether a callback asked for the end.
    fn end_epoch(
        &mut self,
        network: &mut N,
        optimizer: &mut N::Optimizer,
        progress: &mut Progress<N::Scalar>,
        memory: &mut Memory<N>,
    ) -> Result<bool, TrainingError> {
        let epoch = progress.epoch + 1;
        if !network.all_finite() {
            return Err(TrainingError::Parameters { epoch });
        }
        let loss = progress.loss();
        let validation = memory.validation_loss(network, self.validation)?;
        let score = match (&mut self.score, self.validation) {
            (Some(score), Some(samples)) => Some(score(network, samples)),
            _ => None,
        };
        let value = score.or(validation.map(Scalar::to_f64)).unwrap_or(loss);
        let better = |best: &Best<N::Scalar>| match score {
            Some(_) => value > best.value + self.min_delta,
            None => value < best.value - self.min_delta,
        };
        let improved = !value.is_nan() && progress.best.as_ref().is_none_or(better);
        if improved {
            let parameters = if self.patience.is_some() { network.numbers() } else { Vec::new() };
            progress.best = Some(Best { epoch, value, parameters });
        }
        let (best, skipped, steps) = (progress.best.take(), progress.skipped, progress.steps);
        *progress = Progress {
            epoch,
            steps,
            skipped,
            last_loss: (!loss.is_nan()).then_some(loss),
            best,
            ..Progress::default()
        };
        let Some(each) = &mut self.each_epoch else { return Ok(false) };
        let mut event =
            Epoch { network, optimizer, epoch, steps, loss, validation, score, improved, stopped: false };
        each(&mut event);
        Ok(event.stopped)
    }
}

/// What training needs beside network and optimizer.
struct Memory<N: Learn> {
    batches: Batches<N::Input, N::Target>,
    own: N::Memory,
    /// The samples to validate with, if they are a part of others.
    inputs: Vec<N::Input>,
    targets: Vec<N::Target>,
}

impl<N: Learn> Memory<N> {
    fn new(network: &N, batch: usize, order: Option<Order>, validation: Option<&SamplesOf<'_, N>>) -> Self {
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        if let Some(part) = validation.filter(|samples| samples.as_batch().is_none()) {
            part.gather(0..part.len(), &mut inputs, &mut targets);
        }
        Self { batches: Batches::new(batch, order), own: network.memory(), inputs, targets }
    }

    /// The objective for the samples to validate with.
    fn validation_loss(
        &mut self,
        network: &mut N,
        validation: Option<&SamplesOf<'_, N>>,
    ) -> Result<Option<N::Scalar>, TrainingError> {
        let Some(samples) = validation else { return Ok(None) };
        let batch = samples.as_batch().or_else(|| Batch::new(&self.inputs, &self.targets).ok());
        let objective = batch.map(|batch| network.objective(batch, &mut self.own));
        objective.transpose().map_err(TrainingError::Failure)
    }
}
