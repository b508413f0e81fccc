//! The square root, the error function, the floor: as [`functions`](super::functions), the same
//! bits on every machine.
//!
//! Constants come from `tests/reference/coefficients.py` of the crate mlp-runtime.

use super::functions::{exp, two_product};

/// The square root, correctly rounded; NaN below 0, -0 at -0.
///
/// Newton's iteration for 1 / √m, then a step with the exact remainder m - r², which also decides
/// the last bit.
pub fn sqrt(x: f64) -> f64 {
    const UP: f64 = (1_u64 << 54) as f64;
    if x.is_nan() || x == 0.0 || x == f64::INFINITY {
        return x;
    }
    if x < 0.0 {
        return f64::NAN;
    }
    // x = m 2^e with m from 1 to 4 and e even.
    let (bits, lifted) = if x < f64::MIN_POSITIVE { ((x * UP).to_bits(), 54) } else { (x.to_bits(), 0) };
    let exponent = (bits >> 52) as i64 - 1023;
    let odd = exponent & 1;
    let m = f64::from_bits(bits & ((1 << 52) - 1) | ((1023 + odd) as u64) << 52);
    // Within a tenth of 1 / √m: half the exponent, negated, and a line through the fraction.
    let mut y = f64::from_bits(0x5fe6_eb50_c7b5_37a9 - (m.to_bits() >> 1));
    for _ in 0..4 {
        y = y * (1.5 - 0.5 * m * y * y);
    }
    let root = m * y;
    let root = root + remainder(m, root) * (0.5 * y);
    // r differs from √m by half an ulp where m - r² is r ulps.
    let rest = remainder(m, root);
    let limit = root * f64::EPSILON;
    let root = if rest > limit {
        root + f64::EPSILON
    } else if rest <= -limit {
        root - f64::EPSILON
    } else {
        root
    };
    root * f64::from_bits(((exponent - odd - lifted) / 2 + 1023) as u64 * (1 << 52))
}

/// m - r², exact where r is near √m.
fn remainder(m: f64, r: f64) -> f64 {
    let (square, rest) = two_product(r, r);
    m - square - rest
}

/// The greatest whole number that is not above x.
pub fn floor(x: f64) -> f64 {
    const ALL_WHOLE: f64 = (1_u64 << 52) as f64;
    let small = x > -ALL_WHOLE && x < ALL_WHOLE;
    if !small {
        return x;
    }
    let towards_zero = x as i64 as f64;
    if towards_zero == x {
        x
    } else if towards_zero > x {
        towards_zero - 1.0
    } else {
        towards_zero
    }
}

/// The error function, 2/√π ∫ from 0 to x of exp(-t²) dt. Measured error at most 0.9 ulps on the points of `tests/reference/erf.csv`.
pub fn erf(x: f64) -> f64 {
    let size = if x < 0.0 { -x } else { x };
    let magnitude = if size < 1.0 {
        size + size * polynomial(size * size, &ERF_REST)
    } else if size < 6.0 {
        1.0 - exp(-size * size) * polynomial((size - 3.0) / (size + 3.0), &ERFC_SCALED)
    } else if size >= 6.0 {
        1.0 // nearer to it than to any other double
    } else {
        return x; // NaN
    };
    if x < 0.0 {
        -magnitude
    } else if x == 0.0 {
        x
    } else {
        magnitude
    }
}

/// The polynomial with these coefficients, from the constant up.
fn polynomial(z: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * z + c)
}

/// erf(x) / x - 1 in x², for x from 0 to 1.
const ERF_REST: [f64; 12] = [
    0.12837916709551256,
    -0.37612638903183543,
    0.11283791670945006,
    -0.02686617064323777,
    0.0052239776071164225,
    -0.0008548325975389692,
    0.00012055294904839707,
    -1.492473690741966e-05,
    1.6447424703317362e-06,
    -1.6208483801871705e-07,
    1.3720064546777686e-08,
    -7.795898827002142e-10,
];

/// erfc(x) exp(x²) in (x - 3) / (x + 3), for x from 1 to 6.
const ERFC_SCALED: [f64; 16] = [
    0.17900115118138996,
    -0.3262335600430372,
    0.24560380171233487,
    -0.15011593650077898,
    0.07166583719747308,
    -0.024392499318915004,
    0.004269136356961225,
    0.0007077464666941425,
    -0.0005970624964924544,
    4.525434558991009e-05,
    6.406279226046039e-05,
    -1.2845780030775907e-05,
    -8.00978093907608e-06,
    2.0135111426447427e-06,
    1.2755818949624478e-06,
    3.381355142042904e-09,
];
