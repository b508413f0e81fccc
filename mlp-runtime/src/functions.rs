//! Elementary functions of `f64`, made of `+ - * /`, comparisons and bit operations,
//! so that every machine computes the same bits; `by` says how a product and its addition are rounded.
//!
//! How far each is from the exact result says the table of `docs/functions.md` in the repository. A NaN argument
//! gives a NaN result, with the two exceptions of [`powf`].
//!
//! Constants come from `tests/reference/coefficients.py` of the crate mlp-runtime.

use super::arithmetic::{Arithmetic, Separate};
use core::f64::consts::{LN_2, LOG2_E};
// An `if` may become a branch, and a loop with branches does not become vector code.
use core::hint::select_unpredictable as select;

/// ln 2 to 42 bits: exact in products with exponents.
const LN_2_HEAD: f64 = 0.6931471805598903;
/// ln 2 less [`LN_2_HEAD`].
const LN_2_TAIL: f64 = 5.497923018708371e-14;
const THIRD_HEAD: f64 = 1.0 / 3.0;
/// 1/3 less [`THIRD_HEAD`].
const THIRD_TAIL: f64 = 1.850371707708594e-17;

/// (e^r - 1 - r) / r² on |r| <= ln 2 / 2 from r⁰ up, by Chebyshev approximation; truncation
/// puts less than 2^-61 of e^r in error.
const EXP_REST: [f64; 11] = [
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326141,
    0.0013888888888883752,
    0.00019841269874800493,
    2.4801587325533363e-05,
    2.7557255425746198e-06,
    2.755727366134847e-07,
    2.510520637405601e-08,
    2.0914679376654634e-09,
];

/// (e^2r - 1 - 2r) / 2r², from r⁰ up.
const EXP_REST_OF_TWICE: [f64; 11] = {
    let mut coefficients = EXP_REST;
    let (mut i, mut factor) = (0, 2.0);
    while i < coefficients.len() {
        coefficients[i] *= factor;
        factor *= 2.0;
        i += 1;
    }
    coefficients
};

/// e to the power `x`, gradual underflow included.
///
/// Cody and Waite's reduction to 2^k e^r with |r| <= ln 2 / 2, then a polynomial.
#[inline(always)]
pub fn exp<A: Arithmetic>(by: A, x: f64) -> f64 {
    let x = clamp(x, -EXP_END, EXP_END);
    let (k, multiple) = whole(by.multiply_add(x, LOG2_E, SHIFTER));
    power(by, k, by.multiply_add(-multiple, LN_2_TAIL, by.multiply_add(-multiple, LN_2_HEAD, x)), 0.0)
}

/// The natural logarithm; the same in both arithmetics.
///
/// ln 0 is -inf; of a negative number, NaN. See `ln_sum` for the method.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    ln_sum(x).0
}

/// The hyperbolic tangent. Odd in `x`, the zero's sign included.
///
/// h / (h + 1) with h = (e^2x - 1) / 2 and e^2x = 2^k e^2r. Nothing is lost near 0, where k is 0 and r is x.
#[inline(always)]
pub fn tanh<A: Arithmetic>(by: A, x: f64) -> f64 {
    let size = absolute(x);
    // From 19.1 on the result is 1.
    let size = select(size > 22.0, 22.0, size);
    let (k, multiple) = whole(by.multiply_add(size, 2.0 * LOG2_E, SHIFTER));
    // Without a tail of ln 2: where k is not 0, what that costs is less than half an ulp of the result.
    let r = by.multiply_add(-multiple, 0.5 * LN_2, size);
    let scale = power_of_two(k);
    // 2^k is multiplied in early, so that only one operation waits for the polynomial.
    let early = by.multiply_add(scale, r, by.multiply_add(0.5, scale, -0.5));
    let half = early + plus_squared_polynomial(by, -0.0, scale, r, EXP_REST_OF_TWICE);
    with_sign(half / (half + 1.0), x)
}

/// `base` to the power `exponent`; exact where the exact result is a double.
///
/// e^(exponent ln |base|), the logarithm and the product each carried as an unevaluated sum of
/// two doubles. Special cases are those of `pow` in C99, annex F: among them, `powf(x, 0)` and
/// `powf(1, y)` are 1 even for NaN; a negative base with an exponent that is no integer is NaN.
#[inline]
pub fn powf(base: f64, exponent: f64) -> f64 {
    if exponent == 0.0 || base == 1.0 {
        return 1.0;
    }
    // |ln| of any base but 1 exceeds 2^-54: beyond 2^66 all exponents overflow or vanish alike.
    let bounded = clamp(exponent, -7.378697629483821e19, 7.378697629483821e19);
    let (head, tail) = ln_sum(absolute(base));
    let (product, below) = two_product(head, bounded);
    let magnitude = exp_of_sum(product, below + tail * bounded);
    match parity(exponent) {
        Parity::Odd => with_sign(magnitude, base),
        Parity::Fraction if base < 0.0 && base > f64::NEG_INFINITY => f64::NAN,
        _ => magnitude,
    }
}

/// Beyond, e^x is 0 and infinity.
const EXP_END: f64 = 1000.0;

/// Added to x with |x| < 2^51, 1.5 * 2^52 leaves the nearest whole number in the low bits.
const SHIFTER: f64 = 6755399441055744.0;

/// The whole number in a sum with [`SHIFTER`], as both types.
#[inline(always)]
fn whole(shifted: f64) -> (i64, f64) {
    (shifted.to_bits().wrapping_sub(SHIFTER.to_bits()) as i64, shifted - SHIFTER)
}

/// 2^k e^(r + below), |r| <= ln 2 / 2 and below within r's last bit.
#[inline(always)]
fn power<A: Arithmetic>(by: A, k: i64, r: f64, below: f64) -> f64 {
    // The greater part of e^r is there early.
    let (sum, rounding) = fast_two_sum(1.0, r);
    let rest = plus_squared_polynomial(by, rounding + below, 1.0, r, EXP_REST);
    // In two factors, since 2^k alone may overflow or be subnormal. Halved without a sign, because AVX2 shifts
    // 64 bits only so; multiples of 2^12 fall out of the exponent.
    let half = (k.wrapping_add(1 << 13) as u64 >> 1) as i64;
    (sum + rest) * power_of_two(half) * power_of_two(k.wrapping_sub(half))
}

/// e^(head + tail), where the tail is below head's last bits.
#[inline(always)]
fn exp_of_sum(head: f64, tail: f64) -> f64 {
    let tail = select(absolute(head) > EXP_END, 0.0, tail);
    let head = clamp(head, -EXP_END, EXP_END);
    let (k, multiple) = whole(head * LOG2_E + SHIFTER);
    let near = head - multiple * LN_2_HEAD;
    let (r, below) = fast_two_sum(near, tail - multiple * LN_2_TAIL);
    power(Separate, k, r, below)
}

/// `addend` plus `factor` z² times the polynomial with these coefficients, from z⁰ up.
///
/// Estrin's scheme: a few products more than Horner's, in a chain half as long.
#[inline(always)]
fn plus_squared_polynomial<A: Arithmetic>(
    by: A,
    addend: f64,
    factor: f64,
    z: f64,
    coefficients: [f64; 11],
) -> f64 {
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10] = coefficients;
    let z2 = z * z;
    let z4 = z2 * z2;
    let low = by.multiply_add(by.multiply_add(c3, z, c2), z2, by.multiply_add(c1, z, c0));
    let middle = by.multiply_add(by.multiply_add(c7, z, c6), z2, by.multiply_add(c5, z, c4));
    let high = by.multiply_add(c10, z2, by.multiply_add(c9, z, c8));
    let upper = by.multiply_add(high, z4, middle);
    let square = factor * z2;
    by.multiply_add(upper, square * z4, by.multiply_add(low, square, addend))
}

/// ln x as the sum of its nearest double and a tail, to about 2^-64 of its value.
///
/// x = 2^e m with m about 1 and ln m = 2 atanh s, s = (m - 1) / (m + 1), by atanh's series
/// s + s³ (1/3 + s²/5 + s⁴/7 + ...): s, s³ and the 1/3 are carried as sums of two doubles.
#[inline(always)]
fn ln_sum(x: f64) -> (f64, f64) {
    let (exponent, m) = decompose(x);
    let (s, s_tail) = quotient_about_zero(m);
    let (square, square_tail) = two_product(s, s);
    let square_tail = square_tail + 2.0 * s * s_tail;
    let (factor, factor_tail) = fast_two_sum(THIRD_HEAD, square * atanh_rest(square));
    let factor_tail = factor_tail + THIRD_TAIL;
    let (product, product_tail) = two_product(square, factor);
    let product_tail = product_tail + (square * factor_tail + square_tail * factor);
    let (cubic, cubic_tail) = two_product(s, product);
    let cubic_tail = cubic_tail + (s * product_tail + s_tail * product);
    let (half, half_tail) = fast_two_sum(s, cubic);
    let half_tail = half_tail + (s_tail + cubic_tail);
    let (sum, sum_tail) = fast_two_sum(exponent * LN_2_HEAD, 2.0 * half);
    let (head, tail) = fast_two_sum(sum, sum_tail + (exponent * LN_2_TAIL + 2.0 * half_tail));
    let is_positive_finite = x > 0.0 && x < f64::INFINITY;
    let limit = select(x < 0.0, f64::NAN, x);
    let limit = select(x == 0.0, f64::NEG_INFINITY, limit);
    (select(is_positive_finite, head, limit), select(is_positive_finite, tail, 0.0))
}

/// (m - 1) / (m + 1) as a sum of two doubles.
#[inline(always)]
fn quotient_about_zero(m: f64) -> (f64, f64) {
    let numerator = m - 1.0;
    let (denominator, denominator_tail) = fast_two_sum(2.0, numerator);
    let quotient = numerator / denominator;
    let (product, product_tail) = two_product(quotient, denominator);
    let remainder = numerator - product - product_tail - quotient * denominator_tail;
    (quotient, remainder / denominator)
}

/// 1/5 + z/7 + z²/9 + ... for z up to 0.0295; the first term left out is below 2^-65.
#[inline(always)]
fn atanh_rest(z: f64) -> f64 {
    #[rustfmt::skip]
    let coefficients = [
        1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0,
        1.0 / 17.0, 1.0 / 19.0, 1.0 / 21.0, 1.0 / 23.0, 1.0 / 25.0,
    ];
    horner(z, coefficients)
}

/// The exponent e and m in [√½, √2) of a positive finite x = 2^e m.
#[inline(always)]
fn decompose(x: f64) -> (f64, f64) {
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcc;
    let is_subnormal = x < f64::MIN_POSITIVE;
    let normal = select(is_subnormal, x * power_of_two(54), x);
    let shift = select(is_subnormal, 54.0, 0.0);
    // Kept positive by 2^10: AVX2 neither shifts 64 bits with their sign nor converts them.
    let raised = normal.to_bits().wrapping_sub(SQRT_HALF).wrapping_add(1 << 62) >> 52;
    let exponent = raised.wrapping_sub(1 << 10);
    let m = f64::from_bits(normal.to_bits().wrapping_sub(exponent << 52));
    let whole = f64::from_bits(raised | power_of_two(52).to_bits()) - (power_of_two(52) + 1024.0);
    (whole - shift, m)
}

/// What a negative base takes from the exponent.
enum Parity {
    Odd,
    Even,
    Fraction,
}

#[inline(always)]
fn parity(x: f64) -> Parity {
    let is_surely_even = absolute(x) >= power_of_two(53);
    let integer = x as i64;
    if is_surely_even {
        Parity::Even
    } else if integer as f64 != x {
        Parity::Fraction
    } else if integer & 1 == 1 {
        Parity::Odd
    } else {
        Parity::Even
    }
}

/// The polynomial with these coefficients, from z⁰ up.
#[inline(always)]
fn horner<const N: usize>(z: f64, coefficients: [f64; N]) -> f64 {
    // Over a slice: what iterates by value stays in memory and keeps loops around it from becoming vector code.
    match coefficients.as_slice() {
        [rest @ .., last] => rest.iter().rev().fold(*last, |sum, c| sum * z + c),
        [] => 0.0,
    }
}

/// a + b and its rounding error, for |a| >= |b| or a = 0 (Dekker, 1971).
#[inline(always)]
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// a * b and its rounding error, from halves of 26 bits (Veltkamp's splitting, Dekker, 1971).
#[inline(always)]
pub(super) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let (a_head, a_tail) = halves(a);
    let (b_head, b_tail) = halves(b);
    let product = a * b;
    let rest = a_head * b_head - product + a_head * b_tail + a_tail * b_head;
    (product, rest + a_tail * b_tail)
}

#[inline(always)]
fn halves(x: f64) -> (f64, f64) {
    let scaled = x * 134217729.0; // 2^27 + 1
    let head = scaled - (scaled - x);
    (head, x - head)
}

/// 2^k for k from -1022 to 1023, and those and a multiple of 2^12; for other k, of no meaning.
#[inline(always)]
fn power_of_two(k: i64) -> f64 {
    f64::from_bits((k.wrapping_add(1023) as u64) << 52)
}

/// NaN stays NaN.
#[inline(always)]
pub(super) fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = select(x < low, low, x);
    select(x > high, high, x)
}

const SIGN: u64 = 1 << 63;

#[inline(always)]
pub(super) fn absolute(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !SIGN)
}

#[inline(always)]
pub(super) fn with_sign(magnitude: f64, sign: f64) -> f64 {
    f64::from_bits(magnitude.to_bits() & !SIGN | sign.to_bits() & SIGN)
}
