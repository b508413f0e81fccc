//! Turns numbers into text.

/// 17 significant digits, which identify every `f64`, or 9, which identify every `f32`; `None` if the number is not
/// finite.
pub(crate) fn exact_of(number: f64, single: bool) -> Option<String> {
    if !single {
        return exact(number);
    }
    if !number.is_finite() {
        return None;
    }
    let scientific = format!("{number:.8e}");
    let exponent = scientific.rsplit('e').next().and_then(|e| e.parse::<i32>().ok()).unwrap_or(0);
    if number == 0.0 || !(-5..8).contains(&exponent) {
        return Some(if number == 0.0 { "0.0".to_owned() } else { scientific });
    }
    let decimals = usize::try_from(8 - exponent).unwrap_or(0);
    Some(format!("{number:.decimals$}"))
}

/// The fewest digits that identify the number, of 64 bits or of 32.
pub(crate) fn short_of(number: f64, single: bool) -> String {
    let size = number.abs();
    if !single || number == 0.0 || !number.is_finite() {
        short(number)
    } else if (1e-5..1e16).contains(&size) {
        (number as f32).to_string()
    } else {
        format!("{:e}", number as f32)
    }
}

/// 17 significant digits, which identify every `f64`; `None` if the number is not finite.
pub(crate) fn exact(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    if number == 0.0 {
        return Some("0.0".to_owned());
    }
    let scientific = format!("{number:.16e}");
    let exponent = scientific.rsplit('e').next().and_then(|e| e.parse::<i32>().ok()).unwrap_or(0);
    if !(-5..16).contains(&exponent) {
        return Some(scientific);
    }
    let decimals = usize::try_from(16 - exponent).unwrap_or(0);
    Some(format!("{number:.decimals$}"))
}

/// The fewest digits that identify the number.
pub(crate) fn short(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        "0".to_owned()
    } else if !number.is_finite() || (1e-5..1e16).contains(&size) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

/// `1 weight`, `2 weights`
pub(crate) fn counted(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventeen_digits() {
        let exact = |x| exact(x).unwrap_or_default();
        assert_eq!(exact(0.593_269_992_107_187_2), "0.59326999210718723");
        assert_eq!(exact(1.0), "1.0000000000000000");
        assert_eq!(exact(-0.0), "0.0");
        assert_eq!(exact(1e300), "1.0000000000000001e300");
        assert_eq!(exact(-2.5e-7), "-2.4999999999999999e-7");
        assert_eq!(exact(1234.5), "1234.5000000000000");
        assert_eq!(super::exact(f64::NAN), None);
        for x in [f64::MIN_POSITIVE, f64::MAX, 5e-324, 0.1, 9_999_999_999_999_998.0, 1e16, 1e-5] {
            assert_eq!(exact(x).parse(), Ok(x));
        }
    }

    #[test]
    fn numbers_of_32_bits() {
        let exact = |x: f32| exact_of(x.into(), true).unwrap_or_default();
        assert_eq!(
            (exact(0.1), exact(1.0), exact(-0.0)),
            ("0.100000001".into(), "1.00000000".into(), "0.0".into())
        );
        for x in [f32::MIN_POSITIVE, f32::MAX, 1e-45, 0.1, 16_777_215.0, 99_999_999.0, 1e-5, 123_456.79] {
            assert_eq!((exact(x).parse(), short_of(x.into(), true).parse()), (Ok(x), Ok(x)));
        }
        assert_eq!(exact_of(f64::NAN, true), None);
        assert_eq!(short_of(f64::from(0.1_f32), true), "0.1");
    }

    #[test]
    fn short_numbers() {
        assert_eq!(short(0.1), "0.1");
        assert_eq!(short(-0.0), "0");
        assert_eq!(short(1e-9), "1e-9");
        assert_eq!(short(f64::NAN), "NaN");
    }
}
