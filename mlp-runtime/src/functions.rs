//! Elementary functions of `f64`, made of `+ - * /`, comparisons and bit operations,
//! so that every machine computes the same bits.
//!
//! An ulp is the spacing of the doubles around the exact result. Errors are bounded as each
//! function says; the tests hold them to it. A NaN argument gives a NaN result, with the two
//! exceptions of [`powf`].
//!
//! Constants come from `tests/reference/coefficients.py` of the crate mlp-runtime.

use core::f64::consts::LOG2_E;

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

/// e to the power `x`, within 1 ulp, gradual underflow included.
///
/// Cody and Waite's reduction to 2^k e^r with |r| <= ln 2 / 2, then a polynomial.
pub fn exp(x: f64) -> f64 {
    exp_of_sum(x, 0.0)
}

/// The natural logarithm, within 1 ulp.
///
/// ln 0 is -inf; of a negative number, NaN. See `ln_sum` for the method.
pub fn ln(x: f64) -> f64 {
    ln_sum(x).0
}

/// The hyperbolic tangent, within 2 ulps.
///
/// tanh x = (e^2x - 1) / (e^2x + 1) with e^2x = 2^k e^r as in [`exp`]; both sums keep their
/// tails, so that nothing cancels. Odd in `x`, the zero's sign included.
pub fn tanh(x: f64) -> f64 {
    // From 22 on the result is 1.
    let twice = clamp(2.0 * absolute(x), 0.0, 44.0);
    let Reduced { k, r, rest } = reduce(twice, 0.0);
    let scale = power_of_two(k);
    let rest = scale * rest;
    let (numerator, numerator_tail) = sum_of_four(scale, -1.0, scale * r, rest);
    let (denominator, denominator_tail) = sum_of_four(scale, 1.0, scale * r, rest);
    let quotient = numerator / denominator;
    let correction = (numerator_tail - quotient * denominator_tail) / denominator;
    with_sign(quotient + correction, x)
}

/// `base` to the power `exponent`, within 1.5 ulps where the result is a normal number; exact
/// where the exact result is a double.
///
/// e^(exponent ln |base|), the logarithm and the product each carried as an unevaluated sum of
/// two doubles. Special cases are those of `pow` in C99, annex F: among them, `powf(x, 0)` and
/// `powf(1, y)` are 1 even for NaN; a negative base with an exponent that is no integer is NaN.
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

/// e^x as 2^k (1 + r + rest), |r| <= ln 2 / 2.
struct Reduced {
    k: i64,
    r: f64,
    rest: f64,
}

/// Reduces `head + tail` for |head| < 2^10 and a tail below head's last bits.
fn reduce(head: f64, tail: f64) -> Reduced {
    // Added, 1.5 * 2^52 leaves the nearest integer in the low bits.
    const SHIFTER: f64 = 6755399441055744.0;
    let shifted = head * LOG2_E + SHIFTER;
    let k = shifted.to_bits().wrapping_sub(SHIFTER.to_bits()) as i64;
    let multiple = shifted - SHIFTER;
    let near = head - multiple * LN_2_HEAD;
    let (r, below) = fast_two_sum(near, tail - multiple * LN_2_TAIL);
    let rest = below + r * r * exp_rest(r);
    Reduced { k, r, rest }
}

/// [`EXP_REST`] at `r`: even and odd powers apart, for two short chains instead of a long one.
fn exp_rest(r: f64) -> f64 {
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10] = EXP_REST;
    let square = r * r;
    let even = horner(square, [c0, c2, c4, c6, c8, c10]);
    let odd = horner(square, [c1, c3, c5, c7, c9]);
    even + r * odd
}

/// e^(head + tail).
fn exp_of_sum(head: f64, tail: f64) -> f64 {
    // Beyond these bounds e^x is 0 or inf all the same, and the tail, maybe huge, is void.
    let bounded = clamp(head, -746.0, 710.0);
    let tail = if bounded == head { tail } else { 0.0 };
    let Reduced { k, r, rest } = reduce(bounded, tail);
    let (sum, below) = fast_two_sum(1.0, r);
    // In two factors, since 2^k alone may overflow or be subnormal.
    let half = k >> 1;
    (sum + (below + rest)) * power_of_two(half) * power_of_two(k.wrapping_sub(half))
}

/// ln x as the sum of its nearest double and a tail, to about 2^-64 of its value.
///
/// x = 2^e m with m about 1 and ln m = 2 atanh s, s = (m - 1) / (m + 1), by atanh's series
/// s + s³ (1/3 + s²/5 + s⁴/7 + ...): s, s³ and the 1/3 are carried as sums of two doubles.
fn ln_sum(x: f64) -> (f64, f64) {
    let is_positive_finite = x > 0.0 && x < f64::INFINITY;
    if !is_positive_finite {
        let limit = if x == 0.0 {
            f64::NEG_INFINITY
        } else if x < 0.0 {
            f64::NAN
        } else {
            x
        };
        return (limit, 0.0);
    }
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
    fast_two_sum(sum, sum_tail + (exponent * LN_2_TAIL + 2.0 * half_tail))
}

/// (m - 1) / (m + 1) as a sum of two doubles.
fn quotient_about_zero(m: f64) -> (f64, f64) {
    let numerator = m - 1.0;
    let (denominator, denominator_tail) = fast_two_sum(2.0, numerator);
    let quotient = numerator / denominator;
    let (product, product_tail) = two_product(quotient, denominator);
    let remainder = numerator - product - product_tail - quotient * denominator_tail;
    (quotient, remainder / denominator)
}

/// 1/5 + z/7 + z²/9 + ... for z up to 0.0295; the first term left out is below 2^-65.
fn atanh_rest(z: f64) -> f64 {
    #[rustfmt::skip]
    let coefficients = [
        1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0,
        1.0 / 17.0, 1.0 / 19.0, 1.0 / 21.0, 1.0 / 23.0, 1.0 / 25.0,
    ];
    horner(z, coefficients)
}

/// The exponent e and m in [√½, √2) of a positive finite x = 2^e m.
fn decompose(x: f64) -> (f64, f64) {
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcc;
    let is_subnormal = x < f64::MIN_POSITIVE;
    let (normal, shift) = if is_subnormal { (x * power_of_two(54), 54.0) } else { (x, 0.0) };
    let exponent = (normal.to_bits().wrapping_sub(SQRT_HALF) as i64) >> 52;
    let m = f64::from_bits(normal.to_bits().wrapping_sub((exponent as u64) << 52));
    (exponent as f64 - shift, m)
}

/// What a negative base takes from the exponent.
enum Parity {
    Odd,
    Even,
    Fraction,
}

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
fn horner<const N: usize>(z: f64, coefficients: [f64; N]) -> f64 {
    coefficients.into_iter().rev().reduce(|sum, c| sum * z + c).unwrap_or(0.0)
}

/// a + b and its rounding error, for |a| >= |b| or a = 0 (Dekker, 1971).
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// a + b + c + d and a tail, for terms each of which is small beside the sum so far, or the sum 0.
fn sum_of_four(a: f64, b: f64, c: f64, d: f64) -> (f64, f64) {
    let (sum, first) = fast_two_sum(a, b);
    let (sum, second) = fast_two_sum(sum, c);
    fast_two_sum(sum, first + second + d)
}

/// a * b and its rounding error, from halves of 26 bits (Veltkamp's splitting, Dekker, 1971).
pub(super) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let (a_head, a_tail) = halves(a);
    let (b_head, b_tail) = halves(b);
    let product = a * b;
    let rest = a_head * b_head - product + a_head * b_tail + a_tail * b_head;
    (product, rest + a_tail * b_tail)
}

fn halves(x: f64) -> (f64, f64) {
    let scaled = x * 134217729.0; // 2^27 + 1
    let head = scaled - (scaled - x);
    (head, x - head)
}

/// 2^k for k from -1022 to 1023; for other k, of no meaning.
fn power_of_two(k: i64) -> f64 {
    f64::from_bits((k.wrapping_add(1023) as u64) << 52)
}

/// NaN stays NaN.
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    if x < low {
        low
    } else if x > high {
        high
    } else {
        x
    }
}

const SIGN: u64 = 1 << 63;

fn absolute(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !SIGN)
}

fn with_sign(magnitude: f64, sign: f64) -> f64 {
    f64::from_bits(magnitude.to_bits() & !SIGN | sign.to_bits() & SIGN)
}
