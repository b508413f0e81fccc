//! Where generated code runs. Kernels that have a form of their own for a kind of processor are methods
//! of [`Isa`]; what stands here runs anywhere. All machines compute the same bits.

use super::arithmetic::Fused;
use super::fused;
use super::kernels::{self, add_scaled};
use super::scalar::Scalar;

/// A kind of processor. `FUSED` says whether a product and its addition to the sum before it are
/// rounded once, as networks with `arithmetic fused` ask, or each by itself.
///
/// Sums run over increasing indices and start with their first term, those over samples with +0.
pub trait Isa: Copy {
    /// Whether it has a fused operation of its own.
    const FUSES: bool = false;

    /// a b + c, rounded once.
    #[inline(always)]
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
        fused::multiply_add(a, b, c)
    }

    /// The square root, correctly rounded; NaN below 0.
    #[inline(always)]
    fn sqrt<T: Scalar>(self, x: T) -> T {
        x.sqrt()
    }

    /// e to the power x, by [`multiply_add`](Self::multiply_add), as networks with `arithmetic fused` ask.
    #[inline(always)]
    fn exp<T: Scalar>(self, x: T) -> T {
        if const { Self::FUSES } { x.exp_by(Fused(self)) } else { from_integers::exp(x) }
    }

    /// The natural logarithm, by [`multiply_add`](Self::multiply_add).
    #[inline(always)]
    fn ln<T: Scalar>(self, x: T) -> T {
        if const { Self::FUSES } { x.ln_by(Fused(self)) } else { from_integers::ln(x) }
    }

    /// The hyperbolic tangent, by [`multiply_add`](Self::multiply_add).
    #[inline(always)]
    fn tanh<T: Scalar>(self, x: T) -> T {
        if const { Self::FUSES } { x.tanh_by(Fused(self)) } else { from_integers::tanh(x) }
    }

    /// The error function, by [`multiply_add`](Self::multiply_add).
    #[inline(always)]
    fn erf<T: Scalar>(self, x: T) -> T {
        if const { Self::FUSES } { x.erf_by(Fused(self)) } else { from_integers::erf(x) }
    }

    /// sum + a b, rounded once or twice.
    #[inline(always)]
    fn add_product<const FUSED: bool, T: Scalar>(self, sum: T, a: T, b: T) -> T {
        if FUSED { self.multiply_add(a, b, sum) } else { sum + a * b }
    }

    /// Σ_i a_i b_i.
    #[inline(always)]
    fn dot<const FUSED: bool, T: Scalar, const N: usize>(self, a: &[T; N], b: &[T; N]) -> T {
        kernels::dot_by(|sum, a, b| self.add_product::<FUSED, T>(sum, a, b), a, b)
    }

    /// y_j = Σ_i x_i w_ij, for x of size N, w of N × M, y of size M; then + b_j, if there is a bias.
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
        kernels::add_bias(y, bias);
    }

    /// y_i = Σ_j w_ij x_j, for w of N × M, x of size M, y of size N; then + b_i, if there is a bias.
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
        kernels::add_bias(y, bias);
    }

    /// total_ij += a_i b_j, for a of size N, b of size M, total of N × M; to 0 where this is the first.
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

    /// w_ij − rate · a_i b_j, for a of size N, b of size M, w of N × M.
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

    /// [`vector_matrix`](Self::vector_matrix) for each sample, as many as there are of both.
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

    /// [`matrix_vector`](Self::matrix_vector) for each sample, as many as there are of both.
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

    /// [`add_outer`](Self::add_outer) for each sample in order, as many as there are of both; then
    /// divides by the count, if there is one.
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
            kernels::divide_matrix(total, count);
        }
    }

    /// [`add_outers`](Self::add_outers), and w_ij − rate · total_ij written over w of N × M. What `total`
    /// holds then does not matter.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "a sum with its step")]
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

/// Any processor: loops in plain Rust.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

impl Isa for Portable {}

/// Generated code that can run on any machine.
pub trait WithIsa {
    /// What it returns.
    type Output;

    /// Runs on the machine.
    fn with_isa<I: Isa>(self, isa: I) -> Self::Output;
}

/// Runs on any processor alike.
#[inline(always)]
#[allow(dead_code, unreachable_pub, reason = "code without vector registers is dispatched so")]
pub fn dispatch<W: WithIsa>(with: W) -> W::Output {
    with.with_isa(Portable)
}

/// Functions by operations that are computed from integers: long, slow anyway, and so no part of loops.
mod from_integers {
    use super::{Fused, Portable, Scalar};

    #[inline(never)]
    pub(super) fn exp<T: Scalar>(x: T) -> T {
        x.exp_by(Fused(Portable))
    }

    #[inline(never)]
    pub(super) fn ln<T: Scalar>(x: T) -> T {
        x.ln_by(Fused(Portable))
    }

    #[inline(never)]
    pub(super) fn tanh<T: Scalar>(x: T) -> T {
        x.tanh_by(Fused(Portable))
    }

    #[inline(never)]
    pub(super) fn erf<T: Scalar>(x: T) -> T {
        x.erf_by(Fused(Portable))
    }
}
