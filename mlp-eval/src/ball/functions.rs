//! Elementary functions of wide numbers, from their power series.

use super::wide::Wide;

impl Wide {
    fn of_two(high: f64, low: f64) -> Self {
        Wide::from(high) + Wide::from(low)
    }

    fn ln_2() -> Self {
        Wide::of_two(std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17)
    }

    /// exp(x) − 1 for |x| < ½, accurate near 0.
    fn exp_m1_near_0(self) -> Self {
        const HALVINGS: i64 = 8;
        let x = self.scaled(-HALVINGS);
        // x + x²/2 + … + x¹¹/11!, from the last term.
        let series = (2..=11).rev().fold(Wide::ONE, |sum, n| Wide::ONE + sum * x / Wide::from(f64::from(n)));
        (0..HALVINGS).fold(series * x, |e, _| e.scaled(1) + e * e)
    }

    pub(super) fn exp(self) -> Self {
        let turns = (self.to_f64() / std::f64::consts::LN_2).round();
        if self.is_nan() || turns.abs() > 1e15 {
            return if self.is_negative() { Wide::ZERO } else { Wide::NAN };
        }
        let rest = self - Wide::from(turns) * Wide::ln_2();
        (Wide::ONE + rest.exp_m1_near_0()).scaled(turns as i64)
    }

    /// The logarithm of a positive number.
    pub(super) fn ln(self) -> Self {
        if self.is_zero() || self.is_negative() || self.is_nan() {
            return Wide::NAN;
        }
        let (leading, exponent) = self.leading();
        let exponent = if leading > 1.41 { exponent + 1 } else { exponent };
        let mantissa = self.scaled(-exponent);
        let near = mantissa.to_f64().ln();
        let logarithm = if near.abs() < 0.06 {
            mantissa.ln_near_1()
        } else {
            let near = Wide::from(near);
            near + (mantissa * (-near).exp()).ln_near_1()
        };
        Wide::from(exponent as f64) * Wide::ln_2() + logarithm
    }

    /// 2 artanh((x − 1) / (x + 1))
    fn ln_near_1(self) -> Self {
        let s = (self - Wide::ONE) / (self + Wide::ONE);
        let square = s * s;
        let series = (0..14)
            .rev()
            .fold(Wide::ZERO, |sum, k| Wide::ONE / Wide::from(f64::from(2 * k + 1)) + sum * square);
        (s * series).scaled(1)
    }

    pub(super) fn tanh(self) -> Self {
        if self.abs().to_f64() < 0.2 {
            let e = self.scaled(1).exp_m1_near_0();
            return e / (e + Wide::from(2.0));
        }
        let e = (-self.abs().scaled(1)).exp();
        let tanh = (Wide::ONE - e) / (Wide::ONE + e);
        if self.is_negative() { -tanh } else { tanh }
    }

    /// 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · … · (2n + 1)): no term is negative. From 9 on it is 1.
    pub(super) fn erf(self) -> Self {
        let size = self.abs();
        let sign = |x: Wide| if self.is_negative() { -x } else { x };
        if self.is_zero() || self.is_nan() {
            return self;
        }
        if size.to_f64() >= 9.0 {
            return sign(Wide::ONE);
        }
        let twice = (size * size).scaled(1);
        let (mut term, mut sum, mut n) = (size, size, 0.0);
        while (term.scaled(110) - sum).leading().0 > 0.0 {
            n += 1.0;
            term = term * twice / Wide::from(2.0 * n + 1.0);
            sum = sum + term;
        }
        let factor = Wide::of_two(std::f64::consts::FRAC_2_SQRT_PI, 1.533_545_961_316_588e-17);
        sign(factor * (-(size * size)).exp() * sum)
    }
}
