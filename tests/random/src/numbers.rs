//! Other arithmetics for the referee: 32 bits.

use std::ops::{Add, Div, Mul, Neg, Sub};

use mlp_dsl::formula::evaluate::Real;
use mlp_runtime::__private::{Arithmetic, Scalar};

/// A 32-bit float: each operation rounds to 32 bits. The functions are the runtime's, which have witnesses of
/// their own, so that what is left to compare is which operations are done in which order.
#[derive(Clone, Copy, Debug)]
pub struct Single(f32);

impl From<f64> for Single {
    fn from(x: f64) -> Self {
        Single(x as f32)
    }
}

/// The same with the functions of `arithmetic fused`.
#[derive(Clone, Copy, Debug)]
pub struct FusedSingle(f32);

impl From<f64> for FusedSingle {
    fn from(x: f64) -> Self {
        FusedSingle(x as f32)
    }
}

/// Products and sums rounded once, by the standard library's operation.
#[derive(Clone, Copy)]
struct Once;

impl Arithmetic for Once {
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
        // Of 32-bit numbers only.
        let [a, b, c] = [a, b, c].map(|x| x.to_f64() as f32);
        T::from_f64(f64::from(a.mul_add(b, c)))
    }
}

/// The arithmetic of a number type, each result given by `$round`.
macro_rules! arithmetic {
    ($number:ident, $round:expr, $exp:expr, $ln:expr, $tanh:expr, $erf:expr) => {
        arithmetic!(@ $number, $round, Add add +, Sub sub -, Mul mul *, Div div /);

        impl Neg for $number {
            type Output = Self;
            fn neg(self) -> Self {
                $number(-self.0)
            }
        }

        impl Real for $number {
            fn exp(self) -> Self {
                $round(f64::from(($exp)(self.0)))
            }
            fn ln(self) -> Self {
                $round(f64::from(($ln)(self.0)))
            }
            fn tanh(self) -> Self {
                $round(f64::from(($tanh)(self.0)))
            }
            fn sqrt(self) -> Self {
                $round(f64::from(self.0).sqrt())
            }
            fn erf(self) -> Self {
                $round(f64::from(($erf)(self.0)))
            }
            fn floor(self) -> Self {
                $number::from(f64::from(self.0).floor())
            }
            fn pow(self, exponent: Self) -> Self {
                $round(f64::from(self.0).powf(f64::from(exponent.0)))
            }
            fn real(self) -> f64 {
                f64::from(self.0)
            }
            fn multiply_add(self, factor: Self, addend: Self) -> Self {
                $number(self.0.mul_add(factor.0, addend.0))
            }
            fn wide_sum(numbers: &[Self], factor: f64) -> Self {
                let sum = numbers.iter().map(|number| f64::from(number.0)).reduce(|sum, number| sum + number);
                $round(sum.unwrap_or(0.0) * factor)
            }
            fn wide_mean(numbers: &[Self], weights: &[Self]) -> Self {
                let sum = weights.iter().map(|number| f64::from(number.0)).reduce(|sum, number| sum + number);
                Self::wide_sum(numbers, 1.0 / sum.unwrap_or(0.0))
            }
        }
    };
    (@ $number:ident, $round:expr, $($trait:ident $method:ident $sign:tt),*) => { $(
        impl $trait for $number {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                // Exact in 64 bits or rounded there first: for 32 bits the same as rounding once.
                $round(f64::from(self.0) $sign f64::from(other.0))
            }
        }
    )* };
}

arithmetic!(Single, Single::from, Scalar::exp, Scalar::ln, Scalar::tanh, Scalar::erf);
arithmetic!(
    FusedSingle,
    FusedSingle::from,
    |x: f32| x.exp_by(Once),
    |x: f32| x.ln_by(Once),
    |x: f32| x.tanh_by(Once),
    |x: f32| x.erf_by(Once)
);
