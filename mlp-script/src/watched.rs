//! Where Python's own functions stop with an exception: divisions by 0, exponentials that are too large, and so on. The
//! network goes on there, with an infinite number or none, so the listing has functions of its own for them, where the
//! declared numbers need them.

use std::{
    cell::Cell,
    ops::{Add, Div, Mul, Neg, Sub},
};

use mlp_dsl::{formula::evaluate::Real, ir::Derivation};
use mlp_eval::{Point, evaluate};

use crate::helpers::Guards;

thread_local! {
    static SEEN: Cell<Guards> = const { Cell::new(Guards { divide: false, exp: false, log: false, sqrt: false, power: false }) };
}

/// What happens at a point.
pub(crate) fn guards(derivation: &Derivation, point: &Point) -> Guards {
    SEEN.set(Guards::default());
    let _ = evaluate::<Watched>(derivation, point);
    SEEN.get()
}

fn see(is: bool, mark: impl Fn(&mut Guards)) {
    if is {
        let mut seen = SEEN.get();
        mark(&mut seen);
        SEEN.set(seen);
    }
}

/// A float that remembers what happened.
#[derive(Clone, Copy, Debug)]
struct Watched(f64);

impl From<f64> for Watched {
    fn from(x: f64) -> Self {
        Watched(x)
    }
}

impl Neg for Watched {
    type Output = Self;
    fn neg(self) -> Self {
        Watched(-self.0)
    }
}

impl Add for Watched {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Watched(self.0 + other.0)
    }
}

impl Sub for Watched {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Watched(self.0 - other.0)
    }
}

impl Mul for Watched {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Watched(self.0 * other.0)
    }
}

impl Div for Watched {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        see(other.0 == 0.0, |seen| seen.divide = true);
        Watched(self.0 / other.0)
    }
}

impl Real for Watched {
    fn exp(self) -> Self {
        let value = self.0.exp();
        see(value.is_infinite() && self.0.is_finite(), |seen| seen.exp = true);
        Watched(value)
    }
    fn ln(self) -> Self {
        see(self.0 <= 0.0, |seen| seen.log = true);
        Watched(self.0.ln())
    }
    fn tanh(self) -> Self {
        Watched(self.0.tanh())
    }
    fn sqrt(self) -> Self {
        see(self.0 < 0.0, |seen| seen.sqrt = true);
        Watched(self.0.sqrt())
    }
    fn erf(self) -> Self {
        Watched(<f64 as Real>::erf(self.0))
    }
    fn floor(self) -> Self {
        Watched(self.0.floor())
    }
    fn pow(self, exponent: Self) -> Self {
        let value = self.0.powf(exponent.0);
        let finite = self.0.is_finite() && exponent.0.is_finite();
        see(finite && !value.is_finite(), |seen| seen.power = true);
        // A whole exponent makes Python's power of a negative base a float, any other a complex number.
        see(self.0 < 0.0 && exponent.0.fract() != 0.0, |seen| seen.power = true);
        Watched(value)
    }
    fn real(self) -> f64 {
        self.0
    }
}
