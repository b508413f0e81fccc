//! How good a network is for rows: counts of classes, calibration, errors of numbers.

use mlp_dsl::ir::Derivation;
use mlp_engine::{Error, Scalar};
use mlp_training::metrics::{Counts, Errors, log_loss, predicted};

use super::{class_count, is_number_target, metric::Metric, model::Model};

/// Classes of which a page shows a table.
pub(crate) const SHOWN: usize = 30;

/// The bins of the calibration.
const BINS: usize = 10;

/// What the outputs are worth.
#[derive(Debug)]
pub(crate) struct Report {
    /// The number of rows.
    pub(crate) rows: usize,
    /// The objective of the network.
    pub(crate) loss: f64,
    /// Where targets are classes.
    pub(crate) classes: Option<Classes>,
    /// Where targets are numbers: of each its errors.
    pub(crate) errors: Vec<Errors<1>>,
}

/// Predicted classes.
#[derive(Debug)]
pub(crate) struct Classes {
    counts: Vec<u64>,
    classes: usize,
    /// The mean log loss.
    pub(crate) log_loss: f64,
    /// The predictions by the probability of the predicted class.
    pub(crate) bins: [Bin; BINS],
}

/// Predictions of similar probability.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bin {
    /// How many there are.
    pub(crate) count: u64,
    /// The sum of their probabilities.
    pub(crate) probability: f64,
    /// How many are right.
    pub(crate) correct: u64,
}

impl Classes {
    fn new(classes: usize) -> Self {
        Classes { counts: vec![0; classes * classes], classes, log_loss: 0.0, bins: [Bin::default(); BINS] }
    }

    fn add<S: Scalar>(&mut self, outputs: &[S], class: usize) {
        let guess = predicted(outputs);
        if let Some(count) = self.counts.get_mut(class * self.classes + guess) {
            *count += 1;
        }
        self.log_loss += log_loss(outputs, class);
        let probability = match outputs {
            [one] if guess == 0 => 1.0 - one.to_f64(),
            [one] => one.to_f64(),
            _ => outputs.get(guess).map_or(0.0, |output| output.to_f64()),
        };
        // Outputs that are no probabilities are in the outer bins.
        let bin = ((probability * BINS as f64) as usize).min(BINS - 1);
        if let Some(bin) = self.bins.get_mut(bin) {
            bin.count += 1;
            bin.probability += probability;
            bin.correct += u64::from(guess == class);
        }
    }

    /// How often each class was predicted for each actual class.
    pub(crate) fn counts(&self) -> Option<Counts<'_>> {
        Counts::new(&self.counts, self.classes)
    }

    /// The expected calibration error: the mean distance of share and probability, over the predictions.
    pub(crate) fn calibration(&self) -> f64 {
        let distance = |bin: &Bin| (bin.correct as f64 - bin.probability).abs();
        let count: u64 = self.bins.iter().map(|bin| bin.count).sum();
        self.bins.iter().map(distance).sum::<f64>() / count as f64
    }
}

impl Report {
    /// The mean over the outputs of a measure of their errors.
    pub(crate) fn mean(&self, of: impl Fn(&Errors<1>) -> f64) -> f64 {
        self.errors.iter().map(of).sum::<f64>() / self.errors.len() as f64
    }

    /// The value of a metric.
    pub(crate) fn value(&self, metric: Metric) -> f64 {
        let counted = |of: fn(&Counts<'_>) -> f64| {
            self.classes.as_ref().and_then(Classes::counts).map_or(f64::NAN, |counts| of(&counts))
        };
        match metric {
            Metric::Accuracy => counted(|counts| counts.accuracy()),
            Metric::MacroF1 => counted(|counts| counts.macro_f1()),
            Metric::LogLoss => self.classes.as_ref().map_or(f64::NAN, |classes| classes.log_loss),
            Metric::R2 => self.mean(Errors::r2),
            Metric::Mse => self.mean(Errors::mean_squared),
            Metric::Rmse => self.mean(Errors::root_mean_squared),
            Metric::Mae => self.mean(Errors::mean_absolute),
        }
    }
}

/// Evaluates these rows. Outputs are those of `forward`, in the network's number type.
pub(crate) fn evaluate<S: Scalar>(
    model: &Model<S>,
    derivation: &Derivation,
    rows: &[usize],
) -> Result<Report, Error> {
    let all = model.rows();
    let mut counted = class_count(derivation, all).map(Classes::new);
    let mut errors: Vec<Errors<1>> = Vec::new();
    if is_number_target(derivation) {
        errors.resize_with(all.target_width(), Errors::new);
    }
    model.outputs(rows, |row, outputs| {
        let target = all.target(row);
        if let Some(counted) = &mut counted {
            let one = || target.first().map_or(0, |number| usize::from(*number == S::ONE));
            counted.add(outputs, all.class(row).unwrap_or_else(one));
        }
        for ((errors, target), output) in errors.iter_mut().zip(target).zip(outputs) {
            errors.add(&[*target], &[*output]);
        }
    })?;
    if let Some(counted) = &mut counted {
        counted.log_loss /= rows.len() as f64;
    }
    let loss = model.objective_of(rows)?.to_f64();
    Ok(Report { rows: rows.len(), loss, classes: counted, errors })
}
