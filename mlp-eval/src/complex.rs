//! Complex numbers for the complex-step derivative: those of `num-complex`, with functions that keep a tiny
//! imaginary part exact to first order.

use std::ops::{Add, Div, Mul, Neg, Sub};

use mlp_dsl::formula::evaluate::{Real, erf};
use num_complex::Complex64;

/// A complex number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Complex(Complex64);

impl Complex {
    /// The number `re + im i`.
    pub(crate) fn new(re: f64, im: f64) -> Self {
        Complex(Complex64::new(re, im))
    }

    /// The imaginary part.
    pub(crate) fn imaginary(self) -> f64 {
        self.0.im
    }
}

impl From<f64> for Complex {
    fn from(x: f64) -> Self {
        Complex::new(x, 0.0)
    }
}

impl Neg for Complex {
    type Output = Self;
    fn neg(self) -> Self {
        Complex(-self.0)
    }
}

macro_rules! operators {
    ($($name:ident $method:ident;)*) => {$(
        impl $name for Complex {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                Complex($name::$method(self.0, other.0))
            }
        }
    )*};
}

operators! {
    Add add;
    Sub sub;
    Mul mul;
    Div div;
}

impl Real for Complex {
    fn exp(self) -> Self {
        Complex(self.0.exp())
    }
    fn ln(self) -> Self {
        Complex(self.0.ln())
    }
    /// Built from the real functions, so that a tiny imaginary part survives.
    fn tanh(self) -> Self {
        let (t, tan) = (self.0.re.tanh(), self.0.im.tan());
        Complex::new(t, tan) / Complex::new(1.0, t * tan)
    }
    fn sqrt(self) -> Self {
        // First order in the step; the library's root loses a tiny imaginary part.
        let root = self.0.re.sqrt();
        let slope = if self.0.im == 0.0 { 0.0 } else { self.0.im / (2.0 * root) };
        Complex::new(root, slope)
    }
    fn erf(self) -> Self {
        let slope = std::f64::consts::FRAC_2_SQRT_PI * (-self.0.re * self.0.re).exp();
        Complex::new(erf(self.0.re), if self.0.im == 0.0 { 0.0 } else { slope * self.0.im })
    }
    fn floor(self) -> Self {
        Complex::new(self.0.re.floor(), 0.0)
    }
    fn pow(self, exponent: Self) -> Self {
        // First order in the step, which is all there is; right for negative bases too.
        let (base, power) = (self.0, exponent.0);
        let value = base.re.powf(power.re);
        let of_base = if base.im == 0.0 || power.re == 0.0 {
            0.0
        } else {
            base.im * power.re * base.re.powf(power.re - 1.0)
        };
        let of_power = if power.im == 0.0 || base.re == 0.0 { 0.0 } else { power.im * value * base.re.ln() };
        Complex::new(value, of_base + of_power)
    }
    fn real(self) -> f64 {
        self.0.re
    }
}
