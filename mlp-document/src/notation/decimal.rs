//! How a number is printed: rounded once, to the nearest.

use mlp_dsl::never::OrNever;

use crate::known::{Exact, Known};

/// Below this a number is printed in scientific notation, where there are decimals enough.
const SMALL: f64 = 1e-4;
/// From here on a number is printed in scientific notation.
pub(crate) const LARGE: f64 = 1e9;
/// As many digits identify a double.
pub(crate) const ALL_DIGITS: usize = 17;

/// Below this a number is printed in scientific notation: no fixed number of decimals loses all its digits.
pub(crate) fn small(digits: usize) -> f64 {
    10_f64.powi(-(digits as i32)).max(SMALL)
}

/// A number as digits: a mantissa, and a power of ten where it is in scientific notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// Sign and digits.
    pub digits: String,
    /// The power of ten.
    pub exponent: Option<i32>,
}

impl Decimal {
    fn fixed(digits: String) -> Self {
        Decimal { digits, exponent: None }
    }

    /// The number that is read; none for words, and for digits too long to compute with.
    pub(crate) fn read(&self) -> Option<Exact> {
        Exact::read(&self.digits, self.exponent.unwrap_or(0))
    }
}

/// Rounds for printing. A number that is shorter is printed as it is; a rounded one keeps zeros at its end.
pub(crate) fn decimal(x: Known, digits: usize) -> Decimal {
    let digits = digits.clamp(1, ALL_DIGITS);
    let value = x.value();
    if value == 0.0 || !value.is_finite() {
        return Decimal::fixed(if value == 0.0 { "0".to_owned() } else { value.to_string() });
    }
    if !(small(digits)..LARGE).contains(&value.abs()) {
        return scientific(x, digits);
    }
    if digits == ALL_DIGITS {
        return significant(x);
    }
    let rounded = x.exact().and_then(|exact| {
        let rounded = exact.rounded(digits)?;
        Some(if rounded == exact { exact.text() } else { rounded.with_decimals(digits) })
    });
    Decimal::fixed(rounded.unwrap_or_else(|| format!("{value:.digits$}")))
}

/// A number of the specification, which is printed as it is written.
pub(crate) fn in_full(x: f64) -> Decimal {
    let exact = Exact::of(x).filter(|_| (SMALL..LARGE).contains(&x.abs()) || x == 0.0);
    exact.map_or_else(|| scientific(Known::from(x), ALL_DIGITS), |exact| Decimal::fixed(exact.text()))
}

/// 17 digits after the leading zeros, or fewer if the number is shorter.
fn significant(x: Known) -> Decimal {
    let value = x.value();
    let (_, exponent) = in_scientific(value, ALL_DIGITS - 1);
    let decimals = usize::try_from(16 - exponent).unwrap_or(0);
    let short = x.exact().filter(|exact| exact.decimals() <= decimals);
    Decimal::fixed(short.map_or_else(|| format!("{value:.decimals$}"), Exact::text))
}

fn scientific(x: Known, digits: usize) -> Decimal {
    let shortest = format!("{:e}", x.value());
    let (mantissa, exponent) = in_scientific(x.value(), digits - 1);
    // Where all digits are known, they are those of the shortest text.
    let short =
        shortest.split_once('e').filter(|(short, _)| x.exact().is_some() && short.len() <= mantissa.len());
    Decimal { digits: short.map_or(mantissa, |(short, _)| short.to_owned()), exponent: Some(exponent) }
}

/// The mantissa with this many decimals, and the power of ten.
fn in_scientific(x: f64, decimals: usize) -> (String, i32) {
    let text = format!("{x:.decimals$e}");
    let parts = text.split_once('e').or_never("scientific notation has an exponent", ("?", "0"));
    let exponent = parts.1.parse().ok().or_never("an exponent is a whole number", 0);
    (parts.0.to_owned(), exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(x: Known, digits: usize) -> String {
        let number = decimal(x, digits);
        number.exponent.map_or(number.digits.clone(), |e| format!("{}e{e}", number.digits))
    }

    fn text(x: f64) -> String {
        text_of(Known::from(x), 9)
    }

    #[test]
    fn zeros_stay_unless_the_number_is_short() {
        assert_eq!(text(0.05), "0.05");
        assert_eq!(text(0.511_301_270_238_7), "0.511301270");
        assert_eq!(text_of(Known::inexact(0.511_301_27), 9), "0.511301270");
        assert_eq!(text(2.0), "2");
        let sum = Known::from(0.0125) + Known::from(0.03) + Known::from(0.35);
        assert_eq!(text_of(sum, 9), "0.3925");
    }

    #[test]
    fn no_negative_zero_and_no_lost_digits() {
        assert_eq!(text(-0.0), "0");
        assert_eq!(text(-4e-12), "-4e-12");
        assert_eq!(text(1.0 / 30_000.0), "3.33333333e-5");
        assert_eq!(text(1e9), "1e9");
        assert_eq!(text_of(Known::from(-0.0015), 2), "-1.5e-3");
    }

    /// What is below the bound is in scientific notation, and nothing else.
    #[test]
    fn the_bound_is_the_stated_one() {
        for digits in 1..=17 {
            let bound = small(digits);
            for x in [bound, 1.000_000_1 * bound, 0.37, 0.999_999_999_999 * bound, 0.3 * bound] {
                let scientific = decimal(Known::inexact(x), digits).exponent.is_some();
                assert_eq!(scientific, x < bound, "{x} with {digits} digits");
            }
        }
    }

    #[test]
    fn seventeen_digits_identify_a_double() {
        for x in [0.593_269_992_105_208_7, 0.000_438_567_734_474_3, 1.105_905_967_1, 12_345.678_9, 3e-7 / 7.0]
        {
            for known in [Known::inexact(x), Known::from(x)] {
                let Decimal { digits, exponent } = decimal(known, 17);
                assert_eq!(format!("{digits}e{}", exponent.unwrap_or(0)).parse(), Ok(x));
            }
        }
        assert_eq!(text_of(Known::inexact(0.593_269_992_105_208_7), 17), "0.59326999210520870");
        assert_eq!(text_of(Known::inexact(0.000_438_567_734_474_346_85), 17), "0.00043856773447434685");
    }
}
