//! The crate gemm.

use gemm::{Parallelism, gemm};

use crate::by_hand::functions::Real;
use crate::products::{Matrix, Product};

pub struct Gemm;

impl<T: Real> Product<T> for Gemm {
    fn product(out: &mut [T], add: bool, factor: T, a: Matrix<'_, T>, b: Matrix<'_, T>) {
        assert!(out.len() == a.rows * b.columns && a.columns == b.rows);
        // SAFETY: `Matrix` keeps its strides within its data, and `out` is as large as the product.
        unsafe {
            gemm(
                a.rows,
                b.columns,
                a.columns,
                out.as_mut_ptr(),
                1,
                b.columns as isize,
                add,
                a.data.as_ptr(),
                a.column_stride as isize,
                a.row_stride as isize,
                b.data.as_ptr(),
                b.column_stride as isize,
                b.row_stride as isize,
                T::ONE,
                factor,
                false,
                false,
                false,
                Parallelism::None,
            );
        }
    }
}
