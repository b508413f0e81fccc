//! Sizes of errors: numbers that are not negative, of any exponent, each operation rounded up.

use super::wide::{Wide, power_of_two};

/// More than the rounding of an operation on mantissas.
const UP: f64 = 1.0 + 1e-12;

/// mantissa · 2^exponent with 1 ≤ mantissa < 2, or 0, or ∞.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    mantissa: f64,
    exponent: i64,
}

impl Size {
    pub(super) const ZERO: Size = Size { mantissa: 0.0, exponent: 0 };
    pub(super) const INFINITE: Size = Size { mantissa: f64::INFINITY, exponent: 0 };

    /// 2^power
    pub(super) const fn power_of_two(power: i64) -> Self {
        Size { mantissa: 1.0, exponent: power }
    }

    fn new(mantissa: f64, exponent: i64) -> Self {
        if mantissa == 0.0 {
            return Size::ZERO;
        }
        if !mantissa.is_finite() {
            return Size::INFINITE;
        }
        let up = mantissa * UP;
        let own = ((up.to_bits() >> 52) & 0x7ff) as i64 - 1023;
        Size { mantissa: up * power_of_two(-own), exponent: exponent.saturating_add(own) }
    }

    /// The size of a number.
    pub(super) fn of(x: Wide) -> Self {
        let (leading, exponent) = x.leading();
        if leading.is_nan() { Size::INFINITE } else { Size::new(leading.abs(), exponent) }
    }

    pub(super) fn is_zero(self) -> bool {
        self.mantissa == 0.0
    }

    pub(super) fn is_infinite(self) -> bool {
        self.mantissa.is_infinite()
    }

    /// As a number; NaN where it is infinite.
    pub(super) fn wide(self) -> Wide {
        Wide::new(self.mantissa, 0.0, self.exponent)
    }

    pub(super) fn plus(self, other: Self) -> Self {
        if self.is_zero() || other.is_infinite() {
            return other;
        }
        if other.is_zero() || self.is_infinite() {
            return self;
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let apart = (large.exponent - small.exponent).min(60);
        Size::new(large.mantissa + small.mantissa * power_of_two(-apart), large.exponent)
    }

    /// The product; 0 times anything is 0, as what is infinite is a number that is not known.
    pub(super) fn times(self, other: Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Size::ZERO;
        }
        Size::new(self.mantissa * other.mantissa, self.exponent.saturating_add(other.exponent))
    }

    pub(super) fn over(self, other: Self) -> Self {
        if self.is_zero() {
            return self;
        }
        if other.is_zero() {
            return Size::INFINITE;
        }
        Size::new(self.mantissa / other.mantissa, self.exponent.saturating_sub(other.exponent))
    }

    pub(super) fn sqrt(self) -> Self {
        let odd = self.exponent.rem_euclid(2);
        Size::new((self.mantissa * power_of_two(odd)).sqrt(), (self.exponent - odd) / 2)
    }

    pub(super) fn at_most(self, bound: Self) -> bool {
        if self.is_zero() || bound.is_infinite() {
            return true;
        }
        !bound.is_zero()
            && !self.is_infinite()
            && (self.exponent, self.mantissa) <= (bound.exponent, bound.mantissa)
    }

    /// The nearest float above; 0 below their range.
    pub(super) fn to_f64(self) -> f64 {
        if self.is_infinite() { f64::INFINITY } else { self.wide().to_f64() }
    }
}
