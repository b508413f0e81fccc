//! Metrics by name.

use clap::ValueEnum;

/// What an epoch is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Metric {
    /// The share of right classes
    Accuracy,
    /// The mean F1 of the classes
    MacroF1,
    /// The mean of −ln of the probability of the class
    LogLoss,
    /// 1 − the mean squared error over the variance of the target
    R2,
    /// The mean squared error
    Mse,
    /// The square root of the mean squared error
    Rmse,
    /// The mean absolute error
    Mae,
}

impl Metric {
    /// The word of the command line, and the name of a column.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Metric::Accuracy => "accuracy",
            Metric::MacroF1 => "macro-f1",
            Metric::LogLoss => "log-loss",
            Metric::R2 => "r2",
            Metric::Mse => "mse",
            Metric::Rmse => "rmse",
            Metric::Mae => "mae",
        }
    }

    /// 1 if a higher value is better, else −1.
    pub(crate) fn sign(self) -> f64 {
        match self {
            Metric::Accuracy | Metric::MacroF1 | Metric::R2 => 1.0,
            Metric::LogLoss | Metric::Mse | Metric::Rmse | Metric::Mae => -1.0,
        }
    }

    /// Whether it is one of classes.
    pub(crate) fn is_of_classes(self) -> bool {
        matches!(self, Metric::Accuracy | Metric::MacroF1 | Metric::LogLoss)
    }
}
