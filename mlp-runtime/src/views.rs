//! Batches from `ndarray` views, without a copy.

use super::batch::{Batch, BatchError, rows_from_flat};
use ndarray::ArrayView2;

impl<'a, S, const N: usize, const M: usize> Batch<'a, [S; N], [S; M]> {
    /// The batch with a sample in each row of the views, of N and M columns.
    ///
    /// # Errors
    /// As [`rows_from_view`] for each view, then as [`Batch::new`].
    pub fn from_views(inputs: ArrayView2<'a, S>, targets: ArrayView2<'a, S>) -> Result<Self, BatchError> {
        Self::new(rows_from_view(inputs)?, rows_from_view(targets)?)
    }
}

/// The rows of a view of N columns.
///
/// # Errors
/// [`BatchError::Width`] if it has other than N columns, [`BatchError::Layout`] if it is not
/// contiguous in row-major order.
pub fn rows_from_view<S, const N: usize>(view: ArrayView2<'_, S>) -> Result<&[[S; N]], BatchError> {
    let columns = view.ncols();
    if columns != N {
        return Err(BatchError::Width { columns, expected: N });
    }
    rows_from_flat(view.to_slice().ok_or(BatchError::Layout)?)
}
