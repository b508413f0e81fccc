//! Exact decimals: what a declared number is before it is rounded to a double, and sums and products of such.

/// `digits · 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Decimal {
    digits: i128,
    exponent: i32,
}

impl Decimal {
    /// The shortest decimal that rounds to this double: the one that was written, where that has at most 15 digits.
    pub(super) fn of(x: f64) -> Option<Self> {
        let text = x.is_finite().then(|| format!("{x:e}"))?;
        let (digits, exponent) = text.split_once('e')?;
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let digits = digits.replace('.', "").parse().ok()?;
        let exponent = exponent.parse::<i32>().ok()? - i32::try_from(decimals).ok()?;
        Some(Decimal { digits, exponent }.shortened())
    }

    /// Without zeros at the end, so that the digits keep fitting.
    fn shortened(mut self) -> Self {
        if self.digits == 0 {
            return Decimal { digits: 0, exponent: 0 };
        }
        while self.digits % 10 == 0 {
            self.digits /= 10;
            self.exponent += 1;
        }
        self
    }

    /// The digits with this exponent, which is not above the own one.
    fn at(self, exponent: i32) -> Option<i128> {
        let shift = u32::try_from(self.exponent - exponent).ok()?;
        self.digits.checked_mul(10_i128.checked_pow(shift)?)
    }

    /// The sum, where it fits.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let digits = self.at(exponent)?.checked_add(other.at(exponent)?)?;
        Some(Decimal { digits, exponent }.shortened())
    }

    /// The product, where it fits.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Decimal { digits, exponent: self.exponent.checked_add(other.exponent)? }.shortened())
    }

    /// The quotient, where it has few digits.
    pub(super) fn over(self, other: Self) -> Option<Self> {
        const MORE: i32 = 18;
        if other.digits == 0 {
            return None;
        }
        let scaled = self.digits.checked_mul(10_i128.pow(MORE.unsigned_abs()))?;
        let exponent = self.exponent.checked_sub(other.exponent)?.checked_sub(MORE)?;
        (scaled % other.digits == 0).then(|| Decimal { digits: scaled / other.digits, exponent }.shortened())
    }

    /// The opposite number.
    pub(super) fn negated(self) -> Self {
        Decimal { digits: -self.digits, ..self }
    }

    /// The nearest double.
    pub(super) fn value(self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn of(x: f64) -> Decimal {
        Decimal::of(x).unwrap_or(Decimal { digits: i128::MAX, exponent: 0 })
    }

    #[test]
    fn sums_and_products_are_exact() {
        let sum = of(0.1).plus(of(0.2)).and_then(|sum| sum.plus(of(-0.3)));
        assert_eq!(sum.map(Decimal::value), Some(0.0));
        assert_eq!(of(0.1).times(of(3.0)), Some(of(0.3)));
        assert_eq!(of(1.0).over(of(8.0)), Some(of(0.125)));
        assert_eq!(of(1.0).over(of(3.0)), None);
        assert_eq!(of(1.0).over(of(0.0)), None);
        assert_eq!(of(-2.5e-7).negated(), of(2.5e-7));
    }

    #[test]
    fn what_does_not_fit_is_unknown() {
        let wide = of(0.123_456_789_012_345_67);
        assert!(wide.times(wide).is_some());
        assert_eq!(wide.times(wide).and_then(|x| x.times(wide)), None);
        assert_eq!(of(1e300).plus(of(1e-300)), None);
        assert_eq!(Decimal::of(f64::INFINITY), None);
        assert_eq!(Decimal::of(f64::NAN), None);
    }
}
