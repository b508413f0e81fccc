//! Elementary functions of `f32`, in 32 bits throughout: a register holds twice as many numbers as of `f64`. There are
//! no branches, so that loops over arrays are vectorized. Every processor gives the same bits. `by` is the rounding of a
//! product and its addition.
//!
//! `docs/functions.md` in the repository lists the errors over all 2³² arguments. Constants come from
//! `tests/reference/coefficients.py` of the crate mlp-runtime.

use core::hint::select_unpredictable as select;

use super::super::arithmetic::Arithmetic;

/// ln 2 to 12 bits: exact in products with exponents.
const LN_2_HEAD: f32 = 0.693_115_23;
/// ln 2 less [`LN_2_HEAD`].
const LN_2_TAIL: f32 = 3.194_618_3e-5;

/// Coefficients of (e^r - 1 - r) / r² on |r| <= ln 2 / 2, from r⁰ up.
const EXP_REST: [f32; 6] =
    [0.5, 0.166_666_67, 0.041_666_467, 0.008_333_310_5, 0.001_393_364_2, 0.000_198_909_81];

/// Coefficients of (e^2r - 1 - 2r) / 2r², from r⁰ up.
const EXP_REST_OF_TWICE: [f32; 6] = {
    let [c0, c1, c2, c3, c4, c5] = EXP_REST;
    [2.0 * c0, 4.0 * c1, 8.0 * c2, 16.0 * c3, 32.0 * c4, 64.0 * c5]
};

/// Coefficients of (ln(1 + f) - f + f² / 2) / f³ on √½ <= 1 + f <= √2, from f⁰ up.
const LN_REST: [f32; 9] = [
    0.333_333_3,
    -0.249_999_97,
    0.200_007_16,
    -0.166_678_03,
    0.142_490_58,
    -0.124_256_87,
    0.116_854_2,
    -0.114_797_34,
    0.069_716_12,
];

/// Coefficients of erf(x) / x - 1 in x², for x from 0 to 27/32.
const ERF_REST: [f32; 6] =
    [0.128_379_17, -0.376_125_78, 0.112_828_05, -0.026_806_252, 0.005_057_443_4, -0.000_635_306_06];

/// Coefficients of ln erfc(1 + v), for v from -5/32 to 3.
const LN_ERFC: [f32; 10] = [
    -1.849_605_6,
    -2.638_967_3,
    -0.843_107_34,
    -0.041_570_805,
    0.010_074_413,
    -0.002_054_768_6,
    0.000_322_167_33,
    -3.403_816e-05,
    1.893_245_8e-06,
    -2.296_901_2e-08,
];

/// e to the power `x`, with gradual underflow.
#[inline(always)]
pub fn exp_f32<A: Arithmetic>(by: A, x: f32) -> f32 {
    // Beyond these bounds the result is 0 and infinity.
    let (k, fraction) = reduced(by, clamp(x, -104.0, 89.0));
    // In two factors, since 2^k alone may overflow or be subnormal.
    let half = k >> 1;
    fraction * power_of_two(half) * power_of_two(k.wrapping_sub(half))
}

/// The natural logarithm; -inf at 0, NaN below.
#[inline(always)]
pub fn ln_f32<A: Arithmetic>(by: A, x: f32) -> f32 {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let small = x < f32::MIN_POSITIVE;
    let normal = select(small, x * 33554432.0, x);
    let shift = select(small, 25.0, 0.0);
    let k = (normal.to_bits().wrapping_sub(SQRT_HALF) as i32) >> 23;
    let f = f32::from_bits(normal.to_bits().wrapping_sub((k as u32) << 23)) - 1.0;
    let exponent = k as f32 - shift;
    let square = f * f;
    let rest = by.multiply_add(f * square, horner(by, f, LN_REST), exponent * LN_2_TAIL);
    let value = by.multiply_add(exponent, LN_2_HEAD, f + by.multiply_add(-0.5, square, rest));
    let limit = select(x < 0.0, f32::NAN, x);
    let limit = select(x == 0.0, f32::NEG_INFINITY, limit);
    select(x > 0.0 && x < f32::INFINITY, value, limit)
}

/// The hyperbolic tangent. Odd, also for -0.
///
/// h / (h + 1) with h = (e^2x - 1) / 2 and e^2x = 2^k e^2r. Nothing is lost near 0, where k is 0 and r is x.
#[inline(always)]
pub fn tanh_f32<A: Arithmetic>(by: A, x: f32) -> f32 {
    const TWO_LOG2_E: f32 = 2.0 * core::f32::consts::LOG2_E;
    const HALF_LN_2: f32 = 0.5 * core::f32::consts::LN_2;
    let size = absolute(x);
    // From 9.1 on the result is 1.
    let size = select(size > 10.0, 10.0, size);
    let (k, multiple) = whole(by.multiply_add(size, TWO_LOG2_E, SHIFTER));
    // Without a tail of ln 2: where k is not 0, the error is less than half an ulp of the result.
    let r = by.multiply_add(-multiple, HALF_LN_2, size);
    let scale = power_of_two(k);
    // 2^k is a factor of the early terms, so that only one operation waits for the polynomial.
    let early = by.multiply_add(scale, r, by.multiply_add(0.5, scale, -0.5));
    let half = by.multiply_add(scale * (r * r), estrin(by, r, EXP_REST_OF_TWICE), early);
    with_sign(half / (half + 1.0), x)
}

/// The error function. Odd, also for -0.
#[inline(always)]
pub fn erf_f32<A: Arithmetic>(by: A, x: f32) -> f32 {
    let size = absolute(x);
    let near_zero = by.multiply_add(size, horner(by, size * size, ERF_REST), size);
    // From 4 on the result is 1.
    let (k, fraction) = reduced(by, horner(by, clamp(size, 0.0, 4.0) - 1.0, LN_ERFC));
    let further = 1.0 - fraction * power_of_two(k);
    with_sign(select(size < 0.84375, near_zero, further), x)
}

/// The square root, correctly rounded; NaN below 0, -0 at -0. The method is that of [`sqrt`](super::f64::sqrt).
#[inline(always)]
pub fn sqrt_f32(x: f32) -> f32 {
    const UP: f32 = (1_u32 << 24) as f32;
    const FRACTION: u32 = (1 << 23) - 1;
    let is_subnormal = x < f32::MIN_POSITIVE;
    let normal = select(is_subnormal, x * UP, x);
    let lifted = select(is_subnormal, 24, 0);
    let bits = normal.to_bits();
    let raised_exponent = bits >> 23; // by 127
    let odd = !raised_exponent & 1;
    let m = f32::from_bits(bits & FRACTION | (127 + odd) << 23);
    let mut y = f32::from_bits(0x5f37_5a86 - (m.to_bits() >> 1));
    for _ in 0..2 {
        y = y * (1.5 - 0.5 * m * y * y);
    }
    let root = m * y;
    let root = root + remainder(m, root) * (0.5 * y);
    let rest = remainder(m, root);
    let limit = root * f32::EPSILON;
    let step = select(rest > limit, f32::EPSILON, 0.0);
    let step = select(rest <= -limit, -f32::EPSILON, step);
    let half_exponent = (raised_exponent + 127 - odd).wrapping_sub(lifted) >> 1;
    let root = (root + step) * f32::from_bits(half_exponent << 23);
    let limit = select(x < 0.0, f32::NAN, x);
    select(x > 0.0 && x < f32::INFINITY, root, limit)
}

/// m - r², exact where r is near √m; r in halves of 12 bits (Dekker, 1971).
#[inline(always)]
fn remainder(m: f32, r: f32) -> f32 {
    let scaled = r * 4097.0; // 2^12 + 1
    let head = scaled - (scaled - r);
    let tail = r - head;
    m - head * head - 2.0 * head * tail - tail * tail
}

/// The greatest whole number that is at most x.
#[inline(always)]
pub fn floor_f32(x: f32) -> f32 {
    // All numbers from here on are whole; the sum with it has no bits for a fraction.
    const ALL_WHOLE: f32 = (1_u32 << 23) as f32;
    let size = absolute(x);
    let nearest = with_sign((size + ALL_WHOLE) - ALL_WHOLE, x);
    let whole = select(nearest > x, nearest - 1.0, nearest);
    select(size < ALL_WHOLE, whole, x)
}

/// k and e^r with e^x = 2^k e^r, for |x| < 2^8 (Cody and Waite's reduction).
#[inline(always)]
fn reduced<A: Arithmetic>(by: A, x: f32) -> (i32, f32) {
    let (k, multiple) = whole(by.multiply_add(x, core::f32::consts::LOG2_E, SHIFTER));
    let r = by.multiply_add(-multiple, LN_2_TAIL, by.multiply_add(-multiple, LN_2_HEAD, x));
    (k, 1.0 + by.multiply_add(r * r, estrin(by, r, EXP_REST), r))
}

/// Added to x with |x| < 2^22, 1.5 * 2^23 leaves the nearest whole number in the low bits.
const SHIFTER: f32 = 12582912.0;

/// The whole number in a sum with [`SHIFTER`], as an integer and as a float.
#[inline(always)]
fn whole(shifted: f32) -> (i32, f32) {
    (shifted.to_bits().wrapping_sub(SHIFTER.to_bits()) as i32, shifted - SHIFTER)
}

/// The polynomial with these coefficients, from z⁰ up, in a chain half as long as [`horner`]'s.
#[inline(always)]
fn estrin<A: Arithmetic>(by: A, z: f32, [c0, c1, c2, c3, c4, c5]: [f32; 6]) -> f32 {
    let square = z * z;
    let upper = by.multiply_add(by.multiply_add(c5, z, c4), square, by.multiply_add(c3, z, c2));
    by.multiply_add(upper, square, by.multiply_add(c1, z, c0))
}

/// The polynomial with these coefficients, from z⁰ up.
#[inline(always)]
fn horner<A: Arithmetic, const N: usize>(by: A, z: f32, coefficients: [f32; N]) -> f32 {
    // Over a slice: an iterator by value stays in memory and prevents vectorization of the loops around it.
    let mut value = 0.0;
    if let [rest @ .., last] = coefficients.as_slice() {
        value = *last;
        for c in rest.iter().rev() {
            value = by.multiply_add(value, z, *c);
        }
    }
    value
}

/// 2^k for k from -126 to 127; meaningless for other k.
#[inline(always)]
fn power_of_two(k: i32) -> f32 {
    f32::from_bits((k.wrapping_add(127) as u32) << 23)
}

/// x between `low` and `high`; NaN for NaN.
#[inline(always)]
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let x = select(x < low, low, x);
    select(x > high, high, x)
}

const SIGN: u32 = 1 << 31;

#[inline(always)]
fn absolute(x: f32) -> f32 {
    f32::from_bits(x.to_bits() & !SIGN)
}

#[inline(always)]
fn with_sign(magnitude: f32, sign: f32) -> f32 {
    f32::from_bits(magnitude.to_bits() & !SIGN | sign.to_bits() & SIGN)
}
