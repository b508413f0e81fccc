//! Why training could not go on.

use core::fmt;

use mlp_runtime::NotFinite;

/// Training could not go on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TrainingError {
    /// There are no samples to train with, or none to validate with.
    NoSamples,
    /// A step was not taken, because its loss or a gradient is infinite or NaN. Network and optimizer are as they were
    /// before it.
    NotFinite {
        /// The epoch, counted from 1.
        epoch: u64,
        /// The step, counted from 1 over all epochs.
        step: u64,
        /// What is not finite.
        what: NotFinite,
    },
    /// A step from finite gradients made a parameter infinite or NaN. It was noticed at the end of this epoch.
    Parameters {
        /// The epoch, counted from 1.
        epoch: u64,
    },
}

impl fmt::Display for TrainingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSamples => write!(f, "there are no samples; pass at least one"),
            Self::NotFinite { epoch, step, what } => write!(
                f,
                "epoch {epoch}, step {step}: {what}; look for numbers in the samples that are not finite, lower the rate, \
                 or add `clip_norm` to the specification"
            ),
            Self::Parameters { epoch } => write!(
                f,
                "epoch {epoch}: a parameter is infinite or NaN; lower the rate or add `clip_norm` to the specification"
            ),
        }
    }
}

impl core::error::Error for TrainingError {}
