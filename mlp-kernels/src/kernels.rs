//! Operations of layers on arrays of constant size; results are written in place.
//!
//! Every sum runs over increasing indices and starts with its first term. An empty sum is 0. Products of vectors and
//! matrices are methods of [`Isa`](super::isa::traits::Isa).

use super::scalar::Scalar;

/// The sum of the terms in their order, starting with the first; 0 without terms.
#[inline(always)]
pub fn ordered_sum<T: Scalar>(mut terms: impl Iterator<Item = T>) -> T {
    let Some(mut sum) = terms.next() else { return T::ZERO };
    for term in terms {
        sum = sum + term;
    }
    sum
}

/// Σ_i x_i.
#[inline(always)]
pub fn sum<T: Scalar, const N: usize>(x: &[T; N]) -> T {
    ordered_sum(x.iter().copied())
}

/// y_ij = a_i b_j, for a of size N, b of size M, y of N × M.
#[inline(always)]
pub fn outer<T: Scalar, const N: usize, const M: usize>(a: &[T; N], b: &[T; M], y: &mut [[T; M]; N]) {
    for (row, &a) in y.iter_mut().zip(a) {
        for (y, &b) in row.iter_mut().zip(b) {
            *y = a * b;
        }
    }
}

/// p_i = exp(z_i - m) / Σ_k exp(z_k - m), where m is the maximum of z, so that no exponential overflows.
#[inline(always)]
pub fn softmax<T: Scalar, const N: usize>(z: &[T; N], p: &mut [T; N]) {
    let greatest = maximum(z);
    map(z, p, |z| T::exp(z - greatest));
    let total = sum(p);
    divide_vector(p, total);
}

/// y_i = (z_i - m) - ln Σ_k exp(z_k - m), the logarithm of the softmax, where m is the maximum of z.
#[inline(always)]
pub fn log_softmax<T: Scalar, const N: usize>(z: &[T; N], y: &mut [T; N]) {
    let greatest = maximum(z);
    map(z, y, |z| T::exp(z - greatest));
    let log_sum = T::ln(sum(y));
    for (y, &z) in y.iter_mut().zip(z) {
        *y = (z - greatest) - log_sum;
    }
}

/// The cross-entropy of softmax(z) with the target distribution t: Σ_i t_i (ln Σ_k exp(z_k - m) - (z_i - m)), where m is
/// the maximum of z: however large it is, no digit of the differences is lost. Terms with t_i = 0 are 0 even if z_i is
/// infinite.
#[inline(always)]
pub fn softmax_cross_entropy<T: Scalar, const N: usize>(z: &[T; N], t: &[T; N]) -> T {
    let greatest = maximum(z);
    let mut exponentials = [T::ZERO; N];
    map(z, &mut exponentials, |z| T::exp(z - greatest));
    let log_sum = T::ln(sum(&exponentials));
    let term = |(&z, &t)| {
        if t == T::ZERO { T::ZERO } else { t * (log_sum - (z - greatest)) }
    };
    ordered_sum(z.iter().zip(t).map(term))
}

/// y_i = f(x_i), in blocks of one length, since a loop over the rest is not vectorized.
#[inline(always)]
fn map<T: Scalar, const N: usize>(x: &[T; N], y: &mut [T; N], f: impl Fn(T) -> T) {
    let (blocks, rest) = x.as_chunks::<BLOCK>();
    let (results, last) = y.as_chunks_mut::<BLOCK>();
    for (x, y) in blocks.iter().zip(results) {
        *y = map_block(x, &f);
    }
    if !rest.is_empty() {
        put_first(&map_block(&padded(rest), &f), last);
    }
}

/// Two registers of 64-bit numbers where registers are widest.
const BLOCK: usize = 16;

#[inline(always)]
fn map_block<T: Scalar>(x: &[T; BLOCK], f: impl Fn(T) -> T) -> [T; BLOCK] {
    let mut y = [T::ZERO; BLOCK];
    for (y, &x) in y.iter_mut().zip(x) {
        *y = f(x);
    }
    y
}

/// The numbers of x, then zeros.
#[inline(always)]
pub fn padded<T: Scalar, const P: usize>(x: &[T]) -> [T; P] {
    let mut all = [T::ZERO; P];
    for (place, &x) in all.iter_mut().zip(x) {
        *place = x;
    }
    all
}

/// Writes the first numbers of x to all of y.
#[inline(always)]
pub fn put_first<T: Scalar, const P: usize>(x: &[T; P], y: &mut [T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = x;
    }
}

/// The maximum; -inf without elements, NaN or any element if some are NaN.
#[inline(always)]
fn maximum<T: Scalar, const N: usize>(z: &[T; N]) -> T {
    let Some((&first, rest)) = z.split_first() else { return T::NEG_INFINITY };
    let mut greatest = first;
    for &z in rest {
        greatest = if z > greatest { z } else { greatest };
    }
    greatest
}

/// total += x; total counts as 0 if this is the `first` term.
#[inline(always)]
pub fn add_scalar<T: Scalar>(first: bool, total: &mut T, x: T) {
    *total = if first { T::ZERO } else { *total } + x;
}

/// total_i += x_i; total counts as 0 if this is the `first` term.
#[inline(always)]
pub fn add_vector<T: Scalar, const N: usize>(first: bool, total: &mut [T; N], x: &[T; N]) {
    for (total, &x) in total.iter_mut().zip(x) {
        add_scalar(first, total, x);
    }
}

/// total_ij += x_ij; total counts as 0 if this is the `first` term.
#[inline(always)]
pub fn add_matrix<T: Scalar, const N: usize, const M: usize>(
    first: bool,
    total: &mut [[T; M]; N],
    x: &[[T; M]; N],
) {
    for (total, &x) in total.as_flattened_mut().iter_mut().zip(x.as_flattened()) {
        add_scalar(first, total, x);
    }
}

/// total /= by.
#[inline(always)]
pub fn divide_scalar<T: Scalar>(total: &mut T, by: T) {
    *total = *total / by;
}

/// total_i /= by.
#[inline(always)]
pub fn divide_vector<T: Scalar, const N: usize>(total: &mut [T; N], by: T) {
    divide_all(total, by);
}

/// total_ij /= by.
#[inline(always)]
pub fn divide_matrix<T: Scalar, const N: usize, const M: usize>(total: &mut [[T; M]; N], by: T) {
    divide_all(total.as_flattened_mut(), by);
}

#[inline(always)]
fn divide_all<T: Scalar>(total: &mut [T], by: T) {
    match Mean::over(Some(by)) {
        Mean::None => {}
        Mean::Times(factor) => total.iter_mut().for_each(|total| *total = *total * factor),
        Mean::Over(count) => total.iter_mut().for_each(|total| *total = *total / count),
    }
}

/// The operation that makes means of sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mean<T> {
    /// None: they remain sums.
    None,
    /// A product with the inverse of the count. For powers of two it is exact and gives the bits of the quotient in a
    /// fraction of its time.
    Times(T),
    /// A quotient by the count.
    Over(T),
}

impl<T: Scalar> Mean<T> {
    /// The mean over `count` terms; none without a count.
    #[inline(always)]
    pub fn over(count: Option<T>) -> Self {
        let Some(count) = count else { return Self::None };
        let inverse = 1.0 / count.to_f64();
        let fraction = (1 << 52) - 1;
        let exact = count.to_f64().to_bits() & fraction == 0 && inverse.to_bits() & fraction == 0;
        let usual = inverse > 1e-30 && inverse < 1e30;
        if exact && usual { Self::Times(T::from_f64(inverse)) } else { Self::Over(count) }
    }
}

/// base · base · …, from the left, with `exponent` factors; at least one.
#[inline(always)]
pub fn whole_power<T: Scalar>(base: T, exponent: u32) -> T {
    (1..exponent).fold(base, |product, _| product * base)
}

/// Σ of all elements, row after row.
#[inline(always)]
pub fn sum_matrix<T: Scalar, const N: usize, const M: usize>(x: &[[T; M]; N]) -> T {
    ordered_sum(x.iter().flatten().copied())
}

/// Σ_i x_i².
#[inline(always)]
pub fn sum_squares<T: Scalar, const N: usize>(x: &[T; N]) -> T {
    ordered_sum(x.iter().map(|&x| x * x))
}

/// Σ of the squares of all elements, row after row.
#[inline(always)]
pub fn sum_squares_matrix<T: Scalar, const N: usize, const M: usize>(x: &[[T; M]; N]) -> T {
    ordered_sum(x.iter().flatten().map(|&x| x * x))
}

/// y_ji = w_ij, for w of N × M, y of M × N.
#[inline(always)]
pub fn transpose<T: Scalar, const N: usize, const M: usize>(w: &[[T; M]; N], y: &mut [[T; N]; M]) {
    for (j, y) in y.iter_mut().enumerate() {
        for (y, w) in y.iter_mut().zip(w) {
            *y = w[j];
        }
    }
}

/// y_(start + i) = x_i; elements beyond the end of y are ignored.
#[inline(always)]
pub fn put_slice<T: Scalar, const N: usize, const M: usize>(x: &[T; M], start: usize, y: &mut [T; N]) {
    for (y, &x) in y.iter_mut().skip(start).zip(x) {
        *y = x;
    }
}

/// The M elements from OFFSET on; a range beyond the end is a compile error.
#[inline(always)]
pub fn slice<const OFFSET: usize, T, const N: usize, const M: usize>(all: &[T; N]) -> &[T; M] {
    const { assert!(OFFSET + M <= N) };
    match all.get(OFFSET..).and_then(|rest| rest.first_chunk()) {
        Some(slice) => slice,
        None => unreachable!(),
    }
}

/// The first `count` elements, or all if there are fewer.
#[inline(always)]
pub fn first<T>(all: &[T], count: usize) -> &[T] {
    all.get(..count).unwrap_or(all)
}

/// The first `count` elements, mutable, or all if there are fewer.
#[inline(always)]
pub fn first_mut<T>(all: &mut [T], count: usize) -> &mut [T] {
    let count = count.min(all.len());
    all.split_at_mut_checked(count).map_or(&mut [], |(first, _)| first)
}
