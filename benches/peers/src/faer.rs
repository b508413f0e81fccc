//! The crate faer.

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};

use crate::by_hand::functions::Real;
use crate::products::{Matrix, Product};

pub struct Faer;

impl<T: Real + ComplexField> Product<T> for Faer {
    fn product(out: &mut [T], add: bool, factor: T, a: Matrix<'_, T>, b: Matrix<'_, T>) {
        let accumulate = if add { Accum::Add } else { Accum::Replace };
        let out = MatMut::from_row_major_slice_mut(out, a.rows, b.columns);
        matmul(out, accumulate, view(a), view(b), factor, Par::Seq);
    }
}

fn view<T>(matrix: Matrix<'_, T>) -> MatRef<'_, T> {
    if matrix.column_stride == 1 {
        MatRef::from_row_major_slice(matrix.data, matrix.rows, matrix.columns)
    } else {
        MatRef::from_column_major_slice(matrix.data, matrix.rows, matrix.columns)
    }
}
