//! The exponential, the logarithm and the hyperbolic tangent of `f32`, in 32 bits throughout: twice as
//! many fit into a register as on the way through [`functions`](super::functions). No branches, so that
//! loops over arrays become vector code; the same bits on every machine.
//!
//! Errors are the greatest over all 2³² arguments (`cargo test --release -p mlp-runtime -- --ignored`).
//! Constants come from `tests/reference/coefficients.py` of the crate mlp-runtime.

/// ln 2 to 12 bits: exact in products with exponents.
const LN_2_HEAD: f32 = 0.693_115_23;
/// ln 2 less [`LN_2_HEAD`].
const LN_2_TAIL: f32 = 3.194_618_3e-5;

/// (e^r - 1 - r) / r² on |r| <= ln 2 / 2, from r⁰ up.
const EXP_REST: [f32; 6] =
    [0.5, 0.166_666_67, 0.041_666_467, 0.008_333_310_5, 0.001_393_364_2, 0.000_198_909_81];

/// (ln(1 + f) - f + f² / 2) / f³ on √½ <= 1 + f <= √2, from f⁰ up.
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

/// (tanh x - x) / x³ in x², for x from 0 to 5/8.
const TANH_REST: [f32; 6] =
    [-0.333_333_34, 0.133_333_04, -0.053_959_258, 0.021_768_918, -0.008_343_945, 0.002_292_744_8];

/// e to the power `x`, within 1 ulp, gradual underflow included.
pub fn exp_f32(x: f32) -> f32 {
    // Beyond these bounds e^x is 0 or inf all the same.
    let (k, fraction) = reduced(clamp(x, -104.0, 89.0));
    // In two factors, since 2^k alone may overflow or be subnormal.
    let half = k >> 1;
    fraction * power_of_two(half) * power_of_two(k.wrapping_sub(half))
}

/// The natural logarithm, within 1 ulp; -inf at 0, NaN below.
pub fn ln_f32(x: f32) -> f32 {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let small = x < f32::MIN_POSITIVE;
    let (normal, shift) = if small { (x * 33554432.0, 25.0) } else { (x, 0.0) };
    let k = (normal.to_bits().wrapping_sub(SQRT_HALF) as i32) >> 23;
    let f = f32::from_bits(normal.to_bits().wrapping_sub((k as u32) << 23)) - 1.0;
    let exponent = k as f32 - shift;
    let square = f * f;
    let rest = f * square * horner(f, LN_REST) + exponent * LN_2_TAIL - 0.5 * square;
    let value = (f + rest) + exponent * LN_2_HEAD;
    if x > 0.0 && x < f32::INFINITY {
        value
    } else if x == 0.0 {
        f32::NEG_INFINITY
    } else if x < 0.0 {
        f32::NAN
    } else {
        x
    }
}

/// The hyperbolic tangent, within 2 ulps. Odd, the zero's sign included.
pub fn tanh_f32(x: f32) -> f32 {
    let size = f32::from_bits(x.to_bits() & !SIGN);
    let square = size * size;
    let near_zero = size + size * square * horner(square, TANH_REST);
    // From 9.1 on the result is 1.
    let (k, fraction) = reduced(clamp(2.0 * size, 0.0, 20.0));
    let further = 1.0 - 2.0 / (fraction * power_of_two(k) + 1.0);
    let magnitude = if size < 0.625 { near_zero } else { further };
    f32::from_bits(magnitude.to_bits() & !SIGN | x.to_bits() & SIGN)
}

/// k and f with e^x = 2^k f, for |x| < 2^8 (Cody and Waite's reduction).
fn reduced(x: f32) -> (i32, f32) {
    // Added, 1.5 * 2^23 leaves the nearest integer in the low bits.
    const SHIFTER: f32 = 12582912.0;
    let shifted = x * core::f32::consts::LOG2_E + SHIFTER;
    let k = shifted.to_bits().wrapping_sub(SHIFTER.to_bits()) as i32;
    let multiple = shifted - SHIFTER;
    let r = (x - multiple * LN_2_HEAD) - multiple * LN_2_TAIL;
    (k, 1.0 + (r + r * r * horner(r, EXP_REST)))
}

/// The polynomial with these coefficients, from z⁰ up.
fn horner<const N: usize>(z: f32, coefficients: [f32; N]) -> f32 {
    coefficients.into_iter().rev().reduce(|sum, c| sum * z + c).unwrap_or(0.0)
}

/// 2^k for k from -126 to 127; for other k, of no meaning.
fn power_of_two(k: i32) -> f32 {
    f32::from_bits((k.wrapping_add(127) as u32) << 23)
}

/// NaN stays NaN.
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    if x < low {
        low
    } else if x > high {
        high
    } else {
        x
    }
}

const SIGN: u32 = 1 << 31;
