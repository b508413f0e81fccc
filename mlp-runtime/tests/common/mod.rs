//! What several tests share.

#![allow(dead_code, reason = "no test uses all of it")]
#![allow(clippy::panic, reason = "a test fails so")]

pub(crate) mod documented;
pub(crate) mod exact;
pub(crate) mod prelude;

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

/// How many ulps of `expected` the double `actual` exceeds it by.
pub(crate) fn ulps(actual: f64, expected: f64) -> f64 {
    (actual - expected) / ulp(expected)
}
