//! The number types of a network: [`Scalar`], implemented for `f32` and `f64`.

use super::arithmetic::{Arithmetic, Separate};
use super::{functions, fused};
use core::fmt::Debug;
use core::ops::{Add, Div, Mul, Neg, Sub};

mod private {
    /// Closes [`Scalar`](super::Scalar) to other types.
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A floating-point type that networks compute in: `f32` or `f64`.
///
/// Its elementary functions give the same bits on every processor.
pub trait Scalar:
    private::Sealed
    + Copy
    + PartialEq
    + PartialOrd
    + Debug
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Send
    + Sync
    + 'static
{
    /// Positive zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Negative infinity.
    const NEG_INFINITY: Self;
    /// The samples of a batch whose losses and gradients are added in this type; sums of more are added in 64 bits.
    #[doc(hidden)]
    const GROUP: usize;

    /// The nearest scalar, ties to even: rounded once for `f32`, exact for `f64`.
    fn from_f64(value: f64) -> Self;

    /// The same number as an `f64`; exact.
    fn to_f64(self) -> f64;

    /// Whether it is a number: not infinite, not NaN.
    #[inline(always)]
    fn is_number(self) -> bool {
        // Infinity times 0 is NaN.
        self * Self::ZERO == Self::ZERO
    }

    /// `self` times `factor` plus `addend`, rounded once, also without a fused instruction.
    fn multiply_add(self, factor: Self, addend: Self) -> Self;

    /// e to the power `self`, with the multiply-add of `by`.
    #[doc(hidden)]
    fn exp_by<A: Arithmetic>(self, by: A) -> Self;

    /// The natural logarithm, with the multiply-add of `by`.
    #[doc(hidden)]
    fn ln_by<A: Arithmetic>(self, by: A) -> Self;

    /// The hyperbolic tangent, with the multiply-add of `by`.
    #[doc(hidden)]
    fn tanh_by<A: Arithmetic>(self, by: A) -> Self;

    /// The error function, with the multiply-add of `by`.
    #[doc(hidden)]
    fn erf_by<A: Arithmetic>(self, by: A) -> Self;

    /// e to the power `self`, every operation rounded by itself.
    #[inline(always)]
    fn exp(self) -> Self {
        self.exp_by(Separate)
    }

    /// The natural logarithm, every operation rounded by itself.
    #[inline(always)]
    fn ln(self) -> Self {
        self.ln_by(Separate)
    }

    /// The hyperbolic tangent, every operation rounded by itself.
    #[inline(always)]
    fn tanh(self) -> Self {
        self.tanh_by(Separate)
    }

    /// The error function, every operation rounded by itself.
    #[inline(always)]
    fn erf(self) -> Self {
        self.erf_by(Separate)
    }

    /// The square root.
    fn sqrt(self) -> Self;

    /// The greatest whole number that is at most `self`.
    fn floor(self) -> Self;

    /// `self` to the power `exponent`.
    fn powf(self, exponent: Self) -> Self;
}

/// Whether none is infinite or NaN.
pub fn all_numbers<S: Scalar>(numbers: &[S]) -> bool {
    // Each part without a branch, in registers.
    numbers.chunks(64).all(|part| part.iter().fold(true, |all, number| all & number.is_number()))
}

macro_rules! implement_scalar {
    ($($scalar:ident, $multiply_add:ident, $group:expr;
        $($generic:ident($by:ident, $x:ident) = $value:expr),*; $($plain:ident = $function:path),*;)*) => {$(
        impl Scalar for $scalar {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NEG_INFINITY: Self = <$scalar>::NEG_INFINITY;
            const GROUP: usize = $group;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as Self
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            $(
                #[inline(always)]
                fn $generic<A: Arithmetic>(self, $by: A) -> Self {
                    let $x = self;
                    $value
                }
            )*
            $(
                #[inline(always)]
                fn $plain(self) -> Self {
                    $function(self)
                }
            )*
            #[inline(always)]
            fn multiply_add(self, factor: Self, addend: Self) -> Self {
                fused::$multiply_add(self, factor, addend)
            }

                    // For `f32`, rounded once more.
            #[inline]
            fn powf(self, exponent: Self) -> Self {
                functions::f64::powf(self as f64, exponent as f64) as Self
            }
        }
    )*};
}

implement_scalar! {
    f32, multiply_add_f32, 256;
        exp_by(by, x) = functions::f32::exp_f32(by, x), ln_by(by, x) = functions::f32::ln_f32(by, x),
        tanh_by(by, x) = functions::f32::tanh_f32(by, x), erf_by(by, x) = functions::f32::erf_f32(by, x);
        sqrt = functions::f32::sqrt_f32, floor = functions::f32::floor_f32;
    f64, multiply_add_f64, usize::MAX;
        exp_by(by, x) = functions::f64::exp(by, x), ln_by(_by, x) = functions::f64::ln(x),
        tanh_by(by, x) = functions::f64::tanh(by, x), erf_by(by, x) = functions::f64::erf(by, x);
        sqrt = functions::f64::sqrt, floor = functions::f64::floor;
}
