//! Elementary functions of `f64`, made of `+ - * /`, comparisons and bit operations,
//! so that every machine computes the same bits.
//!
//! An ulp is the spacing of the doubles around the exact result. Errors are bounded as each
//! function says; the tests hold them to it. A NaN argument gives a NaN result, with the two
//! exceptions of [`powf`].
//!
//! Constants come from `tests/reference/coefficients.py` of the crate mlp-runtime.

use core::f64::consts::LOG2_E;
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

/// -1/3, the coefficient before [`TANH_REST`].
const MINUS_THIRD: f64 = -1.0 / 3.0;

/// (tanh(x) / x - 1 + x² / 3) / x⁴ in x², for x from 0 to 5/8.
const TANH_REST: [f64; 11] = [
    0.13333333333333328,
    -0.053968253968226916,
    0.0218694885333756,
    -0.00886323541820731,
    0.0035921257268643077,
    -0.0014558063984527001,
    0.0005898146301801948,
    -0.00023807936398776303,
    9.353005581815142e-05,
    -3.2260485472397396e-05,
    6.9890843822792465e-06,
];

/// e to the power `x`, within 1 ulp, gradual underflow included.
///
/// Cody and Waite's reduction to 2^k e^r with |r| <= ln 2 / 2, then a polynomial.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    exp_of_sum(x, 0.0)
}

/// The natural logarithm, within 1 ulp.
///
/// ln 0 is -inf; of a negative number, NaN. See `ln_sum` for the method.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    ln_sum(x).0
}

/// The hyperbolic tangent, within 1.2 ulps. Odd in `x`, the zero's sign included.
///
/// Near 0 a polynomial; further 1 - 2 / (e^2x + 1). Both are computed and one is chosen.
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    let size = absolute(x);
    let square = size * size;
    let near_zero = size + size * squared_polynomial(square, TANH_REST, square * MINUS_THIRD);
    let Reduced { k, r, below } = reduce(2.0 * size, 0.0);
    let (sum, rest) = power_near_one(r, below);
    let scale = power_of_two(k);
    let further = 1.0 - 2.0 / ((sum * scale + 1.0) + rest * scale);
    let magnitude = select(size < 0.625, near_zero, further);
    // From 19.1 on the result is 1; the reduction ends at 2^9.
    let magnitude = select(size > 22.0, 1.0, magnitude);
    with_sign(magnitude, x)
}

/// `base` to the power `exponent`, within 1.5 ulps where the result is a normal number; exact
/// where the exact result is a double.
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

/// e^x as 2^k e^(r + below), |r| <= ln 2 / 2 and below within r's last bit.
struct Reduced {
    k: i64,
    r: f64,
    below: f64,
}

/// Reduces `head + tail` for |head| < 2^10 and a tail below head's last bits.
#[inline(always)]
fn reduce(head: f64, tail: f64) -> Reduced {
    // Added, 1.5 * 2^52 leaves the nearest integer in the low bits.
    const SHIFTER: f64 = 6755399441055744.0;
    let shifted = head * LOG2_E + SHIFTER;
    let k = shifted.to_bits().wrapping_sub(SHIFTER.to_bits()) as i64;
    let multiple = shifted - SHIFTER;
    let near = head - multiple * LN_2_HEAD;
    let (r, below) = fast_two_sum(near, -(multiple * LN_2_TAIL - tail));
    Reduced { k, r, below }
}

/// e^(r + below) for the parts of [`Reduced`], as a double that is there early and a small rest.
#[inline(always)]
fn power_near_one(r: f64, below: f64) -> (f64, f64) {
    let (sum, rounding) = fast_two_sum(1.0, r);
    (sum, squared_polynomial(r, EXP_REST, rounding + below))
}

/// z² times the polynomial with these coefficients, from z⁰ up, plus `addend`.
///
/// Estrin's scheme: a few products more than Horner's, in a chain half as long.
#[inline(always)]
fn squared_polynomial(z: f64, coefficients: [f64; 11], addend: f64) -> f64 {
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10] = coefficients;
    let z2 = z * z;
    let z4 = z2 * z2;
    let z6 = z4 * z2;
    let low = (c0 + c1 * z) + (c2 + c3 * z) * z2;
    let middle = (c4 + c5 * z) + (c6 + c7 * z) * z2;
    let high = (c8 + c9 * z) + c10 * z2;
    (addend + low * z2) + (middle * z6 + high * (z6 * z4))
}

/// e^(head + tail).
#[inline(always)]
fn exp_of_sum(head: f64, tail: f64) -> f64 {
    let Reduced { k, r, below } = reduce(head, tail);
    let (sum, rest) = power_near_one(r, below);
    // In two factors, since 2^k alone may overflow or be subnormal. Halved without a sign,
    // because AVX2 shifts 64 bits only so.
    let half = (k.wrapping_add(2048) as u64 >> 1).wrapping_sub(1024) as i64;
    let value = (sum + rest) * power_of_two(half) * power_of_two(k.wrapping_sub(half));
    // Far beyond 0 and inf the reduction fails. Chosen last, so that nothing waits for the choice.
    let limit = select(head < 0.0, 0.0, f64::INFINITY);
    select(absolute(head) > 1000.0, limit, value)
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

/// 2^k for k from -1022 to 1023; for other k, of no meaning.
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
