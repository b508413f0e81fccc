//! Numbers that know the size of what they were computed from, and their exact decimals.

use std::ops::{Add, Div, Mul, Neg, Sub};

use mlp_dsl::formula::evaluate::{Real, erf};

use super::decimal::Decimal;

/// A double, the size of its operands, and the decimal number that it approximates where `EXACT` asks for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tracked<const EXACT: bool> {
    /// The value in doubles.
    pub(super) value: f64,
    /// The sum of the sizes of all terms: the rounding error is a multiple of its last digit.
    pub(super) size: f64,
    /// The value of the same operations on the declared decimals, where it has few digits.
    pub(super) decimal: Option<Decimal>,
}

impl<const EXACT: bool> Tracked<EXACT> {
    /// A value that has no finite decimal.
    fn rounded(value: f64, size: f64) -> Self {
        Tracked { value, size: value.abs().max(size), decimal: None }
    }
}

impl<const EXACT: bool> From<f64> for Tracked<EXACT> {
    fn from(x: f64) -> Self {
        Tracked { value: x, size: x.abs(), decimal: if EXACT { Decimal::of(x) } else { None } }
    }
}

impl<const EXACT: bool> Neg for Tracked<EXACT> {
    type Output = Self;
    fn neg(self) -> Self {
        Tracked { value: -self.value, size: self.size, decimal: self.decimal.map(Decimal::negated) }
    }
}

impl<const EXACT: bool> Add for Tracked<EXACT> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let decimal = self.decimal.zip(other.decimal).and_then(|(a, b)| a.plus(b));
        Tracked { value: self.value + other.value, size: self.size + other.size, decimal }
    }
}

impl<const EXACT: bool> Sub for Tracked<EXACT> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl<const EXACT: bool> Mul for Tracked<EXACT> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let decimal = self.decimal.zip(other.decimal).and_then(|(a, b)| a.times(b));
        Tracked { value: self.value * other.value, size: self.size * other.size, decimal }
    }
}

impl<const EXACT: bool> Div for Tracked<EXACT> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let decimal = self.decimal.zip(other.decimal).and_then(|(a, b)| a.over(b));
        let size = self.size * (other.size / other.value.abs()) / other.value.abs();
        Tracked { value: self.value / other.value, size, decimal }
    }
}

impl<const EXACT: bool> Real for Tracked<EXACT> {
    fn exp(self) -> Self {
        let y = self.value.exp();
        Tracked::rounded(y, y * self.size)
    }
    fn ln(self) -> Self {
        Tracked::rounded(self.value.ln(), self.size / self.value.abs())
    }
    fn tanh(self) -> Self {
        let y = self.value.tanh();
        Tracked::rounded(y, (1.0 - y * y) * self.size)
    }
    fn sqrt(self) -> Self {
        let y = self.value.sqrt();
        Tracked::rounded(y, if self.size == 0.0 { 0.0 } else { self.size / (2.0 * y) })
    }
    fn erf(self) -> Self {
        let slope = std::f64::consts::FRAC_2_SQRT_PI * (-self.value * self.value).exp();
        Tracked::rounded(erf(self.value), slope * self.size)
    }
    fn floor(self) -> Self {
        Tracked::from(self.value.floor())
    }
    fn pow(self, exponent: Self) -> Self {
        let y = self.value.powf(exponent.value);
        let (base, power) = (self.size / self.value.abs(), self.value.ln().abs() * exponent.size);
        Tracked::rounded(
            y,
            y.abs() * (exponent.value.abs() * base + if power.is_finite() { power } else { 0.0 }),
        )
    }
    fn real(self) -> f64 {
        self.value
    }
}
