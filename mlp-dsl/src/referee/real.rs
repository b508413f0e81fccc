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
        if exponent.im == 0.0 {
            // First order in the step, which is all there is; right for negative bases too.
            let slope = if self.im == 0.0 { 0.0 } else { exponent.re * self.re.powf(exponent.re - 1.0) };
            return Complex64::new(self.re.powf(exponent.re), slope * self.im);
        }
        (exponent * Complex64::ln(self)).exp()
    }
    fn real(self) -> f64 {
        self.re
    }
}
