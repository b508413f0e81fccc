//! Numbers that know their error: a value of 106 bits and a radius, the interval in which the exact value is
//! (midpoint-radius arithmetic; van der Hoeven, 2009). Each operation adds its rounding to the errors of its operands.

mod functions;
mod size;
#[cfg(test)]
mod tests;
mod wide;

use std::{
    cmp::Ordering,
    ops::{Add, Div, Mul, Neg, Sub},
};

use mlp_dsl::formula::{evaluate::Real, operator::Comparison};

use size::Size;
use wide::Wide;

/// The relative error of a sum, product, quotient or root: at most 16 · 2⁻¹⁰⁶.
const OPERATION: Size = Size::power_of_two(-101);
/// The relative error of the functions: a test compares them with 60 digits.
const FUNCTION: Size = Size::power_of_two(-92);

/// A value and how far the exact one may be from it.
#[derive(Clone, Copy, Debug)]
pub struct Ball {
    value: Wide,
    radius: Size,
}

impl Ball {
    /// An exact 0: what does not depend on the parameter has this slope.
    pub(crate) const ZERO: Ball = Ball { value: Wide::ZERO, radius: Size::ZERO };

    /// A real number of which nothing is known.
    pub(crate) const UNKNOWN: Ball = Ball { value: Wide::ZERO, radius: Size::INFINITE };

    fn new(value: Wide, radius: Size, rounding: Size) -> Self {
        Ball { value, radius: radius.plus(Size::of(value).times(rounding)) }
    }

    /// Whether it is 0 without an error.
    pub(crate) fn is_exactly_zero(self) -> bool {
        self.value.is_zero() && self.radius.is_zero()
    }

    /// Whether there is no such number.
    pub(crate) fn is_nan(self) -> bool {
        self.value.is_nan()
    }

    /// Whether anything is known of it.
    pub(crate) fn is_known(self) -> bool {
        !self.radius.is_infinite() && !self.is_nan()
    }

    /// How two values compare, errors aside; nothing where one is NaN.
    pub(crate) fn order(self, other: Self) -> Option<Ordering> {
        self.value.order(other.value)
    }

    /// Whether both may be the same number.
    pub(crate) fn meets(self, other: Self) -> bool {
        let apart = Size::of(self.value - other.value);
        !self.is_nan() && !other.is_nan() && apart.at_most(self.radius.plus(other.radius))
    }

    /// The ball with this additional error, relative to the value.
    pub(crate) fn widened(self, bits: i64) -> Self {
        Ball::new(self.value, self.radius, Size::power_of_two(-bits))
    }

    /// A ball that contains both.
    pub(crate) fn hull(self, other: Self) -> Self {
        let middle = (self.value + other.value).scaled(-1);
        let reach = |ball: Ball| Size::of(ball.value - middle).plus(ball.radius);
        Ball::new(middle, reach(self).plus(reach(other)), OPERATION)
    }

    /// How far a float may be from the exact value; ∞ where nothing is known.
    pub(crate) fn distance(self, float: f64) -> f64 {
        Size::of(Wide::from(float) - self.value).plus(self.radius).to_f64()
    }

    /// The radius.
    pub(crate) fn error(self) -> f64 {
        self.radius.to_f64()
    }

    /// Whether the value is known and larger than every float.
    pub(crate) fn is_beyond_floats(self) -> bool {
        self.is_known() && self.value.to_f64().is_infinite()
    }

    fn magnitude(self) -> Size {
        Size::of(self.value)
    }

    fn whole_power(self, power: u64) -> Self {
        let (mut product, mut square, mut left) = (Ball::from(1.0), self, power);
        while left > 0 {
            if left % 2 == 1 {
                product = product * square;
            }
            square = square * square;
            left /= 2;
        }
        product
    }
}

impl From<f64> for Ball {
    fn from(x: f64) -> Self {
        Ball { value: Wide::from(x), radius: Size::ZERO }
    }
}

impl Neg for Ball {
    type Output = Self;
    fn neg(self) -> Self {
        Ball { value: -self.value, radius: self.radius }
    }
}

impl Add for Ball {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        // An exact 0 changes nothing, and costs no rounding.
        if self.is_exactly_zero() {
            return other;
        }
        if other.is_exactly_zero() {
            return self;
        }
        let most = self.radius.plus(other.radius);
        // Far apart, the smaller one is left out: it is within the rounding of the larger.
        Ball::new(self.value + other.value, most, OPERATION)
    }
}

impl Sub for Ball {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Ball {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let (a, b) = (self.magnitude(), other.magnitude());
        let cross = a.times(other.radius).plus(b.times(self.radius));
        Ball::new(self.value * other.value, cross.plus(self.radius.times(other.radius)), OPERATION)
    }
}

impl Div for Ball {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let quotient = self.value / other.value;
        if other.value.is_zero() && !other.radius.is_zero() && !self.is_nan() {
            return if self.is_exactly_zero() { self } else { Ball::UNKNOWN };
        }
        let least = other.value.abs() - other.radius.wide();
        if least.is_nan() || least.is_zero() || least.is_negative() {
            let nothing = quotient.is_nan() || self.is_exactly_zero();
            return Ball { value: quotient, radius: if nothing { Size::ZERO } else { Size::INFINITE } };
        }
        let error = self.radius.plus(Size::of(quotient).times(other.radius));
        Ball::new(quotient, error.over(Size::of(least)), OPERATION.plus(OPERATION))
    }
}

impl Real for Ball {
    fn exp(self) -> Self {
        let value = self.value.exp();
        if value.is_nan() && !self.is_nan() {
            return Ball::UNKNOWN;
        }
        let one = Size::power_of_two(0);
        if !self.radius.at_most(one) {
            return Ball { value, radius: Size::INFINITE };
        }
        // eʳ − 1 ≤ 2 r for r ≤ 1; the reduction of the argument costs its size times 2⁻¹⁰⁴.
        let own = FUNCTION.plus(self.magnitude().times(OPERATION));
        let spread = self.radius.plus(self.radius).plus(own);
        Ball { value, radius: Size::of(value).times(spread).plus(Size::power_of_two(-(1 << 49))) }
    }

    fn ln(self) -> Self {
        let value = self.value.ln();
        let least = self.value - self.radius.wide();
        if least.is_nan() || least.is_zero() || least.is_negative() {
            // Where the exact operand may be positive, there is a value that is not known.
            let possible = !self.is_nan() && !self.radius.is_zero() && self.magnitude_reaches_above_zero();
            return if possible { Ball::UNKNOWN } else { Ball { value: Wide::NAN, radius: Size::ZERO } };
        }
        Ball::new(value, self.radius.over(Size::of(least)), FUNCTION)
    }

    fn tanh(self) -> Self {
        // The slope is at most 1, and at most 4 exp(−2 (|x| − r)) ≤ 30 exp(−2 |x|) for r ≤ 1.
        let flat = self.radius.at_most(Size::power_of_two(0));
        let slope = Size::of((-self.value.abs().scaled(1)).exp()).times(Size::power_of_two(5));
        let slope = if flat && slope.at_most(Size::power_of_two(0)) { slope } else { Size::power_of_two(0) };
        Ball::new(self.value.tanh(), self.radius.times(slope), FUNCTION)
    }

    fn sqrt(self) -> Self {
        if self.value.is_negative() {
            let possible = self.magnitude().at_most(self.radius);
            return if possible { Ball::UNKNOWN } else { Ball { value: Wide::NAN, radius: Size::ZERO } };
        }
        // |√a − √b| ≤ |a − b| / √a, and ≤ √|a − b|.
        let root = self.value.sqrt();
        let radius = if root.is_zero() { self.radius.sqrt() } else { self.radius.over(Size::of(root)) };
        Ball::new(root, radius, OPERATION)
    }

    fn erf(self) -> Self {
        // The slope 2/√π exp(−x²) is at most 2, and far out at most 2 exp(−(|x| − r)²).
        let near = self.value.abs() - self.radius.wide();
        let bounded = !near.is_nan() && !near.is_negative();
        let slope = if bounded { Size::of((-(near * near)).exp()) } else { Size::power_of_two(0) };
        Ball::new(self.value.erf(), self.radius.times(slope.times(Size::power_of_two(1))), FUNCTION)
    }

    /// The step that the value is on; its error changes nothing.
    fn floor(self) -> Self {
        Ball { value: self.value.floor(), radius: Size::ZERO }
    }

    fn pow(self, exponent: Self) -> Self {
        if exponent.is_exactly_zero() {
            return Ball::from(1.0);
        }
        // A negative number has whole powers only: an exponent such as −2 + 4, which may have an error, is one.
        let exact = exponent.radius.is_zero() || self.value.is_negative();
        let whole = exponent.value.as_f64().filter(|n| exact && n.fract() == 0.0);
        if let Some(whole) = whole.filter(|n| n.abs() < 1024.0) {
            let power = self.whole_power(whole.abs() as u64);
            return if whole < 0.0 { Ball::from(1.0) / power } else { power };
        }
        if self.is_exactly_zero() && !exponent.value.is_negative() && !exponent.is_nan() {
            return Ball::ZERO;
        }
        (exponent * self.ln()).exp()
    }

    fn real(self) -> f64 {
        self.value.to_f64()
    }

    fn choose(comparison: Comparison, sides: [Self; 2], [then, otherwise]: [Self; 2]) -> Self {
        let [left, right] = sides;
        if comparison.holds_for(left.order(right)) { then } else { otherwise }
    }
}

impl Ball {
    fn magnitude_reaches_above_zero(self) -> bool {
        !self.value.is_negative() || self.magnitude().at_most(self.radius)
    }
}
