//! The instruction sets that generated code is generic over ([`Isa`]), and the computations that run on any of them
//! ([`WithIsa`]).
//!
//! All instruction sets compute the same bits. Trait and dispatch have the form of pulp's `Simd` and `WithSimd`.

use super::super::arithmetic::Arithmetic;
use super::super::fused;
use super::super::scalar::Scalar;
use super::portable::{self, Portable};

/// An instruction set. `FUSED` selects the rounding of a product and its addition to a sum: once, as networks with
/// `arithmetic fused` declare, or each by itself.
///
/// Sums run over increasing indices and start with their first term; sums over samples start with +0.
pub trait Isa: Copy {
    /// Whether it has a fused multiply-add instruction.
    const FUSES: bool = false;

    /// a b + c, rounded once.
    #[inline(always)]
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
        fused::multiply_add(a, b, c)
    }

    /// [`multiply_add`](Self::multiply_add), always inlined: for a few loops in large functions.
    #[inline(always)]
    fn multiply_add_in_loop<T: Scalar>(self, a: T, b: T, c: T) -> T {
        self.multiply_add(a, b, c)
    }

    /// The square root, correctly rounded; NaN below 0.
    #[inline(always)]
    fn sqrt<T: Scalar>(self, x: T) -> T {
        x.sqrt()
    }

    /// e to the power x, with [`multiply_add`](Self::multiply_add), for networks with `arithmetic fused`.
    #[inline(always)]
    fn exp<T: Scalar>(self, x: T) -> T {
        if const { Self::FUSES } { x.exp_by(Fused(self)) } else { from_integers::exp(x) }
    }

    /// The natural logarithm, with [`multiply_add`](Self::multiply_add).
    #[inline(always)]
    fn ln<T: Scalar>(self, x: T) -> T {
        if const { Self::FUSES } { x.ln_by(Fused(self)) } else { from_integers::ln(x) }
    }

    /// The hyperbolic tangent, with [`multiply_add`](Self::multiply_add).
    #[inline(always)]
    fn tanh<T: Scalar>(self, x: T) -> T {
        if const { Self::FUSES } { x.tanh_by(Fused(self)) } else { from_integers::tanh(x) }
    }

    /// The error function, with [`multiply_add`](Self::multiply_add).
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
        portable::dot_by(|sum, a, b| self.add_product::<FUSED, T>(sum, a, b), a, b)
    }

    /// y_j = Σ_i x_i w_ij, for x of size N, w of N × M, y of size M; then + b_j, if there is a bias.
    fn vector_matrix<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        x: &[T; N],
        w: &[[T; M]; N],
        bias: Option<&[T; M]>,
        y: &mut [T; M],
    );

    /// y_i = Σ_j w_ij x_j, for w of N × M, x of size M, y of size N; then + b_i, if there is a bias.
    fn matrix_vector<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        w: &[[T; M]; N],
        x: &[T; M],
        bias: Option<&[T; N]>,
        y: &mut [T; N],
    );

    /// total_ij += a_i b_j, for a of size N, b of size M, total of N × M; total counts as 0 if this is the `first` term.
    fn add_outer<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        first: bool,
        total: &mut [[T; M]; N],
        a: &[T; N],
        b: &[T; M],
    );

    /// w_ij −= rate · a_i b_j, for a of size N, b of size M, w of N × M.
    fn descend_outer<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        rate: T,
        w: &mut [[T; M]; N],
        a: &[T; N],
        b: &[T; M],
    );

    /// [`vector_matrix`](Self::vector_matrix) for each sample; the shorter of `x` and `y` gives their number.
    fn vectors_matrix<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        x: &[[T; N]],
        w: &[[T; M]; N],
        bias: Option<&[T; M]>,
        y: &mut [[T; M]],
    );

    /// [`matrix_vector`](Self::matrix_vector) for each sample; the shorter of `x` and `y` gives their number.
    fn matrix_vectors<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        w: &[[T; M]; N],
        x: &[[T; M]],
        bias: Option<&[T; N]>,
        y: &mut [[T; N]],
    );

    /// [`add_outer`](Self::add_outer) for each sample in order; the shorter of `a` and `b` gives their number. Then
    /// divides by `count`, if there is one.
    fn add_outers<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        first: bool,
        count: Option<T>,
        total: &mut [[T; M]; N],
        a: &[[T; N]],
        b: &[[T; M]],
    );

    /// [`add_outers`](Self::add_outers), then w_ij −= rate · total_ij, for w of N × M. The contents of `total` after
    /// the call are unspecified.
    #[allow(clippy::too_many_arguments, reason = "a sum and the step that it is for")]
    fn descend_outers<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
        self,
        first: bool,
        count: Option<T>,
        rate: T,
        w: &mut [[T; M]; N],
        total: &mut [[T; M]; N],
        a: &[[T; N]],
        b: &[[T; M]],
    );
}

/// A computation that runs on any instruction set: the body of an entry point of generated code.
pub trait WithIsa {
    /// The type of its result.
    type Output;

    /// Runs on this instruction set.
    fn with_isa<I: Isa>(self, isa: I) -> Self::Output;
}

/// A product and its addition to a sum are rounded once, by the instruction of the processor if it has one.
#[derive(Clone, Copy, Debug)]
pub struct Fused<I>(pub I);

impl<I: Isa> Arithmetic for Fused<I> {
    #[inline(always)]
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
        self.0.multiply_add(a, b, c)
    }
}

/// Functions whose multiply-adds are computed from integers. They are long and slow, so they are not inlined into
/// loops.
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
