//! Numbers that know when they are decimals: a double, and the decimal that it is where all its digits are known.
//! A page computes with them as a reader does: 0.1 + 0.2 is 0.3.

use std::ops::{Add, Div, Mul, Neg, Sub};

use mlp_dsl::formula::evaluate::{Real, erf};

/// A decimal: `digits` / 10^`scale`, without zeros at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exact {
    digits: i128,
    scale: u32,
}

/// Powers of ten that fit.
const POWERS: u32 = 38;

fn power_of_ten(exponent: u32) -> Option<i128> {
    if exponent > POWERS { None } else { 10_i128.checked_pow(exponent) }
}

impl Exact {
    const ZERO: Exact = Exact { digits: 0, scale: 0 };
    const ONE: Exact = Exact { digits: 1, scale: 0 };

    fn new(mut digits: i128, mut scale: u32) -> Self {
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        Exact { digits, scale }
    }

    /// The shortest decimal that identifies a double.
    pub(crate) fn of(x: f64) -> Option<Self> {
        if !x.is_finite() {
            return None;
        }
        if x.abs() < 1e15 && x.fract() == 0.0 {
            return Some(Exact { digits: x as i128, scale: 0 });
        }
        let text = format!("{x:e}");
        let (mantissa, exponent) = text.split_once('e')?;
        Exact::read(mantissa, exponent.parse().ok()?)
    }

    /// Digits with a point, times a power of ten.
    pub(crate) fn read(mantissa: &str, exponent: i32) -> Option<Self> {
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        match u32::try_from(scale) {
            Ok(scale) if scale <= POWERS => Some(Exact::new(digits, scale)),
            Ok(_) => None,
            Err(_) => Some(Exact::new(digits.checked_mul(power_of_ten(scale.unsigned_abs())?)?, 0)),
        }
    }

    /// How many digits there are after the point.
    pub(crate) fn decimals(self) -> usize {
        self.scale as usize
    }

    /// Every digit, none of them a zero at the end of a fraction.
    pub(crate) fn text(self) -> String {
        self.with_decimals(self.scale as usize)
    }

    /// Rounded to this many decimals, halves away from zero.
    pub(crate) fn rounded(self, decimals: usize) -> Option<Self> {
        let Some(cut) = self.scale.checked_sub(decimals as u32) else { return Some(self) };
        let unit = power_of_ten(cut)?;
        let half = self.digits.signum() * (unit / 2);
        Some(Exact::new(self.digits.checked_add(half)? / unit, decimals as u32))
    }

    /// The digits with at least this many decimals.
    pub(crate) fn with_decimals(self, decimals: usize) -> String {
        let scale = self.scale as usize;
        let digits = self.digits.unsigned_abs().to_string();
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.digits < 0 { "-" } else { "" };
        match decimals {
            0 => format!("{sign}{whole}"),
            _ => format!("{sign}{whole}.{fraction:0<decimals$}"),
        }
    }

    /// The nearest double.
    pub(crate) fn to_f64(self) -> f64 {
        let small = self.digits.unsigned_abs() < 1 << 53;
        match (small, self.scale) {
            (true, 0) => self.digits as f64,
            (true, scale @ 1..=22) => self.digits as f64 / 10_f64.powi(scale as i32),
            _ => self.text().parse().unwrap_or(f64::NAN),
        }
    }

    /// Both with the same scale.
    fn aligned(self, other: Exact) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let at = |x: Exact| x.digits.checked_mul(power_of_ten(scale - x.scale)?);
        Some((at(self)?, at(other)?, scale))
    }

    fn add(self, other: Exact) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Exact::new(a.checked_add(b)?, scale))
    }

    fn multiply(self, other: Exact) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        let scale = self.scale + other.scale;
        if scale > POWERS && digits != 0 {
            return None;
        }
        Some(Exact::new(digits, if digits == 0 { 0 } else { scale }))
    }

    /// The quotient, where its digits end.
    fn divide(self, other: Exact) -> Option<Self> {
        let (above, below, _) = self.aligned(other)?;
        let common = common_divisor(above.unsigned_abs(), below.unsigned_abs());
        if below == 0 || common == 0 {
            return None;
        }
        let common = i128::try_from(common).ok()? * below.signum();
        let (mut digits, mut below, mut scale) = (above / common, below / common, 0);
        while below > 1 {
            // 1/2 = 5/10, 1/5 = 2/10, and 10 is both.
            let factor = if below % 10 == 0 {
                below /= 10;
                1
            } else if below % 2 == 0 {
                below /= 2;
                5
            } else if below % 5 == 0 {
                below /= 5;
                2
            } else {
                return None;
            };
            digits = digits.checked_mul(factor)?;
            scale += 1;
        }
        (scale <= POWERS).then(|| Exact::new(digits, scale))
    }

    fn power(self, exponent: Exact) -> Option<Self> {
        if self == Exact::ONE || (self == Exact::ZERO && exponent.digits > 0) {
            return Some(self);
        }
        if exponent.scale > 0 {
            return None;
        }
        let count = u32::try_from(exponent.digits.unsigned_abs()).ok().filter(|count| *count <= 64)?;
        let product = (0..count).try_fold(Exact::ONE, |product, _| product.multiply(self))?;
        if exponent.digits < 0 { Exact::ONE.divide(product) } else { Some(product) }
    }

    fn negated(self) -> Self {
        Exact { digits: -self.digits, ..self }
    }

    fn floor(self) -> Option<Self> {
        Some(Exact { digits: self.digits.div_euclid(power_of_ten(self.scale)?), scale: 0 })
    }
}

fn common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A double, and the decimal that it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    value: f64,
    exact: Option<Exact>,
}

impl Known {
    /// A double of which nothing more is known.
    pub(crate) fn inexact(value: f64) -> Self {
        Known { value, exact: None }
    }

    /// A decimal.
    pub(crate) fn decimal(exact: Exact) -> Self {
        Known { value: exact.to_f64(), exact: Some(exact) }
    }

    /// The double.
    pub(crate) fn value(self) -> f64 {
        self.value
    }

    /// The decimal, where all digits are known.
    pub(crate) fn exact(self) -> Option<Exact> {
        self.exact
    }

    /// Rounded to this many decimals: then all its digits are known.
    pub(crate) fn rounded(self, decimals: usize) -> Self {
        let text = || Exact::read(&format!("{:.decimals$}", self.value), 0);
        let exact = self.exact.and_then(|exact| exact.rounded(decimals)).or_else(text);
        exact.map_or(self, Known::decimal)
    }

    fn of(exact: Option<Exact>, value: impl FnOnce() -> f64) -> Self {
        exact.map_or_else(|| Known::inexact(value()), Known::decimal)
    }

    fn map(self, exact: impl Fn(Exact) -> Option<Exact>, value: impl Fn(f64) -> f64) -> Self {
        Known::of(self.exact.and_then(exact), || value(self.value))
    }

    fn with(
        self,
        other: Known,
        exact: impl Fn(Exact, Exact) -> Option<Exact>,
        value: impl Fn(f64, f64) -> f64,
    ) -> Self {
        let both = self.exact.zip(other.exact).and_then(|(a, b)| exact(a, b));
        Known::of(both, || value(self.value, other.value))
    }
}

impl From<f64> for Known {
    fn from(value: f64) -> Self {
        Known { value, exact: Exact::of(value) }
    }
}

impl Neg for Known {
    type Output = Self;
    fn neg(self) -> Self {
        self.map(|x| Some(x.negated()), |x| -x)
    }
}

impl Add for Known {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.with(other, Exact::add, |a, b| a + b)
    }
}

impl Sub for Known {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.with(other, |a, b| a.add(b.negated()), |a, b| a - b)
    }
}

impl Mul for Known {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.with(other, Exact::multiply, |a, b| a * b)
    }
}

impl Div for Known {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        self.with(other, Exact::divide, |a, b| a / b)
    }
}

/// A function that has a decimal value at one decimal.
fn only(x: Exact, at: Exact, value: Exact) -> Option<Exact> {
    (x == at).then_some(value)
}

impl Real for Known {
    fn exp(self) -> Self {
        self.map(|x| only(x, Exact::ZERO, Exact::ONE), f64::exp)
    }
    fn ln(self) -> Self {
        self.map(|x| only(x, Exact::ONE, Exact::ZERO), f64::ln)
    }
    fn tanh(self) -> Self {
        self.map(|x| only(x, Exact::ZERO, Exact::ZERO), f64::tanh)
    }
    fn sqrt(self) -> Self {
        let root = |x: Exact| {
            let root = Exact::of(x.to_f64().sqrt())?;
            (root.multiply(root)? == x).then_some(root)
        };
        self.map(root, f64::sqrt)
    }
    fn erf(self) -> Self {
        self.map(|x| only(x, Exact::ZERO, Exact::ZERO), erf)
    }
    fn floor(self) -> Self {
        self.map(Exact::floor, f64::floor)
    }
    fn pow(self, exponent: Self) -> Self {
        self.with(exponent, Exact::power, f64::powf)
    }
    fn real(self) -> f64 {
        self.value
    }
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        let exact = || self.exact?.multiply(factor.exact?)?.add(addend.exact?);
        Known::of(exact(), || self.value.mul_add(factor.value, addend.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(x: Known) -> String {
        x.exact().map_or_else(|| "none".to_owned(), Exact::text)
    }

    #[test]
    fn decimals_stay_decimals() {
        let [a, b, c] = [0.1, 0.2, 0.3].map(Known::from);
        assert_eq!(text(a + b - c), "0");
        assert_eq!((a + b - c).value(), 0.0);
        assert_eq!(text(Known::from(0.15) * Known::from(0.05) + Known::from(-0.35)), "-0.3425");
        assert_eq!(text(Known::from(1.0) / Known::from(-0.8)), "-1.25");
        assert_eq!(text(Known::from(1.0) / Known::from(3.0)), "none");
        assert_eq!(text(Known::from(1.0) / Known::from(0.0)), "none");
        assert_eq!(text(Known::from(2.5).pow(Known::from(-2.0))), "0.16");
        assert_eq!(text(Known::from(6.25).sqrt()), "2.5");
        assert_eq!(text(Known::from(2.0).sqrt()), "none");
        assert_eq!(text(Known::from(-0.5).floor()), "-1");
        assert_eq!(text(Known::from(1e-300)), "none");
        assert_eq!(text(Known::from(-1.5e20)), "-150000000000000000000");
        let long = Known::from(0.123_456_789_012_345_6);
        assert_eq!(text(long * long * long), "none");
        assert_eq!(text(Known::from(0.0) * long), "0");
    }

    #[test]
    fn rounding_is_that_of_a_reader() {
        assert_eq!(text(Known::from(0.125).rounded(2)), "0.13");
        assert_eq!(text(Known::from(-0.125).rounded(2)), "-0.13");
        assert_eq!(text(Known::inexact(0.593_269_992).rounded(4)), "0.5933");
        assert_eq!(text(Known::inexact(-0.000_01).rounded(4)), "0");
    }
}
