//! The number types of a network: [`Scalar`], implemented for `f32` and `f64`.

use super::arithmetic::{Arithmetic, Separate};
use super::{functions, fused, single, special};
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
/// The elementary functions are those of [`functions`]: the same bits on every machine.
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
    + 'static
{
    /// Positive zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Negative infinity.
    const NEG_INFINITY: Self;

    /// The nearest scalar, ties to even: one rounding for `f32`, none for `f64`.
    fn from_f64(value: f64) -> Self;

    /// The same number as an `f64`; exact.
    fn to_f64(self) -> f64;

    /// `self` times `factor` plus `addend`, rounded once; see [`fused`].
    fn multiply_add(self, factor: Self, addend: Self) -> Self;

    /// e to the power `self`; see [`functions::exp`] and [`single::exp_f32`].
    fn exp_by<A: Arithmetic>(self, by: A) -> Self;

    /// The natural logarithm; see [`functions::ln`] and [`single::ln_f32`].
    fn ln_by<A: Arithmetic>(self, by: A) -> Self;

    /// The hyperbolic tangent; see [`functions::tanh`] and [`single::tanh_f32`].
    fn tanh_by<A: Arithmetic>(self, by: A) -> Self;

    /// The error function; see [`special::erf`] and [`single::erf_f32`].
    fn erf_by<A: Arithmetic>(self, by: A) -> Self;

    /// As [`exp_by`](Self::exp_by), its operations rounded separately.
    #[inline(always)]
    fn exp(self) -> Self {
        self.exp_by(Separate)
    }

    /// As [`ln_by`](Self::ln_by), its operations rounded separately.
    #[inline(always)]
    fn ln(self) -> Self {
        self.ln_by(Separate)
    }

    /// As [`tanh_by`](Self::tanh_by), its operations rounded separately.
    #[inline(always)]
    fn tanh(self) -> Self {
        self.tanh_by(Separate)
    }

    /// As [`erf_by`](Self::erf_by), its operations rounded separately.
    #[inline(always)]
    fn erf(self) -> Self {
        self.erf_by(Separate)
    }

    /// The square root; see [`special::sqrt`] and [`single::sqrt_f32`].
    fn sqrt(self) -> Self;

    /// The greatest whole number that is not above; see [`special::floor`] and [`single::floor_f32`].
    fn floor(self) -> Self;

    /// `self` to the power `exponent`; see [`functions::powf`].
    fn powf(self, exponent: Self) -> Self;
}

macro_rules! implement_scalar {
    ($($scalar:ident, $multiply_add:ident:
        $($generic:ident($by:ident, $x:ident) = $value:expr),*; $($plain:ident = $module:ident::$function:ident),*;)*) => {$(
        impl Scalar for $scalar {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NEG_INFINITY: Self = <$scalar>::NEG_INFINITY;

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
                    $module::$function(self)
                }
            )*
            #[inline(always)]
            fn multiply_add(self, factor: Self, addend: Self) -> Self {
                fused::$multiply_add(self, factor, addend)
            }

            // Of an f32, rounded once more.
            #[inline]
            fn powf(self, exponent: Self) -> Self {
                functions::powf(self as f64, exponent as f64) as Self
            }
        }
    )*};
}

implement_scalar! {
    f32, multiply_add_f32:
        exp_by(by, x) = single::exp_f32(by, x), ln_by(by, x) = single::ln_f32(by, x),
        tanh_by(by, x) = single::tanh_f32(by, x), erf_by(by, x) = single::erf_f32(by, x);
        sqrt = single::sqrt_f32, floor = single::floor_f32;
    f64, multiply_add_f64:
        exp_by(by, x) = functions::exp(by, x), ln_by(_by, x) = functions::ln(x),
        tanh_by(by, x) = functions::tanh(by, x), erf_by(by, x) = special::erf(by, x);
        sqrt = special::sqrt, floor = special::floor;
}
