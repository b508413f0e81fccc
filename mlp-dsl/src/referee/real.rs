//! The numbers the referee computes with.

use std::ops::{Add, Div, Mul, Neg, Sub};

use num_complex::Complex64;

/// A number type: floats, and complex numbers for the complex-step derivative.
pub trait Real:
    Copy
    + From<f64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + std::fmt::Debug
    + 'static
{
    /// eˣ
    fn exp(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The power.
    fn pow(self, exponent: Self) -> Self;
    /// The real part: what comparisons look at.
    fn real(self) -> f64;
}

impl Real for f64 {
    fn exp(self) -> Self {
        f64::exp(self)
    }
    fn ln(self) -> Self {
        f64::ln(self)
    }
    fn tanh(self) -> Self {
        f64::tanh(self)
    }
    fn pow(self, exponent: Self) -> Self {
        self.powf(exponent)
    }
    fn real(self) -> f64 {
        self
    }
}

impl Real for Complex64 {
    fn exp(self) -> Self {
        Complex64::exp(self)
    }
    fn ln(self) -> Self {
        Complex64::ln(self)
    }
    /// Built from the real functions, so that a tiny imaginary part survives.
    fn tanh(self) -> Self {
        let (t, tan) = (self.re.tanh(), self.im.tan());
        Complex64::new(t, tan) / Complex64::new(1.0, t * tan)
    }
    fn pow(self, exponent: Self) -> Self {
        if exponent.im == 0.0 && self.im == 0.0 {
            return Complex64::from(self.re.powf(exponent.re));
        }
        (exponent * Complex64::ln(self)).exp()
    }
    fn real(self) -> f64 {
        self.re
    }
}
