//! Batches that borrow `ndarray` views.

use super::batch::{Batch, BatchError, rows_from_flat};
use ndarray::ArrayView2;

impl<'a, S, const N: usize, const M: usize> Batch<'a, [S; N], [S; M]> {
    /// A batch with a sample in each row of the views, which have N and M columns.
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
/// [`BatchError::Width`] if the number of columns is not N, [`BatchError::Layout`] if the view is not contiguous in
/// row-major order.
pub fn rows_from_view<S, const N: usize>(view: ArrayView2<'_, S>) -> Result<&[[S; N]], BatchError> {
    let columns = view.ncols();
    if columns != N {
        return Err(BatchError::Width { columns, expected: N });
    }
    rows_from_flat(view.to_slice().ok_or(BatchError::Layout)?)
}
