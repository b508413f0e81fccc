//! Cells → numbers.

use crate::error::quoted;

/// The number of a cell.
///
/// # Errors
/// What is wrong with the cell.
pub(crate) fn number(cell: &str, single: bool) -> Result<f64, String> {
    let text = cell.trim();
    if text.is_empty() {
        return Err("the cell is empty".to_owned());
    }
    match text.parse::<f64>() {
        Ok(number) => checked(number, single, text),
        Err(_) => Err(match with_point(text) {
            Some(number) => format!("`{}` has a decimal comma: write {number}", quoted(text)),
            None => format!("`{}` is not a number", quoted(text)),
        }),
    }
}

/// A number of an array, if the network can take it.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn fits(number: f64, single: bool) -> Result<f64, String> {
    if number.is_finite() && (!single || (number as f32).is_finite()) {
        return Ok(number);
    }
    checked(number, single, &number.to_string())
}

fn checked(number: f64, single: bool, text: &str) -> Result<f64, String> {
    if !number.is_finite() {
        return Err(format!("`{}` is not a finite number", quoted(text)));
    }
    if single && !(number as f32).is_finite() {
        return Err(format!("`{}` is beyond the numbers of 32 bits", quoted(text)));
    }
    Ok(number)
}

/// Whether a cell is a number, also one that is not finite.
pub(crate) fn is_number(cell: &str) -> bool {
    let text = cell.trim();
    text.parse::<f64>().is_ok() || with_point(text).is_some()
}

/// A number with a decimal comma, and perhaps points between thousands, as it should be written.
fn with_point(text: &str) -> Option<String> {
    let (whole, part) = text.split_once(',')?;
    let digits = part.chars().next().is_some_and(|c| c.is_ascii_digit());
    let number = format!("{}.{part}", whole.replace('.', ""));
    (digits && number.parse::<f64>().is_ok_and(f64::is_finite)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_what_is_none() {
        assert_eq!(number(" -1.5e3 ", false), Ok(-1500.0));
        let wrong = |cell| number(cell, true).err().unwrap_or_default();
        assert_eq!(wrong(""), "the cell is empty");
        assert_eq!(wrong("NaN"), "`NaN` is not a finite number");
        assert_eq!(wrong("1.234,5"), "`1.234,5` has a decimal comma: write 1234.5");
        assert_eq!(wrong("1e39"), "`1e39` is beyond the numbers of 32 bits");
        assert_eq!(wrong("a\u{1b}[31m"), "`a\\u{1b}[31m` is not a number");
        assert!(is_number("3,5") && is_number("nan") && !is_number("three") && !is_number(""));
    }
}
