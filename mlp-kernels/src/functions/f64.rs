//! Elementary functions of `f64`, computed by `+ - * /`, comparisons and bit operations, so that every processor gives
//! the same bits. `by` is the rounding of a product and its addition.
//!
//! `docs/functions.md` in the repository lists the error bound of each function. A NaN argument gives a NaN result,
//! with the two exceptions of [`powf`].
//!
//! Constants come from `tests/reference/coefficients.py` of the crate mlp-runtime.

use core::f64::consts::{LN_2, LOG2_E};
// An `if` may become a branch, and a loop with branches is not vectorized.
use core::hint::select_unpredictable as select;

use super::super::arithmetic::{Arithmetic, Separate};
use super::double_double::{fast_two_sum, two_product};

/// ln 2 to 42 bits: exact in products with exponents.
const LN_2_HEAD: f64 = 0.6931471805598903;
/// ln 2 less [`LN_2_HEAD`].
const LN_2_TAIL: f64 = 5.497923018708371e-14;
const THIRD_HEAD: f64 = 1.0 / 3.0;
/// 1/3 less [`THIRD_HEAD`].
const THIRD_TAIL: f64 = 1.850371707708594e-17;

/// Coefficients of (e^r - 1 - r) / r² on |r| <= ln 2 / 2 from r⁰ up, by Chebyshev approximation. The truncation error
/// is less than 2^-61 of e^r.
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

/// Coefficients of (e^2r - 1 - 2r) / 2r², from r⁰ up.
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

/// e to the power `x`, with gradual underflow.
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

/// The hyperbolic tangent. Odd in `x`, also for -0.
///
/// h / (h + 1) with h = (e^2x - 1) / 2 and e^2x = 2^k e^2r. There is no cancellation near 0, where k is 0 and r is x.
#[inline(always)]
pub fn tanh<A: Arithmetic>(by: A, x: f64) -> f64 {
    let size = absolute(x);
    // From 19.1 on the result is 1.
    let size = select(size > 22.0, 22.0, size);
    let (k, multiple) = whole(by.multiply_add(size, 2.0 * LOG2_E, SHIFTER));
    // Without a tail of ln 2: where k is not 0, the error is less than half an ulp of the result.
    let r = by.multiply_add(-multiple, 0.5 * LN_2, size);
    let scale = power_of_two(k);
    // 2^k is a factor of the early terms, so that only one operation waits for the polynomial.
    let early = by.multiply_add(scale, r, by.multiply_add(0.5, scale, -0.5));
    let half = early + plus_squared_polynomial(by, -0.0, scale, r, EXP_REST_OF_TWICE);
    with_sign(half / (half + 1.0), x)
}

/// `base` to the power `exponent`; exact where the exact result is a double.
///
/// e^(exponent ln |base|), with the logarithm and the product as unevaluated sums of two doubles. Special cases are those
/// of `pow` in C99, annex F: among them, `powf(x, 0)` and `powf(1, y)` are 1 even for NaN; the power of a negative base
/// with a fractional exponent is NaN.
#[inline]
pub fn powf(base: f64, exponent: f64) -> f64 {
    if exponent == 0.0 || base == 1.0 {
        return 1.0;
    }
    // |ln| of any base but 1 exceeds 2^-54: all exponents beyond 2^66 overflow or underflow alike.
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

/// The square root, correctly rounded; NaN below 0, -0 at -0.
///
/// Newton's iteration for 1 / √m, then a step with the exact remainder m - r², which also decides
/// the last bit. Other arguments take the same path without a branch, and their result is replaced.
#[inline(always)]
pub fn sqrt(x: f64) -> f64 {
    const UP: f64 = (1_u64 << 54) as f64;
    const FRACTION: u64 = (1 << 52) - 1;
    // x = m 2^e with m from 1 to 4 and e even.
    let is_subnormal = x < f64::MIN_POSITIVE;
    let normal = select(is_subnormal, x * UP, x);
    let lifted = select(is_subnormal, 54, 0);
    let bits = normal.to_bits();
    let raised_exponent = bits >> 52; // by 1023
    let odd = !raised_exponent & 1;
    let m = f64::from_bits(bits & FRACTION | (1023 + odd) << 52);
    // Within a tenth of 1 / √m: half the exponent, negated, and a line through the fraction.
    let mut y = f64::from_bits(0x5fe6_eb50_c7b5_37a9 - (m.to_bits() >> 1));
    for _ in 0..3 {
        y = y * (1.5 - 0.5 * m * y * y);
    }
    let root = m * y;
    let root = root + remainder(m, root) * (0.5 * y);
    // r differs from √m by half an ulp where m - r² is r ulps.
    let rest = remainder(m, root);
    let limit = root * f64::EPSILON;
    let step = select(rest > limit, f64::EPSILON, 0.0);
    let step = select(rest <= -limit, -f64::EPSILON, step);
    let half_exponent = (raised_exponent + 1023 - odd).wrapping_sub(lifted) >> 1; // raised as well
    let root = (root + step) * f64::from_bits(half_exponent << 52);
    let limit = select(x < 0.0, f64::NAN, x);
    select(x > 0.0 && x < f64::INFINITY, root, limit)
}

/// m - r², exact where r is near √m.
#[inline(always)]
fn remainder(m: f64, r: f64) -> f64 {
    let (square, rest) = two_product(r, r);
    m - square - rest
}

/// The greatest whole number that is at most x.
#[inline(always)]
pub fn floor(x: f64) -> f64 {
    // All numbers from here on are whole; the sum with it has no bits for a fraction.
    const ALL_WHOLE: f64 = (1_u64 << 52) as f64;
    let size = absolute(x);
    let nearest = with_sign((size + ALL_WHOLE) - ALL_WHOLE, x);
    let whole = select(nearest > x, nearest - 1.0, nearest);
    select(size < ALL_WHOLE, whole, x)
}

/// The error function, 2/√π ∫ from 0 to x of exp(-t²) dt. Odd, also for -0.
///
/// Both pieces are computed and one is selected. From 6 on, the nearest double is 1.
#[inline(always)]
pub fn erf<A: Arithmetic>(by: A, x: f64) -> f64 {
    let size = absolute(x);
    let near_zero = by.multiply_add(size, in_pairs(by, size * size, ERF_REST), size);
    let bounded = clamp(size, 0.0, 6.0);
    let scaled = in_pairs(by, (bounded - 1.0) / (bounded + 3.0), ERFC_SCALED);
    let complement = exp(by, -bounded * bounded) * scaled;
    with_sign(select(size < 0.84375, near_zero, 1.0 - complement), x)
}

/// Beyond this size of x, e^x is 0 or infinity.
const EXP_END: f64 = 1000.0;

/// Added to x with |x| < 2^51, 1.5 * 2^52 leaves the nearest whole number in the low bits.
const SHIFTER: f64 = 6755399441055744.0;

/// The whole number in a sum with [`SHIFTER`], as an integer and as a float.
#[inline(always)]
fn whole(shifted: f64) -> (i64, f64) {
    (shifted.to_bits().wrapping_sub(SHIFTER.to_bits()) as i64, shifted - SHIFTER)
}

/// 2^k e^(r + below), |r| <= ln 2 / 2 and below within r's last bit.
#[inline(always)]
fn power<A: Arithmetic>(by: A, k: i64, r: f64, below: f64) -> f64 {
    // The greater part of e^r does not wait for the polynomial.
    let (sum, rounding) = fast_two_sum(1.0, r);
    let rest = plus_squared_polynomial(by, rounding + below, 1.0, r, EXP_REST);
    // In two factors, since 2^k alone may overflow or be subnormal. The shift is unsigned because AVX2 has no other for
    // 64 bits; multiples of 2^12 fall out of the exponent.
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
/// Estrin's scheme: a few more products than Horner's, in a chain half as long.
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
/// s + s³ (1/3 + s²/5 + s⁴/7 + ...): s, s³ and 1/3 are sums of two doubles.
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

/// 1/5 + z/7 + z²/9 + ... for z up to 0.0295; the first omitted term is below 2^-65.
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
    // Positive by an addend of 2^10: AVX2 has no signed shift and no conversion of 64 bits.
    let raised = normal.to_bits().wrapping_sub(SQRT_HALF).wrapping_add(1 << 62) >> 52;
    let exponent = raised.wrapping_sub(1 << 10);
    let m = f64::from_bits(normal.to_bits().wrapping_sub(exponent << 52));
    let whole = f64::from_bits(raised | power_of_two(52).to_bits()) - (power_of_two(52) + 1024.0);
    (whole - shift, m)
}

/// The parity of an exponent: it decides about powers of a negative base.
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
    // Over a slice: an iterator by value stays in memory and prevents vectorization of the loops around it.
    match coefficients.as_slice() {
        [rest @ .., last] => rest.iter().rev().fold(*last, |sum, c| sum * z + c),
        [] => 0.0,
    }
}

/// 2^k for k from -1022 to 1023, plus any multiple of 2^12; meaningless for other k.
#[inline(always)]
fn power_of_two(k: i64) -> f64 {
    f64::from_bits((k.wrapping_add(1023) as u64) << 52)
}

/// x between `low` and `high`; NaN for NaN.
#[inline(always)]
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = select(x < low, low, x);
    select(x > high, high, x)
}

const SIGN: u64 = 1 << 63;

#[inline(always)]
fn absolute(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !SIGN)
}

#[inline(always)]
fn with_sign(magnitude: f64, sign: f64) -> f64 {
    f64::from_bits(magnitude.to_bits() & !SIGN | sign.to_bits() & SIGN)
}

/// The polynomial with these coefficients, from the constant up in pairs: even and odd powers have a chain each, which
/// is half as long as one for all.
#[inline(always)]
fn in_pairs<A: Arithmetic, const N: usize>(by: A, z: f64, pairs: [[f64; 2]; N]) -> f64 {
    let square = z * z;
    let [mut even, mut odd] = [0.0; 2];
    if let [rest @ .., last] = pairs.as_slice() {
        [even, odd] = *last;
        for [c, d] in rest.iter().rev() {
            (even, odd) = (by.multiply_add(even, square, *c), by.multiply_add(odd, square, *d));
        }
    }
    by.multiply_add(z, odd, even)
}

/// Coefficients of erf(x) / x - 1 in x², for x from 0 to 27/32.
const ERF_REST: [[f64; 2]; 6] = [
    [0.1283791670955126, -0.3761263890318375],
    [0.11283791670954745, -0.026866170645031],
    [0.005223977624080742, -0.000854832691425112],
    [0.00012055327421282683, -1.4925463570287675e-05],
    [1.6457914349746103e-06, -1.630309508468887e-07],
    [1.4205594850504056e-08, -8.879702704985848e-10],
];

/// Coefficients of erfc(x) exp(x²) in (x - 1) / (x + 3), for x from 27/32 to 6.
const ERFC_SCALED: [[f64; 2]; 9] = [
    [0.427583576155807, -1.0928480591355942],
    [1.3770969228149401, -1.2234841074794285],
    [0.7239166810962704, -0.22394682894309806],
    [-0.022371535790070347, 0.04264076643028641],
    [-0.0021727364185811712, -0.008425032906316875],
    [0.0003537968265437351, 0.0019745860527256307],
    [0.00012786841301650932, -0.00034511019008470463],
    [-0.0003083140798314017, 0.00019468155276633822],
    [5.197830593519398e-05, -3.92353301696569e-05],
];
