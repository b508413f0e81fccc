//! The square root, the error function, the floor: as [`functions`](super::functions), the same
//! bits on every machine.
//!
//! Constants come from `tests/reference/coefficients.py` of the crate mlp-runtime.

use core::hint::select_unpredictable as select;

use super::arithmetic::Arithmetic;
use super::functions::{absolute, clamp, exp, two_product, with_sign};

/// The square root, correctly rounded; NaN below 0, -0 at -0.
///
/// Newton's iteration for 1 / √m, then a step with the exact remainder m - r², which also decides
/// the last bit. What is no positive finite number goes through it for nothing, without a branch.
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

/// The greatest whole number that is not above x.
#[inline(always)]
pub fn floor(x: f64) -> f64 {
    // From here on all are whole; added, it leaves no place for a fraction.
    const ALL_WHOLE: f64 = (1_u64 << 52) as f64;
    let size = absolute(x);
    let nearest = with_sign((size + ALL_WHOLE) - ALL_WHOLE, x);
    let whole = select(nearest > x, nearest - 1.0, nearest);
    select(size < ALL_WHOLE, whole, x)
}

/// The error function, 2/√π ∫ from 0 to x of exp(-t²) dt. Odd, the zero's sign included.
///
/// Both pieces are computed and one is chosen; from 6 on the result is nearer to 1 than to any other double.
#[inline(always)]
pub fn erf<A: Arithmetic>(by: A, x: f64) -> f64 {
    let size = absolute(x);
    let near_zero = by.multiply_add(size, polynomial(by, size * size, ERF_REST), size);
    let bounded = clamp(size, 0.0, 6.0);
    let scaled = polynomial(by, (bounded - 1.0) / (bounded + 3.0), ERFC_SCALED);
    let complement = exp(by, -bounded * bounded) * scaled;
    with_sign(select(size < 0.84375, near_zero, 1.0 - complement), x)
}

/// The polynomial with these coefficients, from the constant up in pairs: even and odd powers
/// apart, for two short chains instead of a long one.
#[inline(always)]
fn polynomial<A: Arithmetic, const N: usize>(by: A, z: f64, pairs: [[f64; 2]; N]) -> f64 {
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

/// erf(x) / x - 1 in x², for x from 0 to 27/32.
const ERF_REST: [[f64; 2]; 6] = [
    [0.1283791670955126, -0.3761263890318375],
    [0.11283791670954745, -0.026866170645031],
    [0.005223977624080742, -0.000854832691425112],
    [0.00012055327421282683, -1.4925463570287675e-05],
    [1.6457914349746103e-06, -1.630309508468887e-07],
    [1.4205594850504056e-08, -8.879702704985848e-10],
];

/// erfc(x) exp(x²) in (x - 1) / (x + 3), for x from 27/32 to 6.
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
