//! Products of vectors and matrices as loops in plain Rust: the reference for the kernels in vector registers, and the
//! code of all processors without them.

use super::super::kernels::divide_matrix;
use super::super::scalar::Scalar;
use super::traits::Isa;

/// Any processor.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

impl Isa for Portable {
    #[inline(always)]
    fn vector_matrix<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        x: &[T; N],
        w: &[[T; M]; N],
        bias: Option<&[T; M]>,
        y: &mut [T; M],
    ) {
        y.fill(T::ZERO);
        let mut rows = x.iter().zip(w);
        if let Some((&first, row)) = rows.next() {
            for (y, &w) in y.iter_mut().zip(row) {
                *y = first * w;
            }
        }
        for (&x, row) in rows {
            add_scaled(|sum, a, b| self.add_product::<FUSED, T>(sum, a, b), y, x, row);
        }
        add_bias(y, bias);
    }

    #[inline(always)]
    fn matrix_vector<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        w: &[[T; M]; N],
        x: &[T; M],
        bias: Option<&[T; N]>,
        y: &mut [T; N],
    ) {
        for (y, row) in y.iter_mut().zip(w) {
            *y = self.dot::<FUSED, T, M>(row, x);
        }
        add_bias(y, bias);
    }

    #[inline(always)]
    fn add_outer<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        first: bool,
        total: &mut [[T; M]; N],
        a: &[T; N],
        b: &[T; M],
    ) {
        for (row, &a) in total.iter_mut().zip(a) {
            if first {
                row.fill(T::ZERO);
            }
            add_scaled(|sum, a, b| self.add_product::<FUSED, T>(sum, a, b), row, a, b);
        }
    }

    #[inline(always)]
    fn descend_outer<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        rate: T,
        w: &mut [[T; M]; N],
        a: &[T; N],
        b: &[T; M],
    ) {
        for (row, &a) in w.iter_mut().zip(a) {
            for (w, &b) in row.iter_mut().zip(b) {
                let gradient = self.add_product::<FUSED, T>(T::ZERO, a, b);
                *w = self.add_product::<FUSED, T>(*w, -rate, gradient);
            }
        }
    }

    #[inline(always)]
    fn vectors_matrix<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        x: &[[T; N]],
        w: &[[T; M]; N],
        bias: Option<&[T; M]>,
        y: &mut [[T; M]],
    ) {
        for (x, y) in x.iter().zip(y) {
            self.vector_matrix::<FUSED, T, N, M>(x, w, bias, y);
        }
    }

    #[inline(always)]
    fn matrix_vectors<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        w: &[[T; M]; N],
        x: &[[T; M]],
        bias: Option<&[T; N]>,
        y: &mut [[T; N]],
    ) {
        for (x, y) in x.iter().zip(y) {
            self.matrix_vector::<FUSED, T, N, M>(w, x, bias, y);
        }
    }

    #[inline(always)]
    fn add_outers<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        first: bool,
        count: Option<T>,
        total: &mut [[T; M]; N],
        a: &[[T; N]],
        b: &[[T; M]],
    ) {
        for (sample, (a, b)) in a.iter().zip(b).enumerate() {
            self.add_outer::<FUSED, T, N, M>(first && sample == 0, total, a, b);
        }
        if let Some(count) = count {
            divide_matrix(total, count);
        }
    }

    #[inline(always)]
    fn descend_outers<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        first: bool,
        count: Option<T>,
        rate: T,
        w: &mut [[T; M]; N],
        total: &mut [[T; M]; N],
        a: &[[T; N]],
        b: &[[T; M]],
    ) {
        self.add_outers::<FUSED, T, N, M>(first, count, total, a, b);
        for (w, total) in w.as_flattened_mut().iter_mut().zip(total.as_flattened()) {
            *w = self.add_product::<FUSED, T>(*w, -rate, *total);
        }
    }
}

/// Σ_i a_i b_i; `add` adds a product to the sum.
#[inline(always)]
pub(super) fn dot_by<T: Scalar, const N: usize>(add: impl Fn(T, T, T) -> T, a: &[T; N], b: &[T; N]) -> T {
    let mut factors = a.iter().zip(b);
    let Some((&a, &b)) = factors.next() else { return T::ZERO };
    let mut sum = a * b;
    for (&a, &b) in factors {
        sum = add(sum, a, b);
    }
    sum
}

/// y_i += b_i, if there is a bias.
#[inline(always)]
fn add_bias<T: Scalar, const N: usize>(y: &mut [T; N], bias: Option<&[T; N]>) {
    if let Some(bias) = bias {
        for (y, &bias) in y.iter_mut().zip(bias) {
            *y = *y + bias;
        }
    }
}

/// total_i += factor x_i; `add` adds a product to a total.
#[inline(always)]
fn add_scaled<T: Scalar, const N: usize>(
    add: impl Fn(T, T, T) -> T,
    total: &mut [T; N],
    factor: T,
    x: &[T; N],
) {
    for (total, &x) in total.iter_mut().zip(x) {
        *total = add(*total, factor, x);
    }
}
