//! Errors of numbers: mean squared, mean absolute, R².

use mlp_runtime::Scalar;

/// The errors of N outputs over samples.
///
/// The error of an output, target − output, is rounded once, in the network's number type. Its square, its size and all sums are of 64
/// bits, in the order in which samples are added.
///
/// ```
/// use mlp_training::metrics::Errors;
///
/// let mut errors = Errors::<1>::new();
/// for (target, output) in [(1.0, 1.5), (2.0, 2.0), (3.0, 2.5)] {
///     errors.add(&[target], &[output]);
/// }
/// assert_eq!(errors.mean_absolute(), 1.0 / 3.0);
/// assert_eq!(errors.r2(), 0.75);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Errors<const N: usize> {
    count: u64,
    columns: [Column; N],
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Column {
    squares: f64,
    sizes: f64,
    /// The mean of the targets, and the sum of the squares of their distances from it (Welford, 1962).
    mean: f64,
    scatter: f64,
}

impl<const N: usize> Default for Errors<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Errors<N> {
    /// No samples.
    pub const fn new() -> Self {
        Self { count: 0, columns: [Column { squares: 0.0, sizes: 0.0, mean: 0.0, scatter: 0.0 }; N] }
    }

    /// Adds a sample.
    pub fn add<S: Scalar>(&mut self, target: &[S; N], output: &[S; N]) {
        self.count += 1;
        let count = self.count as f64;
        for (column, (&target, &output)) in self.columns.iter_mut().zip(target.iter().zip(output)) {
            let error = (target - output).to_f64();
            column.squares += error * error;
            column.sizes += error.abs();
            let distance = target.to_f64() - column.mean;
            column.mean += distance / count;
            column.scatter += distance * (target.to_f64() - column.mean);
        }
    }

    /// The number of samples.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The mean squared error, over samples and outputs; NaN without samples.
    pub fn mean_squared(&self) -> f64 {
        self.mean(|column| column.squares / self.count as f64)
    }

    /// The square root of the mean squared error over samples; of several outputs the mean of their roots, as in scikit-learn.
    pub fn root_mean_squared(&self) -> f64 {
        self.mean(|column| Scalar::sqrt(column.squares / self.count as f64))
    }

    /// The mean absolute error, over samples and outputs; NaN without samples.
    pub fn mean_absolute(&self) -> f64 {
        self.mean(|column| column.sizes / self.count as f64)
    }

    /// The mean over the outputs of R² = 1 − Σ (t − o)² / Σ (t − mean of t)². Where all targets of an output are equal it is 1
    /// without errors, else 0, as in scikit-learn. NaN without samples.
    pub fn r2(&self) -> f64 {
        self.mean(|column| match (self.count, column.squares == 0.0, column.scatter == 0.0) {
            (0, ..) => f64::NAN,
            (_, true, _) => 1.0,
            (_, false, true) => 0.0,
            (_, false, false) => 1.0 - column.squares / column.scatter,
        })
    }

    fn mean(&self, of: impl Fn(&Column) -> f64) -> f64 {
        self.columns.iter().map(of).sum::<f64>() / N as f64
    }
}
