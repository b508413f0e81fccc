//! Complex numbers for the complex-step derivative.

use num_complex::Complex64;

use crate::ir::evaluate::{Real, erf};

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
    fn sqrt(self) -> Self {
        // First order in the step; the library's root loses a tiny imaginary part.
        let root = self.re.sqrt();
        let slope = if self.im == 0.0 { 0.0 } else { self.im / (2.0 * root) };
        Complex64::new(root, slope)
    }
    fn erf(self) -> Self {
        let slope = std::f64::consts::FRAC_2_SQRT_PI * (-self.re * self.re).exp();
        Complex64::new(erf(self.re), if self.im == 0.0 { 0.0 } else { slope * self.im })
    }
    fn floor(self) -> Self {
        Complex64::new(self.re.floor(), 0.0)
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
