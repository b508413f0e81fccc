//! Helpers of several tests.

#![allow(dead_code, reason = "no test uses all of it")]

pub(crate) mod documented;
pub(crate) mod exact;
pub(crate) mod prelude;

use mlp_runtime::__private::{Arithmetic, Scalar};

/// The arithmetic of networks with `arithmetic fused`, by the operation of the standard library.
#[derive(Clone, Copy, Default)]
pub(crate) struct Once;

impl Arithmetic for Once {
    #[inline(always)]
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
        let [a, b, c] = [a, b, c].map(T::to_f64);
        T::from_f64(match size_of::<T>() {
            4 => f64::from((a as f32).mul_add(b as f32, c as f32)),
            _ => a.mul_add(b, c),
        })
    }
}

/// The spacing of the doubles in the binade of `x`.
pub(crate) fn ulp(x: f64) -> f64 {
    let exponent = (x.to_bits() >> 52) & 0x7ff;
    let spacing_of_subnormals = f64::from_bits(1);
    match exponent {
        0 => spacing_of_subnormals,
        e if e > 52 => f64::from_bits((e - 52) << 52),
        e => f64::from_bits(1 << (e - 1)),
    }
}

/// `actual` minus `expected`, in ulps of `expected`.
pub(crate) fn ulps(actual: f64, expected: f64) -> f64 {
    (actual - expected) / ulp(expected)
}
