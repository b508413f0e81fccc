//! The kernels for one sample on each instruction set, for arrays around every length at which a kernel changes its form:
//! the bits of sums by index, and nothing written outside the result. Every length to 70 takes long to compile:
//! `RUSTFLAGS="--cfg every_length" cargo test -p mlp-runtime --test all isa_sizes`.

#![allow(unexpected_cfgs, reason = "a cfg set by hand")]

use crate::each::{Check, matrix, naive, on_all, same, vector};
use mlp_runtime::__private::{Isa, Scalar};

/// A result between other numbers.
#[repr(C)]
struct Guarded<T, R> {
    before: [T; 21],
    y: R,
    after: [T; 21],
}

impl<T: Scalar, R> Guarded<T, R> {
    fn new(y: R) -> Self {
        let canaries = [T::from_f64(f64::NAN); 21];
        Guarded { before: canaries, y, after: canaries }
    }

    #[track_caller]
    fn kept(&self) {
        let is_nan = |x: &T| x.to_f64().is_nan();
        assert!(self.before.iter().all(is_nan) && self.after.iter().all(is_nan), "outside the result");
    }
}

#[derive(Clone, Copy)]
struct Sizes<T, const N: usize, const M: usize>(T);

impl<T: Scalar, const N: usize, const M: usize> Sizes<T, N, M> {
    fn check_in<const FUSED: bool, I: Isa>(isa: I) {
        let (a, b, w) = (vector::<T, N>("a"), vector::<T, M>("b"), matrix::<T, N, M>("w"));
        let nan = T::from_f64(f64::NAN);
        let mut forward = Guarded::<T, _>::new([nan; M]);
        let with = (N + M).is_multiple_of(2);
        isa.vector_matrix::<FUSED, T, N, M>(&a, &w, with.then_some(&b), &mut forward.y);
        for (j, &y) in forward.y.iter().enumerate() {
            let sum = naive(FUSED, None, N, |i| (a[i], w[i][j]));
            same(y, if with { sum + b[j] } else { sum });
        }
        forward.kept();
        let mut backward = Guarded::<T, _>::new([nan; N]);
        isa.matrix_vector::<FUSED, T, N, M>(&w, &b, with.then_some(&a), &mut backward.y);
        for (i, (&y, row)) in backward.y.iter().zip(&w).enumerate() {
            let sum = naive(FUSED, None, M, |j| (row[j], b[j]));
            same(y, if with { sum + a[i] } else { sum });
        }
        backward.kept();
        for first in [true, false] {
            let mut total = Guarded::<T, _>::new(if first { [[nan; M]; N] } else { w });
            isa.add_outer::<FUSED, T, N, M>(first, &mut total.y, &a, &b);
            for (i, row) in total.y.iter().enumerate() {
                for (j, &y) in row.iter().enumerate() {
                    let start = if first { T::ZERO } else { w[i][j] };
                    same(y, naive(FUSED, Some(start), 1, |_| (a[i], b[j])));
                }
            }
            total.kept();
        }
        let mut stepped = Guarded::<T, _>::new(w);
        isa.descend_outer::<FUSED, T, N, M>(T::from_f64(0.3), &mut stepped.y, &a, &b);
        for (i, row) in stepped.y.iter().enumerate() {
            for (j, &y) in row.iter().enumerate() {
                let gradient = naive(FUSED, Some(T::ZERO), 1, |_| (a[i], b[j]));
                same(y, naive(FUSED, Some(w[i][j]), 1, |_| (T::from_f64(-0.3), gradient)));
            }
        }
        stepped.kept();
    }
}

impl<T: Scalar, const N: usize, const M: usize> Check for Sizes<T, N, M> {
    fn check<I: Isa>(self, isa: I) {
        Self::check_in::<false, I>(isa);
        Self::check_in::<true, I>(isa);
    }
}

/// Each length combined with others: as rows, and as columns.
macro_rules! lengths {
    ($number:ty: $($length:literal)*) => {$(
        on_all(Sizes::<$number, $length, 5>(0.0));
        on_all(Sizes::<$number, 35, $length>(0.0));
        on_all(Sizes::<$number, $length, $length>(0.0));
    )*};
}

#[cfg(every_length)]
macro_rules! each_to_70 {
    ($number:ty) => {
        lengths!($number: 10 11 12 13 14 18 19 20 21 22 23 24 25 26 27 28 29 30 34 35 36 37 38 39 40 41 42 43 44 45 46
            50 51 52 53 54 55 56 57 58 59 60 61 62);
    };
}

#[cfg(every_length)]
#[test]
fn the_other_lengths_of_f32() {
    each_to_70!(f32);
}

#[cfg(every_length)]
#[test]
fn the_other_lengths_of_f64() {
    each_to_70!(f64);
}

#[test]
fn lengths_of_f32() {
    lengths!(f32: 1 2 3 4 5 6 7 8 9 15 16 17 31 32 33 47 48 49 63 64 65 66 67 68 69 70 127 128 129 145);
}

#[test]
fn lengths_of_f64() {
    lengths!(f64: 1 2 3 4 5 6 7 8 9 15 16 17 31 32 33 47 48 49 63 64 65 66 67 68 69 70 75);
}
