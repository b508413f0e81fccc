//! Checkpoints of a training: written every few steps or epochs, read when it runs again.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::marker::PhantomData;
use std::io::ErrorKind;
use std::path::PathBuf;

use mlp_runtime::keep::{self, Checkpoint, File, FileError, LoadError, Reason, Value};
use mlp_runtime::{Parameter, Tensors, Trainable};

use crate::due::{Due, Run};
use crate::progress::Best;
use crate::{Order, Progress, TrainingError};

/// How often a checkpoint is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// After each of this many steps; 0 counts as 1.
    Steps(u64),
    /// After each of this many epochs; 0 counts as 1.
    Epochs(u64),
}

/// Where a training writes its checkpoints, if it does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checkpoints(Option<(PathBuf, Every)>);

const SKIPPED: &str = "training.skipped";
const LOSS_SUM: &str = "training.loss_sum";
const LOSS_SAMPLES: &str = "training.loss_samples";
const LAST_LOSS: &str = "training.last_loss";
const SAMPLES: &str = "training.samples";
const IN_ORDER: &str = "training.in_order";
const BEST_EPOCH: &str = "training.best_epoch";

impl Checkpoints {
    pub(crate) fn new(path: PathBuf, every: Every) -> Self {
        Self(Some((path, every)))
    }

    /// Writes one, if it is due.
    pub(crate) fn write<N: Trainable>(
        &self,
        due: Due,
        network: &N,
        optimizer: &N::Optimizer,
        progress: &Progress<N::Scalar>,
        run: Run,
    ) -> Result<(), TrainingError> {
        let Some((path, every)) = &self.0 else { return Ok(()) };
        let is_due = match (due, *every) {
            (Due::Step, Every::Steps(count)) => progress.steps.is_multiple_of(count.max(1)),
            (Due::Epoch, Every::Epochs(count)) => progress.epoch.is_multiple_of(count.max(1)),
            (Due::End, _) => true,
            (Due::Step, Every::Epochs(_)) | (Due::Epoch, Every::Steps(_)) => false,
        };
        if !is_due {
            return Ok(());
        }
        if !network.is_finite() {
            return Err(TrainingError::Parameters { epoch: progress.epoch + 1 });
        }
        let kept = keep::Progress {
            step: progress.steps,
            epoch: progress.epoch,
            position: progress.position as u64,
            order_seed: run.order.map_or(0, Order::seed),
            best: progress.best.as_ref().map(|best| best.value),
        };
        let all = [
            (SKIPPED, Value::Whole(progress.skipped)),
            (LOSS_SUM, Value::Number(progress.loss_sum)),
            (LOSS_SAMPLES, Value::Whole(progress.loss_samples)),
            (LAST_LOSS, Value::Number(progress.last_loss.unwrap_or(f64::NAN))),
            (SAMPLES, Value::Whole(run.samples as u64)),
            (IN_ORDER, Value::Whole(u64::from(run.order.is_none()))),
            (BEST_EPOCH, Value::Whole(progress.best.as_ref().map_or(0, |best| best.epoch))),
        ];
        let checkpoint = Checkpoint { network, optimizer, progress: kept, metadata: &all };
        let best = progress.best.as_ref().filter(|best| !best.parameters.is_empty());
        let saved = match best {
            Some(best) => checkpoint.save_with_best(path, &Flat::<N>::new(best.parameters.clone())),
            None => checkpoint.save(path),
        };
        saved.map_err(|error| TrainingError::Checkpoint(Box::new(error)))
    }

    /// Reads the file, if there is one; else it is the start of the first epoch.
    pub(crate) fn read<N: Trainable>(
        &self,
        network: &mut N,
        optimizer: &mut N::Optimizer,
        run: Run,
    ) -> Result<Progress<N::Scalar>, TrainingError> {
        let Some((path, _)) = &self.0 else { return Ok(Progress::default()) };
        match keep::load(path, |file| resume(file, network, optimizer, run)) {
            Ok(progress) => progress,
            Err(FileError { reason: Reason::System(error), .. }) if error.kind() == ErrorKind::NotFound => {
                Ok(Progress::default())
            }
            Err(error) => Err(TrainingError::Checkpoint(Box::new(error))),
        }
    }
}

/// Reads network, optimizer and progress from a file, which must be one of the same training.
fn resume<N: Trainable>(
    file: &File<'_>,
    network: &mut N,
    optimizer: &mut N::Optimizer,
    run: Run,
) -> Result<Result<Progress<N::Scalar>, TrainingError>, LoadError> {
    let whole = |key| file.metadata(key).and_then(|text| text.whole()).ok_or(LoadError::NoCheckpoint { key });
    let (samples, in_order) = (whole(SAMPLES)?, whole(IN_ORDER)? != 0);
    if samples != run.samples as u64 {
        return Ok(Err(TrainingError::OtherSamples { found: samples, given: run.samples as u64 }));
    }
    let seed = (!in_order).then(|| whole("mlp.order_seed")).transpose()?;
    let given = run.order.map(Order::seed);
    if seed != given {
        return Ok(Err(TrainingError::OtherOrder { found: seed, given }));
    }
    let (skipped, loss_samples, best_epoch) = (whole(SKIPPED)?, whole(LOSS_SAMPLES)?, whole(BEST_EPOCH)?);
    let number =
        |key| file.metadata(key).and_then(|text| text.number()).ok_or(LoadError::NoCheckpoint { key });
    let (loss_sum, last_loss) = (number(LOSS_SUM)?, number(LAST_LOSS)?);
    let mut best = Flat::<N>::new(Vec::new());
    best.numbers.resize(N::PARAMETERS, mlp_runtime::Scalar::ZERO);
    let has_best = file.best(&mut best)?;
    let kept = file.resume(network, optimizer)?;
    let parameters = if has_best { best.numbers } else { Vec::new() };
    Ok(Ok(Progress {
        epoch: kept.epoch,
        position: kept.position as usize,
        steps: kept.step,
        skipped,
        loss_sum,
        loss_samples,
        // Of no epoch, or of one whose steps were all skipped.
        last_loss: (!last_loss.is_nan()).then_some(last_loss),
        best: kept.best.map(|value| Best { epoch: best_epoch, value, parameters }),
    }))
}

/// The parameters of a network in one list.
struct Flat<N: Trainable> {
    numbers: Vec<N::Scalar>,
    of: PhantomData<N>,
}

impl<N: Trainable> Flat<N> {
    fn new(numbers: Vec<N::Scalar>) -> Self {
        Self { numbers, of: PhantomData }
    }

    /// Where the tensor with this number is in the list.
    fn place(number: usize) -> Option<core::ops::Range<usize>> {
        let size = N::TENSORS.get(number)?.shape.elements();
        let before: usize = N::TENSORS.iter().take(number).map(|tensor| tensor.shape.elements()).sum();
        Some(before..before + size)
    }
}

impl<N: Trainable> Tensors for Flat<N> {
    type Scalar = N::Scalar;
    const TENSORS: &'static [Parameter] = N::TENSORS;

    fn tensor(&self, number: usize) -> Option<&[N::Scalar]> {
        self.numbers.get(Self::place(number)?)
    }

    fn tensor_mut(&mut self, number: usize) -> Option<&mut [N::Scalar]> {
        self.numbers.get_mut(Self::place(number)?)
    }
}
