//! Numbers of 106 bits, two floats that are added (Dekker, 1971), with an exponent that neither overflows nor
//! underflows: what is lost in 64-bit floats is still there.

use std::{
    cmp::Ordering,
    ops::{Add, Div, Mul, Neg, Sub},
};

/// The exponents that arithmetic may reach; what is beyond is no number, or 0.
const FARTHEST: i64 = 1 << 60;

/// (high + low) · 2^exponent, with 1 ≤ |high| < 2, or 0. No number: `high` is NaN.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wide {
    high: f64,
    low: f64,
    exponent: i64,
}

impl Wide {
    pub(super) const ZERO: Wide = Wide { high: 0.0, low: 0.0, exponent: 0 };
    pub(super) const NAN: Wide = Wide { high: f64::NAN, low: 0.0, exponent: 0 };
    pub(super) const ONE: Wide = Wide { high: 1.0, low: 0.0, exponent: 0 };

    /// (high + low) · 2^exponent, where `low` is at most half a unit in the last place of `high`.
    pub(super) fn new(high: f64, low: f64, exponent: i64) -> Self {
        if high == 0.0 {
            return Wide::ZERO;
        }
        let own = exponent_of(high);
        let (factor, exponent) = (power_of_two(-own), exponent.saturating_add(own));
        if !high.is_finite() || exponent > FARTHEST {
            return Wide::NAN;
        }
        if exponent < -FARTHEST {
            return Wide::ZERO;
        }
        Wide { high: high * factor, low: low * factor, exponent }
    }

    pub(super) fn is_nan(self) -> bool {
        self.high.is_nan()
    }

    pub(super) fn is_zero(self) -> bool {
        self.high == 0.0
    }

    pub(super) fn is_negative(self) -> bool {
        self.high < 0.0
    }

    pub(super) fn abs(self) -> Self {
        if self.is_negative() { -self } else { self }
    }

    /// The leading part and the exponent.
    pub(super) fn leading(self) -> (f64, i64) {
        (self.high, self.exponent)
    }

    /// The nearest float; infinite or 0 beyond their range.
    pub(super) fn to_f64(self) -> f64 {
        self.scaled_parts().0
    }

    /// The two floats themselves.
    fn scaled_parts(self) -> (f64, f64) {
        let exponent = self.exponent.clamp(-2200, 2200);
        let half = exponent / 2;
        let scale = |x: f64| x * power_of_two(half) * power_of_two(exponent - half);
        (scale(self.high), scale(self.low))
    }

    /// Times a power of two.
    pub(super) fn scaled(self, by: i64) -> Self {
        Wide::new(self.high, self.low, self.exponent.saturating_add(by))
    }

    /// The root of a number that is not negative.
    pub(super) fn sqrt(self) -> Self {
        if self.is_zero() {
            return self;
        }
        let odd = self.exponent.rem_euclid(2);
        let radicand = Wide { exponent: odd, ..self };
        let first = Wide::from(radicand.to_f64().sqrt());
        // One step of Newton doubles the digits.
        let root = first + (radicand - first * first) / first.scaled(1);
        root.scaled((self.exponent - odd) / 2)
    }

    /// The largest whole number that is not above.
    pub(super) fn floor(self) -> Self {
        // All bits are before the point.
        if self.exponent >= 120 || self.is_nan() {
            return self;
        }
        let (high, low) = self.scaled_parts();
        let whole = high.floor();
        if whole != high {
            return Wide::from(whole);
        }
        let (sum, rest) = quick_two_sum(whole, low.floor());
        Wide::new(sum, rest, 0)
    }

    /// The float that this number is, where it is one.
    pub(super) fn as_f64(self) -> Option<f64> {
        let float = self.to_f64();
        (float.is_finite() && (self - Wide::from(float)).is_zero()).then_some(float)
    }

    /// How two numbers compare; nothing where one is NaN.
    pub(super) fn order(self, other: Self) -> Option<Ordering> {
        (self - other).high.partial_cmp(&0.0)
    }
}

impl From<f64> for Wide {
    fn from(x: f64) -> Self {
        if x != 0.0 && x.abs() < f64::MIN_POSITIVE {
            return Wide::new(x * power_of_two(200), 0.0, -200);
        }
        Wide::new(x, 0.0, 0)
    }
}

impl Neg for Wide {
    type Output = Self;
    fn neg(self) -> Self {
        Wide { high: -self.high, low: -self.low, exponent: self.exponent }
    }
}

impl Add for Wide {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        if other.is_zero() || self.is_nan() {
            return self;
        }
        if self.is_zero() || other.is_nan() {
            return other;
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let apart = large.exponent - small.exponent;
        if apart > 120 {
            return large;
        }
        let factor = power_of_two(-apart);
        let (high, rest) = two_sum(large.high, small.high * factor);
        let (low, lowest) = two_sum(large.low, small.low * factor);
        let (high, rest) = quick_two_sum(high, rest + low);
        let (high, low) = quick_two_sum(high, rest + lowest);
        Wide::new(high, low, large.exponent)
    }
}

impl Sub for Wide {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Wide {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let product = self.high * other.high;
        let rest = self.high.mul_add(other.high, -product);
        let cross = self.high.mul_add(other.low, self.low * other.high);
        let (high, low) = quick_two_sum(product, rest + cross);
        Wide::new(high, low, self.exponent + other.exponent)
    }
}

impl Div for Wide {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        if other.is_zero() {
            return Wide::NAN;
        }
        let exponent = self.exponent - other.exponent;
        let (a, b) = (Wide { exponent: 0, ..self }, Wide { exponent: 0, ..other });
        // Two digits to the base 2⁵³, and a third for the rounding.
        let mut rest = a;
        let mut quotient = Wide::ZERO;
        for _ in 0..3 {
            let digit = Wide::from(rest.to_f64() / b.high);
            rest = rest - digit * b;
            quotient = quotient + digit;
        }
        quotient.scaled(exponent)
    }
}

/// 2^power; 0 and ∞ beyond the range.
pub(super) fn power_of_two(power: i64) -> f64 {
    match power {
        -1022..=1023 => f64::from_bits(((power + 1023) as u64) << 52),
        1024.. => f64::INFINITY,
        _ => f64::MIN_POSITIVE * f64::from_bits((power.max(-2045) + 1022 + 1023).unsigned_abs() << 52),
    }
}

/// The exponent of a normal float.
fn exponent_of(x: f64) -> i64 {
    ((x.to_bits() >> 52) & 0x7ff) as i64 - 1023
}

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let second = sum - a;
    (sum, (a - (sum - second)) + (b - second))
}

/// The same for |a| ≥ |b|.
fn quick_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}
