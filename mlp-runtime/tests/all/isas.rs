//! The kernels of every instruction set of the processor against sums by index: the same bits, for both types of number
//! and in both arithmetics.

use core::hint::black_box;

use crate::common::Once;
use crate::each::{Check, instruction_sets, matrix, naive, on_all, same, vector};
use mlp_runtime::__private::{Isa, Scalar, Stream};

/// All kernels, with NaN in their results before.
#[derive(Clone, Copy)]
struct Sizes<T, const N: usize, const M: usize>(T);

impl<T: Scalar, const N: usize, const M: usize> Sizes<T, N, M> {
    fn one_sample<const FUSED: bool, I: Isa>(isa: I) {
        let (a, b, w) = (vector::<T, N>("a"), vector::<T, M>("b"), matrix::<T, N, M>("w"));
        let nan = T::from_f64(f64::NAN);
        let mut forward = [nan; M];
        isa.vector_matrix::<FUSED, T, N, M>(&a, &w, None, &mut forward);
        let mut biased = [nan; M];
        isa.vector_matrix::<FUSED, T, N, M>(&a, &w, Some(&b), &mut biased);
        for (j, y) in forward.into_iter().enumerate() {
            same(y, naive(FUSED, None, N, |i| (a[i], w[i][j])));
            same(biased[j], y + b[j]);
        }
        let mut backward = [nan; N];
        isa.matrix_vector::<FUSED, T, N, M>(&w, &b, None, &mut backward);
        let mut biased = [nan; N];
        isa.matrix_vector::<FUSED, T, N, M>(&w, &b, Some(&a), &mut biased);
        for (i, (y, row)) in backward.into_iter().zip(&w).enumerate() {
            same(y, naive(FUSED, None, M, |j| (row[j], b[j])));
            same(biased[i], y + a[i]);
        }
        same(isa.dot::<FUSED, T, N>(&a, &backward), naive(FUSED, None, N, |i| (a[i], backward[i])));
        for first in [true, false] {
            let mut total = if first { [[nan; M]; N] } else { w };
            isa.add_outer::<FUSED, T, N, M>(first, &mut total, &a, &b);
            for (i, row) in total.into_iter().enumerate() {
                for (j, y) in row.into_iter().enumerate() {
                    let start = if first { T::ZERO } else { w[i][j] };
                    same(y, naive(FUSED, Some(start), 1, |_| (a[i], b[j])));
                }
            }
        }
    }

    fn samples<const FUSED: bool, I: Isa>(isa: I, count: usize) {
        let (a, b, w) = (matrix::<T, 40, N>("a"), matrix::<T, 40, M>("b"), matrix::<T, N, M>("w"));
        let (a, b, nan) = (&a[..count], &b[..count], T::from_f64(f64::NAN));
        let mut forward = [[nan; M]; 40];
        isa.vectors_matrix::<FUSED, T, N, M>(a, &w, None, &mut forward);
        let (to_forward, to_backward) = (vector::<T, M>("c"), vector::<T, N>("d"));
        let (mut biased, mut biased_back) = ([[nan; M]; 40], [[nan; N]; 40]);
        isa.vectors_matrix::<FUSED, T, N, M>(a, &w, Some(&to_forward), &mut biased);
        isa.matrix_vectors::<FUSED, T, N, M>(&w, b, Some(&to_backward), &mut biased_back);
        let mut backward = [[nan; N]; 40];
        isa.matrix_vectors::<FUSED, T, N, M>(&w, b, None, &mut backward);
        for s in 0..40 {
            // Results without a sample are left unchanged.
            for (j, y) in forward[s].into_iter().enumerate() {
                if s < count {
                    same(y, naive(FUSED, None, N, |i| (a[s][i], w[i][j])));
                    same(biased[s][j], y + to_forward[j]);
                } else {
                    assert!(y.to_f64().is_nan());
                }
            }
            for (i, (y, row)) in backward[s].into_iter().zip(&w).enumerate() {
                if s < count {
                    same(y, naive(FUSED, None, M, |j| (row[j], b[s][j])));
                    same(biased_back[s][i], y + to_backward[i]);
                } else {
                    assert!(y.to_f64().is_nan());
                }
            }
        }
        for first in [true, false] {
            let mut total = if first { [[nan; M]; N] } else { w };
            let by = if first { None } else { Some(T::from_f64(if count == 40 { 16.0 } else { 7.0 })) };
            isa.add_outers::<FUSED, T, N, M>(first, by, &mut total, a, b);
            for (i, row) in total.into_iter().enumerate() {
                for (j, y) in row.into_iter().enumerate() {
                    let start = if first { T::ZERO } else { w[i][j] };
                    if count > 0 {
                        let sum = naive(FUSED, Some(start), count, |s| (a[s][i], b[s][j]));
                        same(y, by.map_or(sum, |by| sum / by));
                    }
                }
            }
        }
    }
}

impl<T: Scalar, const N: usize, const M: usize> Check for Sizes<T, N, M> {
    fn check<I: Isa>(self, isa: I) {
        Self::one_sample::<false, I>(isa);
        Self::one_sample::<true, I>(isa);
        for count in [0, 1, 3, 4, 7, 40] {
            Self::samples::<false, I>(isa, count);
            Self::samples::<true, I>(isa, count);
        }
    }
}

macro_rules! sizes {
    ($($rows:literal x $columns:literal),*) => {$(
        on_all(Sizes::<f32, $rows, $columns>(0.0));
        on_all(Sizes::<f64, $rows, $columns>(0.0));
    )*};
}

#[test]
fn kernels_agree_with_naive_sums() {
    sizes!(1 x 1, 1 x 7, 7 x 1, 2 x 3, 5 x 8, 16 x 16, 17 x 33, 64 x 10, 31 x 129, 9 x 47, 48 x 65, 33 x 64, 20 x 150, 150 x 20);
}

/// Products of −0, and empty sums.
#[derive(Clone, Copy)]
struct Zeros;

impl Check for Zeros {
    fn check<I: Isa>(self, isa: I) {
        let mut y = [1.0_f64; 3];
        isa.vector_matrix::<false, _, 1, 3>(&[-0.0], &[[1.0; 3]], None, &mut y);
        assert!(y.iter().all(|y| y.is_sign_negative()), "a sum starts with its first term");
        let mut y = [1.0_f64; 9];
        isa.matrix_vector::<false, _, 9, 1>(&[[1.0]; 9], &[-0.0], None, &mut y);
        assert!(y.iter().all(|y| y.is_sign_negative()));
        let mut total = [[1.0_f32; 5]; 2];
        isa.add_outers::<false, _, 2, 5>(true, None, &mut total, &[[-0.0; 2]], &[[1.0; 5]]);
        assert!(total.as_flattened().iter().all(|y| y.is_sign_positive()), "those of a batch with +0");
        let mut y = [1.0_f64; 3];
        isa.vector_matrix::<false, _, 0, 3>(&[], &[], None, &mut y);
        assert_eq!(y.map(f64::to_bits), [0; 3]);
        let mut y = [1.0_f64; 9];
        isa.matrix_vector::<false, _, 9, 0>(&[[]; 9], &[], None, &mut y);
        assert_eq!(y.map(f64::to_bits), [0; 9]);
    }
}

#[test]
fn zeros_keep_their_signs() {
    on_all(Zeros);
}

/// Numbers whose sum depends on the order.
#[derive(Clone, Copy)]
struct Order;

impl Check for Order {
    fn check<I: Isa>(self, isa: I) {
        let x = [1.0_f64, 1e16, -1e16, 1.0];
        let mut y = [0.0; 11];
        isa.vector_matrix::<false, _, 4, 11>(&x, &[[1.0; 11]; 4], None, &mut y);
        assert_eq!(y, [1.0; 11]);
        isa.matrix_vector::<false, _, 11, 4>(&[x; 11], &[1.0; 4], None, &mut y);
        assert_eq!(y, [1.0; 11]);
        // The square of 1 + 2⁻³⁰ keeps its last bit only if it is not rounded by itself.
        let a = 1.0 + f64::from_bits((1023 - 30) << 52);
        let (separate, fused) = (f64::from_bits((1023 - 29) << 52), a.mul_add(a, -1.0));
        assert_ne!(separate, fused);
        assert_eq!(isa.dot::<false, _, 2>(&[1.0, a], &[-1.0, a]), separate);
        assert_eq!(isa.dot::<true, _, 2>(&[1.0, a], &[-1.0, a]), fused);
        assert_eq!(isa.multiply_add(a, a, -1.0), fused);
        for x in [0.0, -0.0, 2.0, 1e-310, 1e300, f64::INFINITY] {
            assert_eq!(isa.sqrt(x).to_bits(), x.sqrt().to_bits());
            assert_eq!(isa.sqrt(x as f32).to_bits(), (x as f32).sqrt().to_bits());
        }
        assert_eq!(isa.sqrt(-1.0_f64).to_bits(), f64::NAN.to_bits());
        assert_eq!(isa.sqrt(-1.0_f32).to_bits(), f32::NAN.to_bits());
    }
}

#[test]
fn sums_run_in_order() {
    on_all(Order);
}

/// Numbers of all magnitudes, from random bits, and special numbers.
#[derive(Clone, Copy)]
struct Means<T>(fn(u64) -> T);

impl<T: Scalar> Check for Means<T> {
    fn check<I: Isa>(self, isa: I) {
        let bits = |i: u64| {
            i.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        };
        for count in [3, 5, 6, 7, 49, 50, 100, 999, 65_535, 1_000_003, 1_048_575, 3_000_001] {
            let count = T::from_f64(f64::from(count));
            for block in 0..200_u64 {
                // Every other block has subnormal and special numbers.
                let x: [T; 24] = core::array::from_fn(|i| match (block % 2, i) {
                    (1, 0) => T::from_f64(f64::INFINITY),
                    (1, 1) => T::from_f64(f64::NAN),
                    (1, 2) => T::ZERO,
                    (1, 3..9) => (self.0)(bits(block * 24 + i as u64) >> 45),
                    _ => (self.0)(bits(block * 24 + i as u64)),
                });
                let mut mean = [[T::ZERO; 24]; 1];
                isa.add_outers::<false, T, 1, 24>(true, Some(count), &mut mean, &[[T::from_f64(1.0)]], &[x]);
                for (mean, x) in mean[0].into_iter().zip(x) {
                    let expected = (T::ZERO + x) / count;
                    let no_number = mean.to_f64().is_nan() && expected.to_f64().is_nan();
                    assert!(no_number || mean.to_f64().to_bits() == expected.to_f64().to_bits(), "{x:?}");
                }
            }
        }
    }
}

#[test]
fn means_are_quotients() {
    on_all(Means(|bits| f32::from_bits(bits as u32)));
    on_all(Means(f64::from_bits));
}

#[derive(Clone, Copy)]
struct Functions<T>(fn(f64) -> T);

impl<T: Scalar> Check for Functions<T> {
    /// In loops, which are vectorized in optimized builds.
    #[inline(always)]
    fn check<I: Isa>(self, isa: I) {
        const CORNERS: [f64; 16] = [
            -800.0, -90.5, -3.0, -0.7, -0.0, 1e-310, 1e-40, 0.01, 0.3, 1.0, 2.5, 7.1, 18.0, 88.8, 1e300, 0.0,
        ];
        let mut stream = Stream::new(1, 2, "functions");
        let x: [T; 256] = core::array::from_fn(|i| {
            let chance = stream.uniform(-12.0, 12.0);
            (self.0)(CORNERS.get(i).copied().unwrap_or(chance))
        });
        let mut y = [T::ZERO; 256];
        macro_rules! hold {
            ($($name:ident $by:ident of $x:expr;)*) => {$(
                for (y, &x) in y.iter_mut().zip(&$x) {
                    *y = isa.$name(x);
                }
                y.iter().zip(&$x).for_each(|(&y, &x)| same(y, x.$by(Once)));
                for (y, &x) in y.iter_mut().zip(&$x) {
                    *y = x.$name();
                }
                y.iter().zip(&$x).for_each(|(&y, &x)| same(y, black_box(x).$name()));
            )*};
        }
        let positive = x.map(|x| if x > T::ZERO { x } else { T::ONE });
        hold! {
            exp exp_by of x;
            tanh tanh_by of x;
            erf erf_by of x;
            ln ln_by of positive;
        }
    }
}

/// Loops on every instruction set against single numbers, fused ones with the operation of the standard library.
#[test]
fn functions_are_the_same_everywhere() {
    on_all(Functions(|x| x));
    on_all(Functions(|x| x as f32));
}

/// The name of the instruction set that it runs on.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
struct Name;

#[cfg(all(feature = "std", target_arch = "x86_64"))]
impl mlp_runtime::__private::WithIsa for Name {
    type Output = &'static str;

    fn with_isa<I: Isa>(self, _: I) -> &'static str {
        core::any::type_name::<I>()
    }
}

#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[test]
fn the_best_instruction_set_runs() {
    use mlp_runtime::__private::{Avx2, Avx512, dispatch};
    let best = match (Avx512::new(), Avx2::new()) {
        (Some(_), _) => "Avx512",
        (None, Some(_)) => "Avx2",
        (None, None) => "Sse2",
    };
    // Detected, and then known.
    for name in [dispatch(Name), dispatch(Name)] {
        assert!(name.ends_with(best), "{name} instead of {best}");
    }
}

/// Names in the variable, separated by spaces, are those of instruction sets that the processor must have, so that their
/// tests are not skipped.
#[test]
fn the_expected_instruction_sets_run() {
    let expected = std::env::var("MLP_EXPECTED_ISAS").unwrap_or_default();
    let found = instruction_sets();
    for name in expected.split_whitespace() {
        assert!(found.contains(&name), "{name} is not among {found:?}");
    }
}
