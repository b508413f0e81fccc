//! How a number is printed: rounded once, to the nearest.

use mlp_dsl::never::OrNever;

/// Below this a number is printed in scientific notation.
pub(crate) const SMALL: f64 = 1e-4;
/// From here on a number is printed in scientific notation.
pub(crate) const LARGE: f64 = 1e9;

/// A number as digits: a mantissa, and a power of ten where it is in scientific notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// Sign and digits.
    pub digits: String,
    /// The power of ten.
    pub exponent: Option<i32>,
}

/// Rounds for printing. Zeros at the end fall away only where the number itself is that short:
/// a sum such as 0.0125 + 0.03 + 0.35 is, although its float is not.
pub(crate) fn decimal(x: f64, digits: usize) -> Decimal {
    let digits = digits.clamp(1, 17);
    if x == 0.0 || !x.is_finite() {
        let word = if x == 0.0 { "0".to_owned() } else { x.to_string() };
        return Decimal { digits: word, exponent: None };
    }
    let shortest = without_noise(x).to_string();
    let decimals = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let fixed = if decimals <= digits { shortest } else { format!("{x:.digits$}") };
    let vanishes = fixed.bytes().all(|b| !b.is_ascii_digit() || b == b'0');
    if (SMALL..LARGE).contains(&x.abs()) && !vanishes {
        return Decimal { digits: fixed, exponent: None };
    }
    scientific(x, digits)
}

/// The number without what the last bits of a float add to it: 15 significant digits.
fn without_noise(x: f64) -> f64 {
    format!("{x:.14e}").parse().ok().or_never("a printed number is a number", x)
}

fn scientific(x: f64, digits: usize) -> Decimal {
    let shortest = format!("{:e}", without_noise(x));
    let places = digits - 1;
    let long = format!("{x:.places$e}");
    let chosen = if shortest.len() <= long.len() { shortest } else { long };
    let parts = chosen.split_once('e');
    let (mantissa, exponent) = parts.or_never("scientific notation has an exponent", (&chosen, "0"));
    let exponent = exponent.parse().ok().or_never("an exponent is a whole number", 0);
    Decimal { digits: mantissa.to_owned(), exponent: Some(exponent) }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    fn text(x: f64) -> String {
        let number = decimal(x, 9);
        number.exponent.map_or(number.digits.clone(), |e| format!("{}e{e}", number.digits))
    }

    #[test]
    fn zeros_stay_unless_the_number_is_short() {
        assert_eq!(text(0.05), "0.05");
        assert_eq!(text(0.511_301_270_238_7), "0.511301270");
        assert_eq!(text(2.0), "2");
        assert_eq!(text(0.392_499_999_999_999_96), "0.3925");
    }

    #[test]
    fn no_negative_zero_and_no_lost_digits() {
        assert_eq!(text(-0.0), "0");
        assert_eq!(text(-4e-12), "-4e-12");
        assert_eq!(text(1.0 / 30_000.0), "3.33333333e-5");
        assert_eq!(text(1e9), "1e9");
        assert_eq!(decimal(-0.0015, 2).exponent, Some(-3));
    }
}
