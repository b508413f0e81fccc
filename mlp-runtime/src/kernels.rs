//! The arithmetic of layers, on arrays of fixed size, results written in place.
//!
//! Every sum runs over increasing indices and starts with its first term; products and sums
//! are rounded separately, except by the kernels of [`fused`](super::fused), which share what is
//! `…_by` a way to add a product here. An empty sum is zero.

use super::scalar::Scalar;

/// The sum of the terms in their order, from the first; zero without terms.
pub fn ordered_sum<T: Scalar>(terms: impl Iterator<Item = T>) -> T {
    terms.reduce(|sum, term| sum + term).unwrap_or(T::ZERO)
}

/// Σ_i x_i.
pub fn sum<T: Scalar, const N: usize>(x: &[T; N]) -> T {
    ordered_sum(x.iter().copied())
}

/// sum + a b, rounded twice.
fn add_product<T: Scalar>(sum: T, a: T, b: T) -> T {
    sum + a * b
}

/// Σ_i a_i b_i.
pub fn dot<T: Scalar, const N: usize>(a: &[T; N], b: &[T; N]) -> T {
    dot_by(add_product, a, b)
}

pub(super) fn dot_by<T: Scalar, const N: usize>(add: impl Fn(T, T, T) -> T, a: &[T; N], b: &[T; N]) -> T {
    let mut factors = a.iter().zip(b);
    let Some((&a, &b)) = factors.next() else { return T::ZERO };
    factors.fold(a * b, |sum, (&a, &b)| add(sum, a, b))
}

/// y_j = Σ_i x_i w_ij, for x of size N, w of N × M, y of size M.
///
/// Rows of w are read in order, and once.
pub fn vector_matrix<T: Scalar, const N: usize, const M: usize>(x: &[T; N], w: &[[T; M]; N], y: &mut [T; M]) {
    vector_matrix_by(add_product, x, w, y);
}

pub(super) fn vector_matrix_by<T: Scalar, const N: usize, const M: usize>(
    add: impl Fn(T, T, T) -> T + Copy,
    x: &[T; N],
    w: &[[T; M]; N],
    y: &mut [T; M],
) {
    let mut rows = x.iter().zip(w);
    let Some((&first, row)) = rows.next() else {
        *y = [T::ZERO; M];
        return;
    };
    for (y, &w) in y.iter_mut().zip(row) {
        *y = first * w;
    }
    for (&x, row) in rows {
        add_scaled(add, y, x, row);
    }
}

/// y_i = Σ_j w_ij x_j, for w of N × M, x of size M, y of size N.
pub fn matrix_vector<T: Scalar, const N: usize, const M: usize>(w: &[[T; M]; N], x: &[T; M], y: &mut [T; N]) {
    for (y, row) in y.iter_mut().zip(w) {
        *y = dot(row, x);
    }
}

/// y_ij = a_i b_j, for a of size N, b of size M, y of N × M.
pub fn outer<T: Scalar, const N: usize, const M: usize>(a: &[T; N], b: &[T; M], y: &mut [[T; M]; N]) {
    for (row, &a) in y.iter_mut().zip(a) {
        for (y, &b) in row.iter_mut().zip(b) {
            *y = a * b;
        }
    }
}

/// p_i = exp(z_i - m) / Σ_k exp(z_k - m), m the greatest of z, so that no exponential overflows.
pub fn softmax<T: Scalar, const N: usize>(z: &[T; N], p: &mut [T; N]) {
    let greatest = maximum(z);
    for (p, &z) in p.iter_mut().zip(z) {
        *p = T::exp(z - greatest);
    }
    let total = sum(p);
    divide_vector(p, total);
}

/// The cross-entropy of softmax(z) with the target distribution t: Σ_i t_i (lse - z_i), where
/// lse = m + ln Σ_k exp(z_k - m) and m is the greatest of z. Terms with t_i = 0 are 0, though
/// z_i be infinite.
pub fn softmax_cross_entropy<T: Scalar, const N: usize>(z: &[T; N], t: &[T; N]) -> T {
    let greatest = maximum(z);
    let total = ordered_sum(z.iter().map(|&z| T::exp(z - greatest)));
    let log_sum_exp = greatest + T::ln(total);
    let term = |(&z, &t)| {
        if t == T::ZERO { T::ZERO } else { t * (log_sum_exp - z) }
    };
    ordered_sum(z.iter().zip(t).map(term))
}

/// The greatest element; -inf without elements, NaN or any other if some are NaN.
fn maximum<T: Scalar, const N: usize>(z: &[T; N]) -> T {
    let greater = |greatest, z| if z > greatest { z } else { greatest };
    z.iter().copied().reduce(greater).unwrap_or(T::NEG_INFINITY)
}

/// total += x.
pub fn add_scalar<T: Scalar>(total: &mut T, x: T) {
    *total = *total + x;
}

/// total_i += x_i.
pub fn add_vector<T: Scalar, const N: usize>(total: &mut [T; N], x: &[T; N]) {
    for (total, &x) in total.iter_mut().zip(x) {
        add_scalar(total, x);
    }
}

/// total_ij += x_ij.
pub fn add_matrix<T: Scalar, const N: usize, const M: usize>(total: &mut [[T; M]; N], x: &[[T; M]; N]) {
    for (total, x) in total.iter_mut().zip(x) {
        add_vector(total, x);
    }
}

/// total_ij += a_i b_j, for a of size N, b of size M, total of N × M.
pub fn add_outer<T: Scalar, const N: usize, const M: usize>(total: &mut [[T; M]; N], a: &[T; N], b: &[T; M]) {
    add_outer_by(add_product, total, a, b);
}

pub(super) fn add_outer_by<T: Scalar, const N: usize, const M: usize>(
    add: impl Fn(T, T, T) -> T + Copy,
    total: &mut [[T; M]; N],
    a: &[T; N],
    b: &[T; M],
) {
    for (row, &a) in total.iter_mut().zip(a) {
        add_scaled(add, row, a, b);
    }
}

/// total_i += factor x_i.
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

/// total /= by.
pub fn divide_scalar<T: Scalar>(total: &mut T, by: T) {
    *total = *total / by;
}

/// total_i /= by.
pub fn divide_vector<T: Scalar, const N: usize>(total: &mut [T; N], by: T) {
    for total in total {
        divide_scalar(total, by);
    }
}

/// total_ij /= by.
pub fn divide_matrix<T: Scalar, const N: usize, const M: usize>(total: &mut [[T; M]; N], by: T) {
    for total in total {
        divide_vector(total, by);
    }
}

/// base multiplied by itself from the left until there are `exponent` factors, at least one.
pub fn whole_power<T: Scalar>(base: T, exponent: u32) -> T {
    (1..exponent).fold(base, |product, _| product * base)
}

/// Σ of all elements, row after row.
pub fn sum_matrix<T: Scalar, const N: usize, const M: usize>(x: &[[T; M]; N]) -> T {
    ordered_sum(x.iter().flatten().copied())
}

/// Σ_i x_i².
pub fn sum_squares<T: Scalar, const N: usize>(x: &[T; N]) -> T {
    dot(x, x)
}

/// Σ of the squares of all elements, row after row.
pub fn sum_squares_matrix<T: Scalar, const N: usize, const M: usize>(x: &[[T; M]; N]) -> T {
    ordered_sum(x.iter().flatten().map(|&x| x * x))
}

/// y_ji = w_ij, for w of N × M, y of M × N.
pub fn transpose<T: Scalar, const N: usize, const M: usize>(w: &[[T; M]; N], y: &mut [[T; N]; M]) {
    for (j, y) in y.iter_mut().enumerate() {
        for (y, w) in y.iter_mut().zip(w) {
            *y = w[j];
        }
    }
}

/// y_(start + i) = x_i; what would lie behind the end of y is left out.
pub fn put_part<T: Scalar, const N: usize, const M: usize>(x: &[T; M], start: usize, y: &mut [T; N]) {
    for (y, &x) in y.iter_mut().skip(start).zip(x) {
        *y = x;
    }
}

/// The M elements from OFFSET on. That they are there is checked when compiling.
pub fn part<const OFFSET: usize, T, const N: usize, const M: usize>(all: &[T; N]) -> &[T; M] {
    const { assert!(OFFSET + M <= N) };
    match all.get(OFFSET..).and_then(|rest| rest.first_chunk()) {
        Some(part) => part,
        None => unreachable!(),
    }
}
