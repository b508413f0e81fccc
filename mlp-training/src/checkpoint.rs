//! Checkpoints of a training: written every few steps or epochs, read when it runs again.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use std::io::ErrorKind;
use std::path::PathBuf;

use mlp_runtime::keep::{self, File, FileError, LoadError, Reason, Value};

use crate::due::{Due, Run};
use crate::progress::Best;
use crate::{Learn, Order, Progress, TrainingError};

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
pub(crate) struct Checkpoints {
    at: Option<(PathBuf, Every)>,
    /// Texts of the user, with their keys.
    notes: Vec<(String, String)>,
}

const SKIPPED: &str = "training.skipped";
const LOSS_SUM: &str = "training.loss_sum";
const LOSS_SAMPLES: &str = "training.loss_samples";
const LAST_LOSS: &str = "training.last_loss";
const SAMPLES: &str = "training.samples";
const IN_ORDER: &str = "training.in_order";
const BEST_EPOCH: &str = "training.best_epoch";

impl Checkpoints {
    pub(crate) fn set(&mut self, path: PathBuf, every: Every) {
        self.at = Some((path, every));
    }

    pub(crate) fn note(&mut self, key: String, text: String) {
        self.notes.push((key, text));
    }

    /// Writes one, if it is due.
    pub(crate) fn write<N: Learn>(
        &self,
        due: Due,
        network: &N,
        optimizer: &N::Optimizer,
        progress: &Progress<N::Scalar>,
        run: Run,
    ) -> Result<(), TrainingError> {
        let Some((path, every)) = &self.at else { return Ok(()) };
        let is_due = match (due, *every) {
            (Due::Step, Every::Steps(count)) => progress.steps.is_multiple_of(count.max(1)),
            (Due::Epoch, Every::Epochs(count)) => progress.epoch.is_multiple_of(count.max(1)),
            (Due::End, _) => true,
            (Due::Step, Every::Epochs(_)) | (Due::Epoch, Every::Steps(_)) => false,
        };
        if !is_due {
            return Ok(());
        }
        if !network.all_finite() {
            return Err(TrainingError::Parameters { epoch: progress.epoch + 1 });
        }
        let kept = keep::Progress {
            step: progress.steps,
            epoch: progress.epoch,
            position: progress.position as u64,
            order_seed: run.order.map_or(0, Order::seed),
            best: progress.best.as_ref().map(|best| best.value),
        };
        let own = [
            (SKIPPED, Value::Whole(progress.skipped)),
            (LOSS_SUM, Value::Number(progress.loss_sum)),
            (LOSS_SAMPLES, Value::Whole(progress.loss_samples)),
            (LAST_LOSS, Value::Number(progress.last_loss.unwrap_or(f64::NAN))),
            (SAMPLES, Value::Whole(run.samples as u64)),
            (IN_ORDER, Value::Whole(u64::from(run.order.is_none()))),
            (BEST_EPOCH, Value::Whole(progress.best.as_ref().map_or(0, |best| best.epoch))),
        ];
        let notes = self.notes.iter().map(|(key, text)| (key.as_str(), Value::Text(text)));
        let all: Vec<_> = own.into_iter().chain(notes).collect();
        let best = progress.best.as_ref().map(|best| best.parameters.as_slice());
        let best = best.filter(|parameters| !parameters.is_empty());
        let saved = keep::save(path, |sink| network.write_checkpoint(optimizer, kept, &all, best, sink));
        saved.map_err(|error| TrainingError::Checkpoint(Box::new(error)))
    }

    /// Reads the file, if there is one; else it is the start of the first epoch.
    pub(crate) fn read<N: Learn>(
        &self,
        network: &mut N,
        optimizer: &mut N::Optimizer,
        run: Run,
    ) -> Result<Progress<N::Scalar>, TrainingError> {
        let Some((path, _)) = &self.at else { return Ok(Progress::default()) };
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
fn resume<N: Learn>(
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
    let (kept, parameters) = network.read_checkpoint(optimizer, file)?;
    let parameters = parameters.unwrap_or_default();
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
