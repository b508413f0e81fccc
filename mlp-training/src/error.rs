//! Why training could not go on.

use core::fmt;

use mlp_runtime::NotFinite;

/// Training could not go on.
#[derive(Debug)]
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
    /// The network can't be run; a compiled network always can.
    Failure(crate::Failure),
    /// The checkpoint can't be read or written. If it can't be read, nothing is changed; if it can't be written, the last one
    /// remains, and network and optimizer are as the last step left them.
    #[cfg(feature = "std")]
    Checkpoint(alloc::boxed::Box<mlp_runtime::keep::FileError>),
    /// The checkpoint is one of a training with another number of samples. Nothing is changed.
    OtherSamples {
        /// The number of samples of the checkpoint's training.
        found: u64,
        /// The number of samples of this training.
        given: u64,
    },
    /// The checkpoint is one of a training with another order of samples. Nothing is changed.
    OtherOrder {
        /// The seed of the checkpoint's training; `None` if its samples were in order.
        found: Option<u64>,
        /// The seed of this training; `None` if its samples are in order.
        given: Option<u64>,
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
            Self::Failure(error) => error.fmt(f),
            #[cfg(feature = "std")]
            Self::Checkpoint(error) => write!(f, "the checkpoint {error}"),
            Self::OtherSamples { found, given } => write!(
                f,
                "the checkpoint is one of {found} samples, and there are {given}; use the same samples, or delete the \
                 file to start again"
            ),
            Self::OtherOrder { found, given } => {
                write!(
                    f,
                    "the checkpoint is one of samples {}, and here they are {}; use the same order, or delete the file \
                     to start again",
                    Order(*found),
                    Order(*given)
                )
            }
        }
    }
}

/// An order of samples in a message.
struct Order(Option<u64>);

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(seed) => write!(f, "shuffled with seed {seed}"),
            None => write!(f, "in their order"),
        }
    }
}

impl core::error::Error for TrainingError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            #[cfg(feature = "std")]
            Self::Checkpoint(error) => Some(&**error),
            Self::NotFinite { what, .. } => Some(what),
            Self::Failure(error) => Some(&**error),
            Self::NoSamples
            | Self::Parameters { .. }
            | Self::OtherSamples { .. }
            | Self::OtherOrder { .. } => None,
        }
    }
}
