//! Values of metadata, read from text.

use crate::json::Text;

/// The bits of the fraction of an `f64`.
const FRACTION: u32 = 52;

impl Text<'_> {
    /// The whole number that it is, in decimal digits.
    pub fn whole(self) -> Option<u64> {
        let mut digits = self.chars().peekable();
        digits.peek()?;
        digits.try_fold(0_u64, |number, digit| {
            number.checked_mul(10)?.checked_add(u64::from(digit.to_digit(10)?))
        })
    }

    /// The number that it is in the hexadecimal form of C and Python, such as `0x1.8000000000000p+1`, with the same bits; a NaN is one of any bits.
    pub fn number(self) -> Option<f64> {
        let text = self.plain()?;
        let (sign, text) = match text.strip_prefix('-') {
            Some(text) => (1_u64 << 63, text),
            None => (0, text),
        };
        let magnitude = match text {
            "nan" => f64::NAN.to_bits(),
            "inf" => f64::INFINITY.to_bits(),
            _ => finite(text)?,
        };
        Some(f64::from_bits(sign | magnitude))
    }

    /// The 16 hexadecimal digits that it is.
    pub fn hash(self) -> Option<u64> {
        let mut count = 0;
        let number = self.chars().try_fold(0_u64, |number, digit| {
            count += 1;
            Some((number << 4) | u64::from(digit.to_digit(16)?))
        })?;
        (count == 16).then_some(number)
    }
}

/// The bits of a finite number without its sign.
fn finite(text: &str) -> Option<u64> {
    let (digits, power) = text.strip_prefix("0x")?.split_once('p')?;
    let (lead, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > FRACTION as usize / 4 {
        return None;
    }
    let digits = fraction.chars().chain(core::iter::repeat('0')).take(FRACTION as usize / 4);
    let fraction =
        digits.into_iter().try_fold(0_u64, |f, digit| Some((f << 4) | u64::from(digit.to_digit(16)?)))?;
    let (is_negative, power) = match power.strip_prefix('-') {
        Some(power) => (true, power),
        None => (false, power.strip_prefix('+').unwrap_or(power)),
    };
    let is_short = (1..=4).contains(&power.len());
    let power = power.chars().try_fold(0_i64, |p, digit| Some(p * 10 + i64::from(digit.to_digit(10)?)));
    let power = power.filter(|_| is_short)?;
    let power = if is_negative { -power } else { power };
    match (lead, power) {
        ("1", -1022..=1023) => Some((((power + 1023) as u64) << FRACTION) | fraction),
        ("0", -1022) => Some(fraction),
        ("0", _) if fraction == 0 => Some(0),
        _ => None,
    }
}
