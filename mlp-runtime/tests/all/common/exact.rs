//! Values to about 100 bits, as sums of two doubles: fast enough to compare millions of results.
//!
//! `reference_values.rs` compares them with the tables of `tests/reference`, which mpmath computes. They share no code
//! with the crate. Constants come from `tests/reference/coefficients.py`.

use std::ops::{Add, Div, Mul, Neg, Sub};
use std::sync::LazyLock;

/// head + tail; the tail is below the last bit of the head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exact(pub(crate) f64, pub(crate) f64);

fn two_sum(a: f64, b: f64) -> Exact {
    let sum = a + b;
    let part = sum - a;
    Exact(sum, (a - (sum - part)) + (b - part))
}

fn halves(x: f64) -> (f64, f64) {
    let scaled = x * 134217729.0;
    let head = scaled - (scaled - x);
    (head, x - head)
}

fn two_product(a: f64, b: f64) -> Exact {
    let ((a1, a2), (b1, b2)) = (halves(a), halves(b));
    let product = a * b;
    Exact(product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2)
}

impl Add for Exact {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let Self(head, rest) = two_sum(self.0, other.0);
        let Self(tail, last) = two_sum(self.1, other.1);
        let Self(head, rest) = two_sum(head, rest + tail);
        two_sum(head, rest + last)
    }
}

impl Neg for Exact {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0, -self.1)
    }
}

impl Sub for Exact {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Exact {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let Self(head, tail) = two_product(self.0, other.0);
        two_sum(head, tail + (self.0 * other.1 + self.1 * other.0))
    }
}

impl Div for Exact {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let first = Self::from(self.0 / other.0);
        let rest = self - first * other;
        let second = Self::from(rest.0 / other.0);
        let rest = rest - second * other;
        first + second + Self::from(rest.0 / other.0)
    }
}

impl From<f64> for Exact {
    fn from(x: f64) -> Self {
        Self(x, 0.0)
    }
}

impl Exact {
    fn min(self, bound: f64) -> Self {
        if self.0 > bound { Self::from(bound) } else { self }
    }

    fn max(self, bound: f64) -> Self {
        if self.0 < bound { Self::from(bound) } else { self }
    }
}

/// ln 2 in parts; the first has 40 bits, so that its products with exponents are exact.
const LN_2: [f64; 3] = [0.6931471805592082, 7.371002565167799e-13, 1.94704509238075e-31];
#[allow(clippy::approx_constant, reason = "with its tail")]
const ROOT_HALF: Exact = Exact(0.7071067811865476, -4.833646656726457e-17);
#[allow(clippy::approx_constant, reason = "with its tail")]
const TWO_BY_ROOT_PI: Exact = Exact(1.1283791670955126, 1.533545961316588e-17);

static INVERSE_FACTORIALS: LazyLock<[Exact; 28]> = LazyLock::new(|| {
    let mut value = Exact::from(1.0);
    std::array::from_fn(|n| {
        if n > 1 {
            value = value / Exact::from(n as f64);
        }
        value
    })
});

/// A value times 2^exponent, for results of which doubles lose bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scaled(pub(crate) Exact, pub(crate) i32);

impl Scaled {
    /// The value, if doubles have all its bits.
    pub(crate) fn value(self) -> Exact {
        Exact(scaled(self.0.0, self.1), scaled(self.0.1, self.1))
    }

    /// The distance of `actual` from the value, in ulps of the value or of `least`, whichever is larger.
    pub(crate) fn error(self, actual: f64, least: f64) -> f64 {
        let Self(Exact(head, tail), k) = self;
        let exponent = |x: f64| (x.to_bits() >> 52 & 0x7ff) as i32 - 1023;
        let ulp = (exponent(head) + k).max(exponent(least)).max(-1022) - 52;
        // Infinity counts as the power of 2 after the largest number.
        let actual =
            if actual.is_infinite() { scaled(actual.signum(), 1024 - k) } else { scaled(actual, -k) };
        scaled((actual - head) - tail, k - ulp).abs()
    }
}

/// x 2^k, in three steps because 2^k may be beyond all doubles.
fn scaled(x: f64, k: i32) -> f64 {
    let part = |k: i32| 2.0_f64.powi(k);
    x * part(k / 3) * part(k / 3) * part(k - 2 * (k / 3))
}

impl From<Exact> for Scaled {
    fn from(x: Exact) -> Self {
        Self(x, 0)
    }
}

/// Σ c_n x^n over the coefficients.
fn series(x: Exact, coefficients: impl DoubleEndedIterator<Item = Exact>) -> Exact {
    coefficients.rev().fold(Exact::from(0.0), |sum, c| sum * x + c)
}

pub(crate) fn exp(x: Exact) -> Scaled {
    let k = (x.0 / LN_2[0]).round();
    let r =
        Exact(x.0 - k * LN_2[0], 0.0) + Exact(x.1, 0.0) - two_product(k, LN_2[1]) - Exact(k * LN_2[2], 0.0);
    Scaled(series(r, INVERSE_FACTORIALS.iter().copied()), k as i32)
}

/// Of a positive number: one Newton step from the logarithm of the standard library.
pub(crate) fn ln(x: Exact) -> Exact {
    let difference = x - Exact::from(1.0);
    if difference.0.abs() < 1e-3 {
        let terms =
            (1..16).map(|n| Exact::from(if n % 2 == 1 { 1.0 } else { -1.0 }) / Exact::from(f64::from(n)));
        return difference * series(difference, terms);
    }
    let start = x.0.ln();
    let Scaled(inverse, k) = exp(Exact::from(-start));
    // x e^-start, the powers of 2 in halves: x may be subnormal and e^-start beyond all doubles.
    let half = 2.0_f64.powi(k / 2);
    let other = 2.0_f64.powi(k - k / 2);
    let scaled = Exact(x.0 * half, x.1 * half) * inverse;
    let delta = Exact(scaled.0 * other, scaled.1 * other) - Exact::from(1.0);
    Exact::from(start) + delta - delta * delta * Exact::from(0.5)
}

pub(crate) fn tanh(x: Exact) -> Exact {
    if x.0.abs() < 0.5 {
        let square = x * x;
        let sinh = series(square, INVERSE_FACTORIALS.iter().copied().skip(1).step_by(2));
        let cosh = series(square, INVERSE_FACTORIALS.iter().copied().step_by(2));
        return x * (sinh / cosh);
    }
    let size = if x.0 < 0.0 { -x } else { x };
    let decay = exp(-(size + size).min(700.0)).value();
    let one = Exact::from(1.0);
    let magnitude = (one - decay) / (one + decay);
    if x.0 < 0.0 { -magnitude } else { magnitude }
}

/// 2/√π e^(-x²) x Σ (2x²)^n / (2n + 1)!!: no term is negative, so there is no cancellation.
pub(crate) fn erf(x: Exact) -> Exact {
    if x.0.abs() > 8.0 {
        return Exact::from(x.0.signum());
    }
    let square = x * x;
    let twice = square + square;
    let (mut term, mut sum, mut n) = (Exact::from(1.0), Exact::from(1.0), 1.0);
    while term.0 > sum.0 * 1e-34 {
        n += 2.0;
        term = term * twice / Exact::from(n);
        sum = sum + term;
    }
    TWO_BY_ROOT_PI * exp(-square).value() * x * sum
}

/// Of a positive base.
pub(crate) fn powf(base: f64, exponent: f64) -> Scaled {
    exp(Exact::from(exponent) * ln(base.into()))
}

// The functions of mlp-dsl/src/prelude.mlp, by formulas without cancellation.

pub(crate) fn sigmoid(x: Exact) -> Scaled {
    let one = Exact::from(1.0);
    if x.0 < -50.0 {
        let Scaled(value, k) = exp(x);
        return Scaled(value * (one - exp(x.max(-700.0)).value()), k);
    }
    (one / (one + exp(-x.min(700.0)).value())).into()
}

pub(crate) fn softplus(x: Exact) -> Scaled {
    let one = Exact::from(1.0);
    if x.0 > 20.0 {
        return (x + softplus(-x).value()).into();
    }
    let power = exp(x);
    if x.0 < -20.0 {
        let u = exp(x.max(-700.0)).value();
        let terms = one - u / Exact::from(2.0) + u * u / Exact::from(3.0);
        return Scaled(power.0 * terms, power.1);
    }
    ln(one + power.value()).into()
}

pub(crate) fn silu(x: Exact) -> Scaled {
    let Scaled(value, k) = sigmoid(x);
    Scaled(x * value, k)
}

pub(crate) fn gelu(x: Exact) -> Scaled {
    (Exact::from(0.5) * x * (Exact::from(1.0) + erf(x * ROOT_HALF))).into()
}

/// √(2/π) and the other constants of the formula, as the nearest doubles.
pub(crate) fn gelu_tanh(x: Exact) -> Scaled {
    let two_by_pi = Exact(0.7978845608028654, -4.98465440455546e-17);
    let inner = two_by_pi * (x + Exact::from(0.044715) * x * x * x);
    (Exact::from(0.5) * x * (Exact::from(1.0) + tanh(inner))).into()
}

/// With alpha = 1, for negative arguments.
pub(crate) fn elu(x: Exact) -> Scaled {
    if x.0 > -0.5 {
        return (x * series(x, INVERSE_FACTORIALS.iter().copied().skip(1))).into();
    }
    (exp(x.max(-700.0)).value() - Exact::from(1.0)).into()
}
