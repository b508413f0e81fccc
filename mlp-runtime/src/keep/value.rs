//! Values of metadata as text: every `f64` in the hexadecimal form that C and Python read and write, which is exact.

/// A value of metadata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'v> {
    /// A text.
    Text(&'v str),
    /// A whole number, written in decimal digits.
    Whole(u64),
    /// A number, written as `0x1.8000000000000p+1`, so that no bit is lost. Python: `float.fromhex(text)`,
    /// `number.hex()`. A NaN is written as `nan`.
    Number(f64),
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Value::Text(text)
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Value::Whole(number)
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

/// Takes bytes; `false` stops the writing.
pub(super) type Out<'o> = &'o mut dyn FnMut(&[u8]) -> bool;

const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// Writes a whole number in decimal digits.
pub(super) fn whole(number: u64, out: Out<'_>) -> bool {
    let mut digits = [b'0'; 20];
    let mut rest = number;
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        used += 1;
        if rest == 0 {
            break;
        }
    }
    out(digits.get(20_usize.saturating_sub(used)..).unwrap_or_default())
}

/// Writes the last `count` hexadecimal digits of a number.
pub(super) fn hexadecimal(number: u64, count: u32, out: Out<'_>) -> bool {
    (0..count.min(16)).rev().all(|digit| {
        let digit = (number >> (4 * digit)) as usize % 16;
        DIGITS.get(digit).is_some_and(|digit| out(&[*digit]))
    })
}

const FRACTION: u32 = 52;
const FRACTION_MASK: u64 = (1 << FRACTION) - 1;

/// Writes a number in hexadecimal form.
pub(super) fn float(number: f64, out: Out<'_>) -> bool {
    let bits = number.to_bits();
    let (fraction, exponent) = (bits & FRACTION_MASK, (bits >> FRACTION) & 0x7ff);
    if exponent == 0x7ff && fraction != 0 {
        return out(b"nan");
    }
    if bits >> 63 == 1 && !out(b"-") {
        return false;
    }
    if exponent == 0x7ff {
        return out(b"inf");
    }
    if number == 0.0 {
        return out(b"0x0.0p+0");
    }
    let (lead, power) = if exponent == 0 { (b"0x0.", -1022) } else { (b"0x1.", exponent as i64 - 1023) };
    let sign: &[u8] = if power < 0 { b"p-" } else { b"p+" };
    out(lead)
        && hexadecimal(fraction, FRACTION / 4, &mut *out)
        && out(sign)
        && whole(power.unsigned_abs(), out)
}
