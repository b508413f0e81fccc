//! Batches of samples, borrowed, with no copy; and what is wrong with one.

use core::fmt;
use core::iter::Zip;
use core::slice::{Chunks, Iter};

/// Samples of a block where at most so many are computed at once: as few blocks as there must be, of nearly
/// the same size. A block reads all weights, and one of a few samples takes as long as one of many.
pub(crate) fn block(samples: usize, most: usize) -> usize {
    samples.div_ceil(samples.div_ceil(most.max(1)).max(1)).max(1)
}

/// Samples, inputs with their targets: as many of each, and at least one.
pub struct Batch<'a, I, T> {
    inputs: &'a [I],
    targets: &'a [T],
}

// Not derived: a batch is a pair of references, whatever I and T are.
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
    /// The batch of these samples: `inputs[s]` has the target `targets[s]`.
    ///
    /// # Errors
    /// [`BatchError::Lengths`] if their numbers differ, [`BatchError::Empty`] if both are 0.
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
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// The inputs, one a sample.
    pub fn inputs(&self) -> &'a [I] {
        self.inputs
    }

    /// The targets, one a sample.
    pub fn targets(&self) -> &'a [T] {
        self.targets
    }

    /// The samples in order, in blocks of at most so many, the last no smaller than it must be.
    pub(crate) fn blocks(self, most: usize) -> Zip<Chunks<'a, I>, Chunks<'a, T>> {
        let block = block(self.len(), most);
        self.inputs.chunks(block).zip(self.targets.chunks(block))
    }

    /// The samples in order, input and target.
    pub fn iter(&self) -> Zip<Iter<'a, I>, Iter<'a, T>> {
        self.inputs.iter().zip(self.targets)
    }
}

impl<'a, S, const N: usize, const M: usize> Batch<'a, [S; N], [S; M]> {
    /// The batch of samples laid end to end: N inputs, and M targets, a sample.
    ///
    /// # Errors
    /// [`BatchError::Columns`] if a slice does not divide into samples, else as [`Batch::new`].
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

/// The rows of N columns that lie end to end in `flat`; none, if it is empty.
///
/// # Errors
/// [`BatchError::Columns`] if its length is no multiple of N.
pub fn rows_from_flat<S, const N: usize>(flat: &[S]) -> Result<&[[S; N]], BatchError> {
    match flat.as_chunks() {
        (rows, []) => Ok(rows),
        _ => Err(BatchError::Columns { length: flat.len(), columns: N }),
    }
}

/// Checks that there is an output for each input.
///
/// # Errors
/// [`BatchError::Outputs`] if the numbers differ.
pub fn check_outputs(inputs: usize, outputs: usize) -> Result<(), BatchError> {
    if inputs == outputs { Ok(()) } else { Err(BatchError::Outputs { inputs, outputs }) }
}

/// Why data make no batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchError {
    /// No samples.
    Empty,
    /// Not as many targets as inputs.
    Lengths {
        /// The number of inputs.
        inputs: usize,
        /// The number of targets.
        targets: usize,
    },
    /// Not as many places for outputs as inputs.
    Outputs {
        /// The number of inputs.
        inputs: usize,
        /// The number of places.
        outputs: usize,
    },
    /// A flat slice that does not divide into rows.
    Columns {
        /// The slice's length.
        length: usize,
        /// The length of a row.
        columns: usize,
    },
    /// A view whose rows are too short or too long.
    Width {
        /// The view's number of columns.
        columns: usize,
        /// The number of columns that the network has.
        expected: usize,
    },
    /// A view whose elements do not lie row after row without gaps.
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
