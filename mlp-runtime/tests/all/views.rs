//! Batches from `ndarray` views.

use mlp_runtime::{Batch, BatchError, rows_from_view};
use ndarray::{Array2, ArrayView2, Axis, array, s};

fn count(inputs: ArrayView2<f64>, targets: ArrayView2<f64>) -> Result<usize, BatchError> {
    Batch::<[f64; 2], [f64; 1]>::from_views(inputs, targets).map(|batch| batch.len())
}

#[test]
fn rows_are_samples_without_a_copy() {
    let (inputs, targets) = (array![[1.0, 2.0], [3.0, 4.0]], array![[5.0], [6.0]]);
    let batch: Batch<'_, [f64; 2], [f64; 1]> = Batch::from_views(inputs.view(), targets.view()).unwrap();
    assert_eq!(batch.inputs(), [[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(batch.targets(), [[5.0], [6.0]]);
    assert_eq!(batch.inputs().as_ptr().cast(), inputs.as_ptr());
}

#[test]
fn a_range_of_rows_is_a_batch() {
    let inputs = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    let rows: &[[f64; 2]] = rows_from_view(inputs.slice(s![1.., ..])).unwrap();
    assert_eq!(rows, [[3.0, 4.0], [5.0, 6.0]]);
}

#[test]
fn shapes_must_fit() {
    let of = Array2::<f64>::zeros;
    assert_eq!(
        count(of((4, 3)).view(), of((4, 1)).view()),
        Err(BatchError::Width { columns: 3, expected: 2 })
    );
    assert_eq!(
        count(of((4, 2)).view(), of((4, 2)).view()),
        Err(BatchError::Width { columns: 2, expected: 1 })
    );
    assert_eq!(
        count(of((4, 2)).view(), of((3, 1)).view()),
        Err(BatchError::Lengths { inputs: 4, targets: 3 })
    );
    assert_eq!(count(of((0, 2)).view(), of((0, 1)).view()), Err(BatchError::Empty));
}

#[test]
fn other_layouts_are_errors() {
    let (wide, targets) = (Array2::<f64>::zeros((3, 4)), Array2::zeros((3, 1)));
    assert_eq!(count(wide.slice(s![.., ..2]), targets.view()), Err(BatchError::Layout));
    let transposed = Array2::<f64>::zeros((2, 3));
    assert_eq!(count(transposed.t(), targets.view()), Err(BatchError::Layout));
    let mut reversed = Array2::<f64>::zeros((3, 2));
    reversed.invert_axis(Axis(0));
    assert_eq!(count(reversed.view(), targets.view()), Err(BatchError::Layout));
    let remedy = reversed.as_standard_layout();
    assert_eq!(count(remedy.view(), targets.view()), Ok(3));
}
