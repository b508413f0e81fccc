//! From two numbers to the nearest number to their power. The standard library's power may differ in its last bit from
//! machine to machine, and constants reach the bits of networks; so this one is computed with integers.

/// `base ^ exponent`, rounded once, ties to even. Its special cases are those of C99, annex F.
pub(super) fn power(base: f64, exponent: f64) -> f64 {
    if exponent == 0.0 || base == 1.0 {
        return 1.0;
    }
    if base == 0.0 || !base.is_finite() || !exponent.is_finite() {
        return base.powf(exponent); // 0, 1, infinite or NaN, on every machine
    }
    if base < 0.0 && exponent.fract() != 0.0 {
        return f64::NAN;
    }
    let magnitude = positive(base.abs(), exponent);
    if base < 0.0 && exponent % 2.0 != 0.0 { -magnitude } else { magnitude }
}

/// The power of a positive base: 2^k e^r, where k ln 2 + r is the exponent times the logarithm.
fn positive(base: f64, exponent: f64) -> f64 {
    let (below_one, logarithm) = ln(base);
    let negative = below_one != (exponent < 0.0);
    let (bits, shift) = parts(exponent.abs());
    let product = logarithm.times(bits).and_then(|product| product.shifted(shift));
    let Some(product) = product.filter(|product| product.whole() < 800) else {
        return if negative { 0.0 } else { f64::INFINITY };
    };
    // A little less than the product / ln 2, then the rest by steps.
    let mut k = product.whole() * 1000 / 694;
    let mut rest = LN_2.times(k).map_or(product, |below| product.minus(below));
    while rest.is_at_least(LN_2) {
        rest = rest.minus(LN_2);
        k += 1;
    }
    if negative { rounded(LN_2.minus(rest).exp(), -(k as i64) - 1) } else { rounded(rest.exp(), k as i64) }
}

/// An odd number and the exponent of two that a positive number is the product of.
fn parts(x: f64) -> (u64, i32) {
    let bits = x.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (whole, exponent) = match (bits >> 52) as i32 {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent - 1075),
    };
    let zeros = whole.trailing_zeros();
    (whole >> zeros, exponent + zeros as i32)
}

/// Whether ln x is negative, and its size. x = m 2^e with m from ¾ to 3⁄2, and ln m = 2 atanh((m − 1) / (m + 1)).
fn ln(x: f64) -> (bool, Fixed) {
    let (bits, shift) = parts(x);
    let high = 63 - bits.leading_zeros();
    let (mut unit, mut e) = (1 << high, shift + high as i32);
    if 2 * bits >= 3 * unit {
        (unit, e) = (2 * unit, e + 1);
    }
    let s = Fixed::quotient(bits.abs_diff(unit), bits + unit);
    let square = s.product(s);
    let (mut odd_power, mut sum, mut n) = (s, s, 1);
    while odd_power != ZERO {
        (odd_power, n) = (odd_power.product(square), n + 2);
        sum = sum.plus(odd_power.over(n));
    }
    let of_m = sum.plus(sum);
    let of_two = LN_2.times(e.unsigned_abs().into()).unwrap_or(ZERO);
    if e == 0 {
        (bits < unit, of_m)
    } else if (bits < unit) == (e < 0) {
        (e < 0, of_two.plus(of_m))
    } else {
        (e < 0, of_two.minus(of_m)) // ln 2 is above the size of ln m
    }
}

/// The number next to v 2^k, for v from 1 to 2.
fn rounded(v: Fixed, k: i64) -> f64 {
    // Bits after the first one: a subnormal number has fewer.
    let kept = 52 + (k + 1022).min(0);
    if k > 1023 || kept < -1 {
        return if k > 0 { f64::INFINITY } else { 0.0 };
    }
    let Fixed([_, lower, upper, whole]) = v.shifted(kept as i32).unwrap_or(ZERO);
    let rest = u128::from(upper) << 64 | u128::from(lower);
    let half = 1_u128 << 127;
    // The error is far below this distance; of the powers that are no ties, one in 2^63 is nearer.
    let tie = rest.abs_diff(half) < 1 << 64;
    let up = if tie { whole & 1 == 1 } else { rest > half };
    // All factors but the first are powers of two, and no product before the last is inexact.
    let unit = k - kept;
    (whole + u64::from(up)) as f64 * two_to(unit / 2) * two_to(unit - unit / 2)
}

/// 2^k for k from −1022 to 1023.
fn two_to(k: i64) -> f64 {
    f64::from_bits(((k + 1023) as u64) << 52)
}

/// A number with 64 bits before the point and 192 after it; the lowest bits come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fixed([u64; 4]);

const ZERO: Fixed = Fixed([0; 4]);
const ONE: Fixed = Fixed([0, 0, 0, 1]);
const LN_2: Fixed = Fixed([0x40f3_4326_7298_b62d, 0xc9e3_b398_03f2_f6af, 0xb172_17f7_d1cf_79ab, 0]);

impl Fixed {
    /// a / b, for a < b.
    fn quotient(a: u64, b: u64) -> Fixed {
        Fixed([0, 0, 0, a]).over(b)
    }

    fn whole(self) -> u64 {
        let [.., whole] = self.0;
        whole
    }

    fn is_at_least(self, other: Fixed) -> bool {
        self.0.iter().rev().ge(other.0.iter().rev())
    }

    fn plus(mut self, other: Fixed) -> Fixed {
        let mut carry = 0;
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            let sum = u128::from(*limb) + u128::from(other) + carry;
            (*limb, carry) = (sum as u64, sum >> 64);
        }
        self
    }

    /// self − other, which is not above it.
    fn minus(mut self, other: Fixed) -> Fixed {
        let mut borrow = false;
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            let (difference, below) = limb.overflowing_sub(other);
            let (difference, still) = difference.overflowing_sub(borrow.into());
            (*limb, borrow) = (difference, below || still);
        }
        self
    }

    /// `None` beyond 2^64.
    fn times(mut self, factor: u64) -> Option<Fixed> {
        let mut carry = 0;
        for limb in &mut self.0 {
            let product = u128::from(*limb) * u128::from(factor) + carry;
            (*limb, carry) = (product as u64, product >> 64);
        }
        (carry == 0).then_some(self)
    }

    fn over(mut self, divisor: u64) -> Fixed {
        let (mut rest, divisor) = (0, u128::from(divisor));
        for limb in self.0.iter_mut().rev() {
            let part = rest << 64 | u128::from(*limb);
            (*limb, rest) = ((part / divisor) as u64, part % divisor);
        }
        self
    }

    /// The product, rounded down; it is below 2^64.
    fn product(self, other: Fixed) -> Fixed {
        let mut wide = [0; 8];
        for (i, a) in self.0.into_iter().enumerate() {
            let mut carry = 0;
            for (limb, b) in wide.iter_mut().skip(i).zip(other.0) {
                let sum = u128::from(a) * u128::from(b) + u128::from(*limb) + carry;
                (*limb, carry) = (sum as u64, sum >> 64);
            }
            if let Some(limb) = wide.get_mut(i + 4) {
                *limb = carry as u64;
            }
        }
        let [_, _, _, a, b, c, d, _] = wide;
        Fixed([a, b, c, d])
    }

    /// self · 2^by, rounded down; `None` beyond 2^64.
    fn shifted(mut self, by: i32) -> Option<Fixed> {
        for _ in 0..by {
            self = self.times(2)?;
        }
        for _ in by..0 {
            self = self.over(2);
        }
        Some(self)
    }

    /// e^self, for numbers up to 1.
    fn exp(self) -> Fixed {
        let (mut term, mut sum, mut n) = (ONE, ONE, 0);
        while term != ZERO {
            n += 1;
            term = term.product(self).over(n);
            sum = sum.plus(term);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use super::power;

    /// base, exponent and the nearest number, as bits; `power.py` beside them computed them with 120 digits.
    const POWERS: &str = include_str!("../../tests/power/power.csv");

    #[test]
    fn powers_are_the_nearest_numbers() {
        let bits = |text: &str| f64::from_bits(u64::from_str_radix(text, 16).unwrap());
        let rows: Vec<Vec<f64>> =
            POWERS.lines().skip(2).map(|row| row.split(',').map(bits).collect()).collect();
        assert!(rows.len() > 1000);
        for row in rows {
            let [base, exponent, nearest] = row[..] else { panic!("{row:?}") };
            let found = power(base, exponent);
            assert!(
                found.to_bits() == nearest.to_bits(),
                "{base:e} ^ {exponent:e}: {found:e}, not {nearest:e}"
            );
        }
    }

    /// The cases of C99 that are no numbers of a table.
    #[test]
    fn special_powers_are_those_of_the_standard_library() {
        let numbers = [0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 0.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        for base in numbers {
            for exponent in numbers {
                let (found, expected) = (power(base, exponent), base.powf(exponent));
                let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
                assert!(same, "{base} ^ {exponent}: {found}, not {expected}");
            }
        }
    }
}
