//! Branch-free polynomial functions that the compiler can vectorise.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

pub trait Real:
    Copy
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + 'static
{
    const ZERO: Self;
    const ONE: Self;
    fn of(value: f64) -> Self;
    fn to_f64(self) -> f64;
    /// self · factor + addend
    fn fused(self, factor: Self, addend: Self) -> Self;
    fn root(self) -> Self;
    fn exp(self) -> Self;
    fn tanh(self) -> Self;
}

macro_rules! real {
    ($float:ident, $coefficients:expr, $shifter:expr, $mantissa:expr, $ln_2:expr, $exp:expr, $tanh:expr) => {
        impl Real for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            #[inline(always)]
            fn of(value: f64) -> Self {
                value as Self
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.into()
            }

            #[inline(always)]
            fn fused(self, factor: Self, addend: Self) -> Self {
                // A library call where there is no instruction for it.
                if cfg!(target_feature = "fma") {
                    self.mul_add(factor, addend)
                } else {
                    self * factor + addend
                }
            }

            #[inline(always)]
            fn root(self) -> Self {
                self.sqrt()
            }

            #[inline(always)]
            fn exp(self) -> Self {
                let (scale, rest) = $float::reduced(clamped(self, $exp));
                scale.fused(rest, scale)
            }

            /// (e^2x − 1) / (e^2x + 1), where e^2x − 1 keeps its digits.
            #[inline(always)]
            fn tanh(self) -> Self {
                let (scale, rest) = $float::reduced(clamped(self + self, $tanh));
                let less_one = scale.fused(rest, scale - 1.0);
                less_one / (less_one + 2.0)
            }
        }

        impl Reduce for $float {
            /// 2^k from the bits of the shifted number, and e^r − 1 for what is left.
            #[inline(always)]
            fn reduced(x: Self) -> (Self, Self) {
                let shifted = x.fused(std::$float::consts::LOG2_E, $shifter);
                let k = shifted - $shifter;
                let [head, tail] = $ln_2;
                let r = k.fused(-tail, k.fused(-head, x));
                let bits = (shifted.to_bits() << $mantissa).wrapping_add($float::to_bits(1.0));
                (Self::from_bits(bits), (r * r).fused(even_odd(r, $coefficients), r))
            }
        }
    };
}

trait Reduce: Sized {
    fn reduced(x: Self) -> (Self, Self);
}

// (e^r − 1 − r) / r²: minimax coefficients of Cephes for f32, Taylor's for f64.
real!(
    f32,
    [0.5, 1.666_666_5e-1, 4.166_579_6e-2, 8.333_452e-3, 1.398_199_9e-3, 1.987_569_1e-4],
    12582912.0,
    23,
    [0.693_359_4, -2.121_944_4e-4],
    [-87.3, 88.3],
    [-20.0, 20.0]
);
real!(
    f64,
    [
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5040.0,
        1.0 / 40320.0,
        1.0 / 362880.0,
        1.0 / 3628800.0,
        1.0 / 39916800.0,
        1.0 / 479001600.0,
        1.0 / 6227020800.0,
    ],
    6755399441055744.0,
    52,
    [0.6931471803691238, 1.9082149292705877e-10],
    [-708.0, 709.0],
    [-44.0, 44.0]
);

/// Even and odd powers apart: two short chains instead of a long one.
#[inline(always)]
fn even_odd<T: Real, const N: usize>(x: T, coefficients: [T; N]) -> T {
    let square = x * x;
    let (mut even, mut odd) = (T::ZERO, T::ZERO);
    for pair in coefficients.as_chunks::<2>().0.iter().rev() {
        even = even.fused(square, pair[0]);
        odd = odd.fused(square, pair[1]);
    }
    odd.fused(x, even)
}

#[inline(always)]
fn clamped<T: Real>(x: T, [low, high]: [T; 2]) -> T {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

/// An activation whose derivative follows from its value.
pub trait Activation<T> {
    fn of(x: T) -> T;
    fn slope(y: T) -> T;
}

pub struct Sigmoid;
pub struct Tanh;
pub struct Relu;

impl<T: Real> Activation<T> for Sigmoid {
    #[inline(always)]
    fn of(x: T) -> T {
        T::ONE / (T::ONE + (-x).exp())
    }

    #[inline(always)]
    fn slope(y: T) -> T {
        y * (T::ONE - y)
    }
}

impl<T: Real> Activation<T> for Tanh {
    #[inline(always)]
    fn of(x: T) -> T {
        x.tanh()
    }

    #[inline(always)]
    fn slope(y: T) -> T {
        T::ONE - y * y
    }
}

impl<T: Real> Activation<T> for Relu {
    #[inline(always)]
    fn of(x: T) -> T {
        if x > T::ZERO { x } else { T::ZERO }
    }

    #[inline(always)]
    fn slope(y: T) -> T {
        if y > T::ZERO { T::ONE } else { T::ZERO }
    }
}
