//! How far a listing's value may be from the interpreter's. Both add and multiply the same numbers in the same order, so
//! sums, products, quotients and roots have the same bits. `exp`, `log`, `tanh` and powers come from the libraries of
//! CPython and Node, which may differ by one unit in the last place from those of Rust; this number carries that
//! difference through everything that follows. A difference of nearly equal numbers makes it a larger part of the result:
//! the bound is relative to the terms, not to what is left of them.

use std::ops::{Add, Div, Mul, Neg, Sub};

use mlp_dsl::formula::{evaluate::Real, operator::Comparison};

/// Twice the distance of neighbouring floats, relative: one unit in the last place of each of two libraries.
const LIBRARY: f64 = 2.0 * f64::EPSILON;

/// A float, and how far the same value in a listing may be from it: 0 where it has the same bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) value: f64,
    pub(crate) error: f64,
    /// The size of the terms that it was computed from: of a sum the sum of their sizes.
    pub(crate) size: f64,
}

impl Bound {
    /// A result of operations that round alike: operands that differ round differently.
    fn rounded(value: f64, error: f64, size: f64) -> Self {
        let rounding = if error == 0.0 { 0.0 } else { value.abs() * f64::EPSILON };
        Bound { value, error: if error.is_nan() { f64::INFINITY } else { error + rounding }, size }
    }

    /// A function of a library at `x`, whose derivative is at most `slope` nearby.
    fn function(value: f64, x: Bound, slope: f64) -> Self {
        let moved = if x.error == 0.0 { 0.0 } else { x.error * slope };
        let error = moved + value.abs() * LIBRARY;
        let size = value.abs() + slope * x.size;
        Bound { value, error: if error.is_nan() { f64::INFINITY } else { error }, size }
    }
}

impl From<f64> for Bound {
    fn from(value: f64) -> Self {
        Bound { value, error: 0.0, size: value.abs() }
    }
}

impl Neg for Bound {
    type Output = Self;
    fn neg(self) -> Self {
        Bound { value: -self.value, ..self }
    }
}

impl Add for Bound {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Bound::rounded(self.value + other.value, self.error + other.error, self.size + other.size)
    }
}

impl Sub for Bound {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Bound::rounded(self.value - other.value, self.error + other.error, self.size + other.size)
    }
}

/// 0 for an exact factor, also times infinity.
fn times(error: f64, factor: f64) -> f64 {
    if error == 0.0 { 0.0 } else { error * factor.abs() }
}

impl Mul for Bound {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let error =
            times(self.error, other.value) + times(other.error, self.value) + times(self.error, other.error);
        Bound::rounded(self.value * other.value, error, self.size * other.size)
    }
}

impl Div for Bound {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        let least = other.value.abs() - other.error;
        let error = times(self.error, 1.0 / least) + times(other.error, value / least);
        let unknown = other.error > 0.0 && least <= 0.0;
        let size = (self.size + value.abs() * other.size) / other.value.abs();
        Bound::rounded(value, if unknown { f64::INFINITY } else { error }, size)
    }
}

impl Real for Bound {
    fn exp(self) -> Self {
        let value = self.value.exp();
        Bound::function(value, self, value * (1.0 + 2.0 * self.error))
    }
    fn ln(self) -> Self {
        Bound::function(self.value.ln(), self, 1.0 / (self.value - self.error))
    }
    fn tanh(self) -> Self {
        Bound::function(self.value.tanh(), self, 1.0)
    }
    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        let error = if self.error == 0.0 { 0.0 } else { self.error / value };
        Bound::rounded(value, error, value + self.size / value)
    }
    /// CPython's own has another formula than the interpreter's slow one.
    fn erf(self) -> Self {
        let value = <f64 as Real>::erf(self.value);
        let own = Bound::function(value, self, std::f64::consts::FRAC_2_SQRT_PI);
        Bound { error: own.error + 16.0 * f64::EPSILON * value.abs(), ..own }
    }
    fn floor(self) -> Self {
        let jumps =
            self.error > 0.0 && (self.value - self.error).floor() != (self.value + self.error).floor();
        let value = self.value.floor();
        Bound { value, error: if jumps { f64::INFINITY } else { 0.0 }, size: value.abs() }
    }
    fn pow(self, exponent: Self) -> Self {
        let value = self.value.powf(exponent.value);
        let by_base = times(self.error, exponent.value * value / self.value);
        let by_exponent = times(exponent.error, value * self.value.ln());
        let error = 1.1 * (by_base + by_exponent) + value.abs() * LIBRARY;
        let moved =
            (exponent.value / self.value).abs() * self.size + exponent.size * self.value.abs().ln().abs();
        let size = value.abs() * (1.0 + moved);
        Bound { value, error: if error.is_nan() { f64::INFINITY } else { error }, size }
    }
    fn real(self) -> f64 {
        self.value
    }
    /// A listing rounds the product by itself.
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        let product = self * factor;
        let sum = product + addend;
        let error = sum.error + (product.value.abs() + sum.value.abs()) * f64::EPSILON;
        Bound { value: self.value.mul_add(factor.value, addend.value), error, ..sum }
    }
    /// Near a tie the listing may take the other side.
    fn choose(comparison: Comparison, sides: [Self; 2], values: [Self; 2]) -> Self {
        let ([left, right], [then, otherwise]) = (sides, values);
        let chosen = if comparison.holds(left.value, right.value) { then } else { otherwise };
        let error = left.error + right.error;
        let tie = error > 0.0 && (left.value - right.value).abs() <= error;
        if tie { Bound { error: f64::INFINITY, ..chosen } } else { chosen }
    }
}
