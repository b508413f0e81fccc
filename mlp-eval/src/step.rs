//! The complex step x + i h s for h → 0: the pair of the value x and the slope s. A finite h would lose the slope where
//! a sum is many powers of ten larger, and could decide a comparison by its square.

use std::{
    cmp::Ordering,
    ops::{Add, Div, Mul, Neg, Sub},
};

use mlp_dsl::formula::{evaluate::Real, operator::Comparison};

use crate::ball::Ball;

/// A value and its slope along one parameter. With `BOTH_SIDES` the slope at a kink is the interval of the slopes on
/// its two sides; without, it is that of the side that the value takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<const BOTH_SIDES: bool> {
    value: Ball,
    slope: Ball,
}

impl<const BOTH_SIDES: bool> Step<BOTH_SIDES> {
    /// A parameter: its slope along itself is 1.
    pub(crate) fn moved(value: f64) -> Self {
        Step { value: Ball::from(value), slope: Ball::from(1.0) }
    }

    /// The slope.
    pub(crate) fn slope(self) -> Ball {
        self.slope
    }

    /// A slope times the derivative of a function, which need not exist where nothing moves.
    fn along(self, value: Ball, derivative: impl FnOnce() -> Ball) -> Self {
        let slope = if self.slope.is_exactly_zero() { Ball::ZERO } else { self.slope * derivative() };
        Step { value, slope }
    }
}

impl<const BOTH_SIDES: bool> From<f64> for Step<BOTH_SIDES> {
    fn from(x: f64) -> Self {
        Step { value: Ball::from(x), slope: Ball::ZERO }
    }
}

impl<const BOTH_SIDES: bool> Neg for Step<BOTH_SIDES> {
    type Output = Self;
    fn neg(self) -> Self {
        Step { value: -self.value, slope: -self.slope }
    }
}

impl<const BOTH_SIDES: bool> Add for Step<BOTH_SIDES> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Step { value: self.value + other.value, slope: self.slope + other.slope }
    }
}

impl<const BOTH_SIDES: bool> Sub for Step<BOTH_SIDES> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Step { value: self.value - other.value, slope: self.slope - other.slope }
    }
}

/// A product with a slope: 0 where nothing moves.
fn times(slope: Ball, value: Ball) -> Ball {
    if slope.is_exactly_zero() { Ball::ZERO } else { slope * value }
}

impl<const BOTH_SIDES: bool> Mul for Step<BOTH_SIDES> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let slope = times(self.slope, other.value) + times(other.slope, self.value);
        Step { value: self.value * other.value, slope }
    }
}

impl<const BOTH_SIDES: bool> Div for Step<BOTH_SIDES> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        let rise = self.slope - times(other.slope, value);
        Step { value, slope: if rise.is_exactly_zero() { rise } else { rise / other.value } }
    }
}

impl<const BOTH_SIDES: bool> Real for Step<BOTH_SIDES> {
    /// e^x (cos hs + i sin hs)
    fn exp(self) -> Self {
        let power = self.value.exp();
        self.along(power, || power)
    }
    /// ln |z| + i arg z
    fn ln(self) -> Self {
        let argument = || Ball::from(1.0) / self.value;
        self.along(self.value.ln(), argument)
    }
    /// (sinh 2x + i sin 2hs) / (cosh 2x + cos 2hs): no difference of numbers near 1.
    fn tanh(self) -> Self {
        let derivative = || {
            let cosh = (self.value.exp() + (-self.value).exp()) / Ball::from(2.0);
            Ball::from(1.0) / (cosh * cosh)
        };
        self.along(self.value.tanh(), derivative)
    }
    /// The imaginary part is hs / 2 Re √z.
    fn sqrt(self) -> Self {
        let root = self.value.sqrt();
        self.along(root, || Ball::from(1.0) / (root + root))
    }
    /// The Taylor series to first order; the constant is the double that the language has.
    fn erf(self) -> Self {
        let factor = Ball::from(std::f64::consts::FRAC_2_SQRT_PI);
        self.along(self.value.erf(), || factor * (-(self.value * self.value)).exp())
    }
    fn floor(self) -> Self {
        Step { value: self.value.floor(), slope: Ball::ZERO }
    }
    /// exp(b ln a), whose slope is aᵇ (b a′/a + b′ ln a); by itself where a is 0.
    fn pow(self, exponent: Self) -> Self {
        let (base, power) = (self.value, exponent.value);
        let value = base.pow(power);
        let at_zero = base.is_exactly_zero();
        let of_base = || match power.order(Ball::from(1.0)) {
            Some(Ordering::Greater) if at_zero => Ball::ZERO,
            Some(Ordering::Equal) if at_zero => Ball::from(1.0),
            _ => value * power / base,
        };
        let of_exponent = || match power.order(Ball::ZERO) {
            Some(Ordering::Greater) if at_zero => Ball::ZERO,
            _ => value * base.ln(),
        };
        let by_base = if power.is_exactly_zero() { Ball::ZERO } else { self.along(value, of_base).slope };
        Step { value, slope: by_base + exponent.along(value, of_exponent).slope }
    }
    fn real(self) -> f64 {
        self.value.real()
    }
    fn choose(comparison: Comparison, [left, right]: [Self; 2], [then, otherwise]: [Self; 2]) -> Self {
        let order = left.value.order(right.value);
        let chosen = if comparison.holds_for(order) { then } else { otherwise };
        let crossing = order == Some(Ordering::Equal) && !(left.slope - right.slope).is_exactly_zero();
        if !(BOTH_SIDES && crossing && then.value.meets(otherwise.value)) {
            return chosen;
        }
        let slope = then.slope.hull(otherwise.slope);
        Step { value: chosen.value, slope: if slope.is_nan() { chosen.slope } else { slope } }
    }
}
