//! Complex numbers for the complex-step derivative.

use num_complex::Complex64;

use crate::ir::evaluate::Real;

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
