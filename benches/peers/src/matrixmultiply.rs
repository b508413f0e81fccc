//! ndarray, whose products are those of matrixmultiply.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, LinalgScalar, ShapeBuilder};

use crate::by_hand::functions::Real;
use crate::products::{Matrix, Product};

pub struct Ndarray;

impl<T: Real + LinalgScalar> Product<T> for Ndarray {
    fn product(out: &mut [T], add: bool, factor: T, a: Matrix<'_, T>, b: Matrix<'_, T>) {
        let keep = if add { T::ONE } else { T::ZERO };
        let out = ArrayViewMut2::from_shape((a.rows, b.columns), out);
        general_mat_mul(factor, &view(a), &view(b), keep, &mut out.expect("as large as the product"));
    }
}

fn view<T>(matrix: Matrix<'_, T>) -> ArrayView2<'_, T> {
    let shape = (matrix.rows, matrix.columns).strides((matrix.row_stride, matrix.column_stride));
    ArrayView2::from_shape(shape, matrix.data).expect("strides within the data")
}
