//! Batches of borrowed samples, and the errors of their construction.

use core::fmt;
use core::iter::Zip;
use core::slice::{Chunks, Iter};

/// The number of samples in a block of at most `most`: as few blocks as possible, of nearly the same size. Every block
/// reads all weights, so a block of a few samples takes as long as a larger one.
pub(crate) fn block(samples: usize, most: usize) -> usize {
    samples.div_ceil(samples.div_ceil(most.max(1)).max(1)).max(1)
}

/// Samples: inputs with their targets. There are as many inputs as targets, and at least one.
pub struct Batch<'a, I, T> {
    inputs: &'a [I],
    targets: &'a [T],
}

// Not derived: a batch is a pair of references, so I and T need not be `Clone`.
impl<I, T> Clone for Batch<'_, I, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I, T> Copy for Batch<'_, I, T> {}

impl<I: fmt::Debug, T: fmt::Debug> fmt::Debug for Batch<'_, I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("inputs", &self.inputs).field("targets", &self.targets).finish()
    }
}

#[allow(clippy::len_without_is_empty, reason = "a batch is never empty")]
impl<'a, I, T> Batch<'a, I, T> {
    /// A batch of samples: `inputs[s]` has the target `targets[s]`.
    ///
    /// # Errors
    /// [`BatchError::Lengths`] if the lengths differ, [`BatchError::Empty`] if both are 0.
    pub fn new(inputs: &'a [I], targets: &'a [T]) -> Result<Self, BatchError> {
        if inputs.len() != targets.len() {
            Err(BatchError::Lengths { inputs: inputs.len(), targets: targets.len() })
        } else if inputs.is_empty() {
            Err(BatchError::Empty)
        } else {
            Ok(Self { inputs, targets })
        }
    }

    /// The number of samples, at least 1.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// The inputs, one for each sample.
    #[must_use]
    pub fn inputs(&self) -> &'a [I] {
        self.inputs
    }

    /// The targets, one for each sample.
    #[must_use]
    pub fn targets(&self) -> &'a [T] {
        self.targets
    }

    /// The samples in order, in blocks of nearly equal size, of at most `most` samples.
    pub(crate) fn blocks(self, most: usize) -> Zip<Chunks<'a, I>, Chunks<'a, T>> {
        let block = block(self.len(), most);
        self.inputs.chunks(block).zip(self.targets.chunks(block))
    }

    /// The samples in order, in blocks of this many, the last one shorter if it has to be.
    pub(crate) fn blocks_of(self, samples: usize) -> Zip<Chunks<'a, I>, Chunks<'a, T>> {
        let samples = samples.max(1);
        self.inputs.chunks(samples).zip(self.targets.chunks(samples))
    }

    /// The samples in order, each an input and a target.
    pub fn iter(&self) -> Zip<Iter<'a, I>, Iter<'a, T>> {
        self.inputs.iter().zip(self.targets)
    }
}

impl<'a, S, const N: usize, const M: usize> Batch<'a, [S; N], [S; M]> {
    /// A batch of contiguous samples: N inputs and M targets for each.
    ///
    /// # Errors
    /// [`BatchError::Columns`] if the length of a slice is not a multiple of its columns; otherwise as [`Batch::new`].
    pub fn from_flat(inputs: &'a [S], targets: &'a [S]) -> Result<Self, BatchError> {
        Self::new(rows_from_flat(inputs)?, rows_from_flat(targets)?)
    }
}

impl<'a, I, T> IntoIterator for Batch<'a, I, T> {
    type Item = (&'a I, &'a T);
    type IntoIter = Zip<Iter<'a, I>, Iter<'a, T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, I, T> IntoIterator for &Batch<'a, I, T> {
    type Item = (&'a I, &'a T);
    type IntoIter = Zip<Iter<'a, I>, Iter<'a, T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The rows of N columns in `flat`; none if it is empty.
///
/// # Errors
/// [`BatchError::Columns`] if its length is not a multiple of N.
pub fn rows_from_flat<S, const N: usize>(flat: &[S]) -> Result<&[[S; N]], BatchError> {
    match flat.as_chunks() {
        (rows, []) => Ok(rows),
        _ => Err(BatchError::Columns { length: flat.len(), columns: N }),
    }
}

/// The same, mutable.
///
/// # Errors
/// As [`rows_from_flat`].
pub fn rows_from_flat_mut<S, const N: usize>(flat: &mut [S]) -> Result<&mut [[S; N]], BatchError> {
    let length = flat.len();
    match flat.as_chunks_mut() {
        (rows, []) => Ok(rows),
        _ => Err(BatchError::Columns { length, columns: N }),
    }
}

/// Checks that there are as many outputs as inputs.
///
/// # Errors
/// [`BatchError::Outputs`] if the numbers differ.
pub fn check_outputs(inputs: usize, outputs: usize) -> Result<(), BatchError> {
    if inputs == outputs { Ok(()) } else { Err(BatchError::Outputs { inputs, outputs }) }
}

/// Checks that there are as many gradients with respect to inputs as samples.
///
/// # Errors
/// [`BatchError::InputGradients`] if the numbers differ.
pub(crate) fn check_input_gradients(samples: usize, gradients: usize) -> Result<(), BatchError> {
    if samples == gradients { Ok(()) } else { Err(BatchError::InputGradients { samples, gradients }) }
}

/// An error in the shape of the data for a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchError {
    /// No samples.
    Empty,
    /// The numbers of inputs and targets differ.
    Lengths {
        /// The number of inputs.
        inputs: usize,
        /// The number of targets.
        targets: usize,
    },
    /// The numbers of inputs and outputs differ.
    Outputs {
        /// The number of inputs.
        inputs: usize,
        /// The number of outputs.
        outputs: usize,
    },
    /// The numbers of samples and of gradients with respect to their inputs differ.
    InputGradients {
        /// The number of samples.
        samples: usize,
        /// The number of gradients.
        gradients: usize,
    },
    /// The length of a flat slice is not a multiple of its columns.
    Columns {
        /// The length of the slice.
        length: usize,
        /// The number of columns.
        columns: usize,
    },
    /// A view has a wrong number of columns.
    Width {
        /// The number of columns of the view.
        columns: usize,
        /// The number of columns of the network.
        expected: usize,
    },
    /// A view is not contiguous in row-major order.
    Layout,
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the batch is empty; pass at least one sample"),
            Self::Lengths { inputs, targets } => write!(
                f,
                "the numbers of inputs and of targets differ, {inputs} and {targets}; \
                 pass one target for each input"
            ),
            Self::Outputs { inputs, outputs } => write!(
                f,
                "the numbers of inputs and of outputs differ, {inputs} and {outputs}; \
                 pass a slice with one output for each input"
            ),
            Self::InputGradients { samples, gradients } => write!(
                f,
                "the numbers of samples and of input gradients differ, {samples} and {gradients}; \
                 pass a slice with one gradient for each sample"
            ),
            Self::Columns { length, columns } => write!(
                f,
                "a slice of length {length} does not divide into samples of length {columns}; \
                 pass one whose length is a multiple of {columns}"
            ),
            Self::Width { columns, expected } => write!(
                f,
                "the view has rows of length {columns} where samples have length {expected}; \
                 pass a view with one sample in each row"
            ),
            Self::Layout => write!(
                f,
                "the view is not contiguous in row-major order; \
                 copy it with `as_standard_layout()` and pass a view of the copy"
            ),
        }
    }
}

impl core::error::Error for BatchError {}
